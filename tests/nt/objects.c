// Names of objects, directories, links, what NtQueryObject says, flags of handles.
#include "checks.h"

NTSYSAPI NTSTATUS NTAPI NtCreateDirectoryObject(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*);
NTSYSAPI NTSTATUS NTAPI NtOpenDirectoryObject(HANDLE*, ACCESS_MASK, const OBJECT_ATTRIBUTES*);
NTSYSAPI NTSTATUS NTAPI NtQueryDirectoryObject(HANDLE, void*, ULONG, BOOLEAN, BOOLEAN, ULONG*,
                                               ULONG*);
NTSYSAPI NTSTATUS NTAPI NtCreateSymbolicLinkObject(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*,
                                                   UNICODE_STRING*);
NTSYSAPI NTSTATUS NTAPI NtOpenSymbolicLinkObject(HANDLE*, ACCESS_MASK, const OBJECT_ATTRIBUTES*);
NTSYSAPI NTSTATUS NTAPI NtQuerySymbolicLinkObject(HANDLE, UNICODE_STRING*, ULONG*);
NTSYSAPI NTSTATUS NTAPI NtCreateEvent(HANDLE*, ACCESS_MASK, const OBJECT_ATTRIBUTES*, int, BOOLEAN);
NTSYSAPI NTSTATUS NTAPI NtOpenEvent(HANDLE*, ACCESS_MASK, const OBJECT_ATTRIBUTES*);
NTSYSAPI NTSTATUS NTAPI NtCreateMutant(HANDLE*, ACCESS_MASK, const OBJECT_ATTRIBUTES*, BOOLEAN);

#define BNO L"\\BaseNamedObjects"

static ULONG buffer[1024];

static void Names(void) {
  HANDLE event, other, directory;
  Show("create an event",
       NtCreateEvent(&event, EVENT_ALL_ACCESS, Named(0, BNO L"\\checks", 0), 0, 0));
  Show("create it again",
       NtCreateEvent(&other, EVENT_ALL_ACCESS, Named(0, BNO L"\\checks", 0), 0, 0));
  Show("create or open",
       NtCreateEvent(&other, EVENT_ALL_ACCESS, Named(0, BNO L"\\checks", 0x80), 0, 0));
  NtClose(other);
  Show("open in other case", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(0, BNO L"\\CHECKS", 0)));
  Show("open, case ignored",
       NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(0, BNO L"\\CHECKS", 0x40)));
  NtClose(other);
  Show("a mutant of that name",
       NtCreateMutant(&other, MUTANT_ALL_ACCESS, Named(0, BNO L"\\checks", 0x80), FALSE));
  Show("open the directory", NtOpenDirectoryObject(&directory, 3, Named(0, BNO, 0)));
  Show("open relative to it",
       NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(directory, L"checks", 0)));
  NtClose(other);
  Show("a name without a backslash", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(0, L"checks", 0)));
  Show("no such directory", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(0, L"\\none\\checks", 0)));
  Show("no such name", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(directory, L"none", 0)));
  Show("relative to an event", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(event, L"checks", 0)));
  NtClose(event);
  Show("open after its end", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(directory, L"checks", 0)));
  NtClose(directory);
}

static void Directories(void) {
  HANDLE directory, event, link, other;
  ULONG context = 0, length = 0;
  Show("create a directory",
       NtCreateDirectoryObject(&directory, 0xF000F, Named(0, BNO L"\\checks-room", 0)));
  Show("list what is empty",
       NtQueryDirectoryObject(directory, buffer, sizeof(buffer), TRUE, TRUE, &context, &length));
  Show("an event in it",
       NtCreateEvent(&event, EVENT_ALL_ACCESS, Named(directory, L"bell", 0), 0, 0));
  Show("list",
       NtQueryDirectoryObject(directory, buffer, sizeof(buffer), TRUE, TRUE, &context, &length));
  const UNICODE_STRING* const entry = (UNICODE_STRING*)buffer;
  ShowNumber("  context", context);
  ShowText("  name", entry[0].Buffer, entry[0].Length);
  ShowText("  type", entry[1].Buffer, entry[1].Length);
  Show("list on",
       NtQueryDirectoryObject(directory, buffer, sizeof(buffer), TRUE, FALSE, &context, &length));
  Show("list, no room",
       NtQueryDirectoryObject(directory, buffer, 8, TRUE, TRUE, &context, &length));
  UNICODE_STRING target = Text(BNO L"\\checks-room");
  Show("create a link",
       NtCreateSymbolicLinkObject(&link, 0xF0001, Named(0, BNO L"\\checks-link", 0), &target));
  Show("open through it",
       NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(0, BNO L"\\checks-link\\bell", 0)));
  NtClose(other);
  NtClose(link);
  Show("open the link", NtOpenSymbolicLinkObject(&link, 1, Named(0, L"\\??\\C:", 0x40)));
  WCHAR text[64];
  UNICODE_STRING read = {0, sizeof(text), text};
  Show("query it", NtQuerySymbolicLinkObject(link, &read, &length));
  ShowNumber("  ends with a zero", length == read.Length + 2u);
  read.MaximumLength = 4;
  Show("query it, no room", NtQuerySymbolicLinkObject(link, &read, &length));
  NtClose(link);
  NtClose(event);
  NtClose(directory);
}

static void Questions(void) {
  HANDLE event, unnamed;
  ULONG length = 0;
  NtCreateEvent(&event, EVENT_MODIFY_STATE, Named(0, BNO L"\\checks", 0), 0, 0);
  NtCreateEvent(&unnamed, EVENT_ALL_ACCESS, NULL, 0, 0);
  Show("basic", NtQueryObject(event, 0, buffer, 0x38, &length));
  ShowNumber("  length", length);
  ShowNumber("  access", buffer[1]);
  ShowNumber("  handles", buffer[2]);
  Show("basic, no room", NtQueryObject(event, 0, buffer, 0x20, &length));
  Show("name", NtQueryObject(event, 1, buffer, sizeof(buffer), &length));
  const UNICODE_STRING* const name = (UNICODE_STRING*)buffer;
  ShowText("  name", name->Buffer, name->Length);
  ShowNumber("  length", length);
  ShowNumber("  maximum", name->MaximumLength);
  Show("name, room for the head", NtQueryObject(event, 1, buffer, 8, &length));
  ShowNumber("  length", length);
  Show("name, no room", NtQueryObject(event, 1, buffer, 4, &length));
  Show("name of what has none", NtQueryObject(unnamed, 1, buffer, sizeof(buffer), &length));
  ShowNumber("  length", length);
  ShowNumber("  its length", name->Length);
  Show("type", NtQueryObject(event, 2, buffer, sizeof(buffer), &length));
  ShowText("  name", name->Buffer, name->Length);
  ShowNumber("  all access", buffer[0x4C / 4]);
  Show("type of a process", NtQueryObject(GetCurrentProcess(), 2, buffer, sizeof(buffer), &length));
  ShowText("  name", name->Buffer, name->Length);
  Show("no such handle", NtQueryObject((HANDLE)0x7FFC, 0, buffer, 0x38, &length));
  NtClose(event);
  NtClose(unnamed);
}

static void Flags(void) {
  DWORD flags = 99;
  HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
  ShowNumber("GetHandleInformation", (ULONG)GetHandleInformation(event, &flags));
  ShowNumber("  flags", flags);
  ShowNumber("SetHandleInformation", (ULONG)SetHandleInformation(event, 3, 3));
  GetHandleInformation(event, &flags);
  ShowNumber("  flags", flags);
  Show("close what is protected", NtClose(event));
  SetHandleInformation(event, 2, 0);
  GetHandleInformation(event, &flags);
  ShowNumber("  flags", flags);
  Show("close", NtClose(event));
  SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
  event = CreateEventW(&inherited, FALSE, FALSE, L"checks-inherited");
  GetHandleInformation(event, &flags);
  ShowNumber("an inheritable one's flags", flags);
  HANDLE again = OpenEventW(SYNCHRONIZE, FALSE, L"checks-inherited");
  GetHandleInformation(again, &flags);
  ShowNumber("opened without inheriting", flags);
  ShowNumber("Global\\ is the same name elsewhere",
             OpenEventW(SYNCHRONIZE, FALSE, L"Local\\checks-inherited") != NULL);
}

int main(void) {
  Names();
  Directories();
  Questions();
  Flags();
  return 0;
}
