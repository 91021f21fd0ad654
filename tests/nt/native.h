// For programs that call ntdll themselves: names as it wants them, and checks of texts that it gave.
#pragma once

#include "check.h"

static inline UNICODE_STRING Text(const WCHAR* text) {
  UNICODE_STRING string;
  string.Length = (USHORT)(wcslen(text) * 2);
  string.MaximumLength = string.Length + 2;
  string.Buffer = (WCHAR*)text;
  return string;
}

/// `root` and `name` may be null. Valid until the next call.
static inline OBJECT_ATTRIBUTES* Named(HANDLE root, const WCHAR* name, ULONG attributes) {
  static UNICODE_STRING string;
  static OBJECT_ATTRIBUTES result;
  if (name) string = Text(name);
  InitializeObjectAttributes(&result, name ? &string : NULL, attributes, root, NULL);
  return &result;
}

/// Is the text of `bytes` bytes the `expected` one?
static inline void IsText(const char* name, const WCHAR* seen, uint32_t bytes,
                          const WCHAR* expected) {
  const uint32_t length = (uint32_t)wcslen(expected);
  const int same = bytes == length * 2 && memcmp(seen, expected, bytes) == 0;
  if (!same) ++failures;
  printf("%s: %.*ls%s\n", name, (int)(bytes / 2), seen, same ? "" : ", OTHER THAN EXPECTED");
}
