// Barrier: processes that wait for one another, by a counter in named shared memory.
#pragma once

#include "guest.h"

typedef struct {
  volatile LONG* arrived;
  ULONG processes;
  ULONG rounds;
} Barrier;

/// `name` is the same in all of the `processes`; "\\BaseNamedObjects\\..." .
void OpenBarrier(Barrier* barrier, const char* name, ULONG processes);
/// Returns when all processes have called it as often as this one.
void Await(Barrier* barrier);
