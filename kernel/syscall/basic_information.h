// BasicInformation: how NtQueryEvent and its kin answer: (handle, class, out, length, returned length), of one
// class.
#pragma once

#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

template <class T, class Information>
Status QueryBasicInformation(const SystemCall& call, u32 access,
                             Information (*describe)(const T& object)) {
  constexpr u32 kBasicInformation = 0;
  const u32 what = call[1], out = call[2], length = call[3], returned = call[4];
  if (what != kBasicInformation) return Status::kInvalidInfoClass;
  if (length != sizeof(Information)) return Status::kInfoLengthMismatch;
  TRY_STATUS(ProbeForWrite(out, sizeof(Information)));
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const auto object = TRY(call.process.handles().FindAs<T>(call[0], access));
  TRY_STATUS(WriteUser(out, describe(*object)));
  return returned ? WriteUser(returned, u32(sizeof(Information))) : Status::kSuccess;
}

}  // namespace fl::kernel
