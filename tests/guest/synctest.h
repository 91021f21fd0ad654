// synctest: threads that wait, and short forms of the calls under test.
#pragma once

#include "guest.h"

static inline HANDLE MakeEvent(ULONG type, UCHAR signaled) {
  HANDLE event = NULL;
  NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, type, signaled);
  return event;
}
/// A wait for `milliseconds`; 0 for a look.
static inline NTSTATUS WaitFor(HANDLE object, ULONG milliseconds) {
  LONGLONG timeout = -(LONGLONG)milliseconds * 10000;
  return NtWaitForSingleObject(object, 0, &timeout);
}

void TestWaits(Tally* tally);
void TestRefusedWaits(Tally* tally);
