// SharedUserData: KUSER_SHARED_DATA, the page with times, versions and features that every program reads at
// one address.
// Owns:        one page of shared memory, present for ever, of which the kernel keeps an address.
// Invariants:  programs map it for reading. The three words of a time are written high part first and last:
//              who reads equal high parts has a time that was true.
// Source:      offsets as published for NT (ntddk.h) and as Wine 8's DLLs read them.
#pragma once

#include "kernel/kernel.h"
#include "mm/shared_memory_section.h"

namespace fl::kernel {

inline constexpr VirtAddr kSharedUserDataBase{0x7FFE0000};

class SharedUserData {
 public:
  static Result<SharedUserData*> Create(Kernel& kernel);

  mm::Section& section() { return *section_; }
  void SetTime(u64 since_boot, u64 date);

 private:
  void Fill(Kernel& kernel);
  template <class T>
  void Put(u32 offset, T value);
  void PutTime(u32 offset, u64 value);

  RefPtr<mm::SharedMemorySection> section_;
  std::byte* bytes_ = nullptr;
};

}  // namespace fl::kernel
