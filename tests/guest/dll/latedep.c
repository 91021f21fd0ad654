// latedep: what late.dll needs.
#include "say.h"

int NTAPI DllMain(void* module, ULONG reason, void* reserved) {
  (void)module, (void)reserved;
  if (reason == DLL_PROCESS_ATTACH) Say("latedep: attach\n");
  if (reason == DLL_PROCESS_DETACH) Say("latedep: detach\n");
  return 1;
}

int LateDepAdd(int a, int b) { return a + b; }
int LateDepTwice(int n) { return 2 * n; }
