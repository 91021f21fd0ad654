// late: loaded at run time; static TLS, a TLS callback, a DllMain, and a DLL that it needs.
#include "say.h"
#include "tls.h"

IMPORT int LateDepAdd(int a, int b);

typedef struct {
  ULONG counter;
  ULONG* self;  ///< An address: the template is relocated.
} LateVariables;
static const LateVariables initial = {100, (ULONG*)&initial};
#define ZEROS 5000

static void NTAPI OnTls(void* module, ULONG reason, void* reserved) {
  (void)module, (void)reserved;
  if (reason == DLL_PROCESS_ATTACH) Say("late: TLS callback, attach\n");
  if (reason == DLL_PROCESS_DETACH) Say("late: TLS callback, detach\n");
}
static const TlsCallback callbacks[] = {OnTls, NULL};
STATIC_TLS(initial, ZEROS, callbacks)

int NTAPI DllMain(void* module, ULONG reason, void* reserved) {
  (void)module;
  if (reason == DLL_PROCESS_ATTACH) Say(reserved ? "late: attach at start\n" : "late: attach\n");
  if (reason == DLL_PROCESS_DETACH) Say(reserved ? "late: detach at exit\n" : "late: detach\n");
  return 1;
}

int LateAdd(int a, int b) { return LateDepAdd(a, b); }
/// Counts in the thread's own variable; 0 if the variables are not as they should be.
ULONG LateCount(void) {
  LateVariables* own = TlsBlock(_tls_index);
  const char* zeros = (const char*)(own + 1);
  for (ULONG i = 0; i < ZEROS; ++i) {
    if (zeros[i]) return 0;
  }
  return own->self == (const ULONG*)&initial ? ++own->counter : 0;
}
