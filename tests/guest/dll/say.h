// Lines to standard output, for DLLs, which have no runtime.
#pragma once

#include "dll.h"

static inline void Say(const char* text) {
  IO_STATUS_BLOCK io;
  ULONG length = 0;
  while (text[length]) ++length;
  const NTSTATUS status = NtWriteFile(CurrentPeb()->ProcessParameters->StandardOutput, NULL, NULL,
                                      NULL, &io, text, length, NULL, NULL);
  // A line less must not pass for success.
  if (status < 0) NtTerminateProcess(CURRENT_PROCESS, status);
}
