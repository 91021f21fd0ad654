// sharer index count: `count` of them run together; number 0 writes, and the others see what it wrote to
// the DLL's shared section, not what it wrote to the other one.
#include "barrier.h"

__declspec(dllimport) unsigned SharedRead(void);
__declspec(dllimport) unsigned OwnRead(void);
__declspec(dllimport) void WriteBoth(unsigned value);

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  if (arguments.count != 3) return 1;
  const ULONG index = ParseNumber(arguments.item[1]);
  Barrier barrier;
  OpenBarrier(&barrier, "\\BaseNamedObjects\\sharer", ParseNumber(arguments.item[2]));
  const int fresh = SharedRead() == 1 && OwnRead() == 1;
  Await(&barrier);
  if (index == 0) WriteBoth(4711);
  Await(&barrier);
  const int right = SharedRead() == 4711 && OwnRead() == (index == 0 ? 4711 : 1);
  Await(&barrier);
  return fresh && right ? 0 : 2;
}
