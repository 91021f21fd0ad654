// Exceptions: see exception.h.
#include "kernel/exception.h"

#include "kernel/base/format.h"
#include "kernel/fault_log.h"
#include "kernel/kernel.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/x86/context.h"

namespace fl::kernel {
namespace {

constexpr u32 kLongestInstruction = 15;
/// The error code of INT 0x29 (Microsoft's __fastfail), whose gate user mode may not enter: SDM vol. 3A, 6.13.
constexpr u32 kFastFailGate = 0x29 << 3 | 2;

bool IsPrefix(u8 byte) {
  switch (byte) {
    case 0x26:
    case 0x2E:
    case 0x36:
    case 0x3E:
    case 0x64:
    case 0x65:  // Segments.
    case 0x66:
    case 0x67:  // Sizes.
    case 0xF0:
    case 0xF2:
    case 0xF3:  // Lock, repeat.
      return true;
    default:
      return false;
  }
}

/// Does user mode get a general protection fault from this for want of privilege? One byte, or 0x0F and
/// one more.
bool IsPrivileged(u8 byte) {
  switch (byte) {
    case 0x6C:
    case 0x6D:
    case 0x6E:
    case 0x6F:  // INS, OUTS
    case 0xE4:
    case 0xE5:
    case 0xE6:
    case 0xE7:  // IN, OUT with a port
    case 0xEC:
    case 0xED:
    case 0xEE:
    case 0xEF:  // IN, OUT by DX
    case 0xF4:
    case 0xFA:
    case 0xFB:  // HLT, CLI, STI
      return true;
    default:
      return false;
  }
}

bool IsPrivilegedAfter0F(u8 byte) {
  switch (byte) {
    case 0x00:
    case 0x01:  // LLDT, LTR, LGDT, LIDT, LMSW, INVLPG
    case 0x06:
    case 0x08:
    case 0x09:  // CLTS, INVD, WBINVD
    case 0x20:
    case 0x21:
    case 0x22:
    case 0x23:  // MOV to and from control and debug registers
    case 0x30:
    case 0x32:
    case 0x33:  // WRMSR, RDMSR, RDPMC
      return true;
    default:
      return false;
  }
}

bool AtPrivilegedInstruction(u32 eip) {
  for (u32 i = 0; i < kLongestInstruction; ++i) {
    const Result<u8> byte = ReadUser<u8>(eip + i);
    if (!byte.ok()) return false;
    if (IsPrefix(*byte)) continue;
    if (*byte != 0x0F) return IsPrivileged(*byte);
    const Result<u8> second = ReadUser<u8>(eip + i + 1);
    return second.ok() && IsPrivilegedAfter0F(*second);
  }
  return false;
}

/// By what the x87 unit says is pending and not masked (SDM vol. 1, 8.5).
Status StatusOfFpuError() {
  const u32 pending = x86::PendingFpuErrors();
  constexpr u32 kInvalid = 1, kDenormal = 2, kZeroDivide = 4, kOverflow = 8, kUnderflow = 16;
  constexpr u32 kStackFault = 0x40;
  if ((pending & kInvalid) != 0) {
    return (pending & kStackFault) != 0 ? Status::kFloatStackCheck : Status::kFloatInvalidOperation;
  }
  if ((pending & kZeroDivide) != 0) return Status::kFloatDivideByZero;
  if ((pending & kDenormal) != 0) return Status::kFloatDenormalOperand;
  if ((pending & kOverflow) != 0) return Status::kFloatOverflow;
  if ((pending & kUnderflow) != 0) return Status::kFloatUnderflow;
  return Status::kFloatInexactResult;
}

const char* NameOf(Status status) {
  switch (status) {
    case Status::kAccessViolation:
      return "access violation";
    case Status::kInPageError:
      return "in-page error";
    case Status::kGuardPageViolation:
      return "guard page violation";
    case Status::kStackOverflow:
      return "stack overflow";
    case Status::kIntegerDivideByZero:
      return "integer division by zero";
    case Status::kIntegerOverflow:
      return "integer overflow";
    case Status::kIllegalInstruction:
      return "illegal instruction";
    case Status::kPrivilegedInstruction:
      return "privileged instruction";
    case Status::kBreakpoint:
      return "breakpoint";
    case Status::kSingleStep:
      return "single step";
    case Status::kNoMemory:
      return "out of memory";
    default:
      return "exception";
  }
}

/// A program may have unmapped its images, its own included.
std::string_view NameOf(Process& process) {
  if (const LoadedModule* program = process.modules().program()) return program->Name();
  if (process.images().empty()) return "program without images";
  return process.images()[0].section->file()->Name();
}

/// "alpha.dll+0x1234", or the bare address.
std::string_view Where(Process& process, VirtAddr address, std::span<char> out) {
  const LoadedImage* image = process.FindImage(address);
  if (!image) return Format(out, "0x%08x", address.value);
  const std::string_view name = image->section->file()->Name();
  return Format(out, "%.*s+0x%x", int(name.size()), name.data(), address - image->base);
}

const char* ProtectionName(mm::Protection protection) {
  switch (protection.Base().bits) {
    case 0x01:
      return "PAGE_NOACCESS";
    case 0x02:
      return "PAGE_READONLY";
    case 0x04:
      return "PAGE_READWRITE";
    case 0x08:
      return "PAGE_WRITECOPY";
    case 0x10:
      return "PAGE_EXECUTE";
    case 0x20:
      return "PAGE_EXECUTE_READ";
    case 0x40:
      return "PAGE_EXECUTE_READWRITE";
    case 0x80:
      return "PAGE_EXECUTE_WRITECOPY";
    default:
      return "?";
  }
}

/// What the program would be told of the address by a query.
std::string_view RegionText(Process& process, VirtAddr address, std::span<char> out) {
  const Result<mm::MemoryInformation> info = process.space().Query(address);
  if (!info.ok()) return Format(out, "not user space");
  if (info->state == mm::kMemFree) return Format(out, "free");
  const char* type = info->type == mm::kMemImage    ? "image"
                     : info->type == mm::kMemMapped ? "mapped"
                                                    : "private";
  if (info->state == mm::kMemReserve) return Format(out, "%s, reserved", type);
  char place[96];
  return Format(out, "%s, %s%s, at %s", type, ProtectionName(info->protection),
                info->protection.Has(mm::kPageGuard) ? " guard" : "",
                Where(process, address, place).data());
}

}  // namespace

u32 AccessParameter(mm::Access access) {
  switch (access) {
    case mm::Access::kRead:
      return 0;
    case mm::Access::kWrite:
      return 1;
    case mm::Access::kExecute:
      return 8;
  }
  return 0;
}

mm::Access AccessOfParameter(u32 parameter) {
  return parameter == 0   ? mm::Access::kRead
         : parameter == 1 ? mm::Access::kWrite
                          : mm::Access::kExecute;
}

Exception ExceptionOfTrap(const x86::TrapFrame& frame) {
  switch (frame.vector) {
    case x86::kVectorDivide:
      return {.status = Status::kIntegerDivideByZero, .address = {}};
    case x86::kVectorDebug:
      return {.status = Status::kSingleStep, .address = {}};
    case x86::kVectorBreakpoint:
      return {.status = Status::kBreakpoint, .address = {}};
    case x86::kVectorOverflow:
      return {.status = Status::kIntegerOverflow, .address = {}};
    case x86::kVectorBounds:
      return {.status = Status::kArrayBoundsExceeded, .address = {}};
    case x86::kVectorInvalidOpcode:
    case x86::kVectorNoFpu:
      return {.status = Status::kIllegalInstruction, .address = {}};
    case x86::kVectorAlignment:
      return {.status = Status::kDatatypeMisalignment, .address = {}};
    case x86::kVectorFpuError:
      return {.status = StatusOfFpuError(), .address = {}};
    case x86::kVectorSimdError:
      return {.status = Status::kFloatMultipleTraps, .address = {}};
    case x86::kVectorStackSegment:
      return {.status = Status::kStackOverflow, .address = {}};
    case x86::kVectorGeneralProtection:
      if (frame.error_code == kFastFailGate) {
        return {.status = Status::kStackBufferOverrun, .address = {}};
      }
      if (AtPrivilegedInstruction(frame.eip)) {
        return {.status = Status::kPrivilegedInstruction, .address = {}};
      }
      [[fallthrough]];
    default:
      // NT does not know which address it was, and says so.
      return {.status = Status::kAccessViolation,
              .has_address = true,
              .address = VirtAddr(0xFFFFFFFF),
              .access = mm::Access::kRead};
  }
}

void EndProcessByException(Thread& thread, VirtAddr eip, const Exception& exception) {
  Process& process = *thread.process();
  if (process.terminating()) return;
  char where[96];
  char region[200];
  char access[280] = {};
  char cause[48] = {};
  if (exception.has_address) {
    // Where a fetch is a read to the processor, a read of the instruction itself is still one to us.
    const bool fetch = exception.access == mm::Access::kRead && exception.address == eip;
    Format(access, ": %s of 0x%08x (region: %s)",
           AccessName(fetch ? mm::Access::kExecute : exception.access), exception.address.value,
           RegionText(process, exception.address, region).data());
  }
  if (exception.cause != Status::kSuccess) {
    Format(cause, ", because of status 0x%08x", Code(exception.cause));
  }
  const std::string_view name = NameOf(process);
  char message[600];
  Format(message, "%.*s: %s 0x%08x at %s (0x%08x)%s%s", int(name.size()), name.data(),
         NameOf(exception.status), Code(exception.status), Where(process, eip, where).data(),
         eip.value, access, cause);
  TheKernel().host.ReportException({.message = message,
                                    .status = Code(exception.status),
                                    .process = process.id(),
                                    .has_access = exception.has_address,
                                    .access = AccessParameter(exception.access),
                                    .address = exception.address.value});
  process.Terminate(Code(exception.status));
}

}  // namespace fl::kernel
