// undo: unloads itself while it is attached, and refuses to be attached.
#include "journal.h"

int NTAPI DllMain(void* module, ULONG reason, void* reserved) {
  PUT_REASON("undo", reason, reserved);
  if (reason == DLL_PROCESS_ATTACH) LdrUnloadDll(module);
  return reason != DLL_PROCESS_ATTACH;
}
void UndoDo(void) {}
