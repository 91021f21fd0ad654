// args: prints each argument, program excluded, and a zero byte after it.
#include "guest.h"

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  for (int i = 1; i < arguments.count; ++i) {
    WriteAll(StandardOutput(), arguments.item[i], strlen(arguments.item[i]) + 1);
  }
  return 0;
}
