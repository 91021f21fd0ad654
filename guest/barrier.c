// barrier: see barrier.h.
#include "barrier.h"

void OpenBarrier(Barrier* barrier, const char* name, ULONG processes) {
  WideText wide;
  OBJECT_ATTRIBUTES attributes;
  InitAttributes(&attributes, Widen(&wide, name));
  HANDLE section;
  LONGLONG size = PAGE_SIZE;
  NTSTATUS status = NtCreateSection(&section, SECTION_ALL_ACCESS, &attributes, &size,
                                    PAGE_READWRITE, SEC_COMMIT, NULL);
  if ((ULONG)status == STATUS_OBJECT_NAME_COLLISION) {
    status = NtOpenSection(&section, SECTION_ALL_ACCESS, &attributes);
  }
  if (status < 0) Exit((ULONG)status);
  void* base = NULL;
  ULONG view_size = 0;
  status = NtMapViewOfSection(section, CURRENT_PROCESS, &base, 0, 0, NULL, &view_size, ViewUnmap, 0,
                              PAGE_READWRITE);
  if (status < 0) Exit((ULONG)status);
  // The handle stays open: the name must last until the last process has found it.
  barrier->arrived = base;
  barrier->processes = processes;
  barrier->rounds = 0;
}

void Await(Barrier* barrier) {
  const LONG all = (LONG)(++barrier->rounds * barrier->processes);
  __atomic_add_fetch(barrier->arrived, 1, __ATOMIC_SEQ_CST);
  while (*barrier->arrived < all) Sleep(1);
}
