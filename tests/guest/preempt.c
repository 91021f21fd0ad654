// preempt: runs on beside a process that never gives way, then ends it.
#include "guest.h"

int GuestMain(void) {
  Tally the_tally = {0, 0}, *tally = &the_tally;
  HANDLE process = NULL;
  CHECK_STATUS(StartProcess(&process, "C:\\spinner.exe", "spinner"), STATUS_SUCCESS);
  if (!process) return 1;
  for (int i = 0; i < 10; ++i) Sleep(10);
  LONGLONG at_once = 0;
  CHECK_STATUS(NtWaitForSingleObject(process, 0, &at_once), STATUS_TIMEOUT);
  LONGLONG a_while = -50 * 10000;
  CHECK_STATUS(NtWaitForSingleObject(process, 0, &a_while), STATUS_TIMEOUT);
  CHECK_STATUS(NtTerminateProcess(process, 99), STATUS_SUCCESS);
  CHECK(WaitForExit(process) == 99);
  return Report(&the_tally);
}
