// Memory of a process: reserved, committed, protected, asked for, given back.
#include "check.h"

static MEMORY_BASIC_INFORMATION Query(const void* address) {
  MEMORY_BASIC_INFORMATION information = {0};
  VirtualQuery(address, &information, sizeof(information));
  return information;
}

static void ShowRegion(const char* what, const char* base, const void* address) {
  const MEMORY_BASIC_INFORMATION m = Query(address);
  printf("%s:\n", what);
  Is("  base", (uint32_t)((char*)m.BaseAddress - base),
     (uint32_t)(((char*)address - base) & ~0xFFF));
  printf("  size: 0x%lx, state: 0x%lx, protect: 0x%lx, type: 0x%lx, allocated: 0x%lx\n",
         (unsigned long)m.RegionSize, m.State, m.State == MEM_COMMIT ? m.Protect : 0, m.Type,
         m.State == MEM_FREE ? 0 : m.AllocationProtect);
}

static void ReserveAndCommit(void) {
  char* const base = VirtualAlloc(NULL, 0x30000, MEM_RESERVE, PAGE_READWRITE);
  DWORD old = 0;
  Is("reserved at a multiple of 64 KiB", (uint32_t)(uintptr_t)base & 0xFFFF, 0);
  ShowRegion("all reserved", base, base);
  True("commit a part",
       VirtualAlloc(base + 0x11234, 0x2000, MEM_COMMIT, PAGE_READWRITE) == base + 0x11000);
  ShowRegion("before it", base, base);
  ShowRegion("the part", base, base + 0x11000);
  ShowRegion("in the middle of it", base, base + 0x12000);
  ShowRegion("after it", base, base + 0x14000);
  Is("zeros", base[0x11000] | base[0x13FFF], 0);
  base[0x11000] = 7;
  True("commit it again", VirtualAlloc(base + 0x11000, 0x1000, MEM_COMMIT, PAGE_READONLY) != NULL);
  Is("it stays", base[0x11000], 7);
  ShowRegion("with another protection", base, base + 0x11000);
  Is("protect", VirtualProtect(base + 0x11000, 0x3000, PAGE_NOACCESS, &old), 1);
  Is("  was", old, PAGE_READONLY);
  ShowRegion("nobody's", base, base + 0x11000);
  Is("protect what is reserved", VirtualProtect(base, 0x1000, PAGE_READWRITE, &old), 0);
  Is("  error", GetLastError(), ERROR_INVALID_ADDRESS);
  Is("decommit a page", VirtualFree(base + 0x12000, 0x1000, MEM_DECOMMIT), 1);
  ShowRegion("decommitted", base, base + 0x12000);
  Is("protect over the hole", VirtualProtect(base + 0x11000, 0x3000, PAGE_READWRITE, &old), 0);
  Is("release a part", VirtualFree(base + 0x10000, 0, MEM_RELEASE), 0);
  Is("  error", GetLastError(), ERROR_INVALID_ADDRESS);
  Is("release", VirtualFree(base, 0, MEM_RELEASE), 1);
  Is("free", Query(base).State, MEM_FREE);
  Is("release again", VirtualFree(base, 0, MEM_RELEASE), 0);
  Is("  error of what is free", GetLastError(), ERROR_INVALID_ADDRESS);
}

static void Addresses(void) {
  char* const base = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  Is("reserve what is taken", VirtualAlloc(base, 0x1000, MEM_RESERVE, PAGE_READWRITE) != NULL, 0);
  Is("  error", GetLastError(), ERROR_INVALID_ADDRESS);
  VirtualFree(base, 0, MEM_RELEASE);
  char* const at = VirtualAlloc(base + 0x1234, 0x1000, MEM_RESERVE, PAGE_NOACCESS);
  True("reserve at an odd address: rounded down", at == base);
  Is("  and its size up", (uint32_t)Query(at).RegionSize, 0x3000);
  VirtualFree(at, 0, MEM_RELEASE);
  Is("commit what is free", VirtualAlloc(base, 0x1000, MEM_COMMIT, PAGE_READWRITE) != NULL, 0);
  Is("no size", VirtualAlloc(NULL, 0, MEM_COMMIT, PAGE_READWRITE) != NULL, 0);
  Is("  error", GetLastError(), ERROR_INVALID_PARAMETER);
  Is("no protection", VirtualAlloc(NULL, 0x1000, MEM_COMMIT, 0) != NULL, 0);
  Is("  error", GetLastError(), ERROR_INVALID_PARAMETER);
  Is("the system's half",
     VirtualAlloc((void*)0xFFFF0000, 0x1000, MEM_RESERVE, PAGE_READWRITE) != NULL, 0);
  Is("  error", GetLastError(), ERROR_INVALID_PARAMETER);
  char* const low = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  char* const top = VirtualAlloc(NULL, 0x10000, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE);
  True("from the top down is higher", top > low);
  VirtualFree(low, 0, MEM_RELEASE);
  VirtualFree(top, 0, MEM_RELEASE);
  MEMORY_BASIC_INFORMATION m;
  Is("query the system's half", (uint32_t)VirtualQuery((void*)0x80000000, &m, sizeof(m)), 0);
  Is("  error", GetLastError(), ERROR_INVALID_PARAMETER);
  Is("query nothing", Query((void*)0x1000).State, MEM_FREE);
  Is("query with a short buffer", (uint32_t)VirtualQuery(&m, &m, sizeof(m) - 1), 0);
  Is("  error", GetLastError(), ERROR_BAD_LENGTH);
}

static void Kinds(void) {
  static char data = 1;
  char local = 1;
  Is("the stack is private", Query(&local).Type, MEM_PRIVATE);
  Is("  and writable", Query(&local).Protect, PAGE_READWRITE);
  Is("code is of an image", Query((void*)(uintptr_t)Kinds).Type, MEM_IMAGE);
  Is("  to execute", Query((void*)(uintptr_t)Kinds).Protect, PAGE_EXECUTE_READ);
  Is("so is data", Query(&data).Type, MEM_IMAGE);
  data = 2;
  Is("  written by now", Query(&data).Protect, PAGE_READWRITE);
  Is("  allocated as a whole", (uint32_t)Query(&data).AllocationProtect, PAGE_EXECUTE_WRITECOPY);
  True("  at the module's base", Query(&data).AllocationBase == GetModuleHandleW(NULL));
  Is("the headers", Query(GetModuleHandleW(NULL)).Protect, PAGE_READONLY);
}

static void Buffers(void) {
  char* const pages = VirtualAlloc(NULL, 0x2000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  SIZE_T count = 9;
  char buffer[16];
  DWORD old;
  VirtualProtect(pages + 0x1000, 0x1000, PAGE_READONLY, &old);
  strcpy(pages + 0x0FFC, "end");
  Is("read my own memory", ReadProcessMemory(GetCurrentProcess(), pages + 0xFFC, buffer, 4, &count),
     1);
  Is("  bytes", (uint32_t)count, 4);
  Is("write it", WriteProcessMemory(GetCurrentProcess(), pages, "abc", 4, &count), 1);
  Is("  bytes", (uint32_t)count, 4);
  Is("  there", memcmp(pages, "abc", 4) != 0, 0);
  VirtualProtect(pages + 0x1000, 0x1000, PAGE_NOACCESS, &old);
  Is("read into what has no access",
     ReadProcessMemory(GetCurrentProcess(), pages + 0xFFC, buffer, 8, &count), 0);
  Is("  a part at most", GetLastError(), ERROR_PARTIAL_COPY);
  VirtualFree(pages, 0, MEM_RELEASE);
}

int main(void) {
  ReserveAndCommit();
  Addresses();
  Kinds();
  Buffers();
  return Finish();
}
