// Files as programs write them: dispositions, sharing, positions, appending, sizes, names, times, removal, locks,
// mapped views. Everything happens in a directory of its own, which stays with what the last part leaves there.
#include "native.h"

static char bytes[0x12345];
static DWORD count;

static HANDLE Open(const char* name, DWORD access, DWORD share, DWORD how) {
  return CreateFileA(name, access, share, NULL, how, 0, NULL);
}
#define ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
#define RW (GENERIC_READ | GENERIC_WRITE)

static DWORD SizeOf(const char* name) {
  WIN32_FILE_ATTRIBUTE_DATA data;
  if (!GetFileAttributesExA(name, GetFileExInfoStandard, &data)) return ~0u;
  return data.nFileSizeLow;
}
static void Fill(const char* name, const char* text) {
  HANDLE file = Open(name, GENERIC_WRITE, 0, CREATE_ALWAYS);
  True("filled", WriteFile(file, text, (DWORD)strlen(text), &count, NULL) && CloseHandle(file));
}
static void IsContent(const char* what, const char* name, const char* expected) {
  char text[256] = {0};
  HANDLE file = Open(name, GENERIC_READ, ALL, OPEN_EXISTING);
  ReadFile(file, text, sizeof(text) - 1, &count, NULL);
  CloseHandle(file);
  True(what, strcmp(text, expected) == 0);
  if (strcmp(text, expected) != 0) printf("  %s\n", text);
}

static void Dispositions(void) {
  HANDLE file = Open("new.txt", GENERIC_WRITE, 0, OPEN_EXISTING);
  Is("open what is not there", GetLastError(), ERROR_FILE_NOT_FOUND);
  file = Open("none\\new.txt", GENERIC_WRITE, 0, CREATE_NEW);
  Is("create where nothing is", GetLastError(), ERROR_PATH_NOT_FOUND);
  file = Open("new.txt", GENERIC_WRITE, 0, CREATE_NEW);
  True("create", file != INVALID_HANDLE_VALUE);
  True("write", WriteFile(file, "one", 3, &count, NULL) && count == 3);
  CloseHandle(file);
  Is("its size", SizeOf("new.txt"), 3);
  file = Open("NEW.TXT", GENERIC_WRITE, 0, CREATE_NEW);
  Is("create what is there", GetLastError(), ERROR_FILE_EXISTS);
  SetLastError(1);
  file = Open("new.txt", GENERIC_WRITE, 0, OPEN_ALWAYS);
  Is("open or create", GetLastError(), ERROR_ALREADY_EXISTS);
  CloseHandle(file);
  Is("nothing was cut", SizeOf("new.txt"), 3);
  file = Open("new.txt", GENERIC_WRITE, 0, TRUNCATE_EXISTING);
  CloseHandle(file);
  Is("cut", SizeOf("new.txt"), 0);
  Fill("new.txt", "four");
  file = Open("new.txt", GENERIC_WRITE, 0, CREATE_ALWAYS);
  Is("create always", GetLastError(), ERROR_ALREADY_EXISTS);
  CloseHandle(file);
  Is("cut again", SizeOf("new.txt"), 0);
  True("a directory", CreateDirectoryA("dir", NULL));
  True("not twice", !CreateDirectoryA("dir", NULL));
  Is("it exists", GetLastError(), ERROR_ALREADY_EXISTS);
  file = Open("dir", GENERIC_WRITE, 0, CREATE_ALWAYS);
  Is("a directory is no file", GetLastError(), ERROR_ACCESS_DENIED);
}

static void Information(void) {
  IO_STATUS_BLOCK io;
  HANDLE file;
  static const ULONG kHow[] = {2, 1, 3,
                               4, 5, 0};  // Create, open, open if, overwrite, ..., supersede.
  static const ULONG kTold[] = {2, 1, 1, 3, 3, 0};
  for (int i = 0; i < 6; ++i) {
    const NTSTATUS status =
        NtCreateFile(&file, 0x130183, Named(NULL, L"\\??\\C:\\files\\info.txt", 0x40), &io, NULL, 0,
                     7, kHow[i], 0x60, NULL, 0);
    Is("a disposition", (uint32_t)status, 0);
    Is("what it told", (uint32_t)io.Information, kTold[i]);
    NtClose(file);
  }
  Is("create again",
     (uint32_t)NtCreateFile(&file, 0x130183, Named(NULL, L"\\??\\C:\\files\\info.txt", 0x40), &io,
                            NULL, 0, 7, 2, 0x60, NULL, 0),
     STATUS_NAME_COLLISION_);
  Is("remove at close, without the right",
     (uint32_t)NtCreateFile(&file, 0x120183, Named(NULL, L"\\??\\C:\\files\\info.txt", 0x40), &io,
                            NULL, 0, 7, 1, 0x1060, NULL, 0),
     STATUS_INVALID_PARAMETER_);
  Is("remove at close",
     (uint32_t)NtCreateFile(&file, 0x130183, Named(NULL, L"\\??\\C:\\files\\info.txt", 0x40), &io,
                            NULL, 0, 7, 1, 0x1060, NULL, 0),
     0);
  NtClose(file);
  Is("it is gone", GetFileAttributesA("info.txt"), INVALID_FILE_ATTRIBUTES);
}

static void Sharing(void) {
  Fill("shared.txt", "text");
  HANDLE first = Open("shared.txt", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
  HANDLE second = Open("shared.txt", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
  True("two readers", second != INVALID_HANDLE_VALUE);
  HANDLE third = Open("shared.txt", GENERIC_WRITE, ALL, OPEN_EXISTING);
  Is("no writer", GetLastError(), ERROR_SHARING_VIOLATION);
  True("cannot be removed", !DeleteFileA("shared.txt"));
  Is("as it is open", GetLastError(), ERROR_SHARING_VIOLATION);
  CloseHandle(second);
  CloseHandle(first);
  first = Open("shared.txt", GENERIC_WRITE, FILE_SHARE_READ, OPEN_EXISTING);
  second = Open("shared.txt", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
  Is("a reader that wants no writer", GetLastError(), ERROR_SHARING_VIOLATION);
  third = Open("shared.txt", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING);
  True("one that does not mind", third != INVALID_HANDLE_VALUE);
  CloseHandle(third);
  CloseHandle(first);
  // Removed while it is open: gone with the last handle.
  first = Open("shared.txt", GENERIC_READ, ALL, OPEN_EXISTING);
  True("removed while open", DeleteFileA("shared.txt"));
  char text[8] = {0};
  True("still read", ReadFile(first, text, 4, &count, NULL) && strcmp(text, "text") == 0);
  CloseHandle(first);
  Is("gone", GetFileAttributesA("shared.txt"), INVALID_FILE_ATTRIBUTES);
}

static void Positions(void) {
  HANDLE file = Open("position.txt", RW, 0, CREATE_ALWAYS);
  for (unsigned i = 0; i < sizeof(bytes); ++i) bytes[i] = (char)(i * 7 + i / 251);
  True("a long write", WriteFile(file, bytes, sizeof(bytes), &count, NULL));
  Is("all of it", count, sizeof(bytes));
  Is("where it ends", SetFilePointer(file, 0, NULL, FILE_CURRENT), sizeof(bytes));
  static char back[sizeof(bytes)];
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  True("read back", ReadFile(file, back, sizeof(back), &count, NULL) && count == sizeof(back));
  True("the same", memcmp(bytes, back, sizeof(back)) == 0);
  True("at the end", ReadFile(file, back, 1, &count, NULL) && count == 0);
  SetFilePointer(file, 5000, NULL, FILE_BEGIN);
  WriteFile(file, "in the middle", 13, &count, NULL);
  memcpy(bytes + 5000, "in the middle", 13);
  SetFilePointer(file, 0x20000, NULL, FILE_BEGIN);
  WriteFile(file, "far", 3, &count, NULL);
  Is("it grew", GetFileSize(file, NULL), 0x20003);
  SetFilePointer(file, 4990, NULL, FILE_BEGIN);
  ReadFile(file, back, 100, &count, NULL);
  True("in the middle", memcmp(bytes + 4990, back, 100) == 0);
  SetFilePointer(file, sizeof(bytes), NULL, FILE_BEGIN);
  ReadFile(file, back, 0x100, &count, NULL);
  int zeros = 1;
  for (int i = 0; i < 0x100; ++i) zeros = zeros && back[i] == 0;
  True("zeros between", zeros);
  SetFilePointer(file, 0x4001, NULL, FILE_BEGIN);
  True("cut", SetEndOfFile(file));
  Is("its size", GetFileSize(file, NULL), 0x4001);
  SetFilePointer(file, 0x5000, NULL, FILE_BEGIN);
  True("made longer", SetEndOfFile(file));
  SetFilePointer(file, 0x4000, NULL, FILE_BEGIN);
  ReadFile(file, back, 3, &count, NULL);
  True("zeros again", back[0] == bytes[0x4000] && back[1] == 0 && back[2] == 0);
  True("flushed", FlushFileBuffers(file));
  CloseHandle(file);
  file = Open("position.txt", FILE_APPEND_DATA, 0, OPEN_EXISTING);
  SetFilePointer(file, 0, NULL, FILE_BEGIN);
  True("appended", WriteFile(file, "end", 3, &count, NULL));
  CloseHandle(file);
  Is("its size", SizeOf("position.txt"), 0x5003);
  DeleteFileA("position.txt");
}

static void Names(void) {
  Fill("a name that is long.text", "long");
  True("renamed", MoveFileA("a name that is long.text", "dir\\Another Name.text"));
  Is("the old name", GetFileAttributesA("a name that is long.text"), INVALID_FILE_ATTRIBUTES);
  IsContent("the new name", "dir\\another name.TEXT", "long");
  Fill("other.txt", "other");
  True("not over another", !MoveFileA("other.txt", "dir\\Another Name.text"));
  Is("it exists", GetLastError(), ERROR_ALREADY_EXISTS);
  True("unless that is meant",
       MoveFileExA("other.txt", "dir\\Another Name.text", MOVEFILE_REPLACE_EXISTING));
  IsContent("replaced", "dir\\Another Name.text", "other");
  True("no directory with entries", !RemoveDirectoryA("dir"));
  Is("not empty", GetLastError(), ERROR_DIR_NOT_EMPTY);
  True("a directory is renamed", MoveFileA("dir", "folder"));
  IsContent("with what is in it", "folder\\Another Name.text", "other");
  HANDLE file = Open("folder\\Another Name.text", GENERIC_READ, ALL, OPEN_EXISTING);
  True("not while it is open", !MoveFileA("folder", "dir"));
  Is("denied", GetLastError(), ERROR_ACCESS_DENIED);
  CloseHandle(file);
  True("removed", DeleteFileA("folder\\Another Name.text"));
  True("empty", RemoveDirectoryA("folder"));
  True("copied", CopyFileA("new.txt", "copy.txt", FALSE));
}

static void Attributes(void) {
  Fill("times.txt", "times");
  SYSTEMTIME wanted = {2001, 2, 3, 4, 5, 6, 8, 0};
  FILETIME time, created, written;
  SystemTimeToFileTime(&wanted, &time);
  HANDLE file = Open("times.txt", RW, 0, OPEN_EXISTING);
  WriteFile(file, "T", 1, &count, NULL);
  True("times set", SetFileTime(file, &time, NULL, &time));
  CloseHandle(file);
  file = Open("times.txt", GENERIC_READ, 0, OPEN_EXISTING);
  GetFileTime(file, &created, NULL, &written);
  CloseHandle(file);
  True("created then", CompareFileTime(&created, &time) == 0);
  True("written then", CompareFileTime(&written, &time) == 0);
  True("read-only",
       SetFileAttributesA("times.txt", FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN));
  Is("its attributes", GetFileAttributesA("times.txt"), 3);
  file = Open("times.txt", GENERIC_WRITE, 0, OPEN_EXISTING);
  Is("not written", GetLastError(), ERROR_ACCESS_DENIED);
  True("not removed", !DeleteFileA("times.txt"));
  Is("denied", GetLastError(), ERROR_ACCESS_DENIED);
  SetFileAttributesA("times.txt", FILE_ATTRIBUTE_NORMAL);
  Is("normal", GetFileAttributesA("times.txt"), FILE_ATTRIBUTE_NORMAL);
  IsContent("the content", "times.txt", "Times");
  DWORD sectors, sector_bytes, free_before, free_after, total;
  True("the volume", GetDiskFreeSpaceA("C:\\", &sectors, &sector_bytes, &free_before, &total));
  Is("a sector", sector_bytes, 512);
  file = Open("big.txt", RW, 0, CREATE_ALWAYS);
  SetFilePointer(file, 1000000, NULL, FILE_BEGIN);
  SetEndOfFile(file);
  FlushFileBuffers(file);
  GetDiskFreeSpaceA("C:\\", &sectors, &sector_bytes, &free_after, &total);
  Is("it takes room", (free_before - free_after) * sectors * sector_bytes / 100000, 10);
  CloseHandle(file);
  DeleteFileA("big.txt");
  True("a file is not larger than the volume",
       (file = Open("huge.txt", RW, FILE_SHARE_DELETE, CREATE_ALWAYS)) != INVALID_HANDLE_VALUE);
  SetFilePointer(file, 0x7FFFFFF0, NULL, FILE_BEGIN);
  True("refused", !WriteFile(file, "x", 1, &count, NULL));
  Is("full", GetLastError(), ERROR_DISK_FULL);
  Is("nothing was written", GetFileSize(file, NULL), 0);
  CloseHandle(file);
  DeleteFileA("huge.txt");
}

static void Locks(void) {
  Fill("locked.txt", "0123456789");
  HANDLE a = Open("locked.txt", RW, ALL, OPEN_EXISTING);
  HANDLE b = Open("locked.txt", RW, ALL, OPEN_EXISTING);
  True("locked", LockFile(a, 2, 0, 3, 0));
  True("not twice", !LockFile(b, 4, 0, 3, 0));
  Is("as it is locked", GetLastError(), ERROR_LOCK_VIOLATION);
  char text[16];
  True("before it", ReadFile(b, text, 2, &count, NULL) && count == 2);
  True("not in it", !ReadFile(b, text, 1, &count, NULL));
  Is("locked", GetLastError(), ERROR_LOCK_VIOLATION);
  True("the owner can", ReadFile(a, text, 10, &count, NULL) && count == 10);
  True("nor written", !WriteFile(b, "x", 1, &count, NULL));
  True("unlocked", UnlockFile(a, 2, 0, 3, 0));
  True("not again", !UnlockFile(a, 2, 0, 3, 0));
  Is("not locked", GetLastError(), ERROR_NOT_LOCKED);
  OVERLAPPED at = {0};
  True("shared", LockFileEx(a, LOCKFILE_FAIL_IMMEDIATELY, 0, 5, 0, &at));
  True("by two", LockFileEx(b, LOCKFILE_FAIL_IMMEDIATELY, 0, 5, 0, &at));
  True("nobody writes", !WriteFile(a, "x", 1, &count, &at));
  CloseHandle(a);
  True("gone with the handle", UnlockFile(b, 0, 0, 5, 0) && LockFile(b, 0, 0, 5, 0));
  CloseHandle(b);
  DeleteFileA("locked.txt");
}

static DWORD WINAPI Unlock(void* file) {
  Sleep(30);
  return UnlockFile(file, 0, 0, 1, 0);
}

static void Waiting(void) {
  Fill("waited.txt", "x");
  HANDLE a = Open("waited.txt", RW, ALL, OPEN_EXISTING);
  HANDLE b = Open("waited.txt", RW, ALL, OPEN_EXISTING);
  LockFile(a, 0, 0, 1, 0);
  HANDLE thread = CreateThread(NULL, 0, Unlock, a, 0, NULL);
  OVERLAPPED at = {0};
  True("waited for", LockFileEx(b, LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &at));
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(a);
  CloseHandle(b);
  DeleteFileA("waited.txt");
}

static void Views(void) {
  Fill("mapped.txt", "in the file");
  HANDLE file = Open("mapped.txt", RW, ALL, OPEN_EXISTING);
  HANDLE section = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0x3000, NULL);
  True("a section", section != NULL);
  Is("the file grew", GetFileSize(file, NULL), 0x3000);
  char* view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
  True("a view", view != NULL);
  True("its content", view && memcmp(view, "in the file", 12) == 0);
  memcpy(view, "by the view", 11);
  view[0x2FFF] = 'e';
  IsContent("the view's writes are read", "mapped.txt", "by the view");
  SetFilePointer(file, 3, NULL, FILE_BEGIN);
  WriteFile(file, "all", 3, &count, NULL);
  True("writes are in the view", memcmp(view, "by all view", 11) == 0);
  SetFilePointer(file, 10, NULL, FILE_BEGIN);
  True("not cut while mapped", !SetEndOfFile(file));
  Is("it is mapped", GetLastError(), ERROR_USER_MAPPED_FILE);
  HANDLE other = Open("mapped.txt", GENERIC_WRITE, ALL, CREATE_ALWAYS);
  Is("nor overwritten", GetLastError(), ERROR_USER_MAPPED_FILE);
  True("nor removed", !DeleteFileA("mapped.txt"));
  True("flushed", FlushViewOfFile(view, 0x3000));
  UnmapViewOfFile(view);
  CloseHandle(section);
  True("cut", SetEndOfFile(file));
  CloseHandle(file);
  IsContent("what is left", "mapped.txt", "by all vie");
  (void)other;
}

static volatile LONG called;
static void CALLBACK Called(DWORD error, DWORD moved, OVERLAPPED* at) {
  called += error == 0 && moved == 5 && at->Offset == 0;
}

static void Asynchronous(void) {
  HANDLE file = CreateFileA("async.txt", RW, 0, NULL, CREATE_ALWAYS, FILE_FLAG_OVERLAPPED, NULL);
  OVERLAPPED at = {0};
  at.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
  if (!WriteFile(file, "async", 5, NULL, &at)) Is("pending", GetLastError(), ERROR_IO_PENDING);
  True("written", GetOverlappedResult(file, &at, &count, TRUE) && count == 5);
  Is("the event", WaitForSingleObject(at.hEvent, 0), 0);
  char text[8] = {0};
  OVERLAPPED alone = {0};
  True("read with a call", ReadFileEx(file, text, 5, &alone, Called));
  Is("alertable", SleepEx(1000, TRUE), WAIT_IO_COMPLETION);
  True("called", called == 1 && strcmp(text, "async") == 0);
  HANDLE port = CreateIoCompletionPort(file, NULL, 77, 0);
  True("a port", port != NULL);
  OVERLAPPED again = {0};
  again.Offset = 5;
  WriteFile(file, "more", 4, NULL, &again);
  ULONG_PTR key = 0;
  OVERLAPPED* done = NULL;
  True("told", GetQueuedCompletionStatus(port, &count, &key, &done, 1000));
  True("of it", key == 77 && count == 4 && done == &again);
  CloseHandle(file);
  CloseHandle(port);
  IsContent("all of it", "async.txt", "asyncmore");
}

int main(void) {
  True("a directory of our own", CreateDirectoryA("C:\\files", NULL));
  True("the current directory", SetCurrentDirectoryA("C:\\files"));
  Dispositions();
  Information();
  Sharing();
  Positions();
  Names();
  Attributes();
  Locks();
  Waiting();
  Views();
  Asynchronous();
  char path[MAX_PATH];
  True("a place for what is temporary", GetTempPathA(sizeof(path), path) != 0);
  printf("%s\n", path);
  True("a name there", GetTempFileNameA(path, "abc", 0, path) != 0);
  True("removed", DeleteFileA(path));
  return Finish();
}
