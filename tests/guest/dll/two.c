// two: keeps the journal.
#include "journal.h"

int NTAPI DllMain(void* module, ULONG reason, void* reserved) {
  (void)module;
  PUT_REASON("two", reason, reserved);
  return 1;
}
int TwoValue(void) { return 2; }
