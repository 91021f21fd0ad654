// System calls: what Wine's DLLs ask of Wine itself, beside NT's.
// Source: Wine 8's ntdll.dll.
#include "kernel/base/log.h"
#include "kernel/kernel.h"
#include "kernel/nt/user_mode.h"
#include "kernel/nt/wine_modules.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

constexpr u32 kLongestLine = 1024;

enum NtdllCode : u32 { kLoadSharedObject = 0, kPreciseTime = 2 };

Status CallNtdll(u32 code, u32 arguments) {
  switch (code) {
    case kLoadSharedObject:
      return Status::kInvalidImageFormat;
    case kPreciseTime:
      return WriteUser(arguments, TheKernel().clock.SystemTime());
    default:
      return Status::kNotImplemented;
  }
}

enum Win32uCode : u32 { kInitialise = 0, kFindDriver = 1 };

/// There is no display: what user32 gets is its second table of system calls, and no driver.
Status CallWin32u(Process& process, u32 code, u32 arguments) {
  switch (code) {
    case kInitialise: {
      const LoadedImage* image = process.FindImage(VirtAddr(arguments));
      if (!image || !process.user_mode()) return Status::kInvalidParameter;
      const Rva dispatcher(VirtAddr(arguments) - image->base);
      TRY_STATUS(process.user_mode()->LearnWin32u(image->section, dispatcher));
      return WriteUser(arguments, SyscallStubs::FastCall().value);
    }
    case kFindDriver:
      return WriteUser(arguments, u32(0));
    default:
      return Status::kNotImplemented;
  }
}

}  // namespace

/// The DLLs' own diagnostics.
Status WineDbgWrite(const SystemCall& call) {
  const u32 length = call[1] < kLongestLine ? call[1] : kLongestLine;
  char line[kLongestLine];
  TRY_STATUS(CopyFromUser(line, call[0], length));
  std::string_view text(line, length);
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  Log(LogLevel::kInfo, "%.*s", int(text.size()), text.data());
  return Status(call[1]);
}

/// A call of a module's other half, which runs on the host where Wine runs.
Status WineUnixCall(const SystemCall& call) {
  if (call[1] != 0) return Status::kInvalidHandle;
  switch (WineModule(call[0])) {
    case WineModule::kNone:
    case WineModule::kNtdll:
      return CallNtdll(call[2], call[3]);
    case WineModule::kWin32u:
      return CallWin32u(call.process, call[2], call[3]);
    case WineModule::kOther:
      return Status::kNotSupported;
  }
  return Status::kInvalidHandle;
}

}  // namespace fl::kernel
