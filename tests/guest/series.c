// series ARGUMENT program...: runs the programs one after another, each with ARGUMENT. Before each
// it writes "NEXT", u32 length and the program's path; ends with the number of those that did not
// end with 0. tests/system/page_dump.py reads this.
#include "guest.h"

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  int failed = 0;
  for (int i = 2; i < arguments.count; ++i) {
    const char* path = arguments.item[i];
    const ULONG length = strlen(path), argument_length = strlen(arguments.item[1]);
    char line[600];
    if (length + argument_length + 4 > sizeof(line)) return 255;
    line[0] = '"';
    memcpy(line + 1, path, length);
    memcpy(line + 1 + length, "\" ", 2);
    memcpy(line + 3 + length, arguments.item[1], argument_length + 1);
    WriteAll(StandardOutput(), "NEXT", 4);
    WriteAll(StandardOutput(), &length, sizeof(length));
    WriteAll(StandardOutput(), path, length);
    HANDLE process;
    failed += StartProcess(&process, path, line) < 0 || WaitForExit(process) != 0;
  }
  return failed;
}
