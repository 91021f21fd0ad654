// ringb: needs ringa, which needs it.
#include "journal.h"

IMPORT int RingaValue(void);

int NTAPI DllMain(void* module, ULONG reason, void* reserved) {
  (void)module;
  PUT_REASON("ringb", reason, reserved);
  return 1;
}
int RingbValue(void) { return 2; }
int RingbOther(void) { return RingaValue(); }
