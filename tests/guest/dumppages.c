// dumppages: shows its own pages and those of the three DLLs and reloc.dll before it writes to any.
// The runtime does so for --dump-pages; here it is the program's purpose, and the DLLs come along.
#include "guest.h"

__declspec(dllimport) unsigned RelocAddressOfWords(void);
__declspec(dllimport) int AlphaAdd(int a, int b);
__declspec(dllimport) unsigned GammaSecret(void);

int GuestMain(void) {
  if (AlphaAdd(1, 2) != 3 || GammaSecret() != 0x5EC2E7 || !RelocAddressOfWords()) return 1;
  DumpPages(kWholePages);
}
