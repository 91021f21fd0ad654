// Heaps: the process's, ones of its own, global and local memory.
#include "check.h"

static void OfTheProcess(void) {
  HANDLE heap = GetProcessHeap();
  int bad = 0;
  char* block = HeapAlloc(heap, HEAP_ZERO_MEMORY, 1000);
  for (int i = 0; i < 1000; ++i) bad += block[i] != 0;
  Is("zeros", (uint32_t)bad, 0);
  Is("aligned", (uint32_t)(ULONG_PTR)block & 7, 0);
  Is("its size", (uint32_t)HeapSize(heap, 0, block), 1000);
  strcpy(block, "kept");
  block = HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 100000);
  Is("larger", (uint32_t)HeapSize(heap, 0, block), 100000);
  Is("  what was there", strcmp(block, "kept") != 0, 0);
  Is("  zeros after it", (uint32_t)block[99999], 0);
  True("in place cannot be",
       HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 50000000) == NULL);
  Is("smaller in place", HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 10) == block, 1);
  Is("valid", HeapValidate(heap, 0, block), 1);
  Is("free", HeapFree(heap, 0, block), 1);
  Is("free nothing", HeapFree(heap, 0, NULL), 1);
  True("more than there is", HeapAlloc(heap, 0, 0x7FF00000) == NULL);
}

static void OwnHeaps(void) {
  HANDLE heap = HeapCreate(0, 0x1000, 0x20000);
  static char* blocks[64];
  int count = 0;
  True("a heap with a limit", heap != NULL);
  while (count < 64 && (blocks[count] = HeapAlloc(heap, 0, 0x1000))) ++count;
  True("is full in the end", count > 20 && count < 33);
  for (int i = 0; i < count; i += 2) HeapFree(heap, 0, blocks[i]);
  True("and has room again", HeapAlloc(heap, 0, 0x1000) != NULL);
  Is("destroy", HeapDestroy(heap), 1);
}

/// Blocks of all sizes come and go; what is in them must stay.
static void Shuffle(void) {
  static unsigned char* blocks[500];
  static unsigned sizes[500];
  HANDLE heap = HeapCreate(HEAP_NO_SERIALIZE, 0, 0);
  unsigned seed = 12345, wrong = 0, allocations = 0;
  for (int i = 0; i < 20000; ++i) {
    seed = seed * 1103515245 + 12345;
    const unsigned which = (seed >> 16) % 500;
    if (blocks[which]) {
      for (unsigned k = 0; k < sizes[which]; k += 37)
        wrong += blocks[which][k] != (unsigned char)(which + k);
      HeapFree(heap, 0, blocks[which]);
      blocks[which] = NULL;
    } else {
      seed = seed * 1103515245 + 12345;
      sizes[which] = (seed >> 8) % ((seed & 15) ? 300 : 70000);
      blocks[which] = HeapAlloc(heap, 0, sizes[which]);
      for (unsigned k = 0; k < sizes[which]; k += 37) blocks[which][k] = (unsigned char)(which + k);
      ++allocations;
    }
  }
  Is("blocks that changed", wrong, 0);
  Is("allocations", allocations, 10115);
  Is("the whole heap is valid", HeapValidate(heap, 0, NULL), 1);
  HeapDestroy(heap);
}

static void GlobalAndLocal(void) {
  HGLOBAL movable = GlobalAlloc(GMEM_MOVEABLE | GMEM_ZEROINIT, 100);
  char* locked = GlobalLock(movable);
  True("a movable block is not its handle", (void*)locked != (void*)movable);
  strcpy(locked, "text");
  Is("locks", GlobalFlags(movable) & GMEM_LOCKCOUNT, 1);
  True("the handle of the pointer", GlobalHandle(locked) == movable);
  Is("unlock", GlobalUnlock(movable), 0);
  movable = GlobalReAlloc(movable, 5000, GMEM_MOVEABLE);
  Is("its size", (uint32_t)GlobalSize(movable), 5000);
  Is("  what was there", strcmp(GlobalLock(movable), "text") != 0, 0);
  GlobalUnlock(movable);
  True("free", GlobalFree(movable) == NULL);
  char* fixed = LocalAlloc(LPTR, 50);
  Is("fixed", (uint32_t)LocalSize(fixed), 50);
  Is("  zero", (uint32_t)fixed[49], 0);
  True("free", LocalFree(fixed) == NULL);
}

int main(void) {
  OfTheProcess();
  OwnHeaps();
  Shuffle();
  GlobalAndLocal();
  return Finish();
}
