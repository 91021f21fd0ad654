// What surrounds a program: environment, current directory, paths, what it is called, what system it is on.
#include "native.h"

static void Variables(void) {
  WCHAR text[200];
  Is("not there", GetEnvironmentVariableW(L"NO_SUCH_ONE", text, 200), 0);
  Is("  error", GetLastError(), ERROR_ENVVAR_NOT_FOUND);
  Is("set", SetEnvironmentVariableW(L"Mixed", L"value"), 1);
  Is("  in other letters", GetEnvironmentVariableW(L"mIXED", text, 200), 5);
  Is("  no room", GetEnvironmentVariableW(L"Mixed", text, 3), 6);
  Is("  empty", SetEnvironmentVariableW(L"Mixed", L""), 1);
  SetLastError(0);
  Is("  is there", GetEnvironmentVariableW(L"Mixed", text, 200), 0);
  Is("  error", GetLastError(), 0);
  SetEnvironmentVariableW(L"Mixed", NULL);
  Is("removed", GetEnvironmentVariableW(L"Mixed", text, 200), 0);
  SetEnvironmentVariableW(L"ONE", L"1");
  Is("expand", ExpandEnvironmentStringsW(L"[%ONE%] [%NONE%] [%one%%ONE%] 100%", text, 200), 23);
  IsText("  to", text, (uint32_t)wcslen(text) * 2, L"[1] [%NONE%] [11] 100%");
  int count = 0;
  WCHAR* const block = GetEnvironmentStringsW();
  for (const WCHAR* p = block; *p; p += wcslen(p) + 1) count += wcsncmp(p, L"ONE=", 4) == 0;
  FreeEnvironmentStringsW(block);
  Is("in the block", (uint32_t)count, 1);
}

static void Directories(void) {
  WCHAR text[300], *name;
  Is("current", GetCurrentDirectoryW(300, text), 3);
  IsText("  is", text, (uint32_t)wcslen(text) * 2, L"C:\\");
  Is("change", SetCurrentDirectoryW(L"\\windows"), 1);
  GetCurrentDirectoryW(300, text);
  IsText("  to", text, (uint32_t)wcslen(text) * 2, L"C:\\windows");
  Is("  no room", GetCurrentDirectoryW(4, text), 11);
  Is("to a file", SetCurrentDirectoryW(L"system32\\kernel32.dll"), 0);
  Is("  error", GetLastError(), ERROR_DIRECTORY);
  Is("to what is not there", SetCurrentDirectoryW(L"nowhere"), 0);
  Is("  error", GetLastError(), ERROR_FILE_NOT_FOUND);
  Is("further", SetCurrentDirectoryW(L"system32\\..\\.\\system32\\"), 1);
  static const WCHAR* const paths[] = {L"a.txt",
                                       L"..\\a.txt",
                                       L"\\x\\.\\y\\..\\z",
                                       L"C:rel",
                                       L"D:rel",
                                       L"\\\\server\\share\\..\\x",
                                       L"\\\\?\\C:\\a\\..\\b",
                                       L"a. . ",
                                       L"nul",
                                       L"c:\\dir\\con.txt",
                                       L"a/b//c",
                                       L"\\\\.\\pipe\\x",
                                       L"..\\..\\..\\..\\top",
                                       L"C:\\",
                                       L"x\\"};
  for (unsigned i = 0; i < sizeof(paths) / sizeof(*paths); ++i) {
    name = NULL;
    const DWORD length = GetFullPathNameW(paths[i], 300, text, &name);
    printf("%ls: %lu %ls, name %ls\n", paths[i], length, text, name ? name : L"none");
  }
  SetCurrentDirectoryW(L"C:\\");
  Is("system", GetSystemDirectoryW(text, 300), 19);
  IsText("  is", text, (uint32_t)wcslen(text) * 2, L"C:\\windows\\system32");
  GetWindowsDirectoryW(text, 300);
  IsText("windows", text, (uint32_t)wcslen(text) * 2, L"C:\\windows");
  GetTempPathW(300, text);
  IsText("temporary", text, (uint32_t)wcslen(text) * 2, L"C:\\windows\\temp\\");
  Is("drives", GetLogicalDrives() & 4, 4);
  Is("none such", GetDriveTypeW(L"Q:\\"), DRIVE_NO_ROOT_DIR);
  Is("search", SearchPathW(NULL, L"kernel32", L".dll", 300, text, &name), 32);
  IsText("  the name", name, (uint32_t)wcslen(name) * 2, L"kernel32.dll");
}

static void Myself(void) {
  WCHAR text[300];
  Is("my file", GetModuleFileNameW(NULL, text, 300), 19);
  IsText("  is", text, (uint32_t)wcslen(text) * 2, L"C:\\surroundings.exe");
  Is("  no room", GetModuleFileNameW(NULL, text, 5), 5);
  Is("  error", GetLastError(), ERROR_INSUFFICIENT_BUFFER);
  IsText("kernel32's", text, GetModuleFileNameW(GetModuleHandleW(L"KERNEL32"), text, 300) * 2,
         L"C:\\windows\\system32\\kernel32.dll");
  DWORD type = 99;
  Is("binary type", GetBinaryTypeW(L"C:\\surroundings.exe", &type), 1);
  Is("  32 bits", type, SCS_32BIT_BINARY);
  BOOL wow = 2;
  IsWow64Process(GetCurrentProcess(), &wow);
  Is("64 bits below", (uint32_t)wow, 0);
  Is("priority", GetPriorityClass(GetCurrentProcess()), NORMAL_PRIORITY_CLASS);
  Is("the version that I am for", GetProcessVersion(0), 0x40000);
  Is("a debugger", (uint32_t)IsDebuggerPresent(), 0);
}

static void System(void) {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  Is("page", system.dwPageSize, 4096);
  Is("granularity", system.dwAllocationGranularity, 65536);
  Is("lowest address", (uint32_t)(ULONG_PTR)system.lpMinimumApplicationAddress, 0x10000);
  Is("highest", (uint32_t)(ULONG_PTR)system.lpMaximumApplicationAddress, 0x7FFEFFFF);
  Is("processors", system.dwNumberOfProcessors, 1);
  Is("  which", (uint32_t)system.dwActiveProcessorMask, 1);
  Is("architecture", system.wProcessorArchitecture, PROCESSOR_ARCHITECTURE_INTEL);
  Is("type", system.dwProcessorType, PROCESSOR_INTEL_PENTIUM);
  Is("level", system.wProcessorLevel, 6);
  for (DWORD i = 0; i < 24; ++i) printf("feature %lu: %d\n", i, IsProcessorFeaturePresent(i));
  MEMORYSTATUSEX memory = {.dwLength = sizeof(memory)};
  Is("memory", GlobalMemoryStatusEx(&memory), 1);
  True("  sound", memory.ullTotalPhys >= memory.ullAvailPhys && memory.ullAvailPhys > 0x100000 &&
                      memory.dwMemoryLoad <= 100);
  Is("  of 2 GiB", (uint32_t)(memory.ullTotalVirtual >> 16), 0x7FFE);
  OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof(version)};
  Is("version", GetVersionExW(&version), 1);
  printf("  %lu.%lu\n", version.dwMajorVersion, version.dwMinorVersion);
}

int main(void) {
  Variables();
  Directories();
  Myself();
  System();
  return Finish();
}
