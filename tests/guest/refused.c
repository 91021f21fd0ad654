// refused: needs a DLL that refuses to be attached, so it never runs.
#include "guest.h"

__declspec(dllimport) int RefuseValue(void);

int GuestMain(void) {
  Print("I run\n");
  return RefuseValue();
}
