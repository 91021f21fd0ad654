// relocuse [index count]: checks every pointer of reloc.dll against where the DLL really lies;
// count instances do so together, and hold until all are done.
#include "barrier.h"

__declspec(dllimport) unsigned RelocSumOfAddresses(void);
__declspec(dllimport) unsigned RelocAddressOfWords(void);
__declspec(dllimport) const UCHAR reloc_target[];
__declspec(dllimport) const ULONG reloc_table[];
__declspec(dllimport) const UCHAR reloc_packed[];
__declspec(dllimport) const UCHAR reloc_edges[];

static ULONG Unaligned(const UCHAR* at) {
  ULONG value;
  memcpy(&value, at, sizeof(value));
  return value;
}

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  const ULONG count = arguments.count > 2 ? ParseNumber(arguments.item[2]) : 1;
  Tally the_tally = {0, 0}, *tally = &the_tally;
  const ULONG target = (ULONG)reloc_target;

  ULONG wrong = 0;
  for (ULONG i = 0; i < 20000; ++i) wrong += reloc_table[i] != target + i;
  CHECK(wrong == 0);
  for (ULONG i = 0; i < 4096; ++i) {
    wrong += reloc_packed[5 * i] != 0xEE || Unaligned(reloc_packed + 5 * i + 1) != target + i;
  }
  CHECK(wrong == 0);
  for (ULONG i = 0; i < 3; ++i) {
    CHECK(Unaligned(reloc_edges + 4093 * (i + 1) + 4 * i) == target + i + 1);
  }
  CHECK(RelocSumOfAddresses() == 64 * RelocAddressOfWords() + 4 * (63 * 64 / 2));

  if (count > 1) {
    Barrier barrier;
    OpenBarrier(&barrier, "\\BaseNamedObjects\\relocuse", count);
    Await(&barrier);
  }
  return Report(&the_tally);
}
