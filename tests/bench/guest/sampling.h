// Sampling: a row's figures, gathered in memory that is touched beforehand and printed at its end:
//   row NAME cycles N N N ...      clock differences; nothing slept in between
//   row NAME counted N             the instruction counter (tests/bench/plugin) has N of them
//   row NAME disk READS SECTORS ...  of each sample, if the program can tell
#pragma once

#include "system.h"

#define MAX_SAMPLES 64u
#define SAMPLES 31u

void Begin(const char* row);
void Record(Cycles value);
/// For a sample between MARK_BEGIN and MARK_END.
void RecordMarked(void);
void RecordDisk(DiskCounts before);
void Finish(void);

/// One sample of a statement that does not sleep.
#define SAMPLE(statement)                \
  do {                                   \
    MARK_BEGIN();                        \
    const Cycles sample_start = Clock(); \
    statement;                           \
    const Cycles sample_end = Clock();   \
    MARK_TIMED();                        \
    Record(sample_end - sample_start);   \
  } while (0)

/// One sample of a statement that may sleep: instructions, whoever executes them.
#define SAMPLE_MARKED(statement) \
  do {                           \
    MARK_BEGIN();                \
    statement;                   \
    MARK_END();                  \
    RecordMarked();              \
  } while (0)

static inline void ReadPage(const Byte* base, unsigned page) {
  *(const volatile Byte*)(base + page * PAGE);
}
static inline void WritePage(Byte* base, unsigned page) {
  *(volatile Byte*)(base + page * PAGE) = 1;
}

/// The rows: by the name that the command line gives.
typedef struct {
  const char* name;
  void (*measure)(void);
} Row;
extern const Row kFaultRows[], kRegionRows[], kProcessRows[],
    kFileRows[];  ///< End with a null name.
