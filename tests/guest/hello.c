// hello: the smallest program that says something.
#include "guest.h"

int GuestMain(void) {
  Print("Hello from Faultline\n");
  return 0;
}
