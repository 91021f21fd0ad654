// CallNumbers: which system call a number means to a DLL of NT's user mode: learned from the DLL's exports
// and the first bytes of its stubs, for every build of ntdll numbers its calls anew.
// Shape:       a stub begins with MOV EAX, number; MOV EDX, thunk; CALL EDX. The variable that the thunk jumps
//              through, __wine_syscall_dispatcher, is followed by the count of calls and by the bytes of
//              arguments of each.
// Invariants:  a number leads to a handler only if the DLL gives it as many arguments as the handler takes.
// Source:      disassembly of Wine 8's ntdll.dll.
#pragma once

#include "kernel/base/vector.h"
#include "kernel/syscall/system_calls.h"
#include "pe/byte_source.h"
#include "pe/exports.h"

namespace fl::kernel {

class CallNumbers {
 public:
  /// `dispatcher`: where the variable lies. kInvalidImageFormat if there are no such tables or stubs.
  Status Learn(pe::ByteSource& image, pe::ExportTable& exports, Rva dispatcher);

  /// Null: no such number, or nothing here answers to its name.
  const SystemCallEntry* Find(u32 number) const {
    return number < handlers_.size() ? handlers_[number] : nullptr;
  }
  /// Is this the first time that somebody asks for a call in vain?
  bool FirstRefusal(u32 number) {
    if (number >= refused_.size()) return true;
    const bool first = !refused_[number];
    refused_[number] = true;
    return first;
  }
  /// Does a number lead to this entry?
  bool LeadsTo(const SystemCallEntry& entry) const;
  u32 count() const { return handlers_.size(); }
  /// How many have a handler.
  u32 known() const { return known_; }
  /// The name of the call with this number, into `buffer`, for the log. Reads all of the exports.
  static Result<std::string_view> NameOf(pe::ByteSource& image, pe::ExportTable& exports,
                                         u32 number, std::span<char> buffer);

 private:
  Vector<const SystemCallEntry*> handlers_;
  Vector<bool> refused_;
  u32 known_ = 0;
};

}  // namespace fl::kernel
