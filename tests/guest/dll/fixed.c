// fixed: has no relocations, and lies where it must.
#include "dll.h"

int FixedValue(void) { return 4712; }
