// reloc: thousands of relocations: tables of pointers (reloc_tables.S) and code with addresses in
// it.
#include "dll.h"

// Distinct volatile words, so that the compiler keeps an absolute address in each instruction.
static volatile unsigned words[64];
#define ADD(i) sum += words[i] + (unsigned)&words[i];
#define ADD8(i) ADD(i) ADD(i + 1) ADD(i + 2) ADD(i + 3) ADD(i + 4) ADD(i + 5) ADD(i + 6) ADD(i + 7)

/// 64 * the address of the middle of `words`, roughly: see relocuse.c.
unsigned RelocSumOfAddresses(void) {
  unsigned sum = 0;
  ADD8(0) ADD8(8) ADD8(16) ADD8(24) ADD8(32) ADD8(40) ADD8(48) ADD8(56);
  return sum;
}
unsigned RelocAddressOfWords(void) { return (unsigned)words; }
