// one: keeps the journal, needs two, has static TLS and a callback.
#include "journal.h"
#include "tls.h"

IMPORT int TwoValue(void);

static const ULONG initial[2] = {7, 8};
static void NTAPI OnTls(void* module, ULONG reason, void* reserved) {
  (void)module;
  PUT_REASON("tls1", reason, reserved);
}
static const TlsCallback callbacks[] = {OnTls, NULL};
STATIC_TLS(initial, 8, callbacks)

/// The variables are there before any routine runs.
int NTAPI DllMain(void* module, ULONG reason, void* reserved) {
  (void)module;
  ULONG* own = TlsBlock(_tls_index);
  if (reason == DLL_PROCESS_ATTACH && (own[0] != 7 || own[1] != 8 || own[2] || own[3])) return 0;
  PUT_REASON("one", reason, reserved);
  return 1;
}
int OneValue(void) { return TwoValue() - 1; }
ULONG OneCount(void) {
  ULONG* own = TlsBlock(_tls_index);
  return own[0]++;
}
