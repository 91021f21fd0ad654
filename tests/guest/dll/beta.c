// beta: one export by name, one by ordinal alone.
#include "dll.h"

IMPORT int AlphaAdd(int a, int b);

unsigned beta_data[2 * 1024] = {0xBE7A0001};
static unsigned* volatile beta_pointer = &beta_data[0];

int BetaTwice(int n) { return AlphaAdd(n, n); }
unsigned BetaSecret(void) { return 0x5EC2E7; }
unsigned BetaReadThroughPointer(void) { return *beta_pointer; }
void BetaWrite(unsigned value) { beta_data[0] = value; }
