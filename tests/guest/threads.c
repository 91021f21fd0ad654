// threads: a program of several threads that says the same whenever it can say it at all: the one that
// memory, disk and commit are taken from bit by bit, to see what the kernel does then. What cannot be had ends
// the program with the status that said so.
#include "guest.h"

#define WORKERS 4

typedef struct {
  ULONG number;
  HANDLE gate;   // Opened for all of them at once.
  HANDLE turn;   // Set when it is this one's turn to speak.
  HANDLE next;   // The turn of the one after it.
  HANDLE guard;  // A mutant, around `*total`.
  ULONG* total;
} Work;

static void Need(NTSTATUS status) {
  if (status < 0) Exit((ULONG)status);
}

static HANDLE MakeEvent(ULONG type) {
  HANDLE event = NULL;
  Need(NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, type, 0));
  return event;
}

// A page and a half of stack in each frame.
static ULONG Descend(ULONG depth) {
  volatile UCHAR room[6000];
  room[0] = room[sizeof(room) - 1] = 1;
  return depth == 0 ? 0 : Descend(depth - 1) + room[sizeof(room) - 1];
}

static ULONG NTAPI Worker(void* argument) {
  Work* work = argument;
  Need(NtWaitForSingleObject(work->gate, 0, NULL));
  ULONG sum = 0;
  for (ULONG i = 1; i <= 1000; ++i) sum += i * work->number;
  Need(NtWaitForSingleObject(work->guard, 0, NULL));
  *work->total += sum;
  Need(NtReleaseMutant(work->guard, NULL));
  const ULONG depth = Descend(10 * work->number);
  Need(NtWaitForSingleObject(work->turn, 0, NULL));
  Print("worker");
  PrintLine(" sum", sum);
  Need(NtSetEvent(work->next, NULL));
  return 100 + depth;
}

static ULONG NTAPI Sleeper(void* event) { return (ULONG)NtWaitForSingleObject(event, 0, NULL); }

static void RunWorkers(void) {
  HANDLE threads[WORKERS], turns[WORKERS + 1], both[2];
  Work work[WORKERS];
  ULONG total = 0;
  HANDLE gate = MakeEvent(NotificationEvent), guard = NULL;
  Need(NtCreateMutant(&guard, MUTANT_ALL_ACCESS, NULL, 0));
  for (ULONG i = 0; i <= WORKERS; ++i) turns[i] = MakeEvent(SynchronizationEvent);
  for (ULONG i = 0; i < WORKERS; ++i) {
    work[i] = (Work){i + 1, gate, turns[i], turns[i + 1], guard, &total};
    Need(StartThread(&threads[i], Worker, &work[i]));
  }
  Need(NtSetEvent(gate, NULL));
  Need(NtSetEvent(turns[0], NULL));
  both[0] = turns[WORKERS];
  both[1] = threads[WORKERS - 1];
  Need(NtWaitForMultipleObjects(2, both, WaitAll, 0, NULL));
  for (ULONG i = 0; i < WORKERS; ++i) PrintLine("ended", JoinThread(threads[i]));
  PrintLine("total", total);
  for (ULONG i = 0; i <= WORKERS; ++i) NtClose(turns[i]);
  NtClose(gate);
  NtClose(guard);
}

static void EndASleeper(void) {
  HANDLE thread = NULL, event = MakeEvent(SynchronizationEvent);
  Need(StartThread(&thread, Sleeper, event));
  Need(NtSuspendThread(thread, NULL));
  Need(NtSetEvent(event, NULL));
  Need(NtResumeThread(thread, NULL));
  PrintLine("sleeper woken", JoinThread(thread));
  Need(StartThread(&thread, Sleeper, event));
  Need(NtTerminateThread(thread, 77));
  PrintLine("sleeper ended", JoinThread(thread));
  NtClose(event);
}

int GuestMain(void) {
  RunWorkers();
  EndASleeper();
  return 0;
}
