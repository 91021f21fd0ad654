// bench ROW...: measures the rows that are named and prints their samples; see sampling.h.
#include "bench.h"

#include "sampling.h"

static int Equal(const char* a, const char* b) {
  while (*a && *a == *b) ++a, ++b;
  return *a == *b;
}

static int Measure(const Row* rows, const char* name) {
  for (; rows->name; ++rows) {
    if (!Equal(rows->name, name)) continue;
    rows->measure();
    return 1;
  }
  return 0;
}

int MeasureRows(int count, char* const* names) {
  for (int i = 0; i < count; ++i) {
    if (Measure(kFaultRows, names[i]) || Measure(kRegionRows, names[i]) ||
        Measure(kProcessRows, names[i]) || Measure(kFileRows, names[i])) {
      continue;
    }
    Say("there is no row ");
    Say(names[i]);
    Say("\n");
    return 2;
  }
  return 0;
}
