// delayed [gone]: calls a DLL that is not loaded until then; with "gone", one that is not there.
#include "guest.h"

int TwoValue(void);
int Gone(void);

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  Tally the_tally = {0, 0}, *tally = &the_tally;
  void* dll;
  CHECK_STATUS(FindDll(&dll, "two.dll"), STATUS_DLL_NOT_FOUND);
  CHECK(TwoValue() == 2);
  CHECK_STATUS(FindDll(&dll, "two.dll"), STATUS_SUCCESS);
  CHECK(TwoValue() == 2);
  CHECK_STATUS(FindDll(&dll, "gone.dll"), STATUS_DLL_NOT_FOUND);
  if (arguments.count > 1) Gone();
  return Report(tally);
}
