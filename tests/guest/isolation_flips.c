// isolation, flips: a second thread changes what a call has been given while the call sleeps: in the page-in of
// what it reads next, or in the wait that it was asked for. What was fetched before is what counts.
#include "isolation.h"

#define FIRST_SLOT 8  // isolation_outputs.c has read those before.

// A view of one slot of the file, not in memory yet, and as much memory before it: `*before`.
static UCHAR* MapColdSlot(ULONG slot, UCHAR** before) {
  HANDLE file, section;
  void* base = NULL;
  ULONG size = 2 * COLD_SLOT;
  LONGLONG offset = slot * COLD_SLOT;
  if (OpenForReading(&file, COLD_FILE) < 0 ||
      NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, PAGE_READONLY, SEC_COMMIT, file) <
          0 ||
      NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_RESERVE, PAGE_READWRITE) < 0) {
    Exit(2);
  }
  UCHAR* const start = base;
  void* view = start + COLD_SLOT;
  size = 0;
  if (NtFreeVirtualMemory(CURRENT_PROCESS, &base, &size, MEM_RELEASE) < 0) Exit(2);
  size = COLD_SLOT;
  if (NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                              PAGE_READWRITE) < 0 ||
      NtMapViewOfSection(section, CURRENT_PROCESS, &view, 0, 0, &offset, &size, ViewShare, 0,
                         PAGE_READONLY) < 0) {
    Exit(2);
  }
  NtClose(section);
  NtClose(file);
  *before = start;
  return view;
}

// ---- NtCreateThreadEx's attributes -----------------------------------------------------------------------

typedef struct {
  ULONG TotalLength;
  PS_ATTRIBUTE Attributes[2];
} TwoAttributes;

static volatile ULONG flips;

static ULONG NTAPI FlipAttributes(void* argument) {
  volatile TwoAttributes* const list = argument;
  ++flips;
  list->TotalLength = 0xFFFFFFFC;
  list->Attributes[0].Size = 0;
  list->Attributes[0].Value = 0x80100000;
  return HELD;
}

static ULONG FlipThreadAttributes(ULONG argument) {
  static CLIENT_ID client;
  THREAD_BASIC_INFORMATION basic;
  UCHAR* before;
  HANDLE flipper, thread;
  // The first attribute lies in memory, the second one (of a kind that nobody knows) in the file.
  UCHAR* const cold = MapColdSlot(FIRST_SLOT + argument, &before);
  TwoAttributes* const list =
      (TwoAttributes*)(cold - __builtin_offsetof(TwoAttributes, Attributes[1]));
  list->TotalLength = sizeof(*list);
  list->Attributes[0].Attribute = PS_ATTRIBUTE_CLIENT_ID;
  list->Attributes[0].Size = sizeof(client);
  list->Attributes[0].ValuePtr = &client;
  list->Attributes[0].ReturnLength = NULL;
  if (StartThread(&flipper, FlipAttributes, list) < 0) return 2;
  MUST(NtCreateThreadEx(&thread, THREAD_ALL_ACCESS, NULL, CURRENT_PROCESS, (void*)CountRun, NULL, 0,
                        0, 0, 0, (PS_ATTRIBUTE_LIST*)list) == STATUS_SUCCESS);
  MUST(flips == 1);
  MUST(NtQueryInformationThread(thread, ThreadBasicInformation, &basic, sizeof(basic), NULL) ==
       STATUS_SUCCESS);
  MUST(client.UniqueThread == basic.ClientId.UniqueThread);
  JoinThread(thread);
  return JoinThread(flipper);
}

// ---- Names -----------------------------------------------------------------------------------------------

typedef struct {
  OBJECT_ATTRIBUTES attributes;
  UNICODE_STRING name;
} Named;

static ULONG NTAPI FlipNamed(void* argument) {
  volatile Named* const named = argument;
  ++flips;
  named->attributes.Length = 0;
  named->attributes.ObjectName = (UNICODE_STRING*)0x80100000;
  named->attributes.Attributes = 0xFFFFFFFF;
  named->name.Length = 0xFFFE;
  named->name.Buffer = (WCHAR*)0xC0000000;
  return HELD;
}

static ULONG FlipNames(ULONG argument) {
  static Named named;
  WideText name;
  UCHAR* before;
  HANDLE flipper, event, again;
  UCHAR* const cold = MapColdSlot(FIRST_SLOT + 1 + argument, &before);
  if (MakeRoomBesideFiles() < 0) return 2;
  named.name = *Widen(&name, "\\??\\C:\\slack.bin");
  named.name.Buffer = (WCHAR*)(cold + COLD_TEXT);
  InitAttributes(&named.attributes, &named.name);
  if (StartThread(&flipper, FlipNamed, &named) < 0) return 2;
  MUST(NtCreateEvent(&event, EVENT_ALL_ACCESS, &named.attributes, 0, 0) == STATUS_SUCCESS);
  MUST(flips == 1);
  InitAttributes(&named.attributes, &name.string);
  MUST(NtOpenEvent(&again, EVENT_ALL_ACCESS, &named.attributes) == STATUS_SUCCESS);
  return JoinThread(flipper);
}

// ---- Waits -----------------------------------------------------------------------------------------------

#define EVENTS 3

typedef struct {
  HANDLE handles[EVENTS];  // What the call is given,
  HANDLE others[EVENTS];   // and others to the same events.
  LONGLONG timeout;
  ULONG set;  // A bit for each that ends the wait.
  volatile ULONG stop;
} Waiting;

static int MakeEvents(Waiting* waiting) {
  static const char* const names[EVENTS] = {"\\first", "\\second", "\\third"};
  for (unsigned int i = 0; i < EVENTS; ++i) {
    WideText name;
    OBJECT_ATTRIBUTES attributes;
    InitAttributes(&attributes, Widen(&name, names[i]));
    if (NtCreateEvent(&waiting->handles[i], EVENT_ALL_ACCESS, &attributes, NotificationEvent, 0) <
            0 ||
        NtOpenEvent(&waiting->others[i], EVENT_ALL_ACCESS, &attributes) < 0) {
      return 0;
    }
  }
  return 1;
}

// The waiter sleeps by now.
static ULONG NTAPI FlipWaiting(void* argument) {
  Waiting* const waiting = argument;
  ++flips;
  for (unsigned int i = 0; i < EVENTS; ++i) {
    NtClose(waiting->handles[i]);
    *(HANDLE volatile*)&waiting->handles[i] = (HANDLE)(i * 0x40000000);
  }
  *(LONGLONG volatile*)&waiting->timeout = 0;
  for (unsigned int i = 0; i < EVENTS; ++i) {
    if (waiting->set >> i & 1) NtSetEvent(waiting->others[i], NULL);
  }
  return HELD;
}

// The handles are closed and gone, the wait for what they named goes on.
static ULONG WaitWhileFlipped(ULONG type, ULONG set, ULONG expected) {
  Waiting waiting;
  HANDLE flipper;
  memset(&waiting, 0, sizeof(waiting));
  if (!MakeEvents(&waiting)) return 2;
  waiting.timeout = -20 * 10000000ll;
  waiting.set = set;
  flips = 0;
  if (StartThread(&flipper, FlipWaiting, &waiting) < 0) return 2;
  MUST((ULONG)NtWaitForMultipleObjects(EVENTS, waiting.handles, type, 0, &waiting.timeout) ==
       expected);
  MUST(flips == 1);
  for (unsigned int i = 0; i < EVENTS; ++i) NtClose(waiting.others[i]);
  return JoinThread(flipper);
}

// Any handle at any time, and the events come and go.
static ULONG NTAPI FlipAtRandom(void* argument) {
  Waiting* const waiting = argument;
  static const ULONG strange[] = {0, 2, 0x7FFC, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFC};
  for (ULONG i = 0; !waiting->stop; ++i) {
    HANDLE volatile* const at = &waiting->handles[i % EVENTS];
    if (i % 3 == 0) {
      NtClose(*at);
      HANDLE event;
      if (NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, i & 1, i % 5 == 0) >= 0) *at = event;
    } else if (i % 7 == 0) {
      *at = (HANDLE)strange[i % COUNT_OF(strange)];
    } else {
      NtPulseEvent(*at, NULL);
    }
    NtYieldExecution();
  }
  return HELD;
}

static ULONG WaitAtRandom(void) {
  Waiting waiting;
  HANDLE flipper;
  memset(&waiting, 0, sizeof(waiting));
  if (!MakeEvents(&waiting) || StartThread(&flipper, FlipAtRandom, &waiting) < 0) return 2;
  ULONG ended = 0, refused = 0;
  for (ULONG i = 0; i < 100; ++i) {
    LONGLONG timeout = -1;
    const ULONG status = (ULONG)NtWaitForMultipleObjects(EVENTS, waiting.handles,
                                                         i & 1 ? WaitAny : WaitAll, 0, &timeout);
    if (status < EVENTS || status == STATUS_TIMEOUT) {
      ++ended;
    } else {
      MUST(status == STATUS_INVALID_HANDLE || status == STATUS_INVALID_PARAMETER_MIX);
      ++refused;
      NtYieldExecution();
    }
  }
  waiting.stop = 1;
  MUST(ended != 0 && refused != 0);
  return JoinThread(flipper);
}

static ULONG FlipWaits(ULONG argument) {
  (void)argument;
  ULONG result = WaitWhileFlipped(WaitAny, 1u << 2, STATUS_WAIT_0 + 2);
  if (result == HELD) result = WaitWhileFlipped(WaitAll, 7, STATUS_WAIT_0);
  return result == HELD ? WaitAtRandom() : result;
}

// ---- A file's position -----------------------------------------------------------------------------------

static ULONG NTAPI SetPosition(void* file) {
  IO_STATUS_BLOCK io;
  const LONGLONG position = 7;
  ++flips;
  return (ULONG)NtSetInformationFile(file, &io, &position, sizeof(position),
                                     FilePositionInformation);
}

// A handle that is being read from is busy: what is set meanwhile comes after the read, and is not lost.
static ULONG FlipPosition(ULONG argument) {
  IO_STATUS_BLOCK io;
  LONGLONG position = (FIRST_SLOT + 2 + argument) * COLD_SLOT;
  HANDLE file, flipper;
  void* const buffer = Commit(2 * PAGE_SIZE, PAGE_READWRITE);
  if (OpenForReading(&file, COLD_FILE) < 0 ||
      NtSetInformationFile(file, &io, &position, sizeof(position), FilePositionInformation) < 0 ||
      StartThread(&flipper, SetPosition, file) < 0) {
    return 2;
  }
  MUST(NtReadFile(file, NULL, NULL, NULL, &io, buffer, 2 * PAGE_SIZE, NULL, NULL) ==
       STATUS_SUCCESS);
  MUST(flips == 1);
  if (JoinThread(flipper) != STATUS_SUCCESS) return 2;
  MUST(NtQueryInformationFile(file, &io, &position, sizeof(position), FilePositionInformation) ==
       STATUS_SUCCESS);
  MUST(position == 7);
  return HELD;
}

const Act flip_acts[] = {
    {"flip-thread-attributes", FlipThreadAttributes},
    {"flip-names", FlipNames},
    {"flip-waits", FlipWaits},
    {"flip-position", FlipPosition},
    {NULL, NULL},
};
