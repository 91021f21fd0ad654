// timing: clocks go forwards, sleeps last, yields return.
#include "guest.h"

static LONGLONG Counter(void) {
  LONGLONG counter = 0, frequency = 0;
  NtQueryPerformanceCounter(&counter, &frequency);
  return counter;
}

static LONGLONG SystemTime(void) {
  LONGLONG time = 0;
  NtQuerySystemTime(&time);
  return time;
}

int GuestMain(void) {
  Tally the_tally = {0, 0}, *tally = &the_tally;
  LONGLONG counter = 0, frequency = 0;
  CHECK_STATUS(NtQueryPerformanceCounter(&counter, &frequency), STATUS_SUCCESS);
  CHECK(frequency >= 1000);
  CHECK_STATUS(NtQueryPerformanceCounter(&counter, NULL), STATUS_SUCCESS);

  LONGLONG last = Counter();
  ULONG backwards = 0;
  for (int i = 0; i < 2000; ++i) {
    const LONGLONG now = Counter();
    backwards += now < last;
    last = now;
  }
  CHECK(backwards == 0);

  const LONGLONG time_before = SystemTime(), counter_before = Counter();
  CHECK(time_before > 132223104000000000ll);  // 2020-01-01.
  CHECK(time_before < 157766400000000000ll);  // 2100.
  for (int i = 0; i < 20; ++i) Sleep(10);
  const LONGLONG slept = SystemTime() - time_before;
  CHECK(slept >= 1900000);   // 200 ms, less one tick's worth of rounding.
  CHECK(slept < 100000000);  // 10 s: a loaded host.
  const LONGLONG counted = Counter() - counter_before;
  CHECK(counted * 10 >= frequency);  // At least 100 ms by the other clock.

  for (int i = 0; i < 1000; ++i) CHECK(NtYieldExecution() >= 0);
  LONGLONG none = 0;
  CHECK_STATUS(NtDelayExecution(0, &none), STATUS_SUCCESS);
  LONGLONG past = 1;  // Absolute, in 1601.
  CHECK_STATUS(NtDelayExecution(0, &past), STATUS_SUCCESS);
  CHECK_STATUS(NtDelayExecution(0, (LONGLONG*)0x80001000), STATUS_ACCESS_VIOLATION);
  return Report(&the_tally);
}
