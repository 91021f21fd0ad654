// Rows: system calls, switches, processes.
#include "sampling.h"

static void Null(void) {
  NullCall();
  Begin("null_call");
  for (unsigned i = 0; i < SAMPLES; ++i) SAMPLE(NullCall());
  Finish();
  if (!kFastNullCall) return;
  kFastNullCall();
  Begin("null_call_fast");
  for (unsigned i = 0; i < SAMPLES; ++i) SAMPLE(kFastNullCall());
  Finish();
}

// Two processes yield to each other and do nothing else. Who yielded last stands in the shared page,
// so a yield that did not switch is seen: only switches count, and what was lost between them counts
// with them.
enum { kTurn, kDone, kSwitches, kWords };
enum { kParent = 1, kChild = 2, kTurnsInSample = 64 };

static void TakeTurn(volatile unsigned* shared, unsigned who) {
  if (shared[kTurn] != who) {
    shared[kTurn] = who;
    ++shared[kSwitches];
  }
  YieldProcessor();
}

static void Switch(void) {
  volatile unsigned* shared = SharedPage();
  for (unsigned i = 0; i < kWords; ++i) shared[i] = 0;
  Process child = StartRow("child_switch");
  while (shared[kTurn] != kChild) YieldProcessor();
  Begin("switch");
  for (unsigned i = 0; i < SAMPLES; ++i) {
    const unsigned before = shared[kSwitches];
    MARK_BEGIN();
    const Cycles start = Clock();
    for (unsigned turn = 0; turn < kTurnsInSample; ++turn) TakeTurn(shared, kParent);
    const unsigned elapsed = (unsigned)(Clock() - start), switches = shared[kSwitches] - before;
    MARK_TIMED();
    if (switches == 0) Fail("yielding does not switch", 0);
    Record(elapsed / switches);
  }
  shared[kDone] = 1;
  AwaitProcess(child);
  Finish();
}

static void ChildSwitch(void) {
  volatile unsigned* shared = SharedPage();
  while (!shared[kDone]) TakeTurn(shared, kChild);
}

static void CreateProcess(void) {
  for (unsigned i = 0; i < 3; ++i) AwaitProcess(StartNothing());
  Begin("process");
  for (unsigned i = 0; i < SAMPLES; ++i) SAMPLE_MARKED(AwaitProcess(StartNothing()));
  Finish();
}

static void SayHello(void) { Say("hello\n"); }
static void Hello(void) { AwaitProcess(StartRow("say_hello")); }

// The counter has the instructions from the kernel's first to MARK_PROGRAM.
static void Boot(void) {}

const Row kProcessRows[] = {
    {"null_call", Null},
    {"switch", Switch},
    {"child_switch", ChildSwitch},
    {"process", CreateProcess},
    {"boot", Boot},
    {"hello", Hello},
    {"say_hello", SayHello},
    {0, 0},
};
