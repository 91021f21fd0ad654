// nothing: the smallest program. It has no runtime: it ends as it begins.
#include "nt.h"

void __attribute__((stdcall)) start(void* peb) {
  (void)peb;
  NtTerminateProcess(CURRENT_PROCESS, 0);
}
