// loaddlls dll...: loads each, prints the status and, if it came, the word that its export "Mark" points to,
// the protection that this has, and how many bytes of the image are mapped; unloads it again.
#include "guest.h"

static ULONG MappedSize(const char* image) {
  MEMORY_BASIC_INFORMATION info;
  ULONG size = 0;
  while (NtQueryVirtualMemory(CURRENT_PROCESS, image + size, MemoryBasicInformation, &info,
                              sizeof(info), NULL) == STATUS_SUCCESS &&
         info.State != MEM_FREE && info.AllocationBase == image) {
    size += info.RegionSize;
  }
  return size;
}

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  for (int i = 1; i < arguments.count; ++i) {
    void *dll, *mark;
    NTSTATUS status = LoadDll(&dll, arguments.item[i]);
    Print(arguments.item[i]);
    Print(" ");
    PrintHex((ULONG)status);
    if (status == STATUS_SUCCESS) {
      status = FindSymbol(&mark, dll, "Mark");
      MEMORY_BASIC_INFORMATION info = {0};
      NtQueryVirtualMemory(CURRENT_PROCESS, mark, MemoryBasicInformation, &info, sizeof(info),
                           NULL);
      Print(" ");
      PrintHex(status == STATUS_SUCCESS ? *(const ULONG*)mark : (ULONG)status);
      Print(" ");
      PrintHex(info.Protect);
      Print(" ");
      PrintHex(MappedSize(dll));
      LdrUnloadDll(dll);
    }
    Print("\n");
  }
  return 0;
}
