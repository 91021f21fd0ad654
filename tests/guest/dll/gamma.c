// gamma: forwards to beta by name and by ordinal, and has an export by ordinal of its own.
#include "dll.h"

unsigned gamma_data[2 * 1024] = {0x6A33A001};

unsigned GammaExchange(unsigned value) {
  const unsigned old = gamma_data[0];
  gamma_data[0] = value;
  return old;
}
unsigned GammaRead(void) { return gamma_data[0]; }
