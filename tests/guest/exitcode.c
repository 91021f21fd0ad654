// exitcode N: ends with N, all 32 bits of it.
#include "guest.h"

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  if (arguments.count != 2) return 1;
  return (int)ParseNumber(arguments.item[1]);
}
