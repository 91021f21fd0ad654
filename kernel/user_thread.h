// UserThread: a thread's way into user mode and out of it for good: its stack, its TEB, the registers that it
// begins with.
// Entry:       PrepareUserThread is the one place that decides where a thread begins and what lies on its
//              stack. The start routine is called as a stdcall function with one argument; its return address
//              is SyscallStubs::ThreadReturnAddress(), which calls RtlExitUserThread with what it returned.
//              Whatever must run in user mode before the start routine or after it goes in there.
// Invariants:  a stack and a TEB are written here through their frames, not their addresses: the process need
//              not be the current one, and nothing sleeps. A failure leaves the process as it was once the
//              thread is dropped.
// Source:      offsets as published for NT (winternl.h, phnt) and as Wine 8's ntdll reads them.
#pragma once

#include "kernel/process.h"

namespace fl::kernel {

inline constexpr u32 kTebSize = 2 * kPageSize;  ///< The second page is user mode's.

/// Fields of the TEB that the kernel keeps up to date.
inline constexpr u32 kTebStackLimit = 0x08;
inline constexpr u32 kTebGuaranteedStackBytes = 0xF78;
inline constexpr u32 kTebThreadLocalStoragePointer = 0x2C;
/// Where that points to: one word for each module that a process can have; behind what NT has in a TEB.
inline constexpr u32 kTebTlsArray = 0x1800;
static_assert(kTebTlsArray + 4 * ModuleList::kMaxModules <= kTebSize);

struct UserThreadRequest {
  VirtAddr start;
  u32 argument = 0;
  u32 stack_reserve = 0;  ///< Bytes; 0: what the program's image says.
  u32 stack_commit = 0;   ///< The same.
  u32 zero_bits = 0;      ///< For the stack's address.
  VirtAddr teb;           ///< Committed already; null: a new one.
};

/// `thread` has not started. kNoMemory, kCommitmentLimit, kInvalidParameter3 for the zero bits.
Status PrepareUserThread(Thread& thread, const UserThreadRequest& request);

/// Where a thread begins that was prepared: a ThreadEntry.
void RunUserThread(void*);
/// The current thread goes to user mode with the registers that were prepared.
[[noreturn]] void EnterUserMode(Thread& thread);

/// The current thread is held up on its way to user mode: sleeps while it is suspended, leaves if it is to
/// end, goes by way of the call that is pending.
void AttendBeforeUserMode(Thread& thread);

}  // namespace fl::kernel
