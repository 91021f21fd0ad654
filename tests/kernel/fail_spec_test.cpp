// FailSpec and FailPoint: what is asked for in words, and what fails then.
#include "kernel/fail_spec.h"

#include <gtest/gtest.h>

#include "kernel/fault_injection.h"
#include "kernel/options.h"

namespace fl::kernel {
namespace {

std::string FailuresOf(FailPoint& point, int attempts) {
  std::string pattern;
  for (int i = 0; i < attempts; ++i) pattern += point.Fails() ? 'x' : '.';
  return pattern;
}

TEST(FailPoint, FailsTheNthAttemptOnly) {
  FailPoint point;
  EXPECT_EQ(FailuresOf(point, 4), "....");
  EXPECT_EQ(point.attempts(), 4u);
  EXPECT_FALSE(point.reached());
  point.Arm(3);
  EXPECT_EQ(FailuresOf(point, 2), "..");
  EXPECT_FALSE(point.reached());
  EXPECT_EQ(FailuresOf(point, 3), "x..");
  EXPECT_TRUE(point.reached());
  EXPECT_EQ(point.attempts(), 5u);
  point.Arm(1);
  EXPECT_EQ(FailuresOf(point, 3), "x..");
}

TEST(FailPoint, FailsFromTheNthOn) {
  FailPoint point;
  point.Arm(2, FailPoint::kForGood);
  EXPECT_EQ(FailuresOf(point, 6), ".xxxxx");
  point.Disarm();
  EXPECT_EQ(FailuresOf(point, 3), "...");
  EXPECT_FALSE(point.reached());
}

TEST(FailSpec, NamesKindsAndNumbers) {
  FailSpec spec;
  EXPECT_TRUE(spec.empty());
  ASSERT_TRUE(ParseFailSpec("disk:7,heap:3+,commit:2147483647", spec));
  EXPECT_EQ(spec.of(FailKind::kDisk).n, 7u);
  EXPECT_FALSE(spec.of(FailKind::kDisk).and_after);
  EXPECT_EQ(spec.of(FailKind::kHeap).n, 3u);
  EXPECT_TRUE(spec.of(FailKind::kHeap).and_after);
  EXPECT_EQ(spec.of(FailKind::kCommit).n, 0x7FFFFFFFu);
  EXPECT_EQ(spec.of(FailKind::kFrame).n, 0u);
  EXPECT_FALSE(spec.empty());
}

TEST(FailSpec, RefusesWhatItDoesNotUnderstand) {
  for (const char* text :
       {"", "disk", "disk:", "disk:0", "disk:+", "disk:-1", "disk:1++", "disc:1", "disk:2147483648",
        "disk:4294967297", "disk:1,", ",disk:1", "disk:1,disk:2", "disk:1 "}) {
    FailSpec spec;
    EXPECT_FALSE(ParseFailSpec(text, spec)) << text;
  }
}

TEST(FaultInjection, ArmsThePointsThatTheSpecNames) {
  FailPoint disk, frame, heap, commit;
  FaultInjection injection(disk, frame, heap, commit);
  FailSpec spec;
  ASSERT_TRUE(ParseFailSpec("frame:2,commit:1+", spec));
  (void)disk.Fails();
  injection.Arm(spec);
  EXPECT_EQ(FailuresOf(disk, 3), "...");
  EXPECT_EQ(FailuresOf(frame, 3), ".x.");
  EXPECT_EQ(FailuresOf(heap, 3), "...");
  EXPECT_EQ(FailuresOf(commit, 3), "xxx");
  EXPECT_EQ(injection.point(FailKind::kDisk).attempts(), 3u);  // Counted anew.
  injection.Disarm();
  EXPECT_EQ(FailuresOf(commit, 3), "...");
}

TEST(Options, WordsOfFaultInjection) {
  const Options options =
      ParseOptions("kernel.elf fail=heap:9 repeat=5 sweep=frame from=3 every=2 limit=100 -- a.exe");
  EXPECT_TRUE(options.unknown.empty());
  EXPECT_EQ(options.fail.of(FailKind::kHeap).n, 9u);
  EXPECT_EQ(options.repeat, 5u);
  EXPECT_TRUE(options.sweep);
  EXPECT_EQ(options.sweep_kind, FailKind::kFrame);
  EXPECT_EQ(options.from, 3u);
  EXPECT_EQ(options.every, 2u);
  EXPECT_EQ(options.limit, 100u);
  EXPECT_EQ(options.program, "a.exe");
  EXPECT_FALSE(options.sweep_and_after);
  EXPECT_TRUE(ParseOptions("sweep=heap+").sweep_and_after);
  EXPECT_EQ(ParseOptions("fail=heap").unknown, "fail=heap");
  EXPECT_EQ(ParseOptions("sweep=all").unknown, "sweep=all");
  EXPECT_FALSE(ParseOptions("sweep=all").sweep);
}

}  // namespace
}  // namespace fl::kernel
