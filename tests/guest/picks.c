// picks count: prints what the pick.dll of its directory says, by way of the picker.dll that all share,
// while `count` programs like it run.
#include "barrier.h"

__declspec(dllimport) int PickerValue(void);

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  Barrier barrier;
  OpenBarrier(&barrier, "\\BaseNamedObjects\\picks", ParseNumber(arguments.item[1]));
  Await(&barrier);
  const int value = PickerValue();
  Await(&barrier);
  return value;
}
