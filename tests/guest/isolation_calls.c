// isolation, system calls: every pointer of every call, in turn, to where the program may not read or write: the
// call fails and has done nothing. Then every pointer to a place that is legal, but odd: unaligned, across two
// pages.
#include "isolation_pointers.h"

volatile ULONG thread_runs;
ULONG NTAPI CountRun(void* argument) {
  (void)argument;
  ++thread_runs;
  return 0;
}

void FillIn(Field* field) {
  Data* const data = field->data;
  memset(data, 0, sizeof(*data));
  data->size = PAGE_SIZE;
  data->interval = -1;
  data->section_size = PAGE_SIZE;
  InitAttributes(&data->file_attributes, Widen(&data->file_name, "\\??\\C:\\none.txt"));
  InitAttributes(&data->named_attributes, Widen(&data->object_name, "\\none"));
  InitAttributes(&data->plain_attributes, NULL);
  data->parameters.Flags = RTL_USER_PROC_PARAMS_NORMALIZED;
  data->create.Size = sizeof(data->create);
  data->process_list.TotalLength = sizeof(data->process_list);
  data->process_list.Attributes[0].Attribute = PS_ATTRIBUTE_IMAGE_NAME;
  data->process_list.Attributes[0].Size = data->file_name.string.Length;
  data->process_list.Attributes[0].ValuePtr = data->file_name.text;
  data->thread_list.TotalLength = sizeof(data->thread_list);
  data->thread_list.Attributes[0].Attribute = PS_ATTRIBUTE_CLIENT_ID;
  data->thread_list.Attributes[0].Size = sizeof(data->client);
  data->thread_list.Attributes[0].ValuePtr = &data->client;
  data->own_client = CurrentTeb()->ClientId;
  memcpy(data->path, L"C:\\", sizeof(data->path));
  memcpy(data->dll_text, L"ntdll.dll", sizeof(data->dll_text));
  data->dll_name.Length = sizeof(data->dll_text) - sizeof(WCHAR);
  data->dll_name.Buffer = data->dll_text;
  data->symbol.Buffer = "NtClose";
  data->symbol.Length = 7;
  data->handles[0] = field->clear_event;
  data->handles[1] = field->set_event;
  data->context.ContextFlags = CONTEXT_INTEGER;
}

// ---- What a call that fails has not changed --------------------------------------------------------------

typedef struct {
  ULONG handle, set, clear, semaphore, mutant, suspended, runs;
} State;

ULONG NextHandle(void) {
  HANDLE event;
  if (NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, NotificationEvent, 0) < 0) Exit(2);
  NtClose(event);
  return (ULONG)event;
}

static State Look(const Field* field) {
  State state;
  EVENT_BASIC_INFORMATION event;
  SEMAPHORE_BASIC_INFORMATION semaphore;
  MUTANT_BASIC_INFORMATION mutant;
  ULONG now;
  NtQueryEvent(field->set_event, 0, &event, sizeof(event), NULL);
  state.set = (ULONG)event.EventState;
  NtQueryEvent(field->clear_event, 0, &event, sizeof(event), NULL);
  state.clear = (ULONG)event.EventState;
  NtQuerySemaphore(field->semaphore, 0, &semaphore, sizeof(semaphore), NULL);
  state.semaphore = semaphore.CurrentCount;
  NtQueryMutant(field->mutant, 0, &mutant, sizeof(mutant), NULL);
  state.mutant = (ULONG)mutant.CurrentCount;
  NtSuspendThread(field->thread, &state.suspended);
  NtResumeThread(field->thread, &now);
  state.handle = NextHandle();
  state.runs = thread_runs;
  return state;
}

// As it was before the calls that did not fail.
static void Restore(const Field* field, const State* state) {
  static LONGLONG at_once = 0;
  for (ULONG handle = state->handle; NtClose((HANDLE)handle) >= 0; handle += 4) {
  }
  NtSetEvent(field->set_event, NULL);
  NtResetEvent(field->clear_event, NULL);
  while (NtWaitForSingleObject(field->semaphore, 0, &at_once) == STATUS_WAIT_0) {
  }
  if (Look(field).mutant != state->mutant) NtWaitForSingleObject(field->mutant, 0, &at_once);
  while (Look(field).suspended < state->suspended) NtSuspendThread(field->thread, NULL);
  while (Look(field).suspended > state->suspended) NtResumeThread(field->thread, NULL);
}

// ---- The calls -------------------------------------------------------------------------------------------

static NTSTATUS Invoke(const Call* call) {
  NTSTATUS status;
  const ULONG* arguments = call->arguments;
  ULONG count = call->count;
  __asm__ volatile(
      "movl %%esp, %%ebx\n\t"
      "leal (%%esi,%%ecx,4), %%esi\n\t"
      "1: testl %%ecx, %%ecx\n\t"
      "jz 2f\n\t"
      "subl $4, %%esi\n\t"
      "pushl (%%esi)\n\t"
      "decl %%ecx\n\t"
      "jmp 1b\n\t"
      "2: call *%%edi\n\t"
      "movl %%ebx, %%esp"
      : "=a"(status), "+S"(arguments), "+c"(count)
      : "D"(call->function)
      : "ebx", "edx", "memory", "cc");
  return status;
}

static NTSTATUS InvokeWith(Field* field, const Call* call, const Pointer* pointer, ULONG address) {
  Call changed = *call;
  FillIn(field);
  changed.arguments[pointer->argument] = address;
  ++field->pointers;
  return Invoke(&changed);
}

static void Fail(Field* field, const Call* call, const Pointer* pointer, ULONG address) {
  ++field->failures;
  Print(call->name);
  PrintLine(": argument", pointer->argument);
  PrintLine("  address ", address);
}

static void Expect(Field* field, const Call* call, NTSTATUS status, ULONG expected,
                   const Pointer* pointer, ULONG address) {
  if ((ULONG)status == expected) return;
  Fail(field, call, pointer, address);
  PrintLine("  status  ", (ULONG)status);
  PrintLine("  expected", expected);
}

static void TryBad(Field* field, const Call* call, const Pointer* pointer, ULONG address) {
  const State before = Look(field);
  const ULONG room = (ULONG)field->pages + 2 * PAGE_SIZE - address;
  if (room < pointer->size) {
    // What there is room for is right.
    FillIn(field);
    memcpy((void*)address, pointer->at, room);
  }
  Expect(field, call, InvokeWith(field, call, pointer, address), STATUS_ACCESS_VIOLATION, pointer,
         address);
  const State after = Look(field);
  if (memcmp(&before, &after, sizeof(before)) == 0) return;
  Fail(field, call, pointer, address);
  Print("  has done something\n");
  Restore(field, &before);
}

static void TryBadPointers(Field* field, const Call* call) {
  const ULONG end = (ULONG)field->pages + 2 * PAGE_SIZE;
  for (const Pointer* p = call->pointers; p->size; ++p) {
    const ULONG bad[] = {8,          0xFFF8,     0x7FFF0000, 0x7FFEFFFE, 0x80000000,
                         0x80000001, 0x80100000, 0xBFFFFFF8, 0xC0000000, 0xFDC00000,
                         0xFFFFFFF0, 0xFFFFFFFE, end,        end - 2,    end - p->size + 1};
    for (unsigned int i = 0; i < COUNT_OF(bad); ++i) {
      if (bad[i] < 0x10000 && p->kind & SMALL_IS_FLAGS) continue;
      TryBad(field, call, p, bad[i]);
    }
    if (p->if_null == STATUS_ACCESS_VIOLATION) TryBad(field, call, p, 0);
    if (!(p->kind & OUTPUT)) continue;
    // Readable, not writable: this program's code, a page of its own, and the first byte of that page.
    TryBad(field, call, p, (ULONG)TryBadPointers);
    TryBad(field, call, p, (ULONG)field->read_only);
    TryBad(field, call, p, (ULONG)field->read_only - p->size + 1);
  }
}

static void TryGood(Field* field, const Call* call, const Pointer* pointer, ULONG address,
                    ULONG expected) {
  const State before = Look(field);
  Expect(field, call, InvokeWith(field, call, pointer, address), expected, pointer, address);
  Restore(field, &before);
}

static void TryOddPointers(Field* field, const Call* call) {
  const ULONG middle = (ULONG)field->pages + PAGE_SIZE;
  for (const Pointer* p = call->pointers; p->size; ++p) {
    TryGood(field, call, p, (ULONG)p->at, call->status);
    if (p->if_null != STATUS_ACCESS_VIOLATION) TryGood(field, call, p, 0, p->if_null);
    const ULONG odd[] = {middle - 1, middle - 2, middle + 1, middle + PAGE_SIZE - p->size};
    for (unsigned int i = 0; i < COUNT_OF(odd); ++i) {
      FillIn(field);
      memcpy((void*)odd[i], p->at, p->size);
      TryGood(field, call, p, odd[i], call->status);
    }
  }
}

static int MakeObjects(Field* field) {
  static char own_path[] = "C:\\isolation.exe";
  LONGLONG section_size = PAGE_SIZE;
  return OpenForReading(&field->file, own_path) >= 0 &&
         NtCreateSection(&field->section, SECTION_ALL_ACCESS, NULL, &section_size, PAGE_READWRITE,
                         SEC_COMMIT, NULL) >= 0 &&
         NtCreateEvent(&field->set_event, EVENT_ALL_ACCESS, NULL, NotificationEvent, 1) >= 0 &&
         NtCreateEvent(&field->clear_event, EVENT_ALL_ACCESS, NULL, NotificationEvent, 0) >= 0 &&
         NtCreateSemaphore(&field->semaphore, SEMAPHORE_ALL_ACCESS, NULL, 0, 1000) >= 0 &&
         NtCreateMutant(&field->mutant, MUTANT_ALL_ACCESS, NULL, 1) >= 0 &&
         NtCreateThreadEx(&field->thread, THREAD_ALL_ACCESS, NULL, CURRENT_PROCESS, (void*)CountRun,
                          NULL, THREAD_CREATE_FLAGS_CREATE_SUSPENDED, 0, 0, 0, NULL) >= 0 &&
         NtSuspendThread(field->thread, NULL) >= 0 && FindDll(&field->ntdll, "ntdll.dll") >= 0;
}

static ULONG OnAllCalls(Visit* visit) {
  Field field;
  ULONG size = PAGE_SIZE, old;
  memset(&field, 0, sizeof(field));
  field.data = Commit(sizeof(Data), PAGE_READWRITE);
  field.pages = CommitBefore(2);
  void* read_only = field.read_only = (UCHAR*)CommitBefore(2) + PAGE_SIZE;
  if (NtProtectVirtualMemory(CURRENT_PROCESS, &read_only, &size, PAGE_READONLY, &old) < 0 ||
      !MakeObjects(&field)) {
    return 2;
  }
  ForEachMemoryCall(&field, visit);
  ForEachThreadCall(&field, visit);
  // Those that none of the calls should have started.
  NtYieldExecution();
  if (visit == TryBadPointers && thread_runs != 0) ++field.failures;
  if (visit == TryOddPointers && thread_runs == 0) ++field.failures;
  return field.failures == 0 && field.pointers > 400 ? HELD : BROKEN;
}

static ULONG BadPointers(ULONG argument) {
  (void)argument;
  return OnAllCalls(TryBadPointers);
}
static ULONG OddPointers(ULONG argument) {
  (void)argument;
  return OnAllCalls(TryOddPointers);
}

// ---- Pointers in what pointers point to ------------------------------------------------------------------

#define REFUSED(call) ((ULONG)(call) == STATUS_ACCESS_VIOLATION)

// Of every kind of call that takes a name.
static int RefusesName(UNICODE_STRING* name) {
  OBJECT_ATTRIBUTES attributes;
  IO_STATUS_BLOCK io;
  HANDLE handle;
  InitAttributes(&attributes, name);
  return REFUSED(NtOpenFile(&handle, GENERIC_READ, &attributes, &io, 0, 0)) &&
         REFUSED(NtOpenSection(&handle, SECTION_ALL_ACCESS, &attributes)) &&
         REFUSED(NtCreateEvent(&handle, EVENT_ALL_ACCESS, &attributes, 0, 0)) &&
         REFUSED(NtCreateMutant(&handle, MUTANT_ALL_ACCESS, &attributes, 0)) &&
         REFUSED(NtCreateSemaphore(&handle, SEMAPHORE_ALL_ACCESS, &attributes, 0, 1)) &&
         REFUSED(NtOpenThread(&handle, THREAD_ALL_ACCESS, &attributes, &CurrentTeb()->ClientId));
}

// Where a new thread's number is to go.
static int RefusesAttribute(ULONG kind, ULONG size, void* value) {
  HANDLE handle;
  PS_ATTRIBUTE_LIST list = {sizeof(list), {{kind, size, {.ValuePtr = value}, NULL}}};
  return REFUSED(NtCreateThreadEx(&handle, THREAD_ALL_ACCESS, NULL, CURRENT_PROCESS,
                                  (void*)CountRun, NULL, 0, 0, 0, 0, &list));
}

static ULONG BadInnerPointers(ULONG argument) {
  static const ULONG bad[] = {8, 0x7FFF0000, 0x80000000, 0x80100000, 0xC0000000, 0xFFFFFFFE};
  const ULONG first_handle = NextHandle();
  IO_STATUS_BLOCK io;
  void *ntdll, *found;
  if (FindDll(&ntdll, "ntdll.dll") < 0) return 2;
  for (unsigned int i = 0; i < COUNT_OF(bad); ++i) {
    void* const at = (void*)(bad[i] + argument);
    UNICODE_STRING name = {20, 20, at};
    const ANSI_STRING symbol = {20, 20, at};
    if (!RefusesName(at) || !RefusesName(&name)) return BROKEN;
    if (!RefusesAttribute(PS_ATTRIBUTE_CLIENT_ID, sizeof(CLIENT_ID), at) ||
        !RefusesAttribute(PS_ATTRIBUTE_TEB_ADDRESS, sizeof(void*), at)) {
      return BROKEN;
    }
    if (!REFUSED(LdrLoadDll(NULL, NULL, &name, &found)) ||
        !REFUSED(LdrGetDllHandle(NULL, NULL, &name, &found)) ||
        !REFUSED(LdrGetProcedureAddress(ntdll, &symbol, 0, &found)) ||
        !REFUSED(NtWriteFile(StandardOutput(), NULL, NULL, NULL, &io, at, 16, NULL, NULL))) {
      return BROKEN;
    }
  }
  return NextHandle() == first_handle && thread_runs == 0 ? HELD : BROKEN;
}

const Act call_acts[] = {
    {"bad-pointers", BadPointers},
    {"odd-pointers", OddPointers},
    {"bad-inner-pointers", BadInnerPointers},
    {NULL, NULL},
};
