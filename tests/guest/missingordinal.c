// missingordinal: needs an ordinal that beta.dll does not have.
#include "guest.h"

__declspec(dllimport) int BetaNumberless(void);
int GuestMain(void) { return BetaNumberless(); }
