// plugin.dll: loaded and unloaded by dlls.exe. NAME says which of its copies this is.
#include <stdio.h>
#include <windows.h>

__declspec(dllexport) int counter;
__declspec(dllexport) const char* CDECL Name(void) { return NAME; }
__declspec(dllexport) int CDECL Count(void) { return ++counter; }
__declspec(dllexport) int WINAPI Twice(int value) { return 2 * value; }
#ifdef NEEDS_INNER
__declspec(dllimport) const char* CDECL InnerName(void);
__declspec(dllexport) const char* CDECL Below(void) { return InnerName(); }
#else
__declspec(dllexport) const char* CDECL InnerName(void) { return NAME; }
#endif

static __thread int of_thread = 100;
__declspec(dllexport) int CDECL OfThread(void) { return ++of_thread; }

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void* reserved) {
  static const char* const reasons[] = {"goes", "comes", "has a thread", "has lost a thread"};
  (void)instance;
  printf("%s %s%s\n", NAME, reasons[reason], reason < 2 && reserved ? " with the process" : "");
  fflush(stdout);
#ifdef REFUSES
  return reason != DLL_PROCESS_ATTACH;
#else
  return TRUE;
#endif
}
