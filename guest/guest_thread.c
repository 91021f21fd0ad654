// guest: threads. See guest.h.
#include "guest.h"

NTSTATUS StartThread(HANDLE* thread, ThreadStart start, void* argument) {
  return NtCreateThreadEx(thread, THREAD_ALL_ACCESS, NULL, CURRENT_PROCESS, (void*)start, argument,
                          0, 0, 0, 0, NULL);
}

ULONG JoinThread(HANDLE thread) {
  THREAD_BASIC_INFORMATION basic;
  NTSTATUS status = NtWaitForSingleObject(thread, 0, NULL);
  if (status != STATUS_SUCCESS) Exit((ULONG)status);
  status = NtQueryInformationThread(thread, ThreadBasicInformation, &basic, sizeof(basic), NULL);
  if (status != STATUS_SUCCESS) Exit((ULONG)status);
  NtClose(thread);
  return (ULONG)basic.ExitStatus;
}
