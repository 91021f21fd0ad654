// outerr: a line to each output stream, then every byte value to standard output.
#include "guest.h"

int GuestMain(void) {
  PrintTo(StandardError(), "this is standard error\n");
  PrintTo(StandardOutput(), "this is standard output\n");
  UCHAR bytes[256];
  for (int i = 0; i < 256; ++i) bytes[i] = (UCHAR)i;
  WriteAll(StandardOutput(), bytes, sizeof(bytes));
  return 0;
}
