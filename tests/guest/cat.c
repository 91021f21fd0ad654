// cat: standard input to standard output, to its end.
#include "guest.h"

int GuestMain(void) {
  char buffer[3000];
  for (;;) {
    IO_STATUS_BLOCK io;
    const NTSTATUS status =
        NtReadFile(StandardInput(), NULL, NULL, NULL, &io, buffer, sizeof(buffer), NULL, NULL);
    if ((ULONG)status == STATUS_END_OF_FILE) return 0;
    if (status != STATUS_SUCCESS) return (int)status;
    if (io.Information == 0 || io.Information > sizeof(buffer)) return 1;
    WriteAll(StandardOutput(), buffer, io.Information);
  }
}
