// spawn N program arguments...: starts N of it at once ("{}" in the program's path or an argument
// becomes 0, 1, ...), waits for all, prints each exit status in a line; ends with 0 if all could be
// started.
#include "guest.h"

static unsigned int Append(char* line, unsigned int used, unsigned int size, const char* text,
                           ULONG number) {
  for (; *text; ++text) {
    if (used + 12 >= size) Exit(STATUS_NO_MEMORY);
    if (text[0] == '{' && text[1] == '}') {
      if (number >= 10) line[used++] = (char)('0' + number / 10);
      line[used++] = (char)('0' + number % 10);
      ++text;
    } else {
      line[used++] = *text;
    }
  }
  line[used] = 0;
  return used;
}

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  if (arguments.count < 3) return 2;
  const ULONG count = ParseNumber(arguments.item[1]);
  HANDLE process[64];
  NTSTATUS started[64];
  if (count > COUNT_OF(process)) return 2;
  int failed = 0;
  for (ULONG i = 0; i < count; ++i) {
    char path[300], line[500];
    Append(path, 0, sizeof(path), arguments.item[2], i);
    unsigned int used = Append(line, 0, sizeof(line), "\"", i);
    used = Append(line, used, sizeof(line), path, i);
    used = Append(line, used, sizeof(line), "\"", i);
    for (int k = 3; k < arguments.count; ++k) {
      used = Append(line, used, sizeof(line), " \"", i);
      used = Append(line, used, sizeof(line), arguments.item[k], i);
      used = Append(line, used, sizeof(line), "\"", i);
    }
    started[i] = StartProcess(&process[i], path, line);
  }
  for (ULONG i = 0; i < count; ++i) {
    if (started[i] < 0) {
      failed = 1;
      PrintLine("not started", (ULONG)started[i]);
    } else {
      PrintLine("ended", WaitForExit(process[i]));
    }
  }
  return failed;
}
