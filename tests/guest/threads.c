// threads: a program of several threads that says the same whenever it can say it at all: the one that
// memory, disk and commit are taken from bit by bit, to see what the kernel does then. A thread that cannot be
// made ends the program with the status that said so.
#include "guest.h"

#define THREADS 4

typedef struct {
  ULONG number;
  ULONG sum;
} Work;

// Some stack, a page and a half in each frame.
static ULONG Descend(ULONG depth) {
  volatile UCHAR room[6000];
  room[0] = room[sizeof(room) - 1] = 1;
  return depth == 0 ? 0 : Descend(depth - 1) + room[sizeof(room) - 1];
}

static ULONG NTAPI Worker(void* argument) {
  Work* work = argument;
  for (ULONG i = 1; i <= 1000; ++i) work->sum += i * work->number;
  return 100 + Descend(10 * work->number);
}

int GuestMain(void) {
  HANDLE thread[THREADS];
  Work work[THREADS];
  for (ULONG i = 0; i < THREADS; ++i) {
    work[i].number = i + 1;
    work[i].sum = 0;
    const NTSTATUS status = StartThread(&thread[i], Worker, &work[i]);
    if (status < 0) Exit((ULONG)status);
  }
  for (ULONG i = 0; i < THREADS; ++i) {
    PrintLine("ended", JoinThread(thread[i]));
    PrintLine("  sum", work[i].sum);
  }
  return 0;
}
