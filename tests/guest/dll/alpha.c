// alpha: imports beta, which imports alpha: a cycle.
#include "dll.h"

IMPORT int BetaTwice(int n);

// Two pages and a bit, so that at least one page is nothing but this.
unsigned alpha_data[3 * 1024] = {0xA1FA0001, 0xA1FA0002};

int AlphaAdd(int a, int b) { return a + b; }
int AlphaTwiceAndOne(int n) { return BetaTwice(n) + 1; }
unsigned AlphaRead(unsigned index) { return alpha_data[index]; }
void AlphaWrite(unsigned index, unsigned value) { alpha_data[index] = value; }
