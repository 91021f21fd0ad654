// refuse: needs two, and refuses to be attached.
#include "journal.h"

IMPORT int TwoValue(void);

int NTAPI DllMain(void* module, ULONG reason, void* reserved) {
  (void)module;
  PUT_REASON("refuse", reason, reserved);
  return reason != DLL_PROCESS_ATTACH;
}
int RefuseValue(void) { return TwoValue(); }
