// Sampling: see sampling.h.
#include "sampling.h"

static const char* row_name;
static unsigned values, marked, disk_values;
static Cycles value[MAX_SAMPLES];
static DiskCounts disk[MAX_SAMPLES];

void Begin(const char* row) {
  row_name = row;
  values = marked = disk_values = 0;
  for (unsigned i = 0; i < MAX_SAMPLES; ++i) {
    *(volatile Cycles*)&value[i] = 0;
    *(volatile unsigned*)&disk[i].reads = 0;
  }
}

void Record(Cycles cycles) {
  if (values < MAX_SAMPLES) value[values++] = cycles;
}

void RecordMarked(void) { ++marked; }

void RecordDisk(DiskCounts before) {
  const DiskCounts now = CountDisk();
  if (now.reads == 0 || disk_values == MAX_SAMPLES) return;
  disk[disk_values].reads = now.reads - before.reads;
  disk[disk_values++].sectors = now.sectors - before.sectors;
}

// Cycles beyond 32 bits do not occur: a sample of that length would have taken minutes.
static void SayNumber(Cycles number) {
  char text[12];
  unsigned at = sizeof(text) - 1, rest = (unsigned)number;
  text[at] = 0;
  do {
    text[--at] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest);
  text[--at] = ' ';
  Say(text + at);
}

static void SayHead(const char* kind) {
  Say("row ");
  Say(row_name);
  Say(kind);
}

void Finish(void) {
  if (values) {
    SayHead(" cycles");
    for (unsigned i = 0; i < values; ++i) SayNumber(value[i]);
    Say("\n");
  }
  if (marked) {
    SayHead(" counted");
    SayNumber(marked);
    Say("\n");
  }
  if (disk_values) {
    SayHead(" disk");
    for (unsigned i = 0; i < disk_values; ++i) {
      SayNumber(disk[i].reads);
      SayNumber(disk[i].sectors);
    }
    Say("\n");
  }
}
