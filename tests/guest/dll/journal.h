// For DLLs that keep the journal: + attach, - detach, of the process (with an s: at its start or end),
// * attach, / detach, of a thread.
#pragma once

#include "dll.h"

IMPORT void JournalPut(const char* entry);
IMPORT void JournalEscape(void);

#define PUT_REASON(name, reason, reserved)                                        \
  JournalPut((reason) == DLL_PROCESS_ATTACH   ? (reserved) ? name "+s" : name "+" \
             : (reason) == DLL_PROCESS_DETACH ? (reserved) ? name "-s" : name "-" \
             : (reason) == DLL_THREAD_ATTACH  ? name "*"                          \
                                              : name "/")
