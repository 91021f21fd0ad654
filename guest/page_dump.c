// page_dump: shows each present page of each mapped image as it is before the program ran.
// Record (little-endian): "PAGE", u32 base, u32 page index, u32 protection, u32 name length, u32
// byte count (4096, or 8: FNV-1a, 64 bits), name (ASCII), bytes. tests/system/pe_model.py reads it.
// Only the stack is written meanwhile, for a written page would no longer be the image's.
#include "guest.h"

typedef struct {
  char magic[4];
  ULONG base, index, protect, name_length, byte_count;
} Record;

static ULONGLONG HashPage(const UCHAR* bytes) {
  ULONGLONG hash = 0xCBF29CE484222325ull;
  for (int i = 0; i < PAGE_SIZE; ++i) {
    hash ^= bytes[i];
    hash *= 0x100000001B3ull;
  }
  return hash;
}

// The file's name without its directories; at most `size` characters.
static ULONG ImageName(const void* base, char* out, ULONG size) {
  union {
    UNICODE_STRING name;
    WCHAR room[600];
  } buffer;
  const NTSTATUS status = NtQueryVirtualMemory(
      CURRENT_PROCESS, base, MemoryMappedFilenameInformation, &buffer, sizeof(buffer), NULL);
  if (status != STATUS_SUCCESS) Abort((ULONG)status);
  const ULONG length = buffer.name.Length / 2;
  ULONG start = length;
  while (start > 0 && buffer.name.Buffer[start - 1] != '\\') --start;
  ULONG used = 0;
  for (; start + used < length && used < size; ++used) {
    out[used] = (char)buffer.name.Buffer[start + used];
  }
  return used;
}

static void DumpRegion(const MEMORY_BASIC_INFORMATION* region, DumpForm form) {
  char name[256];
  Record record = {.magic = {'P', 'A', 'G', 'E'},
                   .base = (ULONG)region->AllocationBase,
                   .protect = region->Protect,
                   .byte_count = form == kHashes ? sizeof(ULONGLONG) : PAGE_SIZE};
  record.name_length = ImageName(region->AllocationBase, name, sizeof(name));
  for (ULONG offset = 0; offset < region->RegionSize; offset += PAGE_SIZE) {
    const UCHAR* page = (const UCHAR*)region->BaseAddress + offset;
    record.index = ((ULONG)page - record.base) / PAGE_SIZE;
    WriteAll(StandardOutput(), &record, sizeof(record));
    WriteAll(StandardOutput(), name, record.name_length);
    if (form == kHashes) {
      const ULONGLONG hash = HashPage(page);
      WriteAll(StandardOutput(), &hash, sizeof(hash));
    } else {
      WriteAll(StandardOutput(), page, PAGE_SIZE);
    }
  }
}

void DumpPages(DumpForm form) {
  const ULONG unreadable = PAGE_NOACCESS | PAGE_EXECUTE | PAGE_GUARD;
  const UCHAR* at = (const UCHAR*)0x10000;  // The lowest address that anything can have.
  MEMORY_BASIC_INFORMATION region;
  int found = 0;
  while (NtQueryVirtualMemory(CURRENT_PROCESS, at, MemoryBasicInformation, &region, sizeof(region),
                              NULL) == STATUS_SUCCESS) {
    if (region.Type == MEM_IMAGE && region.State == MEM_COMMIT && !(region.Protect & unreadable)) {
      DumpRegion(&region, form);
      found = 1;
    }
    at = (const UCHAR*)region.BaseAddress + region.RegionSize;
  }
  Abort(found ? 0 : 1);
}
