// threadfpu [sse]: each thread's floating-point registers are its own, though all of them are pre-empted.
#include "guest.h"

#define THREADS 4
#define ROUNDS 300000

typedef struct {
  ULONG number;
  int sse;
  ULONG wrong;
  ULONG control_word;
} Work;

static volatile LONG running;

// Puts numbers of its own into the registers, and looks whether they are still there, again and again.
static ULONG NTAPI Compute(void* argument) {
  Work* work = argument;
  const ULONG own = work->number * 0x01010101;
  const USHORT control = (USHORT)(0x027F + (work->number % 4 << 10));  // Its own way of rounding.
  ULONG vector[4] = {own, own + 1, own + 2, own + 3}, seen[4];
  USHORT control_seen;
  __asm__ volatile("fldcw %0" ::"m"(control));
  __asm__ volatile("fildl %0" ::"m"(work->number));
  if (work->sse) __asm__ volatile("movups %0, %%xmm5" ::"m"(vector));
  __atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST);
  while (running != THREADS) Sleep(1);
  for (ULONG i = 0; i < ROUNDS; ++i) {
    ULONG top;
    __asm__ volatile("fistl %0; fnstcw %1" : "=m"(top), "=m"(control_seen));
    if (top != work->number || control_seen != control) ++work->wrong;
    if (!work->sse) continue;
    __asm__ volatile("movups %%xmm5, %0" : "=m"(seen));
    if (memcmp(seen, vector, sizeof(seen)) != 0) ++work->wrong;
  }
  __asm__ volatile("fstp %st(0)");
  return 0;
}

static ULONG NTAPI LookAtNewState(void* argument) {
  USHORT control;
  __asm__ volatile("fnstcw %0" : "=m"(control));
  ((Work*)argument)->control_word = control;
  return 0;
}

int GuestMain(void) {
  Tally the_tally = {0, 0}, *tally = &the_tally;
  Arguments arguments;
  GetArguments(&arguments);
  const int sse = arguments.count == 2 && StringsEqual(arguments.item[1], "sse");
  HANDLE threads[THREADS], fresh = NULL;
  Work work[THREADS + 1];
  memset(work, 0, sizeof(work));
  for (ULONG i = 0; i < THREADS; ++i) {
    work[i].number = i + 1;
    work[i].sse = sse;
    CHECK_STATUS(StartThread(&threads[i], Compute, &work[i]), STATUS_SUCCESS);
  }
  StartThread(&fresh, LookAtNewState, &work[THREADS]);
  JoinThread(fresh);
  CHECK(work[THREADS].control_word == 0x027F);
  for (ULONG i = 0; i < THREADS; ++i) {
    JoinThread(threads[i]);
    CHECK(work[i].wrong == 0);
  }
  return Report(tally);
}
