// System calls: one table: name, handler, argument count. Nothing else registers one.
// Arguments are captured before the handler runs; what they point to is read once, through user_memory.h.
// Semantics: Microsoft Learn and phnt's declarations of the Nt* functions; a handler's status is what the
// program gets.
#pragma once

#include <span>

#include "kernel/process.h"
#include "kernel/x86/trap_frame.h"

namespace fl::kernel {

inline constexpr u32 kMaxSystemCallArguments = 14;

struct SystemCall {
  /// The arguments are the caller's to fill in: as many as the call has.
  explicit SystemCall(Process& the_process) : process(the_process) {}

  Process& process;
  u32 arguments[kMaxSystemCallArguments];
  u32 operator[](u32 i) const { return arguments[i]; }
};

struct SystemCallEntry {
  const char* name;
  Status (*handler)(const SystemCall& call);
  u32 arguments;
  /// For programs that the kernel links: NT's user mode has its own.
  bool of_linker = false;
};

/// By number. Ascending by name, as the export table of a DLL would be.
std::span<const SystemCallEntry> SystemCalls();
/// From now on calls are counted.
void CountSystemCalls();
/// How often the call at this place of the table was made.
u32 SystemCallCount(u32 index);

/// EAX is the number, the arguments lie on the user stack (TrapFrame::CallArguments); the status goes to
/// EAX.
void DispatchSystemCall(Process& process, x86::TrapFrame& frame);

// nt_alert.cpp
Status NtAlertResumeThread(const SystemCall& call);
Status NtAlertThread(const SystemCall& call);
Status NtAlertThreadByThreadId(const SystemCall& call);
Status NtQueueApcThread(const SystemCall& call);
Status NtTestAlert(const SystemCall& call);
Status NtWaitForAlertByThreadId(const SystemCall& call);
// nt_handle.cpp
Status NtClose(const SystemCall& call);
Status NtDuplicateObject(const SystemCall& call);
// nt_cancel_io.cpp
Status NtCancelIoFile(const SystemCall& call);
Status NtCancelIoFileEx(const SystemCall& call);
Status NtCancelSynchronousIoFile(const SystemCall& call);
// nt_named_pipe.cpp
Status NtCreateNamedPipeFile(const SystemCall& call);
// nt_io_completion.cpp
Status NtCreateIoCompletion(const SystemCall& call);
Status NtOpenIoCompletion(const SystemCall& call);
Status NtQueryIoCompletion(const SystemCall& call);
Status NtRemoveIoCompletion(const SystemCall& call);
Status NtRemoveIoCompletionEx(const SystemCall& call);
Status NtSetIoCompletion(const SystemCall& call);
// nt_keyed_event.cpp
Status NtCreateKeyedEvent(const SystemCall& call);
Status NtOpenKeyedEvent(const SystemCall& call);
Status NtReleaseKeyedEvent(const SystemCall& call);
Status NtWaitForKeyedEvent(const SystemCall& call);
// nt_timer.cpp
Status NtCancelTimer(const SystemCall& call);
Status NtCreateTimer(const SystemCall& call);
Status NtOpenTimer(const SystemCall& call);
Status NtQueryTimer(const SystemCall& call);
Status NtQueryTimerResolution(const SystemCall& call);
Status NtSetTimer(const SystemCall& call);
Status NtSetTimerResolution(const SystemCall& call);
// nt_context.cpp
Status NtContinue(const SystemCall& call);
Status NtRaiseException(const SystemCall& call);
// nt_create_file.cpp
Status NtCreateFile(const SystemCall& call);
Status NtDeleteFile(const SystemCall& call);
Status NtOpenFile(const SystemCall& call);
// nt_device.cpp
Status NtDeviceIoControlFile(const SystemCall& call);
Status NtFsControlFile(const SystemCall& call);
// nt_directory.cpp
Status NtQueryDirectoryFile(const SystemCall& call);
// nt_file_query.cpp
Status NtQueryInformationFile(const SystemCall& call);
// nt_file_lock.cpp
Status NtLockFile(const SystemCall& call);
Status NtUnlockFile(const SystemCall& call);
// nt_file_set.cpp
Status NtSetInformationFile(const SystemCall& call);
// nt_volume.cpp
Status NtQueryVolumeInformationFile(const SystemCall& call);
// nt_file_attributes.cpp
Status NtQueryAttributesFile(const SystemCall& call);
Status NtQueryFullAttributesFile(const SystemCall& call);
// nt_locale.cpp
Status NtGetNlsSectionPtr(const SystemCall& call);
Status NtInitializeNlsFiles(const SystemCall& call);
Status NtQueryDefaultLocale(const SystemCall& call);
// nt_namespace.cpp
Status NtCreateDirectoryObject(const SystemCall& call);
Status NtCreateSymbolicLinkObject(const SystemCall& call);
Status NtMakePermanentObject(const SystemCall& call);
Status NtMakeTemporaryObject(const SystemCall& call);
Status NtOpenDirectoryObject(const SystemCall& call);
Status NtOpenSymbolicLinkObject(const SystemCall& call);
Status NtQueryDirectoryObject(const SystemCall& call);
Status NtQuerySymbolicLinkObject(const SystemCall& call);
// nt_object.cpp
Status NtQueryObject(const SystemCall& call);
Status NtSetInformationObject(const SystemCall& call);
// nt_registry.cpp
Status NtCreateKey(const SystemCall& call);
Status NtDeleteKey(const SystemCall& call);
Status NtDeleteValueKey(const SystemCall& call);
Status NtFlushKey(const SystemCall& call);
Status NtOpenKey(const SystemCall& call);
Status NtOpenKeyEx(const SystemCall& call);
Status NtRenameKey(const SystemCall& call);
Status NtSetInformationKey(const SystemCall& call);
Status NtSetValueKey(const SystemCall& call);
// nt_registry_query.cpp
Status NtEnumerateKey(const SystemCall& call);
Status NtEnumerateValueKey(const SystemCall& call);
Status NtQueryKey(const SystemCall& call);
Status NtQueryMultipleValueKey(const SystemCall& call);
Status NtQueryValueKey(const SystemCall& call);
// nt_system.cpp
Status NtQuerySystemInformation(const SystemCall& call);
// nt_security.cpp
Status NtAccessCheck(const SystemCall& call);
Status NtPrivilegeCheck(const SystemCall& call);
Status NtQuerySecurityObject(const SystemCall& call);
Status NtSetSecurityObject(const SystemCall& call);
// nt_token.cpp
Status NtAdjustPrivilegesToken(const SystemCall& call);
Status NtDuplicateToken(const SystemCall& call);
Status NtOpenProcessToken(const SystemCall& call);
Status NtOpenProcessTokenEx(const SystemCall& call);
Status NtOpenThreadToken(const SystemCall& call);
Status NtOpenThreadTokenEx(const SystemCall& call);
// nt_token_query.cpp
Status NtQueryInformationToken(const SystemCall& call);
// nt_user.cpp
Status NtUserCallNoParam(const SystemCall& call);
Status NtUserGetSystemDpiForProcess(const SystemCall& call);
Status NtUserInitializeClientPfnArrays(const SystemCall& call);
// wine.cpp
Status WineDbgWrite(const SystemCall& call);
Status WineUnixCall(const SystemCall& call);
// ldr.cpp
Status LdrDisableThreadCalloutsForDll(const SystemCall& call);
Status LdrGetDllHandle(const SystemCall& call);
Status LdrGetProcedureAddress(const SystemCall& call);
Status LdrLoadDll(const SystemCall& call);
Status LdrUnloadDll(const SystemCall& call);
Status RtlExitUserProcess(const SystemCall& call);
Status RtlExitUserThread(const SystemCall& call);
// nt_memory.cpp
Status NtAllocateVirtualMemory(const SystemCall& call);
Status NtFreeVirtualMemory(const SystemCall& call);
Status NtProtectVirtualMemory(const SystemCall& call);
Status NtQueryVirtualMemory(const SystemCall& call);
// nt_process_memory.cpp
Status NtReadVirtualMemory(const SystemCall& call);
Status NtWriteVirtualMemory(const SystemCall& call);
// nt_section.cpp
Status NtCreateSection(const SystemCall& call);
Status NtFlushVirtualMemory(const SystemCall& call);
Status NtMapViewOfSection(const SystemCall& call);
Status NtOpenSection(const SystemCall& call);
Status NtQuerySection(const SystemCall& call);
Status NtUnmapViewOfSection(const SystemCall& call);
// nt_file.cpp
Status NtFlushBuffersFile(const SystemCall& call);
Status NtReadFile(const SystemCall& call);
Status NtWriteFile(const SystemCall& call);
// nt_create_process.cpp
Status NtCreateUserProcess(const SystemCall& call);
// nt_process.cpp
Status NtGetNextProcess(const SystemCall& call);
Status NtOpenProcess(const SystemCall& call);
Status NtResumeProcess(const SystemCall& call);
Status NtSuspendProcess(const SystemCall& call);
Status NtTerminateProcess(const SystemCall& call);
// nt_process_information.cpp
Status NtQueryInformationProcess(const SystemCall& call);
Status NtSetInformationProcess(const SystemCall& call);
// nt_sync.cpp
Status NtClearEvent(const SystemCall& call);
Status NtCreateEvent(const SystemCall& call);
Status NtCreateMutant(const SystemCall& call);
Status NtCreateSemaphore(const SystemCall& call);
Status NtOpenEvent(const SystemCall& call);
Status NtOpenMutant(const SystemCall& call);
Status NtOpenSemaphore(const SystemCall& call);
Status NtPulseEvent(const SystemCall& call);
Status NtQueryEvent(const SystemCall& call);
Status NtQueryMutant(const SystemCall& call);
Status NtQuerySemaphore(const SystemCall& call);
Status NtReleaseMutant(const SystemCall& call);
Status NtReleaseSemaphore(const SystemCall& call);
Status NtResetEvent(const SystemCall& call);
Status NtSetEvent(const SystemCall& call);
// nt_thread.cpp
Status NtCreateThreadEx(const SystemCall& call);
Status NtGetContextThread(const SystemCall& call);
Status NtGetNextThread(const SystemCall& call);
Status NtOpenThread(const SystemCall& call);
Status NtResumeThread(const SystemCall& call);
Status NtSetContextThread(const SystemCall& call);
Status NtSuspendThread(const SystemCall& call);
Status NtTerminateThread(const SystemCall& call);
// nt_thread_information.cpp
Status NtQueryInformationThread(const SystemCall& call);
Status NtSetInformationThread(const SystemCall& call);
// nt_time.cpp
Status NtDelayExecution(const SystemCall& call);
Status NtGetCurrentProcessorNumber(const SystemCall& call);
Status NtQueryPerformanceCounter(const SystemCall& call);
Status NtQuerySystemTime(const SystemCall& call);
Status NtYieldExecution(const SystemCall& call);
// nt_wait.cpp
Status NtSignalAndWaitForSingleObject(const SystemCall& call);
Status NtWaitForMultipleObjects(const SystemCall& call);
Status NtWaitForSingleObject(const SystemCall& call);

}  // namespace fl::kernel
