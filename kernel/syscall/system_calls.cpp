// System calls: the table and the way into it. See system_calls.h.
#include "kernel/syscall/system_calls.h"

#include <array>
#include <utility>

#include "kernel/base/log.h"
#include "kernel/kernel.h"
#include "kernel/loader/loader_call.h"
#include "kernel/nt/user_mode.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

constexpr SystemCallEntry kTable[] = {
    {"LdrDisableThreadCalloutsForDll", LdrDisableThreadCalloutsForDll, 1, true},
    {"LdrGetDllHandle", LdrGetDllHandle, 4, true},
    {"LdrGetProcedureAddress", LdrGetProcedureAddress, 4, true},
    {"LdrLoadDll", LdrLoadDll, 4, true},
    {"LdrUnloadDll", LdrUnloadDll, 1, true},
    {"NtAccessCheck", NtAccessCheck, 8},
    {"NtAdjustPrivilegesToken", NtAdjustPrivilegesToken, 6},
    {"NtAlertResumeThread", NtAlertResumeThread, 2},
    {"NtAlertThread", NtAlertThread, 1},
    {"NtAlertThreadByThreadId", NtAlertThreadByThreadId, 1},
    {"NtAllocateVirtualMemory", NtAllocateVirtualMemory, 6},
    {"NtCancelIoFile", NtCancelIoFile, 2},
    {"NtCancelIoFileEx", NtCancelIoFileEx, 3},
    {"NtCancelSynchronousIoFile", NtCancelSynchronousIoFile, 3},
    {"NtCancelTimer", NtCancelTimer, 2},
    {"NtClearEvent", NtClearEvent, 1},
    {"NtClose", NtClose, 1},
    {"NtContinue", NtContinue, 2},
    {"NtCreateDirectoryObject", NtCreateDirectoryObject, 3},
    {"NtCreateEvent", NtCreateEvent, 5},
    {"NtCreateFile", NtCreateFile, 11},
    {"NtCreateIoCompletion", NtCreateIoCompletion, 4},
    {"NtCreateKey", NtCreateKey, 7},
    {"NtCreateKeyedEvent", NtCreateKeyedEvent, 4},
    {"NtCreateMutant", NtCreateMutant, 4},
    {"NtCreateNamedPipeFile", NtCreateNamedPipeFile, 14},
    {"NtCreateSection", NtCreateSection, 7},
    {"NtCreateSemaphore", NtCreateSemaphore, 5},
    {"NtCreateSymbolicLinkObject", NtCreateSymbolicLinkObject, 4},
    {"NtCreateThreadEx", NtCreateThreadEx, 11},
    {"NtCreateTimer", NtCreateTimer, 4},
    {"NtCreateUserProcess", NtCreateUserProcess, 11},
    {"NtDelayExecution", NtDelayExecution, 2},
    {"NtDeleteFile", NtDeleteFile, 1},
    {"NtDeleteKey", NtDeleteKey, 1},
    {"NtDeleteValueKey", NtDeleteValueKey, 2},
    {"NtDeviceIoControlFile", NtDeviceIoControlFile, 10},
    {"NtDuplicateObject", NtDuplicateObject, 7},
    {"NtDuplicateToken", NtDuplicateToken, 6},
    {"NtEnumerateKey", NtEnumerateKey, 6},
    {"NtEnumerateValueKey", NtEnumerateValueKey, 6},
    {"NtFlushBuffersFile", NtFlushBuffersFile, 2},
    {"NtFlushKey", NtFlushKey, 1},
    {"NtFlushVirtualMemory", NtFlushVirtualMemory, 4},
    {"NtFreeVirtualMemory", NtFreeVirtualMemory, 4},
    {"NtFsControlFile", NtFsControlFile, 10},
    {"NtGetContextThread", NtGetContextThread, 2},
    {"NtGetCurrentProcessorNumber", NtGetCurrentProcessorNumber, 0},
    {"NtGetNextProcess", NtGetNextProcess, 5},
    {"NtGetNextThread", NtGetNextThread, 6},
    {"NtGetNlsSectionPtr", NtGetNlsSectionPtr, 5},
    {"NtInitializeNlsFiles", NtInitializeNlsFiles, 3},
    {"NtLockFile", NtLockFile, 10},
    {"NtMakePermanentObject", NtMakePermanentObject, 1},
    {"NtMakeTemporaryObject", NtMakeTemporaryObject, 1},
    {"NtMapViewOfSection", NtMapViewOfSection, 10},
    {"NtOpenDirectoryObject", NtOpenDirectoryObject, 3},
    {"NtOpenEvent", NtOpenEvent, 3},
    {"NtOpenFile", NtOpenFile, 6},
    {"NtOpenIoCompletion", NtOpenIoCompletion, 3},
    {"NtOpenKey", NtOpenKey, 3},
    {"NtOpenKeyEx", NtOpenKeyEx, 4},
    {"NtOpenKeyedEvent", NtOpenKeyedEvent, 3},
    {"NtOpenMutant", NtOpenMutant, 3},
    {"NtOpenProcess", NtOpenProcess, 4},
    {"NtOpenProcessToken", NtOpenProcessToken, 3},
    {"NtOpenProcessTokenEx", NtOpenProcessTokenEx, 4},
    {"NtOpenSection", NtOpenSection, 3},
    {"NtOpenSemaphore", NtOpenSemaphore, 3},
    {"NtOpenSymbolicLinkObject", NtOpenSymbolicLinkObject, 3},
    {"NtOpenThread", NtOpenThread, 4},
    {"NtOpenThreadToken", NtOpenThreadToken, 4},
    {"NtOpenThreadTokenEx", NtOpenThreadTokenEx, 5},
    {"NtOpenTimer", NtOpenTimer, 3},
    {"NtPrivilegeCheck", NtPrivilegeCheck, 3},
    {"NtProtectVirtualMemory", NtProtectVirtualMemory, 5},
    {"NtPulseEvent", NtPulseEvent, 2},
    {"NtQueryAttributesFile", NtQueryAttributesFile, 2},
    {"NtQueryDefaultLocale", NtQueryDefaultLocale, 2},
    {"NtQueryDirectoryFile", NtQueryDirectoryFile, 11},
    {"NtQueryDirectoryObject", NtQueryDirectoryObject, 7},
    {"NtQueryEvent", NtQueryEvent, 5},
    {"NtQueryFullAttributesFile", NtQueryFullAttributesFile, 2},
    {"NtQueryInformationFile", NtQueryInformationFile, 5},
    {"NtQueryInformationProcess", NtQueryInformationProcess, 5},
    {"NtQueryInformationThread", NtQueryInformationThread, 5},
    {"NtQueryInformationToken", NtQueryInformationToken, 5},
    {"NtQueryIoCompletion", NtQueryIoCompletion, 5},
    {"NtQueryKey", NtQueryKey, 5},
    {"NtQueryMultipleValueKey", NtQueryMultipleValueKey, 6},
    {"NtQueryMutant", NtQueryMutant, 5},
    {"NtQueryObject", NtQueryObject, 5},
    {"NtQueryPerformanceCounter", NtQueryPerformanceCounter, 2},
    {"NtQuerySection", NtQuerySection, 5},
    {"NtQuerySecurityObject", NtQuerySecurityObject, 5},
    {"NtQuerySemaphore", NtQuerySemaphore, 5},
    {"NtQuerySymbolicLinkObject", NtQuerySymbolicLinkObject, 3},
    {"NtQuerySystemInformation", NtQuerySystemInformation, 4},
    {"NtQuerySystemTime", NtQuerySystemTime, 1},
    {"NtQueryTimer", NtQueryTimer, 5},
    {"NtQueryTimerResolution", NtQueryTimerResolution, 3},
    {"NtQueryValueKey", NtQueryValueKey, 6},
    {"NtQueryVirtualMemory", NtQueryVirtualMemory, 6},
    {"NtQueryVolumeInformationFile", NtQueryVolumeInformationFile, 5},
    {"NtQueueApcThread", NtQueueApcThread, 5},
    {"NtRaiseException", NtRaiseException, 3},
    {"NtReadFile", NtReadFile, 9},
    {"NtReadVirtualMemory", NtReadVirtualMemory, 5},
    {"NtReleaseKeyedEvent", NtReleaseKeyedEvent, 4},
    {"NtReleaseMutant", NtReleaseMutant, 2},
    {"NtReleaseSemaphore", NtReleaseSemaphore, 3},
    {"NtRemoveIoCompletion", NtRemoveIoCompletion, 5},
    {"NtRemoveIoCompletionEx", NtRemoveIoCompletionEx, 6},
    {"NtRenameKey", NtRenameKey, 2},
    {"NtResetEvent", NtResetEvent, 2},
    {"NtResumeProcess", NtResumeProcess, 1},
    {"NtResumeThread", NtResumeThread, 2},
    {"NtSetContextThread", NtSetContextThread, 2},
    {"NtSetEvent", NtSetEvent, 2},
    {"NtSetInformationFile", NtSetInformationFile, 5},
    {"NtSetInformationKey", NtSetInformationKey, 4},
    {"NtSetInformationObject", NtSetInformationObject, 4},
    {"NtSetInformationProcess", NtSetInformationProcess, 4},
    {"NtSetInformationThread", NtSetInformationThread, 4},
    {"NtSetIoCompletion", NtSetIoCompletion, 5},
    {"NtSetSecurityObject", NtSetSecurityObject, 3},
    {"NtSetTimer", NtSetTimer, 7},
    {"NtSetTimerResolution", NtSetTimerResolution, 3},
    {"NtSetValueKey", NtSetValueKey, 6},
    {"NtSignalAndWaitForSingleObject", NtSignalAndWaitForSingleObject, 4},
    {"NtSuspendProcess", NtSuspendProcess, 1},
    {"NtSuspendThread", NtSuspendThread, 2},
    {"NtTerminateProcess", NtTerminateProcess, 2},
    {"NtTerminateThread", NtTerminateThread, 2},
    {"NtTestAlert", NtTestAlert, 0},
    {"NtUnlockFile", NtUnlockFile, 5},
    {"NtUnmapViewOfSection", NtUnmapViewOfSection, 2},
    {"NtUserCallNoParam", NtUserCallNoParam, 1},
    {"NtUserGetSystemDpiForProcess", NtUserGetSystemDpiForProcess, 1},
    {"NtUserInitializeClientPfnArrays", NtUserInitializeClientPfnArrays, 4},
    {"NtWaitForAlertByThreadId", NtWaitForAlertByThreadId, 2},
    {"NtWaitForKeyedEvent", NtWaitForKeyedEvent, 4},
    {"NtWaitForMultipleObjects", NtWaitForMultipleObjects, 5},
    {"NtWaitForSingleObject", NtWaitForSingleObject, 3},
    {"NtWriteFile", NtWriteFile, 9},
    {"NtWriteVirtualMemory", NtWriteVirtualMemory, 5},
    {"NtYieldExecution", NtYieldExecution, 0},
    {"RtlExitUserProcess", RtlExitUserProcess, 1, true},
    {"RtlExitUserThread", RtlExitUserThread, 1, true},
    {"__wine_dbg_write", WineDbgWrite, 2},
    {"__wine_unix_call", WineUnixCall, 4},
};

u32 call_counts[std::size(kTable)];
bool counting = false;

bool unknown_number_logged = false;

/// The number means what the caller's stubs mean by it: ours, or those of NT's user mode.
const SystemCallEntry* FindCall(const Process& process, u32 number) {
  if (number - kOwnCallNumbers < std::size(kTable)) {
    const SystemCallEntry& entry = kTable[number - kOwnCallNumbers];
    return entry.of_linker && process.user_mode() ? nullptr : &entry;
  }
  return process.user_mode() ? process.user_mode()->FindCall(number) : nullptr;
}

[[gnu::cold]] Status RefuseCall(const Process& process, u32 number) {
  if (process.user_mode()) return process.user_mode()->RefuseCall(number);
  if (!unknown_number_logged) Log(LogLevel::kWarning, "no system call has the number %u", number);
  unknown_number_logged = true;
  return Status::kNotImplemented;
}

}  // namespace

std::span<const SystemCallEntry> SystemCalls() { return kTable; }

void CountSystemCalls() { counting = true; }

u32 SystemCallCount(u32 index) { return call_counts[index]; }

void DispatchSystemCall(Process& process, x86::TrapFrame& frame) {
  const u32 number = frame.eax;
  if (number == kLoaderReturnNumber && !process.user_mode()) {
    frame.eax = Code(ContinueLoaderCall(TheKernel().scheduler.current(), frame));
    return;
  }
  const SystemCallEntry* const entry = FindCall(process, number);
  if (!entry) {
    frame.eax = Code(RefuseCall(process, number));
    return;
  }
  if (counting) ++call_counts[entry - kTable];
  SystemCall call(process);
  Status status = Status::kSuccess;
  if (entry->arguments != 0) {
    // NT's user mode calls through two returns always.
    const u32 at = process.user_mode() ? frame.user_esp + 8 : frame.CallArguments();
    status = CopyFromUser(call.arguments, at, entry->arguments * sizeof(u32));
  }
  if (IsSuccess(status)) status = entry->handler(call);
  frame.eax = Code(status);
}

}  // namespace fl::kernel
