// Names of objects, directories, links, what NtQueryObject says, flags of handles.
#include "native.h"

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
  Is("create an event", NtCreateEvent(&event, EVENT_ALL_ACCESS, Named(0, BNO L"\\checks", 0), 0, 0),
     0);
  Is("create it again", NtCreateEvent(&other, EVENT_ALL_ACCESS, Named(0, BNO L"\\checks", 0), 0, 0),
     0xC0000035);
  Is("create or open",
     NtCreateEvent(&other, EVENT_ALL_ACCESS, Named(0, BNO L"\\checks", 0x80), 0, 0), 0x40000000);
  NtClose(other);
  Is("open in other case", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(0, BNO L"\\CHECKS", 0)),
     0xC0000034);
  Is("open, case ignored", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(0, BNO L"\\CHECKS", 0x40)),
     0);
  NtClose(other);
  Is("a mutant of that name",
     NtCreateMutant(&other, MUTANT_ALL_ACCESS, Named(0, BNO L"\\checks", 0x80), FALSE), 0xC0000024);
  Is("open the directory", NtOpenDirectoryObject(&directory, 3, Named(0, BNO, 0)), 0);
  Is("open relative to it", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(directory, L"checks", 0)),
     0);
  NtClose(other);
  Is("a name without a backslash", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(0, L"checks", 0)),
     0xC000003B);
  Is("no such directory", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(0, L"\\none\\checks", 0)),
     0xC000003A);
  Is("no such name", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(directory, L"none", 0)),
     0xC0000034);
  Is("relative to an event", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(event, L"checks", 0)),
     0xC0000024);
  NtClose(event);
  Is("open after its end", NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(directory, L"checks", 0)),
     0xC0000034);
  NtClose(directory);
}

static void Directories(void) {
  HANDLE directory, event, link, other;
  ULONG context = 0, length = 0;
  Is("create a directory",
     NtCreateDirectoryObject(&directory, 0xF000F, Named(0, BNO L"\\checks-room", 0)), 0);
  Is("list what is empty",
     NtQueryDirectoryObject(directory, buffer, sizeof(buffer), TRUE, TRUE, &context, &length),
     0x8000001A);
  Is("an event in it", NtCreateEvent(&event, EVENT_ALL_ACCESS, Named(directory, L"bell", 0), 0, 0),
     0);
  Is("list",
     NtQueryDirectoryObject(directory, buffer, sizeof(buffer), TRUE, TRUE, &context, &length), 0);
  const UNICODE_STRING* const entry = (UNICODE_STRING*)buffer;
  Is("  context", context, 1);
  IsText("  name", entry[0].Buffer, entry[0].Length, L"bell");
  IsText("  type", entry[1].Buffer, entry[1].Length, L"Event");
  Is("list on",
     NtQueryDirectoryObject(directory, buffer, sizeof(buffer), TRUE, FALSE, &context, &length),
     0x8000001A);
  Is("list, no room", NtQueryDirectoryObject(directory, buffer, 8, TRUE, TRUE, &context, &length),
     0xC0000023);
  UNICODE_STRING target = Text(BNO L"\\checks-room");
  Is("create a link",
     NtCreateSymbolicLinkObject(&link, 0xF0001, Named(0, BNO L"\\checks-link", 0), &target), 0);
  Is("open through it",
     NtOpenEvent(&other, EVENT_ALL_ACCESS, Named(0, BNO L"\\checks-link\\bell", 0)), 0);
  NtClose(other);
  NtClose(link);
  Is("open the link", NtOpenSymbolicLinkObject(&link, 1, Named(0, L"\\??\\C:", 0x40)), 0);
  WCHAR text[64];
  UNICODE_STRING read = {0, sizeof(text), text};
  Is("query it", NtQuerySymbolicLinkObject(link, &read, &length), 0);
  Is("  ends with a zero", length == read.Length + 2u, 1);
  read.MaximumLength = 4;
  Is("query it, no room", NtQuerySymbolicLinkObject(link, &read, &length), 0xC0000023);
  NtClose(link);
  NtClose(event);
  NtClose(directory);
}

static void Questions(void) {
  HANDLE event, unnamed;
  ULONG length = 0;
  NtCreateEvent(&event, EVENT_MODIFY_STATE, Named(0, BNO L"\\checks", 0), 0, 0);
  NtCreateEvent(&unnamed, EVENT_ALL_ACCESS, NULL, 0, 0);
  Is("basic", NtQueryObject(event, 0, buffer, 0x38, &length), 0);
  Is("  length", length, 56);
  Is("  access", buffer[1], 2);
  Is("  handles", buffer[2], 1);
  Is("basic, no room", NtQueryObject(event, 0, buffer, 0x20, &length), 0xC0000004);
  Is("name", NtQueryObject(event, 1, buffer, sizeof(buffer), &length), 0);
  const UNICODE_STRING* const name = (UNICODE_STRING*)buffer;
  IsText("  name", name->Buffer, name->Length, L"\\BaseNamedObjects\\checks");
  Is("  text", length - sizeof(UNICODE_STRING), 50);
  Is("  maximum", name->MaximumLength, 50);
  // Wine has STATUS_INFO_LENGTH_MISMATCH for all that is too short, unless it is a file's name.
  Is("name, room for the head", NtQueryObject(event, 1, buffer, sizeof(UNICODE_STRING), &length),
     0x80000005);
  Is("  text", length - sizeof(UNICODE_STRING), 50);
  Is("name, no room", NtQueryObject(event, 1, buffer, 4, &length), 0xC0000004);
  Is("name of what has none", NtQueryObject(unnamed, 1, buffer, sizeof(buffer), &length), 0);
  Is("  text", length - sizeof(UNICODE_STRING), 0);
  Is("  its length", name->Length, 0);
  Is("type", NtQueryObject(event, 2, buffer, sizeof(buffer), &length), 0);
  IsText("  name", name->Buffer, name->Length, L"Event");
  Is("  all access", buffer[sizeof(UNICODE_STRING) / 4 + 17], 2031619);
  Is("type of a process", NtQueryObject(GetCurrentProcess(), 2, buffer, sizeof(buffer), &length),
     0);
  IsText("  name", name->Buffer, name->Length, L"Process");
  Is("no such handle", NtQueryObject((HANDLE)0x7FFC, 0, buffer, 0x38, &length), 0xC0000008);
  NtClose(event);
  NtClose(unnamed);
}

static void Flags(void) {
  DWORD flags = 99;
  HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
  Is("GetHandleInformation", (ULONG)GetHandleInformation(event, &flags), 1);
  Is("  flags", flags, 0);
  Is("SetHandleInformation", (ULONG)SetHandleInformation(event, 3, 3), 1);
  GetHandleInformation(event, &flags);
  Is("  flags", flags, 3);
  Is("close what is protected", NtClose(event), 0xC0000235);
  SetHandleInformation(event, 2, 0);
  GetHandleInformation(event, &flags);
  Is("  flags", flags, 1);
  Is("close", NtClose(event), 0);
  SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
  event = CreateEventW(&inherited, FALSE, FALSE, L"checks-inherited");
  GetHandleInformation(event, &flags);
  Is("an inheritable one's flags", flags, 1);
  HANDLE again = OpenEventW(SYNCHRONIZE, FALSE, L"checks-inherited");
  GetHandleInformation(again, &flags);
  Is("opened without inheriting", flags, 0);
  Is("Global\\ is the same name elsewhere",
     OpenEventW(SYNCHRONIZE, FALSE, L"Local\\checks-inherited") != NULL, 1);
}

int main(void) {
  Names();
  Directories();
  Questions();
  Flags();
  return Finish();
}
