// shared: a section that all processes share, and one that they do not.
#include "dll.h"

__asm__(
    ".section .common,\"dws\"\n"
    ".globl _shared_word\n"
    "_shared_word: .long 1\n"
    ".text\n");
extern volatile unsigned shared_word;
volatile unsigned own_word = 1;

unsigned SharedRead(void) { return shared_word; }
unsigned OwnRead(void) { return own_word; }
void WriteBoth(unsigned value) { shared_word = own_word = value; }
