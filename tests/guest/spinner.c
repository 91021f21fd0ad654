// spinner: never makes a system call, never ends.
#include "guest.h"

int GuestMain(void) {
  for (;;) __asm__ volatile("");
}
