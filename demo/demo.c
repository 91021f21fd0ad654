// demo: two processes share letter.dll, one writes to it, the other does not see it. Says so in
// words that fit a text screen of 80 columns and 25 lines.
#include "barrier.h"

__declspec(dllimport) const char* ReadLetter(void);
__declspec(dllimport) void WriteLetter(const char* text);
__declspec(dllimport) char letter[];

#define BARRIER_NAME "\\BaseNamedObjects\\demo"
#define PROCESSES 2

static const char* ProtectionOf(const void* address) {
  MEMORY_BASIC_INFORMATION region;
  if (NtQueryVirtualMemory(CURRENT_PROCESS, address, MemoryBasicInformation, &region,
                           sizeof(region), NULL) < 0) {
    return "unknown";
  }
  switch (region.Protect) {
    case PAGE_WRITECOPY:
      return "shared, to be copied by the one who writes";
    case PAGE_READWRITE:
      return "private";
    default:
      return "something else";
  }
}

static void Say(const char* who, const char* text) {
  Print(who);
  Print(text);
}

static void SayPlace(const char* who, const char* before, const char* after) {
  Say(who, before);
  PrintHex((ULONG)letter & 0xFFFF0000);  // The DLL is smaller than 64 KiB.
  Print(after);
}

static void SayLetter(const char* who) {
  Say(who, "the letter reads \"");
  Print(ReadLetter());
  Print("\",\n           and its page is ");
  Print(ProtectionOf(letter));
  Print(".\n");
}

static int RunChild(void) {
  Barrier barrier;
  OpenBarrier(&barrier, BARRIER_NAME, PROCESSES);
  SayPlace("  child:   ", "letter.dll lies at ", " here too, in memory already.\n");
  SayLetter("  child:   ");
  Await(&barrier);  // Now the parent writes.
  Await(&barrier);
  SayLetter("  child:   ");
  const int unchanged = StringsEqual(ReadLetter(), "as it is on the disk");
  Await(&barrier);
  return unchanged ? 0 : 1;
}

static int RunParent(void) {
  Print("Faultline: nothing of a program is in memory until it is touched.\n");
  Barrier barrier;
  OpenBarrier(&barrier, BARRIER_NAME, PROCESSES);
  SayPlace("  parent:  ", "I am demo.exe, and use letter.dll at ", ".\n");
  SayLetter("  parent:  ");
  Say("  parent:  ", "I start a second process of the same program.\n");
  HANDLE child;
  const NTSTATUS status = StartSelf(&child, "child");
  if (status < 0) {
    PrintLine("  parent:  it could not be started:", (ULONG)status);
    return 1;
  }
  Await(&barrier);  // The child has seen the letter.
  Say("  parent:  ", "I write over the letter.\n");
  WriteLetter("written by the parent");
  SayLetter("  parent:  ");
  Await(&barrier);
  Await(&barrier);  // The child has looked again.
  const ULONG child_status = WaitForExit(child);
  const int well = child_status == 0 && StringsEqual(ReadLetter(), "written by the parent");
  Say("  parent:  ", well ? "The child did not see it. One page was copied, for me alone.\n"
                          : "The child saw it: that should not be.\n");
  return well ? 0 : 1;
}

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  return arguments.count > 1 && StringsEqual(arguments.item[1], "child") ? RunChild() : RunParent();
}
