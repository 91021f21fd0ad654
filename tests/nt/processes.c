// Processes as programs use them: what a child is given, what of it its parent sees, and how it ends.
#include <stdlib.h>

#include "check.h"

NTSTATUS NTAPI NtSuspendProcess(HANDLE);
NTSTATUS NTAPI NtResumeProcess(HANDLE);

static char self[MAX_PATH], child_path[MAX_PATH];

/// Starts child.exe with those words. False: GetLastError says why.
static BOOL Start(const char* words, DWORD flags, BOOL inherit, STARTUPINFOA* startup,
                  PROCESS_INFORMATION* child) {
  STARTUPINFOA plain = {.cb = sizeof(plain)};
  char line[512];
  snprintf(line, sizeof(line), "\"%s\" %s", child_path, words);
  return CreateProcessA(NULL, line, NULL, NULL, inherit, flags, NULL, NULL,
                        startup ? startup : &plain, child);
}

static DWORD Finished(PROCESS_INFORMATION* child) {
  DWORD code = 0xDEAD;
  WaitForSingleObject(child->hProcess, 60000);
  GetExitCodeProcess(child->hProcess, &code);
  CloseHandle(child->hThread);
  CloseHandle(child->hProcess);
  return code;
}

static DWORD RunChild(const char* words) {
  PROCESS_INFORMATION child;
  if (!Start(words, 0, FALSE, NULL, &child)) return 0xBAD00000 | GetLastError();
  return Finished(&child);
}

static void ExitCodes(void) {
  Is("0", RunChild("exit 0"), 0);
  Is("1", RunChild("exit 1"), 1);
  Is("259", RunChild("exit 259"), 259);
  Is("0xC0000005", RunChild("exit 0xC0000005"), 0xC0000005);
  Is("a crash", RunChild("crash 16"), 0xC0000005);
  Is("from main", RunChild("none"), 99);
}

static void Twenty(void) {
  PROCESS_INFORMATION children[20];
  HANDLE handles[20];
  char words[32];
  for (int i = 0; i < 20; ++i) {
    snprintf(words, sizeof(words), "exit %d", 100 + i);
    if (!Start(words, 0, FALSE, NULL, &children[i])) Is("started", GetLastError(), 0);
    handles[i] = children[i].hProcess;
  }
  Is("all twenty end", WaitForMultipleObjects(20, handles, TRUE, 60000), 0);
  DWORD sum = 0;
  for (int i = 0; i < 20; ++i) {
    const DWORD code = Finished(&children[i]);
    if (code != 100u + i) Is("its own code", code, 100 + i);
    sum += code;
  }
  Is("sum of their codes", sum, 2190);
}

static void Identity(void) {
  PROCESS_INFORMATION child;
  PROCESS_BASIC_INFORMATION basic;
  DWORD code = 0;
  char path[MAX_PATH];
  DWORD size = sizeof(path);
  Is("suspended", Start("exit 5", CREATE_SUSPENDED, FALSE, NULL, &child), 1);
  True("a child of ours", NtQueryInformationProcess(child.hProcess, ProcessBasicInformation, &basic,
                                                    sizeof(basic), NULL) == 0 &&
                              basic.InheritedFromUniqueProcessId == GetCurrentProcessId() &&
                              basic.UniqueProcessId == child.dwProcessId);
  Is("its number", GetProcessId(child.hProcess) == child.dwProcessId, 1);
  Is("its thread's", GetThreadId(child.hThread) == child.dwThreadId, 1);
  Is("not over", WaitForSingleObject(child.hProcess, 20), WAIT_TIMEOUT);
  GetExitCodeProcess(child.hProcess, &code);
  Is("still active", code, STILL_ACTIVE);
  Is("its image", QueryFullProcessImageNameA(child.hProcess, 0, path, &size), 1);
  Is("is child.exe", _stricmp(path, child_path), 0);
  HANDLE other = OpenProcess(PROCESS_QUERY_INFORMATION | SYNCHRONIZE, FALSE, child.dwProcessId);
  True("opened by number", other != NULL);
  Is("that may not end it", TerminateProcess(other, 1), 0);
  Is("denied", GetLastError(), ERROR_ACCESS_DENIED);
  Is("resumed", ResumeThread(child.hThread), 1);
  Is("ends", WaitForSingleObject(child.hProcess, 60000), 0);
  GetExitCodeProcess(other, &code);
  Is("with its code", code, 5);
  Is("ended once more", TerminateProcess(child.hProcess, 6), 0);
  Is("denied", GetLastError(), ERROR_ACCESS_DENIED);
  FILETIME created, ended, kernel, user;
  Is("its times", GetProcessTimes(child.hProcess, &created, &ended, &kernel, &user), 1);
  True("in order", CompareFileTime(&created, &ended) < 0);
  HANDLE again = OpenProcess(SYNCHRONIZE, FALSE, child.dwProcessId);
  True("opened while handles name it", again != NULL);
  CloseHandle(again);
  CloseHandle(other);
  CloseHandle(child.hThread);
  CloseHandle(child.hProcess);
  True("no process", OpenProcess(SYNCHRONIZE, FALSE, 0x7FFFFFF0) == NULL);
  Is("invalid parameter", GetLastError(), ERROR_INVALID_PARAMETER);
}

static void Kill(void) {
  PROCESS_INFORMATION child;
  Is("one that waits", Start("wait", 0, FALSE, NULL, &child), 1);
  Is("runs", WaitForSingleObject(child.hProcess, 100), WAIT_TIMEOUT);
  Is("suspended", NtSuspendProcess(child.hProcess), 0);
  Is("resumed", NtResumeProcess(child.hProcess), 0);
  Is("killed", TerminateProcess(child.hProcess, 77), 1);
  Is("its code", Finished(&child), 77);
  Is("one that has not begun", Start("wait", CREATE_SUSPENDED, FALSE, NULL, &child), 1);
  Is("killed", TerminateProcess(child.hProcess, 78), 1);
  Is("its code", Finished(&child), 78);
}

static void Orphan(void) {
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, "orphan");
  Is("a parent ends", RunChild("leave orphan"), 0);
  Is("its child goes on", WaitForSingleObject(event, 60000), 0);
  CloseHandle(event);
}

static void Inheritance(void) {
  char words[64];
  SECURITY_ATTRIBUTES inheritable = {sizeof(inheritable), NULL, TRUE};
  HANDLE plain = CreateEventA(NULL, TRUE, FALSE, NULL);
  HANDLE given = CreateEventA(&inheritable, TRUE, FALSE, NULL);
  HANDLE listed = CreateEventA(&inheritable, TRUE, FALSE, NULL);
  PROCESS_INFORMATION child;
  snprintf(words, sizeof(words), "set 0x%lx", (unsigned long)(ULONG_PTR)given);
  Start(words, 0, TRUE, NULL, &child);
  Is("inherited", Finished(&child), 0);
  Is("the same object", WaitForSingleObject(given, 0), 0);
  ResetEvent(given);
  Start(words, 0, FALSE, NULL, &child);
  Is("inherits nothing", Finished(&child), ERROR_INVALID_HANDLE);
  snprintf(words, sizeof(words), "set 0x%lx", (unsigned long)(ULONG_PTR)plain);
  Start(words, 0, TRUE, NULL, &child);
  Is("not inheritable", Finished(&child), ERROR_INVALID_HANDLE);
  Is("made so", SetHandleInformation(plain, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT), 1);
  Start(words, 0, TRUE, NULL, &child);
  Is("inherited, too", Finished(&child), 0);

  // Only what a list names.
  char room[128];
  SIZE_T size = sizeof(room);
  STARTUPINFOEXA startup = {.StartupInfo.cb = sizeof(startup)};
  startup.lpAttributeList = (LPPROC_THREAD_ATTRIBUTE_LIST)room;
  Is("a list", InitializeProcThreadAttributeList(startup.lpAttributeList, 1, 0, &size), 1);
  Is("of one",
     UpdateProcThreadAttribute(startup.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
                               &listed, sizeof(listed), NULL, NULL),
     1);
  snprintf(words, sizeof(words), "set 0x%lx", (unsigned long)(ULONG_PTR)listed);
  Start(words, EXTENDED_STARTUPINFO_PRESENT, TRUE, &startup.StartupInfo, &child);
  Is("what is listed", Finished(&child), 0);
  snprintf(words, sizeof(words), "set 0x%lx", (unsigned long)(ULONG_PTR)given);
  Start(words, EXTENDED_STARTUPINFO_PRESENT, TRUE, &startup.StartupInfo, &child);
  Is("what is not", Finished(&child), ERROR_INVALID_HANDLE);
  DeleteProcThreadAttributeList(startup.lpAttributeList);
  CloseHandle(plain);
  CloseHandle(given);
  CloseHandle(listed);
}

/// What a child says of what it was given.
static void Words(void) {
  char environment[] = "FROM_PARENT=a value\0SystemRoot=C:\\windows\0";
  char line[] = "child tell \"two words\" a\\\"quote \\\\back\\\\";
  char title[] = "a title";
  STARTUPINFOA startup = {.cb = sizeof(startup), .lpTitle = title};
  startup.dwFlags = STARTF_USESHOWWINDOW;
  startup.wShowWindow = 3;
  PROCESS_INFORMATION child;
  fflush(stdout);
  Is("with everything",
     CreateProcessA(child_path, line, NULL, NULL, TRUE, 0, environment, "C:\\windows", &startup,
                    &child),
     1);
  fflush(stdout);
  Is("told", Finished(&child), 0);
}

static void Refusals(void) {
  PROCESS_INFORMATION child;
  STARTUPINFOA startup = {.cb = sizeof(startup)};
  Is("no such program",
     CreateProcessA("C:\\none.exe", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child), 0);
  Is("not found", GetLastError(), ERROR_FILE_NOT_FOUND);
  Is("no such directory",
     CreateProcessA(child_path, NULL, NULL, NULL, FALSE, 0, NULL, "C:\\none", &startup, &child), 0);
  Is("invalid", GetLastError(), ERROR_DIRECTORY);
}

static void Memory(void) {
  PROCESS_INFORMATION child;
  SIZE_T count = 0;
  char text[16] = "";
  DWORD old = 0;
  Start("exit 0", CREATE_SUSPENDED, FALSE, NULL, &child);
  char* there =
      VirtualAllocEx(child.hProcess, NULL, 0x3000, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
  True("memory there", there != NULL);
  Is("written", WriteProcessMemory(child.hProcess, there + 0xFFC, "across pages", 13, &count), 1);
  Is("all of it", (DWORD)count, 13);
  Is("read", ReadProcessMemory(child.hProcess, there + 0xFFC, text, 13, &count), 1);
  True("the same", !strcmp(text, "across pages"));
  Is("beyond its end", ReadProcessMemory(child.hProcess, there + 0x2FFE, text, 8, &count), 0);
  Is("partial copy", GetLastError(), ERROR_PARTIAL_COPY);
  Is("protected", VirtualProtectEx(child.hProcess, there, 0x1000, PAGE_READONLY, &old), 1);
  Is("was", old, PAGE_READWRITE);
  Is("not written", WriteProcessMemory(child.hProcess, there, "x", 1, &count), 0);
  Is("freed", VirtualFreeEx(child.hProcess, there, 0, MEM_RELEASE), 1);
  TerminateProcess(child.hProcess, 0);
  Is("ended", Finished(&child), 0);
}

static void Duplicates(void) {
  PROCESS_INFORMATION child;
  HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), there = NULL, back = NULL;
  Start("wait", CREATE_SUSPENDED, FALSE, NULL, &child);
  Is("to the child",
     DuplicateHandle(GetCurrentProcess(), event, child.hProcess, &there, 0, FALSE,
                     DUPLICATE_SAME_ACCESS),
     1);
  Is("and back",
     DuplicateHandle(child.hProcess, there, GetCurrentProcess(), &back, 0, FALSE,
                     DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE),
     1);
  Is("closed there",
     DuplicateHandle(child.hProcess, there, GetCurrentProcess(), &there, 0, FALSE,
                     DUPLICATE_SAME_ACCESS),
     0);
  SetEvent(back);
  Is("the same event", WaitForSingleObject(event, 0), 0);
  TerminateProcess(child.hProcess, 0);
  Finished(&child);
  CloseHandle(event);
  CloseHandle(back);
}

int main(void) {
  GetModuleFileNameA(NULL, self, sizeof(self));
  strcpy(child_path, self);
  strcpy(strrchr(child_path, '\\') + 1, "child.exe");
  ExitCodes();
  Words();
  Identity();
  Kill();
  Orphan();
  Inheritance();
  Refusals();
  Memory();
  Duplicates();
  Is("a tree of thirteen", RunChild("tree 2 3"), 13);
  Twenty();
  return Finish();
}
