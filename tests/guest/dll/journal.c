// journal: what the other DLLs and the program did, in one line of text, which it prints when it is told of
// the process' end: it is the last to be.
#include "say.h"

static char text[2000];
static ULONG used;
void* journal_escape[5];  ///< For __builtin_setjmp.

void JournalPut(const char* entry) {
  for (; *entry && used + 2 < sizeof(text); ++entry) text[used++] = *entry;
  text[used++] = ' ';
  text[used] = 0;
}
const char* JournalText(void) { return text; }
void JournalClear(void) { text[used = 0] = 0; }
void JournalEscape(void) { __builtin_longjmp(journal_escape, 1); }

int NTAPI DllMain(void* module, ULONG reason, void* reserved) {
  (void)module;
  if (reason != DLL_PROCESS_DETACH || !reserved) return 1;
  Say(text);
  Say("journal-\n");
  return 1;
}
