// isolation, memory: the kernel's half, pages that permit less than is tried, images that others share.
#include "isolation.h"

static ULONG Read(ULONG address) {
  (void)*(volatile ULONG*)address;
  return BROKEN;
}
static ULONG Write(ULONG address) {
  *(volatile ULONG*)address = 1;
  return BROKEN;
}
static ULONG Jump(ULONG address) {
  ((void (*)(void))address)();
  return BROKEN;
}

// ---- Execution ------------------------------------------------------------------------------------------

// mov eax, RAN; ret
static const UCHAR code[] = {0xB8, RAN, 0, 0, 0, 0xC3};
static UCHAR writable[16] = {0xB8, RAN, 0, 0, 0, 0xC3};
static UCHAR zeroed[16];

static ULONG Call(const void* at) { return ((ULONG(*)(void))(ULONG)at)(); }

static void* Put(void* at) { return memcpy(at, code, sizeof(code)); }
static void Protect(void* base, ULONG protection) {
  ULONG size = PAGE_SIZE, old;
  if (NtProtectVirtualMemory(CURRENT_PROCESS, &base, &size, protection, &old) < 0) Exit(2);
}

static ULONG ExecuteConstants(ULONG argument) { return Call(code + argument); }
static ULONG ExecuteData(ULONG argument) { return Call(writable + argument); }
static ULONG ExecuteZeroedData(ULONG argument) { return Call(Put(zeroed + argument)); }
static ULONG ExecuteStack(ULONG argument) {
  UCHAR room[16];
  return Call(Put(room + argument));
}
static ULONG ExecuteHeap(ULONG argument) {
  return Call(Put((UCHAR*)Commit(PAGE_SIZE, PAGE_READWRITE) + argument));
}
// The first touch is the fetch.
static ULONG ExecuteFreshHeap(ULONG argument) {
  return Call((UCHAR*)Commit(PAGE_SIZE, PAGE_READWRITE) + argument);
}
static ULONG ExecuteReadOnly(ULONG argument) {
  UCHAR* page = Put((UCHAR*)Commit(PAGE_SIZE, PAGE_READWRITE) + argument);
  Protect(page, PAGE_READONLY);
  return Call(page);
}
static ULONG ExecuteAfterTurningOff(ULONG argument) {
  UCHAR* page = Put((UCHAR*)Commit(PAGE_SIZE, PAGE_EXECUTE_READWRITE) + argument);
  if (Call(page) != RAN) return BROKEN;
  Protect(page, PAGE_READWRITE);
  return Call(page);
}
static ULONG ExecuteAfterTurningOn(ULONG argument) {
  UCHAR* page = Put((UCHAR*)Commit(PAGE_SIZE, PAGE_READWRITE) + argument);
  Protect(page, PAGE_EXECUTE_READ);
  return Call(page);
}
static ULONG ExecuteExecutable(ULONG argument) {
  return Call(Put((UCHAR*)Commit(PAGE_SIZE, PAGE_EXECUTE_READWRITE) + argument));
}

static void* MapShared(ULONG protection) {
  HANDLE section;
  LONGLONG section_size = PAGE_SIZE;
  void* base = NULL;
  ULONG size = 0;
  if (NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, &section_size, PAGE_EXECUTE_READWRITE,
                      SEC_COMMIT, NULL) < 0 ||
      NtMapViewOfSection(section, CURRENT_PROCESS, &base, 0, 0, NULL, &size, ViewShare, 0,
                         protection) < 0) {
    Exit(2);
  }
  return base;
}
static ULONG ExecuteView(ULONG argument) {
  return Call(Put((UCHAR*)MapShared(PAGE_READWRITE) + argument));
}
static ULONG ExecuteExecutableView(ULONG argument) {
  return Call(Put((UCHAR*)MapShared(PAGE_EXECUTE_READWRITE) + argument));
}

// The instruction ends in the next page, which is data.
static ULONG ExecuteAcrossPages(ULONG argument) {
  UCHAR* pages = (UCHAR*)Commit(2 * PAGE_SIZE, PAGE_EXECUTE_READWRITE) + argument;
  Put(pages + PAGE_SIZE - 2);
  Protect(pages + PAGE_SIZE, PAGE_READWRITE);
  return Call(pages + PAGE_SIZE - 2);
}

// ---- Writing --------------------------------------------------------------------------------------------

static ULONG WriteConstants(ULONG argument) { return Write((ULONG)code + argument); }
static ULONG WriteText(ULONG argument) { return Write((ULONG)GuestMain + argument); }
static ULONG WriteHeaders(ULONG argument) {
  return Write(*(ULONG*)((ULONG)CurrentPeb() + 8) + argument);
}
static ULONG WriteStubs(ULONG argument) { return Write((ULONG)NtClose + argument); }

static HANDLE OpenSelf(void) {
  Arguments own;
  GetArguments(&own);
  HANDLE file;
  if (OpenForReading(&file, own.item[0]) < 0) Exit(2);
  return file;
}

// No way leads to a view that would write to a file's pages.
static ULONG WriteFileThroughView(ULONG argument) {
  HANDLE section, file = OpenSelf();
  void* base = NULL;
  ULONG size = 0;
  (void)argument;
  if (NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, PAGE_READWRITE, SEC_COMMIT, file) >=
      0) {
    return BROKEN;
  }
  if (NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, PAGE_READONLY, SEC_COMMIT, file) <
      0) {
    return 2;
  }
  if (NtMapViewOfSection(section, CURRENT_PROCESS, &base, 0, 0, NULL, &size, ViewShare, 0,
                         PAGE_READWRITE) >= 0) {
    return BROKEN;
  }
  if (NtMapViewOfSection(section, CURRENT_PROCESS, &base, 0, 0, NULL, &size, ViewShare, 0,
                         PAGE_READONLY) < 0) {
    return 2;
  }
  ULONG old;
  size = PAGE_SIZE;
  if (NtProtectVirtualMemory(CURRENT_PROCESS, &base, &size, PAGE_READWRITE, &old) >= 0) {
    return BROKEN;
  }
  return Write((ULONG)base);
}

// ---- Other processes, through what is shared with them ---------------------------------------------------

// One page of data and one of code, which all processes of this program share until one writes.
static volatile ULONG shared_word = 0x11223344;
static __attribute__((noinline)) ULONG SharedCode(void) {
  __asm__ volatile("");
  return 7;
}

static ULONG SpoilImage(ULONG argument) {
  (void)argument;
  shared_word = BROKEN;
  UCHAR* page = (UCHAR*)((ULONG)SharedCode & ~(PAGE_SIZE - 1ul));
  Protect(page, PAGE_EXECUTE_READWRITE);
  // int3, to whoever calls it.
  *(volatile UCHAR*)(ULONG)SharedCode = 0xCC;
  return *(volatile UCHAR*)(ULONG)SharedCode == 0xCC && shared_word == BROKEN ? HELD : 2;
}

static ULONG CheckImage(ULONG argument) {
  (void)argument;
  return shared_word == 0x11223344 && SharedCode() == 7 ? HELD : BROKEN;
}

// While this process has its pages mapped, another one spoils them; and a third one starts.
static ULONG ShareImage(ULONG argument) {
  HANDLE other;
  if (CheckImage(argument) != HELD) return 2;
  if (StartSelf(&other, "_spoil-image") < 0 || WaitForExit(other) != HELD) return 2;
  if (CheckImage(argument) != HELD) return BROKEN;
  if (StartSelf(&other, "_check-image") < 0) return 2;
  return WaitForExit(other);
}

static ULONG OwnBase(void) { return *(ULONG*)((ULONG)CurrentPeb() + 8); }

// The same through a second view of the image.
static ULONG SpoilView(ULONG argument) {
  HANDLE section;
  void* base = NULL;
  ULONG size = 0;
  if (NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, PAGE_EXECUTE_READ, SEC_IMAGE,
                      OpenSelf()) < 0 ||
      NtMapViewOfSection(section, CURRENT_PROCESS, &base, 0, 0, NULL, &size, ViewShare, 0,
                         PAGE_EXECUTE_READWRITE) < 0) {
    return 2;
  }
  *(volatile ULONG*)((ULONG)base + ((ULONG)&shared_word - OwnBase())) = BROKEN;
  HANDLE other;
  if (CheckImage(argument) != HELD) return BROKEN;
  if (StartSelf(&other, "_check-image") < 0) return 2;
  return WaitForExit(other);
}

static ULONG OptionalHeader(ULONG base) { return base + *(volatile ULONG*)(base + 0x3C) + 24; }

// The first imported address that the image holds: is it a place in the image itself, as in its file?
static int IsUnbound(ULONG base) {
  const ULONG header = OptionalHeader(base);
  const ULONG size_of_image = *(volatile ULONG*)(header + 56);
  const ULONG table = *(volatile ULONG*)(header + 96 + 12 * 8);
  if (table == 0) Exit(2);
  return *(volatile ULONG*)(base + table) < size_of_image;
}

// An image that is mapped without the linker shows no address of another process' modules, while that process has
// it linked.
static ULONG SeeImports(ULONG argument) {
  HANDLE process, thread;
  (void)argument;
  if (StartSuspended(&process, &thread, "C:\\exitcode.exe", "exitcode.exe 0") < 0) return 2;
  const int unbound =
      IsUnbound((ULONG)MapFile(OpenFile("C:\\exitcode.exe"), SEC_IMAGE, PAGE_EXECUTE_READ));
  NtResumeThread(thread, NULL);
  if (WaitForExit(process) != 0 || IsUnbound(OwnBase())) return 2;
  return unbound ? HELD : BROKEN;
}

const Act memory_acts[] = {
    {"read", Read},
    {"write", Write},
    {"jump", Jump},
    {"execute-constants", ExecuteConstants},
    {"execute-data", ExecuteData},
    {"execute-zeroed-data", ExecuteZeroedData},
    {"execute-stack", ExecuteStack},
    {"execute-heap", ExecuteHeap},
    {"execute-fresh-heap", ExecuteFreshHeap},
    {"execute-read-only", ExecuteReadOnly},
    {"execute-after-turning-off", ExecuteAfterTurningOff},
    {"execute-after-turning-on", ExecuteAfterTurningOn},
    {"execute-executable", ExecuteExecutable},
    {"execute-view", ExecuteView},
    {"execute-executable-view", ExecuteExecutableView},
    {"execute-across-pages", ExecuteAcrossPages},
    {"write-constants", WriteConstants},
    {"write-text", WriteText},
    {"write-headers", WriteHeaders},
    {"write-stubs", WriteStubs},
    {"write-file-through-view", WriteFileThroughView},
    {"share-image", ShareImage},
    {"_spoil-image", SpoilImage},
    {"_check-image", CheckImage},
    {"spoil-view", SpoilView},
    {"see-imports", SeeImports},
    {NULL, NULL},
};
