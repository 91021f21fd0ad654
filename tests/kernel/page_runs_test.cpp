// PageRuns: first fit, whole runs, and the ends of words.
#include "kernel/page_runs.h"

#include <gtest/gtest.h>

namespace fl::kernel {
namespace {

TEST(PageRuns, TakesTheLowestGapThatFits) {
  PageRuns<96> runs(70);
  EXPECT_EQ(runs.Take(3), 0u);
  EXPECT_EQ(runs.Take(40), 3u);
  EXPECT_EQ(runs.Take(1), 43u);
  runs.GiveBack(0);
  EXPECT_EQ(runs.Take(4), 44u);
  EXPECT_EQ(runs.Take(2), 0u);
  EXPECT_EQ(runs.Take(1), 2u);
}

TEST(PageRuns, RefusesWhatReachesPastTheRange) {
  PageRuns<96> runs(70);
  EXPECT_EQ(runs.Take(71), std::nullopt);
  EXPECT_EQ(runs.Take(70), 0u);
  EXPECT_EQ(runs.Take(1), std::nullopt);
  runs.GiveBack(0);
  EXPECT_EQ(runs.Take(70), 0u);
}

TEST(PageRuns, LengthIsKnownOnlyAtARunsFirstPage) {
  PageRuns<96> runs(96);
  runs.Take(5);
  runs.Take(1);
  runs.Take(64);
  EXPECT_EQ(runs.Length(0), 5u);
  EXPECT_EQ(runs.Length(1), 0u);
  EXPECT_EQ(runs.Length(4), 0u);
  EXPECT_EQ(runs.Length(5), 1u);
  EXPECT_EQ(runs.Length(6), 64u);
  EXPECT_EQ(runs.Length(70), 0u);
  EXPECT_EQ(runs.Length(96), 0u);
}

TEST(PageRuns, PassesOverFullWords) {
  PageRuns<96> runs(96);
  runs.Take(32);
  runs.Take(32);
  EXPECT_EQ(runs.Take(32), 64u);
  runs.GiveBack(32);
  EXPECT_EQ(runs.Take(33), std::nullopt);
  EXPECT_EQ(runs.Take(32), 32u);
}

}  // namespace
}  // namespace fl::kernel
