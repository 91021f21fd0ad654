// System calls: the table and the way into it. See system_calls.h.
#include "kernel/syscall/system_calls.h"

#include "kernel/base/log.h"
#include "kernel/kernel.h"
#include "kernel/loader/loader_call.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

constexpr SystemCallEntry kTable[] = {
    {"LdrDisableThreadCalloutsForDll", LdrDisableThreadCalloutsForDll, 1},
    {"LdrGetDllHandle", LdrGetDllHandle, 4},
    {"LdrGetProcedureAddress", LdrGetProcedureAddress, 4},
    {"LdrLoadDll", LdrLoadDll, 4},
    {"LdrUnloadDll", LdrUnloadDll, 1},
    {"NtAllocateVirtualMemory", NtAllocateVirtualMemory, 6},
    {"NtClearEvent", NtClearEvent, 1},
    {"NtClose", NtClose, 1},
    {"NtCreateEvent", NtCreateEvent, 5},
    {"NtCreateFile", NtCreateFile, 11},
    {"NtCreateMutant", NtCreateMutant, 4},
    {"NtCreateSection", NtCreateSection, 7},
    {"NtCreateSemaphore", NtCreateSemaphore, 5},
    {"NtCreateThreadEx", NtCreateThreadEx, 11},
    {"NtCreateUserProcess", NtCreateUserProcess, 11},
    {"NtDelayExecution", NtDelayExecution, 2},
    {"NtFreeVirtualMemory", NtFreeVirtualMemory, 4},
    {"NtGetContextThread", NtGetContextThread, 2},
    {"NtGetCurrentProcessorNumber", NtGetCurrentProcessorNumber, 0},
    {"NtMapViewOfSection", NtMapViewOfSection, 10},
    {"NtOpenEvent", NtOpenEvent, 3},
    {"NtOpenFile", NtOpenFile, 6},
    {"NtOpenMutant", NtOpenMutant, 3},
    {"NtOpenSection", NtOpenSection, 3},
    {"NtOpenSemaphore", NtOpenSemaphore, 3},
    {"NtOpenThread", NtOpenThread, 4},
    {"NtProtectVirtualMemory", NtProtectVirtualMemory, 5},
    {"NtPulseEvent", NtPulseEvent, 2},
    {"NtQueryEvent", NtQueryEvent, 5},
    {"NtQueryInformationFile", NtQueryInformationFile, 5},
    {"NtQueryInformationProcess", NtQueryInformationProcess, 5},
    {"NtQueryInformationThread", NtQueryInformationThread, 5},
    {"NtQueryMutant", NtQueryMutant, 5},
    {"NtQueryPerformanceCounter", NtQueryPerformanceCounter, 2},
    {"NtQuerySemaphore", NtQuerySemaphore, 5},
    {"NtQuerySystemTime", NtQuerySystemTime, 1},
    {"NtQueryVirtualMemory", NtQueryVirtualMemory, 6},
    {"NtReadFile", NtReadFile, 9},
    {"NtReleaseMutant", NtReleaseMutant, 2},
    {"NtReleaseSemaphore", NtReleaseSemaphore, 3},
    {"NtResetEvent", NtResetEvent, 2},
    {"NtResumeThread", NtResumeThread, 2},
    {"NtSetContextThread", NtSetContextThread, 2},
    {"NtSetEvent", NtSetEvent, 2},
    {"NtSetInformationFile", NtSetInformationFile, 5},
    {"NtSetInformationThread", NtSetInformationThread, 4},
    {"NtSignalAndWaitForSingleObject", NtSignalAndWaitForSingleObject, 4},
    {"NtSuspendThread", NtSuspendThread, 2},
    {"NtTerminateProcess", NtTerminateProcess, 2},
    {"NtTerminateThread", NtTerminateThread, 2},
    {"NtUnmapViewOfSection", NtUnmapViewOfSection, 2},
    {"NtWaitForMultipleObjects", NtWaitForMultipleObjects, 5},
    {"NtWaitForSingleObject", NtWaitForSingleObject, 3},
    {"NtWriteFile", NtWriteFile, 9},
    {"NtYieldExecution", NtYieldExecution, 0},
    {"RtlExitUserProcess", RtlExitUserProcess, 1},
    {"RtlExitUserThread", RtlExitUserThread, 1},
};

bool unknown_number_logged = false;

}  // namespace

std::span<const SystemCallEntry> SystemCalls() { return kTable; }

void DispatchSystemCall(Process& process, x86::TrapFrame& frame) {
  const u32 number = frame.eax;
  if (number == kLoaderReturnNumber) {
    frame.eax = Code(ContinueLoaderCall(TheKernel().scheduler.current(), frame));
    return;
  }
  if (number >= std::size(kTable)) {
    if (!unknown_number_logged) Log(LogLevel::kWarning, "no system call has the number %u", number);
    unknown_number_logged = true;
    frame.eax = Code(Status::kNotImplemented);
    return;
  }
  const SystemCallEntry& entry = kTable[number];
  SystemCall call(process);
  Status status = Status::kSuccess;
  if (entry.arguments != 0) {
    status = CopyFromUser(call.arguments, frame.CallArguments(), entry.arguments * sizeof(u32));
  }
  if (IsSuccess(status)) status = entry.handler(call);
  frame.eax = Code(status);
}

}  // namespace fl::kernel
