// threadmass LIVE SERIES: that many threads at once, then that many one after the other; nothing of them
// stays.
#include "guest.h"

#define MOST 256

typedef struct {
  HANDLE gate;
  volatile LONG arrived;
  ULONG tebs[MOST];
} Crowd;

typedef struct {
  Crowd* crowd;
  ULONG index;
} Member;

static ULONG NTAPI StandAndWait(void* argument) {
  const Member* member = argument;
  member->crowd->tebs[member->index] = (ULONG)CurrentTeb();
  __atomic_add_fetch(&member->crowd->arrived, 1, __ATOMIC_SEQ_CST);
  NtWaitForSingleObject(member->crowd->gate, 0, NULL);
  return CurrentTeb()->Self == CurrentTeb() ? member->index : 0xFFFFFFFF;
}

static ULONG NTAPI ReturnArgument(void* argument) { return (ULONG)argument; }

// Bytes of this process' address space that are not free.
static ULONG UsedSpace(void) {
  MEMORY_BASIC_INFORMATION region;
  const UCHAR* at = NULL;
  ULONG used = 0;
  while (NtQueryVirtualMemory(CURRENT_PROCESS, at, MemoryBasicInformation, &region, sizeof(region),
                              NULL) == STATUS_SUCCESS) {
    if (region.State != MEM_FREE) used += region.RegionSize;
    at = (const UCHAR*)region.BaseAddress + region.RegionSize;
  }
  return used;
}

static void RunCrowd(Tally* tally, ULONG count) {
  static Crowd crowd;
  static Member members[MOST];
  static HANDLE threads[MOST];
  NtCreateEvent(&crowd.gate, EVENT_ALL_ACCESS, NULL, NotificationEvent, 0);
  for (ULONG i = 0; i < count; ++i) {
    members[i] = (Member){&crowd, i};
    CHECK_STATUS(StartThread(&threads[i], StandAndWait, &members[i]), STATUS_SUCCESS);
  }
  while (crowd.arrived != (LONG)count) Sleep(1);
  ULONG same = 0;
  for (ULONG i = 0; i < count; ++i) {
    for (ULONG k = 0; k < i; ++k) same += crowd.tebs[i] == crowd.tebs[k];
  }
  CHECK(same == 0);
  NtSetEvent(crowd.gate, NULL);
  ULONG wrong = 0;
  for (ULONG i = 0; i < count; ++i) wrong += JoinThread(threads[i]) != i;
  CHECK(wrong == 0);
  NtClose(crowd.gate);
}

int GuestMain(void) {
  Tally the_tally = {0, 0}, *tally = &the_tally;
  Arguments arguments;
  GetArguments(&arguments);
  if (arguments.count != 3) return 2;
  const ULONG live = ParseNumber(arguments.item[1]), series = ParseNumber(arguments.item[2]);
  if (live > MOST) return 2;
  const ULONG before = UsedSpace();
  RunCrowd(tally, live);
  CHECK(UsedSpace() == before);
  ULONG wrong = 0;
  for (ULONG i = 0; i < series; ++i) {
    HANDLE thread = NULL;
    wrong += StartThread(&thread, ReturnArgument, (void*)i) != STATUS_SUCCESS;
    wrong += !thread || JoinThread(thread) != i;
  }
  CHECK(wrong == 0);
  CHECK(UsedSpace() == before);
  return Report(tally);
}
