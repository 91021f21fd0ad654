// missingexport: needs what alpha.dll does not export.
#include "guest.h"

__declspec(dllimport) int AlphaForgotten(void);
int GuestMain(void) { return AlphaForgotten(); }
