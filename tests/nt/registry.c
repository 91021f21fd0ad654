// The registry by way of ntdll: names, values, enumeration, the lengths that answers have, deletion.
#include "checks.h"

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
  Show("create",
       NtCreateKey(&key, KEY_ALL_ACCESS, Named(top, L"Checks", 0x40), 0, NULL, 0, &disposition));
  ShowNumber("  disposition", disposition);
  Show("create again, other case",
       NtCreateKey(&other, KEY_ALL_ACCESS, Named(top, L"CHECKS", 0x40), 0, NULL, 0, &disposition));
  ShowNumber("  disposition", disposition);
  NtClose(other);
  Show("open from the root", NtOpenKey(&other, KEY_READ, Named(0, TOP L"\\checks", 0x40)));
  NtClose(other);
  Show("open what is not there", NtOpenKey(&other, KEY_READ, Named(key, L"nothing", 0x40)));
  Show("create below what is not there",
       NtCreateKey(&other, KEY_READ, Named(key, L"nothing\\more", 0x40), 0, NULL, 0, NULL));
  Show("open with an empty name", NtOpenKey(&other, KEY_READ, Named(key, L"", 0x40)));
  NtClose(other);
  Show("set without the right", NtOpenKey(&other, KEY_READ, Named(top, L"Checks", 0x40)));
  Show("  value", SetText(other, L"x", L"y"));
  Show("  delete", NtDeleteKey(other));
  NtClose(other);
  Show("flush", NtFlushKey(key));
  NtClose(key);
}

static void Values(HANDLE top) {
  HANDLE key;
  NtOpenKey(&key, KEY_ALL_ACCESS, Named(top, L"Checks", 0x40));
  Show("set", SetText(key, L"beta", L"text"));
  Show("set the default", SetText(key, L"", L"default"));
  Show("set alpha", SetText(key, L"alpha", L"first"));
  Show("query partial", Query(key, L"BETA", 2, sizeof(answer)));
  ShowNumber("  length", length);
  ShowNumber("  type", ((ULONG*)&answer)[1]);
  ShowNumber("  data length", ((ULONG*)&answer)[2]);
  ShowText("  data", (WCHAR*)((ULONG*)&answer + 3), ((ULONG*)&answer)[2]);
  Show("query partial, room for the head", Query(key, L"beta", 2, 12));
  ShowNumber("  length", length);
  ShowNumber("  data length", ((ULONG*)&answer)[2]);
  Show("query partial, no room", Query(key, L"beta", 2, 4));
  ShowNumber("  length", length);
  Show("query basic", Query(key, L"beta", 0, sizeof(answer)));
  ShowNumber("  length", length);
  ShowText("  name", (WCHAR*)((ULONG*)&answer + 3), ((ULONG*)&answer)[2]);
  Show("query full", Query(key, L"beta", 1, sizeof(answer)));
  ShowText("  name", (WCHAR*)((ULONG*)&answer + 5), ((ULONG*)&answer)[4]);
  ShowText("  data", (WCHAR*)((char*)&answer + ((ULONG*)&answer)[2]), ((ULONG*)&answer)[3]);
  Show("query the default", Query(key, L"", 2, sizeof(answer)));
  ShowText("  data", (WCHAR*)((ULONG*)&answer + 3), ((ULONG*)&answer)[2]);
  Show("query what is not there", Query(key, L"gamma", 2, sizeof(answer)));
  for (ULONG i = 0; i < 4; ++i) {
    Clear();
    Show("enumerate", NtEnumerateValueKey(key, i, 0, &answer, sizeof(answer), &length));
  }
  Show("replace", SetText(key, L"Beta", L"longer than it was"));
  Show("  query", Query(key, L"beta", 2, sizeof(answer)));
  ShowNumber("  data length", ((ULONG*)&answer)[2]);
  UNICODE_STRING beta = Text(L"beta");
  Show("delete", NtDeleteValueKey(key, &beta));
  Show("delete again", NtDeleteValueKey(key, &beta));
  NtClose(key);
}

static void Keys(HANDLE top) {
  static const WCHAR* const names[] = {L"zeta", L"Eta", L"theta"};
  HANDLE key, below[3];
  NtOpenKey(&key, KEY_ALL_ACCESS, Named(top, L"Checks", 0x40));
  UNICODE_STRING class_name = Text(L"class");
  for (int i = 0; i < 3; ++i) {
    Show("create below", NtCreateKey(&below[i], KEY_ALL_ACCESS, Named(key, names[i], 0x40), 0,
                                     &class_name, 0, NULL));
  }
  for (ULONG i = 0; i < 4; ++i) {
    Clear();
    Show("enumerate", NtEnumerateKey(key, i, 0, &answer, sizeof(answer), &length));
    if (i < 3) ShowText("  name", (WCHAR*)&answer.words[2], answer.words[1]);
  }
  Clear();
  Show("enumerate, no room", NtEnumerateKey(key, 0, 0, &answer, 8, &length));
  ShowNumber("  length", length);
  Clear();
  Show("enumerate, room for the head", NtEnumerateKey(key, 0, 0, &answer, 16, &length));
  ShowNumber("  length", length);
  Clear();
  Show("query full", NtQueryKey(key, 2, &answer, sizeof(answer), &length));
  ShowNumber("  keys", answer.words[3]);
  ShowNumber("  longest name", answer.words[4]);
  ShowNumber("  values", answer.words[6]);
  ShowNumber("  longest value's name", answer.words[7]);
  ShowNumber("  longest data", answer.words[8]);
  Clear();
  Show("query name", NtQueryKey(key, 3, &answer, sizeof(answer), &length));
  ShowNumber("  length", length);
  Show("delete what has keys", NtDeleteKey(key));
  Show("delete", NtDeleteKey(below[0]));
  Show("  query what is deleted", NtQueryKey(below[0], 0, &answer, sizeof(answer), &length));
  Show("  set in what is deleted", SetText(below[0], L"x", L"y"));
  for (int i = 1; i < 3; ++i) Show("delete", NtDeleteKey(below[i]));
  for (int i = 0; i < 3; ++i) NtClose(below[i]);
  Show("delete the top of it", NtDeleteKey(key));
  NtClose(key);
  Show("open it", NtOpenKey(&key, KEY_READ, Named(top, L"Checks", 0x40)));
}

static void Advapi(void) {
  HKEY key;
  DWORD disposition, type, size, value = 42;
  ShowNumber("RegCreateKeyEx",
             (ULONG)RegCreateKeyExW(HKEY_CURRENT_USER, L"Software\\Checks\\Deep", 0, NULL, 0,
                                    KEY_ALL_ACCESS, NULL, &key, &disposition));
  ShowNumber("  disposition", disposition);
  ShowNumber("RegSetValueEx",
             (ULONG)RegSetValueExW(key, L"number", 0, REG_DWORD, (BYTE*)&value, sizeof(value)));
  value = 0;
  size = sizeof(value);
  ShowNumber("RegQueryValueEx",
             (ULONG)RegQueryValueExW(key, L"number", NULL, &type, (BYTE*)&value, &size));
  ShowNumber("  type", type);
  ShowNumber("  value", value);
  ShowNumber("RegQueryValueEx of nothing",
             (ULONG)RegQueryValueExW(key, L"nothing", NULL, NULL, NULL, NULL));
  RegCloseKey(key);
  ShowNumber("RegDeleteKey with a key below",
             (ULONG)RegDeleteKeyW(HKEY_CURRENT_USER, L"Software\\Checks"));
  ShowNumber("RegDeleteTree", (ULONG)RegDeleteTreeW(HKEY_CURRENT_USER, L"Software\\Checks"));
  ShowNumber("RegOpenKeyEx",
             (ULONG)RegOpenKeyExW(HKEY_CURRENT_USER, L"Software\\Checks", 0, KEY_READ, &key));
}

int main(void) {
  HANDLE top;
  Show("open the top", NtOpenKey(&top, KEY_ALL_ACCESS, Named(0, TOP, 0x40)));
  Names(top);
  Values(top);
  Keys(top);
  NtClose(top);
  Advapi();
  return 0;
}
