// The registry by way of ntdll: names, values, enumeration, the lengths that answers have, deletion.
#include "native.h"

NTSYSAPI NTSTATUS NTAPI NtCreateKey(HANDLE*, ACCESS_MASK, const OBJECT_ATTRIBUTES*, ULONG,
                                    const UNICODE_STRING*, ULONG, ULONG*);
NTSYSAPI NTSTATUS NTAPI NtOpenKey(HANDLE*, ACCESS_MASK, const OBJECT_ATTRIBUTES*);
NTSYSAPI NTSTATUS NTAPI NtDeleteKey(HANDLE);
NTSYSAPI NTSTATUS NTAPI NtDeleteValueKey(HANDLE, const UNICODE_STRING*);
NTSYSAPI NTSTATUS NTAPI NtEnumerateKey(HANDLE, ULONG, int, void*, ULONG, ULONG*);
NTSYSAPI NTSTATUS NTAPI NtEnumerateValueKey(HANDLE, ULONG, int, void*, ULONG, ULONG*);
NTSYSAPI NTSTATUS NTAPI NtQueryKey(HANDLE, int, void*, ULONG, ULONG*);
NTSYSAPI NTSTATUS NTAPI NtQueryValueKey(HANDLE, const UNICODE_STRING*, int, void*, ULONG, ULONG*);
NTSYSAPI NTSTATUS NTAPI NtSetValueKey(HANDLE, const UNICODE_STRING*, ULONG, ULONG, const void*,
                                      ULONG);
NTSYSAPI NTSTATUS NTAPI NtFlushKey(HANDLE);
NTSYSAPI NTSTATUS NTAPI NtRenameKey(HANDLE, UNICODE_STRING*);

#define TOP L"\\Registry\\Machine\\Software"

static struct {
  LARGE_INTEGER time;
  ULONG words[512];
} answer;
static ULONG length;

static void Clear(void) {
  memset(&answer, 0xEE, sizeof(answer));
  length = 0xEEEE;
}

static NTSTATUS SetText(HANDLE key, const WCHAR* name, const WCHAR* text) {
  const UNICODE_STRING string = Text(name);
  return NtSetValueKey(key, &string, 0, REG_SZ, text, (ULONG)(wcslen(text) * 2 + 2));
}

static NTSTATUS Query(HANDLE key, const WCHAR* name, int what, ULONG room) {
  const UNICODE_STRING string = Text(name);
  Clear();
  return NtQueryValueKey(key, &string, what, &answer, room, &length);
}

static void Names(HANDLE top) {
  HANDLE key, other;
  ULONG disposition = 0;
  Is("create",
     NtCreateKey(&key, KEY_ALL_ACCESS, Named(top, L"Checks", 0x40), 0, NULL, 0, &disposition), 0);
  Is("  disposition", disposition, 1);
  Is("create again, other case",
     NtCreateKey(&other, KEY_ALL_ACCESS, Named(top, L"CHECKS", 0x40), 0, NULL, 0, &disposition), 0);
  Is("  disposition", disposition, 2);
  NtClose(other);
  Is("open from the root", NtOpenKey(&other, KEY_READ, Named(0, TOP L"\\checks", 0x40)), 0);
  NtClose(other);
  Is("open what is not there", NtOpenKey(&other, KEY_READ, Named(key, L"nothing", 0x40)),
     0xC0000034);
  Is("create below what is not there",
     NtCreateKey(&other, KEY_READ, Named(key, L"nothing\\more", 0x40), 0, NULL, 0, NULL),
     0xC0000034);
  Is("open with an empty name", NtOpenKey(&other, KEY_READ, Named(key, L"", 0x40)), 0);
  NtClose(other);
  Is("set without the right", NtOpenKey(&other, KEY_READ, Named(top, L"Checks", 0x40)), 0);
  Is("  value", SetText(other, L"x", L"y"), 0xC0000022);
  Is("  delete", NtDeleteKey(other), 0xC0000022);
  NtClose(other);
  Is("flush", NtFlushKey(key), 0);
  NtClose(key);
}

static void Values(HANDLE top) {
  HANDLE key;
  NtOpenKey(&key, KEY_ALL_ACCESS, Named(top, L"Checks", 0x40));
  Is("set", SetText(key, L"beta", L"text"), 0);
  Is("set the default", SetText(key, L"", L"default"), 0);
  Is("set alpha", SetText(key, L"alpha", L"first"), 0);
  Is("query partial", Query(key, L"BETA", 2, sizeof(answer)), 0);
  Is("  length", length, 22);
  Is("  type", ((ULONG*)&answer)[1], 1);
  Is("  data length", ((ULONG*)&answer)[2], 10);
  IsText("  data", (WCHAR*)((ULONG*)&answer + 3), ((ULONG*)&answer)[2] - 2, L"text");
  Is("query partial, room for the head", Query(key, L"beta", 2, 12), 0x80000005);
  Is("  length", length, 22);
  Is("  data length", ((ULONG*)&answer)[2], 10);
  Is("query partial, no room", Query(key, L"beta", 2, 4), 0xC0000023);
  Is("  length", length, 22);
  Is("query basic", Query(key, L"beta", 0, sizeof(answer)), 0);
  Is("  length", length, 20);
  IsText("  name", (WCHAR*)((ULONG*)&answer + 3), ((ULONG*)&answer)[2], L"beta");
  Is("query full", Query(key, L"beta", 1, sizeof(answer)), 0);
  IsText("  name", (WCHAR*)((ULONG*)&answer + 5), ((ULONG*)&answer)[4], L"beta");
  IsText("  data", (WCHAR*)((char*)&answer + ((ULONG*)&answer)[2]), ((ULONG*)&answer)[3] - 2,
         L"text");
  Is("query the default", Query(key, L"", 2, sizeof(answer)), 0);
  IsText("  data", (WCHAR*)((ULONG*)&answer + 3), ((ULONG*)&answer)[2] - 2, L"default");
  Is("query what is not there", Query(key, L"gamma", 2, sizeof(answer)), 0xC0000034);
  const ULONG count = 3;
  for (ULONG i = 0; i <= count; ++i) {
    Clear();
    Is("enumerate", NtEnumerateValueKey(key, i, 0, &answer, sizeof(answer), &length),
       i < count ? 0 : 0x8000001A);
  }
  Is("replace", SetText(key, L"Beta", L"longer than it was"), 0);
  Is("  query", Query(key, L"beta", 2, sizeof(answer)), 0);
  Is("  data length", ((ULONG*)&answer)[2], 38);
  UNICODE_STRING beta = Text(L"beta");
  Is("delete", NtDeleteValueKey(key, &beta), 0);
  Is("delete again", NtDeleteValueKey(key, &beta), 0xC0000034);
  NtClose(key);
}

static void Keys(HANDLE top) {
  static const WCHAR* const names[] = {L"zeta", L"Eta", L"theta"};
  static const WCHAR* const sorted[] = {L"Eta", L"theta", L"zeta"};
  HANDLE key, below[3];
  NtOpenKey(&key, KEY_ALL_ACCESS, Named(top, L"Checks", 0x40));
  UNICODE_STRING class_name = Text(L"class");
  for (int i = 0; i < 3; ++i) {
    Is("create below",
       NtCreateKey(&below[i], KEY_ALL_ACCESS, Named(key, names[i], 0x40), 0, &class_name, 0, NULL),
       0);
  }
  const ULONG count = 3;
  for (ULONG i = 0; i <= count; ++i) {
    Clear();
    Is("enumerate", NtEnumerateKey(key, i, 0, &answer, sizeof(answer), &length),
       i < count ? 0 : 0x8000001A);
    if (i < count) IsText("  name", (WCHAR*)&answer.words[2], answer.words[1], sorted[i]);
  }
  Clear();
  Is("enumerate, no room", NtEnumerateKey(key, 0, 0, &answer, 8, &length), 0xC0000023);
  Is("  length", length, 22);
  Clear();
  Is("enumerate, room for the head", NtEnumerateKey(key, 0, 0, &answer, 16, &length), 0x80000005);
  Is("  length", length, 22);
  Clear();
  Is("query full", NtQueryKey(key, 2, &answer, sizeof(answer), &length), 0);
  Is("  keys", answer.words[3], 3);
  Is("  longest name", answer.words[4], 10);
  Is("  values", answer.words[6], 2);
  Is("  longest value's name", answer.words[7], 10);
  Is("  longest data", answer.words[8], 16);
  Clear();
  Is("query name", NtQueryKey(key, 3, &answer, sizeof(answer), &length), 0);
  Is("  length", length, 70);
  // Wine has STATUS_ACCESS_DENIED, which RegDeleteKey makes of both.
  Is("delete what has keys", NtDeleteKey(key), 0xC0000121);
  Is("delete", NtDeleteKey(below[0]), 0);
  Is("  query what is deleted", NtQueryKey(below[0], 0, &answer, sizeof(answer), &length),
     0xC000017C);
  Is("  set in what is deleted", SetText(below[0], L"x", L"y"), 0xC000017C);
  for (int i = 1; i < 3; ++i) Is("delete", NtDeleteKey(below[i]), 0);
  for (int i = 0; i < 3; ++i) NtClose(below[i]);
  Is("delete the top of it", NtDeleteKey(key), 0);
  NtClose(key);
  Is("open it", NtOpenKey(&key, KEY_READ, Named(top, L"Checks", 0x40)), 0xC0000034);
}

static void Advapi(void) {
  HKEY key;
  DWORD disposition, type, size, value = 42;
  Is("RegCreateKeyEx",
     (ULONG)RegCreateKeyExW(HKEY_CURRENT_USER, L"Software\\Checks\\Deep", 0, NULL, 0,
                            KEY_ALL_ACCESS, NULL, &key, &disposition),
     0);
  Is("  disposition", disposition, 1);
  Is("RegSetValueEx",
     (ULONG)RegSetValueExW(key, L"number", 0, REG_DWORD, (BYTE*)&value, sizeof(value)), 0);
  value = 0;
  size = sizeof(value);
  Is("RegQueryValueEx", (ULONG)RegQueryValueExW(key, L"number", NULL, &type, (BYTE*)&value, &size),
     0);
  Is("  type", type, 4);
  Is("  value", value, 42);
  Is("RegQueryValueEx of nothing", (ULONG)RegQueryValueExW(key, L"nothing", NULL, NULL, NULL, NULL),
     2);
  RegCloseKey(key);
  Is("RegDeleteKey with a key below", (ULONG)RegDeleteKeyW(HKEY_CURRENT_USER, L"Software\\Checks"),
     5);
  Is("RegDeleteTree", (ULONG)RegDeleteTreeW(HKEY_CURRENT_USER, L"Software\\Checks"), 0);
  Is("RegOpenKeyEx",
     (ULONG)RegOpenKeyExW(HKEY_CURRENT_USER, L"Software\\Checks", 0, KEY_READ, &key), 2);
}

int main(void) {
  HANDLE top;
  Is("open the top", NtOpenKey(&top, KEY_ALL_ACCESS, Named(0, TOP, 0x40)), 0);
  Names(top);
  Values(top);
  Keys(top);
  NtClose(top);
  Advapi();
  return Finish();
}
