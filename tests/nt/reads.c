// Files that are only read: attributes, enumeration by patterns, positions, ends, reads that overlap.
#include <stdlib.h>

#include "check.h"

static int Compare(const void* a, const void* b) {
  return _stricmp(*(char* const*)a, *(char* const*)b);
}

/// What a pattern finds, in the order of names: a file system may have any other.
static void Find(const char* pattern) {
  WIN32_FIND_DATAA found;
  char* names[64];
  int count = 0;
  HANDLE search = FindFirstFileA(pattern, &found);
  printf("%s:", pattern);
  if (search == INVALID_HANDLE_VALUE) {
    printf(" error %lu\n", GetLastError());
    return;
  }
  do {
    names[count++] = _strdup(found.cFileName);
  } while (count < 64 && FindNextFileA(search, &found));
  if (GetLastError() != ERROR_NO_MORE_FILES) printf(" error %lu", GetLastError());
  FindClose(search);
  qsort(names, (size_t)count, sizeof(*names), Compare);
  for (int i = 0; i < count; ++i) printf(" [%s]", names[i]);
  printf("\n");
}

static void Enumeration(void) {
  static const char* const patterns[] = {"C:\\tree\\*",
                                         "C:\\tree\\*.*",
                                         "C:\\tree\\*.txt",
                                         "C:\\tree\\*.t*",
                                         "C:\\tree\\ab?.txt",
                                         "C:\\tree\\ab?????.txt",
                                         "C:\\tree\\?",
                                         "C:\\tree\\*.",
                                         "C:\\tree\\*.*.*",
                                         "C:\\tree\\ABC.txt",
                                         "C:\\tree\\a* *",
                                         "C:\\tree\\*z*",
                                         "C:\\tree\\none",
                                         "C:\\tree\\",
                                         "C:\\tree",
                                         "C:\\none\\*",
                                         "C:\\tree\\lines.txt\\*",
                                         "C:\\tree\\sub\\*",
                                         "C:\\tree\\sub\\..\\*.x",
                                         "C:\\tree\\no_ext*",
                                         "C:\\tree\\*s*",
                                         "C:\\tree\\??.*",
                                         "C:\\tree\\a|b",
                                         ""};
  for (unsigned i = 0; i < sizeof(patterns) / sizeof(*patterns); ++i) Find(patterns[i]);
}

static void Attributes(void) {
  static const char* const paths[] = {"C:\\tree",
                                      "C:\\tree\\lines.txt",
                                      "C:\\tree\\LINES.TXT",
                                      "C:\\tree\\nothing",
                                      "C:\\tree\\none",
                                      "C:\\none\\x",
                                      "C:\\tree\\lines.txt\\x",
                                      "C:\\",
                                      "C:\\tree\\",
                                      "C:\\tree\\sub\\..\\lines.txt",
                                      "",
                                      "C:\\tree\\a?b",
                                      "tree/sub/in.txt"};
  for (unsigned i = 0; i < sizeof(paths) / sizeof(*paths); ++i) {
    WIN32_FILE_ATTRIBUTE_DATA data;
    if (GetFileAttributesExA(paths[i], GetFileExInfoStandard, &data)) {
      printf("%s: directory %d, %lu bytes\n", paths[i],
             (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0,
             data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY ? 0 : data.nFileSizeLow);
    } else {
      printf("%s: error %lu\n", paths[i], GetLastError());
    }
  }
}

static void Positions(void) {
  char text[100];
  DWORD bytes;
  HANDLE file = CreateFileA("C:\\tree\\lines.txt", GENERIC_READ, FILE_SHARE_READ, NULL,
                            OPEN_EXISTING, 0, NULL);
  Is("size", GetFileSize(file, NULL), 25);
  Is("type", GetFileType(file), FILE_TYPE_DISK);
  Is("to the end", SetFilePointer(file, 0, NULL, FILE_END), 25);
  Is("read there", ReadFile(file, text, 10, &bytes, NULL), 1);
  Is("  nothing", bytes, 0);
  Is("back", SetFilePointer(file, -6, NULL, FILE_CURRENT), 19);
  Is("read over the end", ReadFile(file, text, 10, &bytes, NULL), 1);
  Is("  what there is", bytes, 6);
  Is("before the start", SetFilePointer(file, -1, NULL, FILE_BEGIN), INVALID_SET_FILE_POINTER);
  Is("  error", GetLastError(), ERROR_NEGATIVE_SEEK);
  Is("behind the end", SetFilePointer(file, 1000, NULL, FILE_BEGIN), 1000);
  Is("  nothing there", ReadFile(file, text, 10, &bytes, NULL), 1);
  Is("  nothing", bytes, 0);
  Is("write", WriteFile(file, text, 1, &bytes, NULL), 0);
  Is("  error", GetLastError(), ERROR_ACCESS_DENIED);
  OVERLAPPED at = {.Offset = 12};
  Is("read at an offset", ReadFile(file, text, 6, &bytes, &at), 1);
  Is("  bytes", bytes, 6);
  Is("  what", memcmp(text, "second", 6) != 0, 0);
  Is("  moves the position", SetFilePointer(file, 0, NULL, FILE_CURRENT), 18);
  at.Offset = 25;
  Is("at the end", ReadFile(file, text, 6, &bytes, &at), 0);
  Is("  error", GetLastError(), ERROR_HANDLE_EOF);
  BY_HANDLE_FILE_INFORMATION information;
  Is("by handle", GetFileInformationByHandle(file, &information), 1);
  Is("  size", information.nFileSizeLow, 25);
  Is("  links", information.nNumberOfLinks, 1);
  HANDLE second = CreateFileA("C:\\tree\\lines.txt", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
  Is("who shares nothing", second == INVALID_HANDLE_VALUE ? GetLastError() : 0,
     ERROR_SHARING_VIOLATION);
  CloseHandle(file);
  Is("closed", ReadFile(file, text, 1, &bytes, NULL), 0);
  Is("  error", GetLastError(), ERROR_INVALID_HANDLE);
}

static void Overlapped(void) {
  static char text[2][16];
  DWORD bytes;
  HANDLE file = CreateFileA("C:\\tree\\numbers.txt", GENERIC_READ, FILE_SHARE_READ, NULL,
                            OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
  OVERLAPPED reads[2] = {{.Offset = 120}, {.Offset = 24}};
  for (int i = 0; i < 2; ++i) {
    reads[i].hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    const BOOL done = ReadFile(file, text[i], 11, NULL, &reads[i]);
    True("begun", done || GetLastError() == ERROR_IO_PENDING);
  }
  for (int i = 0; i < 2; ++i) {
    Is("done", GetOverlappedResult(file, &reads[i], &bytes, TRUE), 1);
    Is("  bytes", bytes, 11);
    Is("  signaled", WaitForSingleObject(reads[i].hEvent, 0), WAIT_OBJECT_0);
    printf("  [%s]\n", text[i]);
    CloseHandle(reads[i].hEvent);
  }
  CloseHandle(file);
}

static void Opening(void) {
  static const struct {
    const char* path;
    DWORD access, disposition, flags;
  } opens[] = {{"C:\\tree\\none", GENERIC_READ, OPEN_EXISTING, 0},
               {"C:\\none\\x", GENERIC_READ, OPEN_EXISTING, 0},
               {"C:\\tree", GENERIC_READ, OPEN_EXISTING, 0},
               {"C:\\tree", GENERIC_READ, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS},
               {"C:\\tree\\lines.txt", GENERIC_READ, CREATE_NEW, 0},
               {"C:\\tree\\lines.txt\\", GENERIC_READ, OPEN_EXISTING, 0},
               {"C:\\tree\\a*", GENERIC_READ, OPEN_EXISTING, 0},
               {"C:\\tree\\lines.txt", 0, OPEN_EXISTING, 0},
               {"\\\\.\\C:\\tree\\ab", GENERIC_READ, OPEN_EXISTING, 0},
               {"\\\\?\\C:\\tree\\sub\\in.txt", GENERIC_READ, OPEN_EXISTING, 0}};
  for (unsigned i = 0; i < sizeof(opens) / sizeof(*opens); ++i) {
    SetLastError(0);
    HANDLE file = CreateFileA(opens[i].path, opens[i].access, FILE_SHARE_READ, NULL,
                              opens[i].disposition, opens[i].flags, NULL);
    printf("open %s (%lx, %lu, %lx): %s %lu\n", opens[i].path, opens[i].access,
           opens[i].disposition, opens[i].flags, file == INVALID_HANDLE_VALUE ? "error" : "yes",
           GetLastError());
    if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
  }
}

static void Streams(void) {
  char line[100];
  int count = 0, sum = 0, number;
  FILE* file = fopen("C:\\tree\\numbers.txt", "r");
  True("a stream", file != NULL);
  while (fgets(line, sizeof(line), file) && sscanf(line, "number %d", &number) == 1)
    sum += number, ++count;
  Is("lines", (uint32_t)count, 1000);
  Is("  their sum", (uint32_t)sum, 500500);
  Is("at the end", feof(file) != 0, 1);
  fseek(file, 12 * 500, SEEK_SET);
  fgets(line, sizeof(line), file);
  printf("in the middle: %s", line);
  Is("position", (uint32_t)ftell(file), 6006);
  ungetc('!', file);
  Is("put back", (uint32_t)fgetc(file), '!');
  fclose(file);
  Is("none", fopen("C:\\tree\\none", "r") != NULL, 0);
  file = fopen("C:\\tree\\lines.txt", "rb");
  Is("all of it", (uint32_t)fread(line, 1, 100, file), 25);
  Is("  with its returns", (uint32_t)line[10], '\r');
  fclose(file);
}

int main(void) {
  Enumeration();
  Attributes();
  Positions();
  Overlapped();
  Opening();
  Streams();
  return Finish();
}
