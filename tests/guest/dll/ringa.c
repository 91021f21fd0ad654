// ringa: needs ringb, which needs it.
#include "journal.h"

IMPORT int RingbValue(void);

int NTAPI DllMain(void* module, ULONG reason, void* reserved) {
  (void)module;
  PUT_REASON("ringa", reason, reserved);
  return 1;
}
int RingaValue(void) { return 1; }
int RingaOther(void) { return RingbValue(); }
