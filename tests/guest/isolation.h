// isolation: what the program's parts share. An act tries what a program must not be able to do, in a
// process of its own: how that process ends is the result, and isolation_test.py knows which is right.
#pragma once

#include "guest.h"

#define HELD 0x600D    // The act was refused, or did no harm, as it should.
#define BROKEN 0x0BAD  // It reached what it must not.
#define RAN 0x2A       // The code that was put somewhere ran.

typedef struct {
  const char* name;
  ULONG (*act)(ULONG argument);  // Its result is the process' exit status.
} Act;

// The table of each part, ended by a null name. A name that begins with an underscore is another act's helper.
extern const Act processor_acts[];  // isolation_processor.c
extern const Act segment_acts[];    // isolation_segments.c
extern const Act memory_acts[];     // isolation_memory.c
extern const Act flip_acts[];       // isolation_flips.c
extern const Act frame_acts[];      // isolation_frames.c
extern const Act call_acts[];       // isolation_calls.c
extern const Act output_acts[];     // isolation_outputs.c
extern const Act thread_acts[];     // isolation_threads.c

// Reserved and committed; ends the program if it cannot be had.
void* Commit(ULONG size, ULONG protection);
// The same, `pages` of it, with one behind them that is only reserved.
void* CommitBefore(ULONG pages);
// All of a file, as SEC_COMMIT or SEC_IMAGE; ends the program if it cannot be had.
UCHAR* MapFile(HANDLE file, ULONG attributes, ULONG protection);
// Null if it cannot be had.
HANDLE OpenFile(const char* path);
// A directory for objects where a file's name leads to, so that an event can have one for its own.
NTSTATUS MakeRoomBesideFiles(void);
// The number that a system call's stub puts into EAX.
ULONG CallNumber(const void* stub);
// A file that nobody has read, of slots that are all alike. isolation_test.py makes it.
#define COLD_FILE "C:\\cold.bin"
#define COLD_SLOT 0x10000
// In each: an OBJECT_ATTRIBUTES, the text of a name, an empty PS_ATTRIBUTE_LIST.
#define COLD_TEXT 32
#define COLD_EMPTY_LIST 96
// Ends an act that must not see what it sees.
#define MUST(condition) \
  if (!(condition)) return Broken(__LINE__, #condition)
ULONG Broken(int line, const char* what);
// A thread that counts how often it ran.
extern volatile ULONG thread_runs;
ULONG NTAPI CountRun(void* argument);
// The handle that a call would be given now.
ULONG NextHandle(void);
