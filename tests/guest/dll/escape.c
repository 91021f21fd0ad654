// escape: its DllMain jumps out of its attachment.
#include "journal.h"

int NTAPI DllMain(void* module, ULONG reason, void* reserved) {
  (void)module, (void)reserved;
  if (reason == DLL_PROCESS_ATTACH) JournalEscape();
  return 1;
}
void EscapeDo(void) {}
