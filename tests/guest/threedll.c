// threedll [index count]: uses three DLLs, by name, by ordinal, through forwarders and round a
// cycle. With count > 1, that many instances run together; number 0 writes to the DLLs' data, and
// the others must not see it. Ends with 100 + index if all is well.
#include "barrier.h"

__declspec(dllimport) int AlphaAdd(int a, int b);
__declspec(dllimport) int AlphaTwiceAndOne(int n);
__declspec(dllimport) unsigned AlphaRead(unsigned index);
__declspec(dllimport) void AlphaWrite(unsigned index, unsigned value);
__declspec(dllimport) unsigned alpha_data[];
__declspec(dllimport) int BetaTwice(int n);
__declspec(dllimport) unsigned BetaSecret(void);
__declspec(dllimport) unsigned BetaReadThroughPointer(void);
__declspec(dllimport) void BetaWrite(unsigned value);
__declspec(dllimport) unsigned GammaExchange(unsigned value);
__declspec(dllimport) unsigned GammaRead(void);
__declspec(dllimport) int GammaTwice(int n);
__declspec(dllimport) unsigned GammaSecret(void);

// A word in the middle of alpha's data: in a page that nothing else shares.
#define ALPHA_MIDDLE 1536

static void CheckCalls(Tally* tally) {
  CHECK(AlphaAdd(20, 22) == 42);
  CHECK(BetaTwice(21) == 42);
  CHECK(AlphaTwiceAndOne(20) == 41);
  CHECK(BetaSecret() == 0x5EC2E7);
  CHECK(GammaTwice(8) == 16);
  CHECK(GammaSecret() == 0x5EC2E7);
  CHECK(AlphaRead(1) == 0xA1FA0002);
  CHECK(alpha_data[0] == 0xA1FA0001);
  CHECK(BetaReadThroughPointer() == 0xBE7A0001);
  CHECK(GammaRead() == 0x6A33A001);
  CHECK(AlphaRead(ALPHA_MIDDLE) == 0);
}

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  const ULONG index = arguments.count > 1 ? ParseNumber(arguments.item[1]) : 0;
  const ULONG count = arguments.count > 2 ? ParseNumber(arguments.item[2]) : 1;
  Tally the_tally = {0, 0}, *tally = &the_tally;
  Barrier barrier;
  if (count > 1) OpenBarrier(&barrier, "\\BaseNamedObjects\\threedll", count);

  CheckCalls(tally);
  if (count > 1) Await(&barrier);
  if (index == 0) {
    AlphaWrite(ALPHA_MIDDLE, 4711);
    BetaWrite(4712);
    CHECK(GammaExchange(4713) == 0x6A33A001);
  }
  if (count > 1) Await(&barrier);
  CHECK(AlphaRead(ALPHA_MIDDLE) == (index == 0 ? 4711 : 0));
  CHECK(alpha_data[ALPHA_MIDDLE] == (index == 0 ? 4711 : 0));
  CHECK(BetaReadThroughPointer() == (index == 0 ? 4712 : 0xBE7A0001));
  CHECK(GammaRead() == (index == 0 ? 4713 : 0x6A33A001));
  if (count > 1) Await(&barrier);
  return the_tally.failures ? 1 : (int)(100 + index);
}
