// pick: one of two DLLs of that name: the one in the program's directory is meant.
#include "dll.h"

static int value = 1;
int* volatile pick_pointer = &value;  ///< A fix-up, so that the image can move.
int PickValue(void) { return *pick_pointer; }
