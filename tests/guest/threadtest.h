// threadtest: the parts of the program.
#pragma once

#include "guest.h"

/// `*argument`, a ULONG, counts on and on.
ULONG NTAPI SpinForever(void* argument);

void TestSuspend(Tally* tally);
void TestContext(Tally* tally);
void TestPriority(Tally* tally);
void TestThreadAccess(Tally* tally);
