// quit: its DllMain ends the process.
#include "journal.h"

int NTAPI DllMain(void* module, ULONG reason, void* reserved) {
  (void)module;
  PUT_REASON("quit", reason, reserved);
  if (reason == DLL_PROCESS_ATTACH) RtlExitUserProcess(77);
  return 1;
}
void QuitDo(void) {}
