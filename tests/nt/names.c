// Objects that have names.
#include "check.h"

static void Names(void) {
  HANDLE one = CreateEventW(NULL, TRUE, FALSE, L"FaultlineTestEvent");
  HANDLE other = CreateEventW(NULL, TRUE, FALSE, L"faultlinetestevent");
  Is("other case, another event", GetLastError(), ERROR_SUCCESS);
  SetEvent(one);
  Is("which is not set", WaitForSingleObject(other, 0), WAIT_TIMEOUT);
  CloseHandle(other);
  other = CreateEventW(NULL, TRUE, FALSE, L"FaultlineTestEvent");
  Is("there already", GetLastError(), ERROR_ALREADY_EXISTS);
  Is("one event", WaitForSingleObject(other, 0), WAIT_OBJECT_0);
  CloseHandle(other);
  Is("not a mutex", CreateMutexW(NULL, FALSE, L"FaultlineTestEvent") == NULL, 1);
  Is("bad handle", GetLastError(), ERROR_INVALID_HANDLE);
  CloseHandle(one);
  Is("gone", OpenEventW(SYNCHRONIZE, FALSE, L"FaultlineTestEvent") == NULL, 1);
  Is("not found", GetLastError(), ERROR_FILE_NOT_FOUND);
}

int main(void) {
  Names();
  return Finish();
}
