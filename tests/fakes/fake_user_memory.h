// FakeUserMemory: a program's memory as system calls see it through kernel/x86/user_copy.h, which this
// stands in for: pages that are there or fault, and another thread of the program that writes between
// two copies.
// Invariant: asserts that no copy leaves user space, whatever address the program gave. Host pointers lie
//   far above user addresses, so that the two cannot be mistaken for each other.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "kernel/base/status.h"
#include "kernel/base/units.h"

namespace fl::test {

class FakeUserMemory {
 public:
  struct Page {
    bool writable = true;
    Status fault = Status::kSuccess;  ///< What every access meets, if it is a failure.
    std::vector<u8> bytes = std::vector<u8>(kPageSize);
  };
  enum class Kind { kRead, kWrite, kProbe };
  /// One access of the kernel's, and how it ended.
  struct Access {
    Kind kind;
    u32 address;
    std::vector<u8> bytes;  ///< Of a read or write that succeeded.
    u32 size;
    Status status;
  };

  /// The one that lives is what the kernel sees.
  FakeUserMemory();
  ~FakeUserMemory();
  FakeUserMemory(const FakeUserMemory&) = delete;
  FakeUserMemory& operator=(const FakeUserMemory&) = delete;

  /// What the program itself writes; bytes outside its pages are lost.
  void Put(u32 address, const void* bytes, u32 size);
  template <class T>
  void Put(u32 address, const T& value) {
    Put(address, &value, sizeof(value));
  }

  Status Perform(Kind kind, u32 address, void* buffer, u32 size);

  std::map<u32, Page> pages;  ///< By address.
  std::vector<Access> accesses;
  std::function<void()> other_thread;  ///< Runs after each access.

 private:
  Status Move(Kind kind, u32 address, u8* buffer, u32 size);
};

}  // namespace fl::test
