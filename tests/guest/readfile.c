// readfile PATH [backwards]: the file to standard output; "backwards": in pieces of 777 bytes, the
// last first. Checks the size and the end of the file on the way.
#include "guest.h"

static int ReadForwards(HANDLE file, ULONG length) {
  UCHAR buffer[5000];
  ULONG total = 0;
  for (;;) {
    IO_STATUS_BLOCK io;
    const NTSTATUS status =
        NtReadFile(file, NULL, NULL, NULL, &io, buffer, sizeof(buffer), NULL, NULL);
    if ((ULONG)status == STATUS_END_OF_FILE) return total == length ? 0 : 3;
    if (status < 0) return (int)status;
    WriteAll(StandardOutput(), buffer, io.Information);
    total += io.Information;
  }
}

// Pieces of 777 bytes, the last first; the reader puts them together again.
static int ReadBackwards(HANDLE file, ULONG length) {
  UCHAR buffer[777];
  for (ULONG piece = (length + 776) / 777; piece-- > 0;) {
    IO_STATUS_BLOCK io;
    LONGLONG offset = piece * 777;
    const NTSTATUS status =
        NtReadFile(file, NULL, NULL, NULL, &io, buffer, sizeof(buffer), &offset, NULL);
    if (status < 0) return (int)status;
    const ULONG left = length - piece * 777;
    if (io.Information != (left < 777 ? left : 777)) return 4;
    WriteAll(StandardOutput(), buffer, io.Information);
  }
  return 0;
}

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  if (arguments.count < 2) return 2;
  HANDLE file;
  IO_STATUS_BLOCK io;
  FILE_STANDARD_INFORMATION standard;
  NTSTATUS status = OpenForReading(&file, arguments.item[1]);
  if (status < 0) return (int)status;
  status = NtQueryInformationFile(file, &io, &standard, sizeof(standard), FileStandardInformation);
  if (status < 0) return (int)status;
  if (standard.Directory) return 5;
  const ULONG length = (ULONG)standard.EndOfFile;
  const int result = arguments.count > 2 ? ReadBackwards(file, length) : ReadForwards(file, length);
  status = NtClose(file);
  return status < 0 ? (int)status : result;
}
