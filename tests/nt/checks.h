// What the programs in this folder share: each line they print is one check, the same under every
// implementation of NT: no addresses, no times, no handles.
#pragma once

#include <stdio.h>
#include <windows.h>
#include <winternl.h>

static inline void Show(const char* what, NTSTATUS status) {
  printf("%-48s %08lx\n", what, (unsigned long)status);
}
static inline void ShowNumber(const char* what, unsigned long number) {
  printf("%-48s %lu\n", what, number);
}
static inline void ShowText(const char* what, const WCHAR* text, unsigned bytes) {
  printf("%-48s \"", what);
  for (unsigned i = 0; i < bytes / 2; ++i) {
    const WCHAR c = text[i];
    if (c >= ' ' && c < 127) {
      putchar(c);
    } else {
      printf("<%x>", c);
    }
  }
  printf("\"\n");
}

static inline UNICODE_STRING Text(const WCHAR* text) {
  UNICODE_STRING string;
  string.Length = (USHORT)(wcslen(text) * 2);
  string.MaximumLength = string.Length + 2;
  string.Buffer = (WCHAR*)text;
  return string;
}

/// Valid until the next call.
static inline OBJECT_ATTRIBUTES* Named(HANDLE root, const WCHAR* name, ULONG attributes) {
  static UNICODE_STRING string;
  static OBJECT_ATTRIBUTES result;
  string = name ? Text(name) : (UNICODE_STRING){0, 0, NULL};
  InitializeObjectAttributes(&result, name ? &string : NULL, attributes, root, NULL);
  return &result;
}
