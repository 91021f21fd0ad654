// nest: loads one.dll while it is attached, and unloads it while it is detached.
#include "journal.h"

static void* one;

int NTAPI DllMain(void* module, ULONG reason, void* reserved) {
  static const WCHAR text[] = u"one";
  const UNICODE_STRING name = {sizeof(text) - 2, sizeof(text), (WCHAR*)text};
  (void)module;
  if (reason == DLL_PROCESS_ATTACH && LdrLoadDll(NULL, NULL, &name, &one) != 0) return 0;
  PUT_REASON("nest", reason, reserved);
  if (reason == DLL_PROCESS_DETACH && !reserved) LdrUnloadDll(one);
  return 1;
}
void NestDo(void) {}
