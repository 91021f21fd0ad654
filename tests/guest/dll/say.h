// Lines to standard output, for DLLs, which have no runtime.
#pragma once

#include "dll.h"

static inline void Say(const char* text) {
  IO_STATUS_BLOCK io;
  ULONG length = 0;
  while (text[length]) ++length;
  const NTSTATUS status = NtWriteFile(CurrentPeb()->ProcessParameters->StandardOutput, NULL, NULL,
                                      NULL, &io, text, length, NULL, NULL);
  // Nothing goes missing in silence.
  if (status) NtTerminateProcess(CURRENT_PROCESS, status);
}
