// Standby: pages that nothing maps are found again without a read, and taken when memory is short.
#include <gtest/gtest.h>

#include "tests/mm/image_fixture.h"

namespace fl::mm {
namespace {

using test::FakeMachine;
using test::MakeFile;
using test::MapWhole;

TEST(Standby, UnmappedPageIsFoundAgainWithoutARead) {
  FakeMachine machine(64);
  const auto file = MakeFile(test::MakeSample().file, 1);
  const auto image = test::AcquireImage(machine, file);
  const auto process = machine.Process();
  const VirtAddr base = MapWhole(*process, *image);
  const int byte = machine.Byte(*process, base + 0x1234);
  const Pfn pfn = process->mmu.Query(PageOf(base + 0x1234)).pfn;
  const u32 reads = file->reads;
  process->space.Clear();
  EXPECT_EQ(machine.frames.frame(pfn).use, FrameUse::kStandby);
  MapWhole(*process, *image);
  const FaultResult soft = machine.Access(*process, base + 0x1234, Access::kRead);
  EXPECT_EQ(soft.outcome, FaultOutcome::kResolved);
  EXPECT_FALSE(machine.last_fault.hard);
  EXPECT_EQ(machine.Byte(*process, base + 0x1234), byte);
  EXPECT_EQ(process->mmu.Query(PageOf(base + 0x1234)).pfn, pfn);
  EXPECT_EQ(file->reads, reads);
}

TEST(Standby, LongestUnusedPageIsTakenFirst) {
  FakeMachine machine(8);
  const auto file = MakeFile(test::PatternBytes(16 * kPageSize, 1), 1);
  const auto data = *machine.data.Acquire(file);
  test::Bytes page(kPageSize);
  for (u32 i = 0; i < 8; ++i) ASSERT_EQ(data->ReadBytes(i * kPageSize, page), Status::kSuccess);
  EXPECT_EQ(machine.frames.count(FrameUse::kStandby), 8u);
  ASSERT_EQ(data->ReadBytes(8 * kPageSize, page), Status::kSuccess);
  EXPECT_FALSE(data->IsPresent(PageIndex(0)));
  EXPECT_TRUE(data->IsPresent(PageIndex(1)));
  EXPECT_EQ(data->counters().resident, 8u);
  EXPECT_EQ(data->counters().resident_peak, 8u);
  ASSERT_EQ(data->ReadBytes(0, page), Status::kSuccess);
  EXPECT_EQ(file->reads, 10u);
  EXPECT_TRUE(std::equal(page.begin(), page.end(), file->bytes().begin()));
}

TEST(Standby, FileLargerThanMemoryReadsRight) {
  for (const u32 cluster : {1u, 4u, 16u}) {
    FakeMachine machine(12, 0, cluster);
    const auto file = MakeFile(test::PatternBytes(100 * kPageSize + 123, 1), 1);
    const auto data = *machine.data.Acquire(file);
    test::Bytes all(file->bytes().size());
    ASSERT_EQ(data->ReadBytes(0, all), Status::kSuccess);
    EXPECT_EQ(all, file->bytes());
    EXPECT_LE(data->counters().resident, 12u);
  }
}

TEST(Standby, PagesEndWithTheirSection) {
  FakeMachine machine(64);
  auto data = *machine.data.Acquire(MakeFile(test::PatternBytes(16 * kPageSize, 1), 1));
  test::Bytes all(16 * kPageSize);
  ASSERT_EQ(data->ReadBytes(0, all), Status::kSuccess);
  EXPECT_EQ(machine.frames.count(FrameUse::kStandby), 16u);
  data = nullptr;
  EXPECT_EQ(machine.frames.count(FrameUse::kStandby), 0u);
  EXPECT_EQ(machine.frames.count(FrameUse::kFree), 64u);
}

TEST(Standby, CopyOfAStandbyOriginalInTheLastFrame) {
  // The only frame that can be had is the original's own.
  FakeMachine machine(8);
  const auto file = MakeFile(test::PatternBytes(kPageSize, 1), 1);
  const auto data = *machine.data.Acquire(file);
  const auto process = machine.Process();
  const VirtAddr view = MapWhole(*process, *data, kPageWriteCopy);
  test::Bytes page(kPageSize);
  ASSERT_EQ(data->ReadBytes(0, page), Status::kSuccess);
  std::vector<Pfn> taken;
  while (machine.frames.available() > 1)
    taken.push_back(*machine.frames.Allocate(FrameUse::kKernel));
  EXPECT_EQ(machine.Access(*process, view, Access::kWrite).outcome, FaultOutcome::kNoMemory);
  EXPECT_TRUE(data->IsPresent(PageIndex(0)));
  EXPECT_EQ(process->mmu.entries(), 0u);
  for (const Pfn pfn : taken) machine.frames.Free(pfn);
  EXPECT_TRUE(machine.Write(*process, view, 9));
  EXPECT_EQ(machine.Byte(*process, view + 1), int(file->bytes()[1]));
}

TEST(Standby, OneHardFaultReadsOnePage) {
  FakeMachine machine(64);
  const auto file = MakeFile(test::PatternBytes(8 * kPageSize + 100, 1), 1);
  const auto data = *machine.data.Acquire(file);
  const auto process = machine.Process();
  const VirtAddr view = MapWhole(*process, *data);
  for (const u32 page : {3u, 8u, 3u, 0u, 8u}) {
    ASSERT_NE(machine.Byte(*process, view + page * kPageSize), -1);
  }
  EXPECT_EQ(file->reads, 3u);
  EXPECT_EQ(file->bytes_read, 2 * kPageSize + 100);
  EXPECT_EQ(data->counters().bytes_read, file->bytes_read);
  EXPECT_EQ(data->counters().pages_read, 3u);
}

TEST(Standby, ClusterReadsNeighboursInOneTransfer) {
  FakeMachine machine(64, 0, 4);
  const auto file = MakeFile(test::PatternBytes(8 * kPageSize, 1), 1);
  const auto data = *machine.data.Acquire(file);
  test::Bytes page(kPageSize);
  ASSERT_EQ(data->ReadBytes(5 * kPageSize, page), Status::kSuccess);
  ASSERT_EQ(data->ReadBytes(2 * kPageSize, page), Status::kSuccess);
  EXPECT_EQ(file->reads, 2u);
  EXPECT_EQ(data->counters().pages_read, 6u);  // 5, 6, 7 and 2, 3, 4.
  EXPECT_FALSE(data->IsPresent(PageIndex(1)));
}

TEST(Standby, ClusterStopsWhereTheFileRunEnds) {
  FakeMachine machine(64, 0, 16);
  const auto sample = test::MakeSample();
  const auto file = MakeFile(sample.file, 1);
  const auto image = test::AcquireImage(machine, file);
  test::Bytes page(kPageSize);
  const u32 reads = file->reads;
  ASSERT_EQ(image->ReadBytes(test::kSampleText, page), Status::kSuccess);
  EXPECT_EQ(file->reads, reads + 1);
  EXPECT_EQ(image->counters().pages_read, 4u);  // .text and nothing of .data.
  EXPECT_FALSE(image->IsPresent(PageIndex(0)));
  EXPECT_FALSE(image->IsPresent(PageIndex(5)));
}

}  // namespace
}  // namespace fl::mm
