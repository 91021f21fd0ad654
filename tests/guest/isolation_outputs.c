// isolation, outputs: answers that a call cannot give: because what it does takes their place away, or because
// another thread does while the call sleeps. Nothing is left of a call that fails.
#include "isolation.h"

// ---- Calls that take their arguments' memory away --------------------------------------------------------

static ULONG ProtectionOf(const void* at) {
  MEMORY_BASIC_INFORMATION memory;
  if (NtQueryVirtualMemory(CURRENT_PROCESS, at, MemoryBasicInformation, &memory, sizeof(memory),
                           NULL) < 0) {
    Exit(2);
  }
  return memory.State == MEM_COMMIT ? memory.Protect : 0;
}

typedef struct {
  void* base;
  ULONG size, old;
} MemoryArguments;

// What is done is done, and NT says so.
static ULONG OwnOutputs(ULONG argument) {
  static const ULONG protections[] = {PAGE_READONLY, PAGE_NOACCESS};
  (void)argument;
  for (unsigned int i = 0; i < COUNT_OF(protections); ++i) {
    MemoryArguments* const at = Commit(PAGE_SIZE, PAGE_READWRITE);
    at->base = at;
    at->size = PAGE_SIZE;
    MUST(NtProtectVirtualMemory(CURRENT_PROCESS, &at->base, &at->size, protections[i], &at->old) ==
         STATUS_SUCCESS);
    MUST(ProtectionOf(at) == protections[i]);
  }
  MemoryArguments* at = Commit(PAGE_SIZE, PAGE_READWRITE);
  at->base = at;
  at->size = PAGE_SIZE;
  MUST(NtAllocateVirtualMemory(CURRENT_PROCESS, &at->base, 0, &at->size, MEM_COMMIT,
                               PAGE_READONLY) == STATUS_SUCCESS);
  MUST(ProtectionOf(at) == PAGE_READONLY);
  at = Commit(PAGE_SIZE, PAGE_READWRITE);
  at->base = at;
  at->size = PAGE_SIZE;
  MUST(NtFreeVirtualMemory(CURRENT_PROCESS, &at->base, &at->size, MEM_DECOMMIT) == STATUS_SUCCESS);
  MUST(ProtectionOf(at) == 0);
  at = Commit(PAGE_SIZE, PAGE_READWRITE);
  at->base = at;
  at->size = 0;
  MUST(NtFreeVirtualMemory(CURRENT_PROCESS, &at->base, &at->size, MEM_RELEASE) == STATUS_SUCCESS);
  MUST(ProtectionOf(at) == 0);
  return HELD;
}

// ---- Transfers that end in memory that is not there ------------------------------------------------------

// No byte of the first pages is moved.
static ULONG LargeTransfers(ULONG argument) {
  static const char mark[] = "half a write";
  UCHAR* const pages = CommitBefore(2);
  IO_STATUS_BLOCK io;
  EVENT_BASIC_INFORMATION state;
  LONGLONG position = -1;
  HANDLE file, event;
  (void)argument;
  if (OpenForReading(&file, COLD_FILE) < 0 ||
      NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, NotificationEvent, 1) < 0) {
    return 2;
  }
  memset(pages, 0x5A, 2 * PAGE_SIZE);
  MUST((ULONG)NtReadFile(file, event, NULL, NULL, &io, pages, 3 * PAGE_SIZE, NULL, NULL) ==
       STATUS_ACCESS_VIOLATION);
  MUST(pages[0] == 0x5A && pages[2 * PAGE_SIZE - 1] == 0x5A);
  NtQueryInformationFile(file, &io, &position, sizeof(position), FilePositionInformation);
  MUST(position == 0);
  NtQueryEvent(event, 0, &state, sizeof(state), NULL);
  MUST(state.EventState == 1);
  // A file that is shorter needs no more room than it has bytes.
  HANDLE slack;
  if (OpenForReading(&slack, "C:\\slack.bin") < 0) return 2;
  MUST(NtReadFile(slack, event, NULL, NULL, &io, pages, 3 * PAGE_SIZE, NULL, NULL) ==
       STATUS_SUCCESS);
  MUST(io.Information > PAGE_SIZE && io.Information < 2 * PAGE_SIZE);

  memcpy(pages, mark, sizeof(mark));
  MUST((ULONG)NtWriteFile(StandardOutput(), event, NULL, NULL, &io, pages, 3 * PAGE_SIZE, NULL,
                          NULL) == STATUS_ACCESS_VIOLATION);
  return HELD;
}

// ---- Outputs that another thread takes away --------------------------------------------------------------

typedef struct {
  UCHAR* cold;  // A view of the file, of which each slot is read from the disk when it is touched.
  ULONG slot;
  UCHAR* page;  // That goes away.
  WideText path, own_path;
  UNICODE_STRING name;
  OBJECT_ATTRIBUTES attributes;
  RTL_USER_PROCESS_PARAMETERS parameters;
  IO_STATUS_BLOCK io;
  HANDLE handle;
} Vanishing;

static ULONG NTAPI TakeAway(void* argument) {
  ULONG size = PAGE_SIZE;
  return (ULONG)NtFreeVirtualMemory(CURRENT_PROCESS, &argument, &size, MEM_DECOMMIT);
}

// A name whose text is not in memory yet.
static OBJECT_ATTRIBUTES* ColdName(Vanishing* v) {
  v->name = v->path.string;
  v->name.Buffer = (WCHAR*)(v->cold + v->slot++ * COLD_SLOT + COLD_TEXT);
  InitAttributes(&v->attributes, &v->name);
  return &v->attributes;
}

static NTSTATUS CreateEvent(Vanishing* v) {
  return NtCreateEvent((HANDLE*)v->page, EVENT_ALL_ACCESS, ColdName(v), 0, 0);
}
static NTSTATUS CreateMutant(Vanishing* v) {
  return NtCreateMutant((HANDLE*)v->page, MUTANT_ALL_ACCESS, ColdName(v), 1);
}
static NTSTATUS CreateSemaphore(Vanishing* v) {
  return NtCreateSemaphore((HANDLE*)v->page, SEMAPHORE_ALL_ACCESS, ColdName(v), 0, 1);
}
static NTSTATUS CreateSection(Vanishing* v) {
  LONGLONG size = PAGE_SIZE;
  return NtCreateSection((HANDLE*)v->page, SECTION_ALL_ACCESS, ColdName(v), &size, PAGE_READWRITE,
                         SEC_COMMIT, NULL);
}
static NTSTATUS OpenFileHandle(Vanishing* v) {
  return NtOpenFile((HANDLE*)v->page, GENERIC_READ, ColdName(v), &v->io, 0, 0);
}
static NTSTATUS OpenFileIo(Vanishing* v) {
  return NtOpenFile(&v->handle, GENERIC_READ, ColdName(v), (IO_STATUS_BLOCK*)v->page, 0, 0);
}
static NTSTATUS OpenThread(Vanishing* v) {
  return NtOpenThread((HANDLE*)v->page, THREAD_ALL_ACCESS,
                      (OBJECT_ATTRIBUTES*)(v->cold + v->slot++ * COLD_SLOT),
                      &CurrentTeb()->ClientId);
}
static NTSTATUS CreateThread(Vanishing* v) {
  return NtCreateThreadEx((HANDLE*)v->page, THREAD_ALL_ACCESS, NULL, CURRENT_PROCESS,
                          (void*)CountRun, NULL, 0, 0, 0, 0,
                          (PS_ATTRIBUTE_LIST*)(v->cold + v->slot++ * COLD_SLOT + COLD_EMPTY_LIST));
}
// Starting a process always sleeps.
static NTSTATUS Start(Vanishing* v, HANDLE* process, HANDLE* thread, CLIENT_ID* client) {
  struct {
    ULONG TotalLength;
    PS_ATTRIBUTE Attributes[2];
  } list = {
      sizeof(list),
      {{PS_ATTRIBUTE_IMAGE_NAME, v->own_path.string.Length, {.ValuePtr = v->own_path.text}, 0},
       {PS_ATTRIBUTE_CLIENT_ID, sizeof(*client), {.ValuePtr = client}, 0}}};
  PS_CREATE_INFO info;
  memset(&info, 0, sizeof(info));
  info.Size = sizeof(info);
  return NtCreateUserProcess(process, thread, 0, 0, NULL, NULL, 0, 0, &v->parameters, &info,
                             (PS_ATTRIBUTE_LIST*)&list);
}
static NTSTATUS StartProcess1(Vanishing* v) {
  CLIENT_ID client;
  return Start(v, (HANDLE*)v->page, &v->handle, &client);
}
static NTSTATUS StartProcess2(Vanishing* v) {
  CLIENT_ID client;
  return Start(v, &v->handle, (HANDLE*)v->page, &client);
}
static NTSTATUS StartProcess3(Vanishing* v) {
  HANDLE thread;
  return Start(v, &v->handle, &thread, (CLIENT_ID*)v->page);
}

static const struct {
  const char* name;
  NTSTATUS (*call)(Vanishing* v);
} vanishing_calls[] = {
    {"NtCreateEvent", CreateEvent},
    {"NtCreateMutant", CreateMutant},
    {"NtCreateSemaphore", CreateSemaphore},
    {"NtCreateSection", CreateSection},
    {"NtOpenFile, handle", OpenFileHandle},
    {"NtOpenFile, status", OpenFileIo},
    {"NtOpenThread", OpenThread},
    {"NtCreateThreadEx", CreateThread},
    {"NtCreateUserProcess, process", StartProcess1},
    {"NtCreateUserProcess, thread", StartProcess2},
    {"NtCreateUserProcess, client", StartProcess3},
};

static ULONG VanishingOutputs(ULONG argument) {
  static Vanishing v;
  ULONG failures = 0;
  (void)argument;
  v.cold = MapFile(OpenFile(COLD_FILE), SEC_COMMIT, PAGE_READONLY);

  if (MakeRoomBesideFiles() < 0) return 2;
  Widen(&v.path, "\\??\\C:\\slack.bin");
  Widen(&v.own_path, "\\??\\C:\\isolation.exe");
  v.parameters.Flags = RTL_USER_PROC_PARAMS_NORMALIZED;
  v.parameters.StandardOutput = StandardOutput();
  static WideText line;
  v.parameters.CommandLine = *Widen(&line, "isolation.exe _too-soon");
  for (unsigned int i = 0; i < COUNT_OF(vanishing_calls); ++i) {
    v.page = Commit(PAGE_SIZE, PAGE_READWRITE);
    HANDLE thread;
    // It comes to run when this one sleeps.
    if (StartThread(&thread, TakeAway, v.page) < 0) return 2;
    const ULONG handle = NextHandle();
    const ULONG status = (ULONG)vanishing_calls[i].call(&v);
    const ULONG next_handle = NextHandle();
    if (JoinThread(thread) != STATUS_SUCCESS) return 2;
    if (status == STATUS_ACCESS_VIOLATION && next_handle == handle) continue;
    ++failures;
    Print(vanishing_calls[i].name);
    PrintLine(": status", status);
    PrintLine("  handle before", handle);
    PrintLine("  handle after ", next_handle);
  }
  NtYieldExecution();
  MUST(thread_runs == 0);
  // No name was left to anything.
  HANDLE event;
  InitAttributes(&v.attributes, &v.path.string);
  MUST((ULONG)NtOpenEvent(&event, EVENT_ALL_ACCESS, &v.attributes) == STATUS_OBJECT_NAME_NOT_FOUND);
  return failures == 0 ? HELD : BROKEN;
}

// A process whose creator has no handle to it yet.
static ULONG TooSoon(ULONG argument) {
  Print("a process ran too soon\n");
  return argument;
}

const Act output_acts[] = {
    {"own-outputs", OwnOutputs},
    {"large-transfers", LargeTransfers},
    {"vanishing-outputs", VanishingOutputs},
    {"_too-soon", TooSoon},
    {NULL, NULL},
};
