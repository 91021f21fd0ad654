// Sections and their views: memory with a name, files in memory.
#include "check.h"

static MEMORY_BASIC_INFORMATION Query(const void* address) {
  MEMORY_BASIC_INFORMATION information = {0};
  VirtualQuery(address, &information, sizeof(information));
  return information;
}

static void Memory(void) {
  HANDLE section =
      CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x12345, L"shared");
  Is("a section with a name", GetLastError(), 0);
  HANDLE again =
      CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x1000, L"shared");
  Is("the name again", GetLastError(), ERROR_ALREADY_EXISTS);
  HANDLE opened = OpenFileMappingW(FILE_MAP_READ, FALSE, L"shared");
  True("opened by it", opened != NULL);
  char* one = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
  char* two = MapViewOfFile(again, FILE_MAP_WRITE, 0, 0x10000, 0x1000);
  char* three = MapViewOfFile(opened, FILE_MAP_READ, 0, 0, 0);
  True("three views", one && two && three);
  strcpy(one + 0x10000, "seen by all");
  Is("the second sees it", strcmp(two, "seen by all") != 0, 0);
  Is("the third sees it", strcmp(three + 0x10000, "seen by all") != 0, 0);
  Is("the size is whole pages", (uint32_t)Query(one).RegionSize, 0x13000);
  Is("  mapped", Query(one).Type, MEM_MAPPED);
  Is("  protect", Query(one).Protect, PAGE_READWRITE);
  Is("  of a part", (uint32_t)Query(two).RegionSize, 0x1000);
  Is("  read only", Query(three).Protect, PAGE_READONLY);
  Is("map more than there is", MapViewOfFile(section, FILE_MAP_READ, 0, 0x10000, 0x10000) != NULL,
     0);
  Is("  error", GetLastError(), ERROR_ACCESS_DENIED);
  Is("an odd offset", MapViewOfFile(section, FILE_MAP_READ, 0, 0x1000, 0x1000) != NULL, 0);
  Is("  error", GetLastError(), ERROR_MAPPED_ALIGNMENT);
  Is("write by a handle to read", MapViewOfFile(opened, FILE_MAP_WRITE, 0, 0, 0) != NULL, 0);
  Is("  error", GetLastError(), ERROR_ACCESS_DENIED);
  Is("unmap", UnmapViewOfFile(two), 1);
  Is("unmap again", UnmapViewOfFile(two), 0);
  Is("  error", GetLastError(), ERROR_INVALID_ADDRESS);
  CloseHandle(section);
  CloseHandle(again);
  CloseHandle(opened);
  Is("the view outlives its handles", strcmp(one + 0x10000, "seen by all") != 0, 0);
  UnmapViewOfFile(one);
  UnmapViewOfFile(three);
  Is("then the name is gone", OpenFileMappingW(FILE_MAP_READ, FALSE, L"shared") != NULL, 0);
  Is("  error", GetLastError(), ERROR_FILE_NOT_FOUND);
  Is("no size", CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0, NULL) != NULL,
     0);
  Is("  error", GetLastError(), ERROR_INVALID_PARAMETER);
}

/// The program's own file: it exists everywhere.
static void Files(void) {
  WCHAR path[MAX_PATH];
  DWORD old, bytes;
  char start[4];
  GetModuleFileNameW(NULL, path, MAX_PATH);
  HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
  const DWORD size = GetFileSize(file, NULL);
  HANDLE section = CreateFileMappingW(file, NULL, PAGE_READONLY, 0, 0, NULL);
  char* view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
  Is("a file in memory begins", (uint32_t)(view[0] << 8 | view[1]), 0x4D5A);
  Is("  mapped", Query(view).Type, MEM_MAPPED);
  Is("  its size, in pages", (uint32_t)Query(view).RegionSize == ((size + 0xFFF) & ~0xFFFu), 1);
  Is("zeros behind the end", view[size] | view[(size - 1) | 0xFFF], 0);
  Is("made writable", VirtualProtect(view, 0x1000, PAGE_READWRITE, &old), 0);
  UnmapViewOfFile(view);
  Is("longer than the file",
     CreateFileMappingW(file, NULL, PAGE_READONLY, 0, size + 1, NULL) != NULL, 0);
  Is("  error", GetLastError(), ERROR_NOT_ENOUGH_MEMORY);
  Is("to write, of a file to read",
     CreateFileMappingW(file, NULL, PAGE_READWRITE, 0, 0, NULL) != NULL, 0);
  Is("  error", GetLastError(), ERROR_ACCESS_DENIED);
  HANDLE copy = CreateFileMappingW(file, NULL, PAGE_WRITECOPY, 0, 0, NULL);
  char* mine = MapViewOfFile(copy, FILE_MAP_COPY, 0, 0, 0);
  char* other = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
  Is("to copy", Query(mine).Protect, PAGE_WRITECOPY);
  mine[0] = 'm';
  Is("written to by now", Query(mine).Protect, PAGE_READWRITE);
  Is("  not the neighbour", Query(mine + 0x1000).Protect, PAGE_WRITECOPY);
  Is("  not by others", other[0], 'M');
  ReadFile(file, start, 4, &bytes, NULL);
  Is("  not in the file", start[0], 'M');
  UnmapViewOfFile(mine);
  UnmapViewOfFile(other);
  HANDLE image = CreateFileMappingW(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL);
  char* mapped = MapViewOfFile(image, FILE_MAP_READ, 0, 0, 0);
  True("as an image", mapped != NULL);
  Is("  type", Query(mapped).Type, MEM_IMAGE);
  UnmapViewOfFile(mapped);
  CloseHandle(image);
  CloseHandle(copy);
  CloseHandle(section);
  CloseHandle(file);
}

int main(void) {
  Memory();
  Files();
  return Finish();
}
