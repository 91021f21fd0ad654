// guest: entry point, text, arguments. See guest.h.
#include "guest.h"

void __attribute__((stdcall)) start(void* peb) {
  (void)peb;
  Arguments arguments;
  GetArguments(&arguments);
  if (arguments.count == 2 && StringsEqual(arguments.item[1], "--dump-pages")) {
    DumpPages(kWholePages);
  }
  if (arguments.count == 2 && StringsEqual(arguments.item[1], "--hash-pages")) DumpPages(kHashes);
  Exit((ULONG)GuestMain());
}

void Abort(ULONG status) {
  NtTerminateProcess(CURRENT_PROCESS, (NTSTATUS)status);
  for (;;) __asm__ volatile("int3");
}

void Exit(ULONG status) {
  RtlExitUserProcess((NTSTATUS)status);
  for (;;) __asm__ volatile("int3");
}

void* memcpy(void* to, const void* from, unsigned int size) {
  void* out = to;
  __asm__ volatile("rep movsb" : "+D"(out), "+S"(from), "+c"(size) : : "memory");
  return to;
}

void* memset(void* to, int value, unsigned int size) {
  void* out = to;
  __asm__ volatile("rep stosb" : "+D"(out), "+c"(size) : "a"(value) : "memory");
  return to;
}

int memcmp(const void* a, const void* b, unsigned int size) {
  const UCHAR* left = a;
  const UCHAR* right = b;
  for (; size; --size, ++left, ++right) {
    if (*left != *right) return *left - *right;
  }
  return 0;
}

unsigned int strlen(const char* text) {
  unsigned int length = 0;
  while (text[length]) ++length;
  return length;
}

int StringsEqual(const char* a, const char* b) {
  while (*a && *a == *b) ++a, ++b;
  return *a == *b;
}

HANDLE StandardInput(void) { return CurrentPeb()->ProcessParameters->StandardInput; }
HANDLE StandardOutput(void) { return CurrentPeb()->ProcessParameters->StandardOutput; }
HANDLE StandardError(void) { return CurrentPeb()->ProcessParameters->StandardError; }

void WriteAll(HANDLE file, const void* bytes, ULONG size) {
  const char* next = bytes;
  while (size) {
    IO_STATUS_BLOCK io;
    const NTSTATUS status = NtWriteFile(file, NULL, NULL, NULL, &io, next, size, NULL, NULL);
    if (status != STATUS_SUCCESS) Abort((ULONG)status);
    next += io.Information;
    size -= io.Information;
  }
}

void PrintTo(HANDLE file, const char* text) { WriteAll(file, text, strlen(text)); }
void Print(const char* text) { PrintTo(StandardOutput(), text); }

void PrintHex(ULONG value) {
  char text[11] = "0x";
  for (int i = 0; i < 8; ++i) {
    const ULONG digit = value >> (28 - 4 * i) & 15;
    text[2 + i] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
  }
  text[10] = 0;
  Print(text);
}

void PrintNumber(ULONG value) {
  char text[11];
  int at = 10;
  text[at] = 0;
  do {
    text[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value);
  Print(text + at);
}

void PrintLine(const char* text, ULONG value) {
  Print(text);
  Print(" ");
  PrintHex(value);
  Print("\n");
}

static void Put(Arguments* arguments, unsigned int* used, char c) {
  if (*used >= sizeof(arguments->text)) Exit(STATUS_NO_MEMORY);
  arguments->text[(*used)++] = c;
}

// One UTF-16 unit as UTF-8; surrogates pair up in the caller.
static void PutCodePoint(Arguments* arguments, unsigned int* used, ULONG c) {
  if (c < 0x80) return Put(arguments, used, (char)c);
  if (c < 0x800) {
    Put(arguments, used, (char)(0xC0 | c >> 6));
  } else {
    if (c < 0x10000) {
      Put(arguments, used, (char)(0xE0 | c >> 12));
    } else {
      Put(arguments, used, (char)(0xF0 | c >> 18));
      Put(arguments, used, (char)(0x80 | (c >> 12 & 0x3F)));
    }
    Put(arguments, used, (char)(0x80 | (c >> 6 & 0x3F)));
  }
  Put(arguments, used, (char)(0x80 | (c & 0x3F)));
}

void GetArguments(Arguments* arguments) {
  const UNICODE_STRING* line = &CurrentPeb()->ProcessParameters->CommandLine;
  const WCHAR* at = line->Buffer;
  const WCHAR* const end = at + line->Length / 2;
  unsigned int used = 0;
  arguments->count = 0;
  while (at < end) {
    while (at < end && (*at == ' ' || *at == '\t')) ++at;
    if (at == end) break;
    if (arguments->count == COUNT_OF(arguments->item)) Exit(STATUS_NO_MEMORY);
    const int is_program = arguments->count == 0;
    arguments->item[arguments->count++] = arguments->text + used;
    int quoted = 0;
    while (at < end && (quoted || (*at != ' ' && *at != '\t'))) {
      ULONG backslashes = 0;
      while (!is_program && at < end && *at == '\\') ++backslashes, ++at;
      if (at < end && *at == '"') {
        // Before a quotation mark, two backslashes are one, and an odd one makes it literal.
        for (ULONG i = 0; i < backslashes / 2; ++i) Put(arguments, &used, '\\');
        if (backslashes & 1) {
          Put(arguments, &used, '"');
        } else {
          quoted = !quoted;
        }
        ++at;
        continue;
      }
      for (; backslashes; --backslashes) Put(arguments, &used, '\\');
      if (at == end || (!quoted && (*at == ' ' || *at == '\t'))) break;
      ULONG c = *at++;
      if (c >= 0xD800 && c < 0xDC00 && at < end) {
        c = 0x10000 + ((c - 0xD800) << 10) + (*at++ - 0xDC00);
      }
      PutCodePoint(arguments, &used, c);
    }
    Put(arguments, &used, 0);
  }
}

ULONG ParseNumber(const char* text) {
  ULONG base = 10, value = 0;
  if (text[0] == '0' && text[1] == 'x') base = 16, text += 2;
  if (!*text) Exit(STATUS_INVALID_PARAMETER);
  for (; *text; ++text) {
    ULONG digit = 99;
    if (*text >= '0' && *text <= '9') digit = (ULONG)(*text - '0');
    if (*text >= 'a' && *text <= 'f') digit = (ULONG)(*text - 'a') + 10;
    if (*text >= 'A' && *text <= 'F') digit = (ULONG)(*text - 'A') + 10;
    if (digit >= base) Exit(STATUS_INVALID_PARAMETER);
    value = value * base + digit;
  }
  return value;
}

void Check(Tally* tally, int holds, const char* what, int line) {
  ++tally->checks;
  if (holds) return;
  ++tally->failures;
  Print("FAILED, line ");
  PrintNumber((ULONG)line);
  Print(": ");
  Print(what);
  Print("\n");
}

void CheckStatus(Tally* tally, NTSTATUS status, ULONG expected, const char* what, int line) {
  Check(tally, (ULONG)status == expected, what, line);
  if ((ULONG)status == expected) return;
  PrintLine("  status  ", (ULONG)status);
  PrintLine("  expected", expected);
}

int Report(const Tally* tally) {
  PrintNumber(tally->checks);
  Print(" checks, ");
  PrintNumber(tally->failures);
  Print(" failed\n");
  return tally->checks && !tally->failures ? 0 : 1;
}
