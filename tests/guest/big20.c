// big20: an image of 20 MiB that needs five pages: its header, its code, its imports, and two of
// the 5,120 pages of big_table. No relocations, no other constants: what it prints lies beside its
// code.
#include "guest.h"

extern const ULONG big_table[];  // big_table[i] == i * 2654435761; see big20_table.py.

#define AMONG_CODE __attribute__((section(".text$z")))
static const char kLine[] AMONG_CODE =
    "big20: 5 pages: header, code, imports, big_table pages 17 and 4711\n";

int GuestMain(void) {
  const ULONG first = 17 * 1024 + 5, second = 4711 * 1024 + 1000;
  if (*(const volatile USHORT*)CurrentPeb()->ImageBaseAddress != 0x5A4D) return 3;
  if (big_table[first] != first * 2654435761u) return 1;
  if (big_table[second] != second * 2654435761u) return 2;
  Print(kLine);
  return 0;
}
