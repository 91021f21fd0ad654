// isolation, system calls: every pointer of every call, in turn, to where the program may not read or write;
// then every pointer to a place that is legal, but odd: unaligned, across two pages.
#include "isolation.h"

#define MAX_ARGUMENTS 11

// What the calls point to, in one page of the program's own.
typedef struct {
  void* base;
  ULONG size, old, returned;
  HANDLE handle;
  LONGLONG offset, interval, section_size, counter, frequency;
  IO_STATUS_BLOCK io;
  OBJECT_ATTRIBUTES file_attributes, section_attributes;
  WideText file_name, section_name;
  MEMORY_BASIC_INFORMATION memory;
  FILE_STANDARD_INFORMATION standard;
  PROCESS_BASIC_INFORMATION process;
  RTL_USER_PROCESS_PARAMETERS parameters;
  PS_CREATE_INFO create;
  PS_ATTRIBUTE_LIST attribute_list;
  char buffer[16];
} Data;

typedef struct {
  ULONG argument;
  const void* at;  // In Data.
  ULONG size;
  int is_output;
} Pointer;

typedef struct {
  const char* name;
  void* function;
  ULONG count;
  ULONG arguments[MAX_ARGUMENTS];
  Pointer pointers[6];  // Ended by one of size 0.
} Call;

#define ARGUMENTS(...) \
  sizeof((ULONG[]){__VA_ARGS__}) / sizeof(ULONG), { __VA_ARGS__ }
#define POINTERS(...) \
  { __VA_ARGS__ }
#define CALL(name, arguments, pointers) \
  { #name, (void*)name, arguments, pointers }
#define AT(field) (ULONG) & data->field
#define IN(argument, field) \
  { argument, &data->field, sizeof(data->field), 0 }
#define OUT(argument, field) \
  { argument, &data->field, sizeof(data->field), 1 }
#define SELF (ULONG) CURRENT_PROCESS

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

static void FillIn(Data* data) {
  memset(data, 0, sizeof(*data));
  data->size = PAGE_SIZE;
  data->interval = -1;
  data->section_size = PAGE_SIZE;
  InitAttributes(&data->file_attributes, Widen(&data->file_name, "\\??\\C:\\none.txt"));
  InitAttributes(&data->section_attributes, Widen(&data->section_name, "\\none"));
  data->parameters.Flags = RTL_USER_PROC_PARAMS_NORMALIZED;
  data->create.Size = sizeof(data->create);
  data->attribute_list.TotalLength = sizeof(data->attribute_list);
  data->attribute_list.Attributes[0].Attribute = PS_ATTRIBUTE_IMAGE_NAME;
  data->attribute_list.Attributes[0].Size = data->file_name.string.Length;
  data->attribute_list.Attributes[0].ValuePtr = data->file_name.text;
}

typedef struct {
  Data* data;
  HANDLE file, section;
  UCHAR* pages;  // Two, with nothing behind them.
  ULONG pointers, failures;
} Field;

typedef void Visit(Field* field, const Call* call);

// What each call is given is right, but for the names: nobody has those.
static void ForEachCall(Field* field, Visit* visit) {
  Data* const data = field->data;
  const ULONG file = (ULONG)field->file, section = (ULONG)field->section;
  const ULONG output = (ULONG)StandardOutput();
  const Call calls[] = {
      CALL(NtAllocateVirtualMemory,
           ARGUMENTS(SELF, AT(base), 0, AT(size), MEM_RESERVE, PAGE_READWRITE),
           POINTERS(OUT(1, base), OUT(3, size))),
      CALL(NtCreateFile,
           ARGUMENTS(AT(handle), GENERIC_READ, AT(file_attributes), AT(io), 0, 0, 0, FILE_OPEN, 0,
                     0, 0),
           POINTERS(OUT(0, handle), IN(2, file_attributes), OUT(3, io))),
      CALL(NtCreateSection,
           ARGUMENTS(AT(handle), SECTION_ALL_ACCESS, AT(section_attributes), AT(section_size),
                     PAGE_READWRITE, SEC_IMAGE, 0),
           POINTERS(OUT(0, handle), IN(2, section_attributes), IN(3, section_size))),
      CALL(NtCreateUserProcess,
           ARGUMENTS(AT(handle), AT(returned), 0, 0, 0, 0, 0, 0, AT(parameters), AT(create),
                     AT(attribute_list)),
           POINTERS(OUT(0, handle), OUT(1, returned), IN(8, parameters), OUT(9, create),
                    IN(10, attribute_list))),
      CALL(NtDelayExecution, ARGUMENTS(0, AT(interval)), POINTERS(IN(1, interval))),
      CALL(NtFreeVirtualMemory, ARGUMENTS(SELF, AT(base), AT(size), MEM_DECOMMIT),
           POINTERS(OUT(1, base), OUT(2, size))),
      CALL(NtMapViewOfSection,
           ARGUMENTS(section, SELF, AT(base), 0, 0, AT(offset), AT(size), ViewShare, 0,
                     PAGE_READONLY),
           POINTERS(OUT(2, base), OUT(5, offset), OUT(6, size))),
      CALL(NtOpenFile, ARGUMENTS(AT(handle), GENERIC_READ, AT(file_attributes), AT(io), 0, 0),
           POINTERS(OUT(0, handle), IN(2, file_attributes), OUT(3, io))),
      CALL(NtOpenSection, ARGUMENTS(AT(handle), SECTION_ALL_ACCESS, AT(section_attributes)),
           POINTERS(OUT(0, handle), IN(2, section_attributes))),
      CALL(NtProtectVirtualMemory, ARGUMENTS(SELF, AT(base), AT(size), PAGE_READONLY, AT(old)),
           POINTERS(OUT(1, base), OUT(2, size), OUT(4, old))),
      CALL(NtQueryInformationFile,
           ARGUMENTS(file, AT(io), AT(standard), sizeof(data->standard), FileStandardInformation),
           POINTERS(OUT(1, io), OUT(2, standard))),
      CALL(NtQueryInformationProcess,
           ARGUMENTS(SELF, ProcessBasicInformation, AT(process), sizeof(data->process),
                     AT(returned)),
           POINTERS(OUT(2, process), OUT(4, returned))),
      CALL(NtQueryPerformanceCounter, ARGUMENTS(AT(counter), AT(frequency)),
           POINTERS(OUT(0, counter), OUT(1, frequency))),
      CALL(NtQuerySystemTime, ARGUMENTS(AT(counter)), POINTERS(OUT(0, counter))),
      CALL(NtQueryVirtualMemory,
           ARGUMENTS(SELF, 0x10000, MemoryBasicInformation, AT(memory), sizeof(data->memory),
                     AT(returned)),
           POINTERS(OUT(3, memory), OUT(5, returned))),
      CALL(NtReadFile, ARGUMENTS(file, 0, 0, 0, AT(io), AT(buffer), 16, AT(offset), 0),
           POINTERS(OUT(4, io), OUT(5, buffer), IN(7, offset))),
      CALL(NtSetInformationFile, ARGUMENTS(file, AT(io), AT(offset), 8, FilePositionInformation),
           POINTERS(OUT(1, io), IN(2, offset))),
      CALL(NtWaitForSingleObject, ARGUMENTS(SELF, 0, AT(interval)), POINTERS(IN(2, interval))),
      CALL(NtWriteFile, ARGUMENTS(output, 0, 0, 0, AT(io), AT(buffer), 0, 0, 0),
           POINTERS(OUT(4, io))),
  };
  for (unsigned int i = 0; i < COUNT_OF(calls); ++i) visit(field, &calls[i]);
}

static NTSTATUS InvokeWith(Field* field, const Call* call, const Pointer* pointer, ULONG address) {
  Call changed = *call;
  FillIn(field->data);
  changed.arguments[pointer->argument] = address;
  ++field->pointers;
  return Invoke(&changed);
}

static void Expect(Field* field, const Call* call, NTSTATUS status, ULONG expected,
                   const Pointer* pointer, ULONG address) {
  if ((ULONG)status == expected) return;
  ++field->failures;
  Print(call->name);
  PrintLine(": argument", pointer->argument);
  PrintLine("  address ", address);
  PrintLine("  status  ", (ULONG)status);
  PrintLine("  expected", expected);
}

static void TryBadPointers(Field* field, const Call* call) {
  const ULONG end = (ULONG)field->pages + 2 * PAGE_SIZE;
  const ULONG bad[] = {8,          0xFFF8,     0x7FFF0000, 0x7FFEFFFE, 0x80000000, 0x80100000,
                       0xBFFFFFF8, 0xC0000000, 0xFDC00000, 0xFFFFFFF0, 0xFFFFFFFE, end - 2};
  for (const Pointer* p = call->pointers; p->size; ++p) {
    for (unsigned int i = 0; i < COUNT_OF(bad); ++i) {
      Expect(field, call, InvokeWith(field, call, p, bad[i]), STATUS_ACCESS_VIOLATION, p, bad[i]);
    }
    // Readable, not writable: this program's code.
    const ULONG text = (ULONG)TryBadPointers;
    if (p->is_output) {
      Expect(field, call, InvokeWith(field, call, p, text), STATUS_ACCESS_VIOLATION, p, text);
    }
  }
}

static void TryOddPointers(Field* field, const Call* call) {
  const ULONG middle = (ULONG)field->pages + PAGE_SIZE;
  FillIn(field->data);
  const NTSTATUS usual = Invoke(call);
  if ((ULONG)usual == STATUS_ACCESS_VIOLATION) ++field->failures;
  for (const Pointer* p = call->pointers; p->size; ++p) {
    const ULONG odd[] = {middle - 1, middle - 2, middle + 1, middle + PAGE_SIZE - p->size};
    for (unsigned int i = 0; i < COUNT_OF(odd); ++i) {
      FillIn(field->data);
      memcpy((void*)odd[i], p->at, p->size);
      Expect(field, call, InvokeWith(field, call, p, odd[i]), (ULONG)usual, p, odd[i]);
    }
  }
}

static ULONG OnAllCalls(Visit* visit) {
  static char own_path[] = "C:\\isolation.exe";
  Field field;
  memset(&field, 0, sizeof(field));
  field.data = Commit(PAGE_SIZE * 2, PAGE_READWRITE);
  // A page that is only reserved follows.
  void* pages = NULL;
  ULONG size = 3 * PAGE_SIZE;
  LONGLONG section_size = PAGE_SIZE;
  if (NtAllocateVirtualMemory(CURRENT_PROCESS, &pages, 0, &size, MEM_RESERVE, PAGE_READWRITE) < 0) {
    return 2;
  }
  field.pages = pages;
  size = 2 * PAGE_SIZE;
  if (NtAllocateVirtualMemory(CURRENT_PROCESS, &pages, 0, &size, MEM_COMMIT, PAGE_READWRITE) < 0 ||
      OpenForReading(&field.file, own_path) < 0 ||
      NtCreateSection(&field.section, SECTION_ALL_ACCESS, NULL, &section_size, PAGE_READWRITE,
                      SEC_COMMIT, NULL) < 0) {
    return 2;
  }
  ForEachCall(&field, visit);
  return field.failures == 0 && field.pointers > 40 ? HELD : BROKEN;
}

static ULONG BadPointers(ULONG argument) {
  (void)argument;
  return OnAllCalls(TryBadPointers);
}
static ULONG OddPointers(ULONG argument) {
  (void)argument;
  return OnAllCalls(TryOddPointers);
}

// Pointers in what pointers point to.
static ULONG BadInnerPointers(ULONG argument) {
  static const ULONG bad[] = {8, 0x7FFF0000, 0x80000000, 0x80100000, 0xC0000000, 0xFFFFFFFE};
  OBJECT_ATTRIBUTES attributes;
  UNICODE_STRING name;
  IO_STATUS_BLOCK io;
  HANDLE handle;
  for (unsigned int i = 0; i < COUNT_OF(bad); ++i) {
    InitAttributes(&attributes, (UNICODE_STRING*)(bad[i] + argument));
    if ((ULONG)NtOpenFile(&handle, GENERIC_READ, &attributes, &io, 0, 0) !=
            STATUS_ACCESS_VIOLATION ||
        (ULONG)NtOpenSection(&handle, SECTION_ALL_ACCESS, &attributes) != STATUS_ACCESS_VIOLATION) {
      return BROKEN;
    }
    name.Length = name.MaximumLength = 20;
    name.Buffer = (WCHAR*)bad[i];
    attributes.ObjectName = &name;
    if ((ULONG)NtOpenFile(&handle, GENERIC_READ, &attributes, &io, 0, 0) !=
            STATUS_ACCESS_VIOLATION ||
        (ULONG)NtOpenSection(&handle, SECTION_ALL_ACCESS, &attributes) != STATUS_ACCESS_VIOLATION) {
      return BROKEN;
    }
    if ((ULONG)NtWriteFile(StandardOutput(), NULL, NULL, NULL, &io, (void*)bad[i], 16, NULL,
                           NULL) != STATUS_ACCESS_VIOLATION) {
      return BROKEN;
    }
  }
  return HELD;
}

const Act call_acts[] = {
    {"bad-pointers", BadPointers},
    {"odd-pointers", OddPointers},
    {"bad-inner-pointers", BadInnerPointers},
    {NULL, NULL},
};
