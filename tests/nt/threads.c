// Threads as programs use them: creation and exit, critical sections, SRW locks, condition variables, waiting on
// addresses, events, semaphores, mutexes, thread-local storage.
#include "check.h"

enum { kWorkers = 6, kRounds = 400, kItems = 500 };

static CRITICAL_SECTION section;
static SRWLOCK lock = SRWLOCK_INIT;
static CONDITION_VARIABLE not_empty = CONDITION_VARIABLE_INIT;
static CONDITION_VARIABLE not_full = CONDITION_VARIABLE_INIT;
static volatile LONG guarded, guarded_by_lock;
static DWORD tls_index;

static DWORD WINAPI Count(void* argument) {
  TlsSetValue(tls_index, argument);
  for (int i = 0; i < kRounds; ++i) {
    EnterCriticalSection(&section);
    const LONG seen = guarded;
    if (i % 16 == 0) Sleep(0);
    guarded = seen + 1;
    LeaveCriticalSection(&section);
    AcquireSRWLockExclusive(&lock);
    const LONG also = guarded_by_lock;
    if (i % 16 == 8) SwitchToThread();
    guarded_by_lock = also + 1;
    ReleaseSRWLockExclusive(&lock);
  }
  return TlsGetValue(tls_index) == argument ? (DWORD)(ULONG_PTR)argument : 0xBAD;
}

static void Locks(void) {
  HANDLE threads[kWorkers];
  InitializeCriticalSection(&section);
  tls_index = TlsAlloc();
  for (int i = 0; i < kWorkers; ++i) {
    threads[i] = CreateThread(NULL, 0, Count, (void*)(ULONG_PTR)(i + 1), 0, NULL);
  }
  Is("wait for all workers", WaitForMultipleObjects(kWorkers, threads, TRUE, INFINITE), 0);
  DWORD sum = 0;
  for (int i = 0; i < kWorkers; ++i) {
    DWORD code = 0;
    GetExitCodeThread(threads[i], &code);
    sum += code;
    CloseHandle(threads[i]);
  }
  Is("sum of exit codes", sum, kWorkers * (kWorkers + 1) / 2);
  Is("counted in the critical section", guarded, kWorkers * kRounds);
  Is("counted under the SRW lock", guarded_by_lock, kWorkers * kRounds);
  True("TLS slot is the thread's own", TlsGetValue(tls_index) == NULL && TlsFree(tls_index));
  DeleteCriticalSection(&section);
}

// ---- A bounded queue between two threads, by condition variables ----------------------------------------

static int queue[4], queued, taken_sum;

static DWORD WINAPI Consume(void* argument) {
  (void)argument;
  for (int i = 0; i < kItems; ++i) {
    AcquireSRWLockExclusive(&lock);
    while (queued == 0) SleepConditionVariableSRW(&not_empty, &lock, INFINITE, 0);
    taken_sum += queue[--queued];
    ReleaseSRWLockExclusive(&lock);
    WakeConditionVariable(&not_full);
  }
  return 0;
}

static void ConditionVariables(void) {
  HANDLE consumer = CreateThread(NULL, 0, Consume, NULL, 0, NULL);
  for (int i = 1; i <= kItems; ++i) {
    AcquireSRWLockExclusive(&lock);
    while (queued == 4) SleepConditionVariableSRW(&not_full, &lock, INFINITE, 0);
    queue[queued++] = i;
    ReleaseSRWLockExclusive(&lock);
    WakeConditionVariable(&not_empty);
  }
  Is("consumer ends", WaitForSingleObject(consumer, INFINITE), 0);
  Is("all items were taken once", taken_sum, kItems * (kItems + 1) / 2);
  CloseHandle(consumer);

  AcquireSRWLockExclusive(&lock);
  const BOOL woken = SleepConditionVariableSRW(&not_empty, &lock, 20, 0);
  Is("a condition that nobody signals", woken, 0);
  Is("times out", GetLastError(), ERROR_TIMEOUT);
  ReleaseSRWLockExclusive(&lock);
}

// ---- Waiting on an address ------------------------------------------------------------------------------

static volatile LONG word;

static DWORD WINAPI ChangeWord(void* argument) {
  (void)argument;
  Sleep(20);
  word = 1;
  WakeByAddressSingle((void*)&word);
  return 0;
}

static void Addresses(void) {
  LONG undesired = 0;
  HANDLE thread = CreateThread(NULL, 0, ChangeWord, NULL, 0, NULL);
  while (word == 0) WaitOnAddress(&word, &undesired, sizeof(word), INFINITE);
  Is("the word has changed", word, 1);
  Is("waiter's partner ends", WaitForSingleObject(thread, INFINITE), 0);
  CloseHandle(thread);
  undesired = 1;
  Is("waiting for no change", WaitOnAddress(&word, &undesired, sizeof(word), 10), 0);
  Is("times out, too", GetLastError(), ERROR_TIMEOUT);
  undesired = 7;
  Is("another value already", WaitOnAddress(&word, &undesired, sizeof(word), INFINITE), 1);
}

// ---- Events, semaphores, mutexes ------------------------------------------------------------------------

struct PingPong {
  HANDLE ping, pong, slots;
  int rounds;
};

static DWORD WINAPI Answer(void* argument) {
  struct PingPong* game = argument;
  for (int i = 0; i < 100; ++i) {
    WaitForSingleObject(game->ping, INFINITE);
    ++game->rounds;
    SetEvent(game->pong);
  }
  ReleaseSemaphore(game->slots, 3, NULL);
  return 0;
}

static void Objects(void) {
  struct PingPong game = {CreateEventW(NULL, FALSE, FALSE, NULL),
                          CreateEventW(NULL, FALSE, FALSE, NULL),
                          CreateSemaphoreW(NULL, 0, 3, NULL), 0};
  HANDLE thread = CreateThread(NULL, 0, Answer, &game, CREATE_SUSPENDED, NULL);
  Is("suspended thread is resumed", ResumeThread(thread), 1);
  for (int i = 0; i < 100; ++i) SignalObjectAndWait(game.ping, game.pong, INFINITE, FALSE);
  Is("rounds", game.rounds, 100);
  for (int i = 0; i < 3; ++i) Is("a slot", WaitForSingleObject(game.slots, 1000), WAIT_OBJECT_0);
  Is("no more slots", WaitForSingleObject(game.slots, 0), WAIT_TIMEOUT);
  Is("too many slots", ReleaseSemaphore(game.slots, 4, NULL), 0);
  Is("which is an error", GetLastError(), ERROR_TOO_MANY_POSTS);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  CloseHandle(game.ping);
  CloseHandle(game.pong);
  CloseHandle(game.slots);
}

static HANDLE mutex;

static DWORD WINAPI TakeAndLeave(void* argument) {
  (void)argument;
  WaitForSingleObject(mutex, INFINITE);
  return 0;
}

static void Mutexes(void) {
  mutex = CreateMutexW(NULL, TRUE, NULL);
  Is("owned mutex again", WaitForSingleObject(mutex, 0), WAIT_OBJECT_0);
  HANDLE thread = CreateThread(NULL, 0, TakeAndLeave, NULL, 0, NULL);
  Is("other waits for it", WaitForSingleObject(thread, 20), WAIT_TIMEOUT);
  Is("given back once", ReleaseMutex(mutex), 1);
  Is("given back twice", ReleaseMutex(mutex), 1);
  Is("given back too often", ReleaseMutex(mutex), 0);
  Is("not owned", GetLastError(), ERROR_NOT_OWNER);
  Is("other has it and ends", WaitForSingleObject(thread, INFINITE), WAIT_OBJECT_0);
  Is("abandoned", WaitForSingleObject(mutex, INFINITE), WAIT_ABANDONED);
  Is("no more abandoned", WaitForSingleObject(mutex, INFINITE), WAIT_OBJECT_0);
  CloseHandle(thread);
  CloseHandle(mutex);
}

static DWORD WINAPI ExitEarly(void* argument) { ExitThread((DWORD)(ULONG_PTR)argument); }

static void Ends(void) {
  DWORD code = 0;
  HANDLE thread = CreateThread(NULL, 0, ExitEarly, (void*)0x1234, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  Is("ExitThread", code, 0x1234);
  CloseHandle(thread);
  thread = CreateThread(NULL, 0, ExitEarly, NULL, CREATE_SUSPENDED, NULL);
  GetExitCodeThread(thread, &code);
  Is("still active", code, STILL_ACTIVE);
  Is("terminated", TerminateThread(thread, 77), 1);
  Is("and over", WaitForSingleObject(thread, 1000), WAIT_OBJECT_0);
  GetExitCodeThread(thread, &code);
  Is("with that code", code, 77);
  CloseHandle(thread);
}

int main(void) {
  Locks();
  ConditionVariables();
  Addresses();
  Objects();
  Mutexes();
  Ends();
  return Finish();
}
