// missingdll: needs a DLL that nobody has.
#include "guest.h"

__declspec(dllimport) int Gone(void);
int GuestMain(void) { return Gone(); }
