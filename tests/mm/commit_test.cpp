// The commit charge: what is promised, when it is refused, and that what was promised can be had.
#include <gtest/gtest.h>

#include "tests/mm/image_fixture.h"

namespace fl::mm {
namespace {

using test::FakeMachine;
using test::MakeFile;
using test::MapWhole;

constexpr u32 kBoth = kMemReserve | kMemCommit;

Result<ByteRange> Allocate(test::FakeProcess& process, u32 base, u32 pages, u32 type,
                           Protection protection = kPageReadWrite) {
  return process.space.Allocate(
      {.base = VirtAddr(base), .size = pages * kPageSize, .type = type, .protection = protection});
}

TEST(CommitCharge, ReserveIsFreeAndCommitIsNot) {
  FakeMachine machine(64);
  const auto process = machine.Process();
  ASSERT_TRUE(Allocate(*process, 0x400000, 0x10000, kMemReserve).ok());
  EXPECT_EQ(machine.charged(), 0u);
  ASSERT_TRUE(Allocate(*process, 0x400000, 10, kMemCommit).ok());
  EXPECT_EQ(machine.charged(), 11u);  // And the table.
  ASSERT_TRUE(Allocate(*process, 0x405000, 10, kMemCommit).ok());
  EXPECT_EQ(machine.charged(), 16u);
  ASSERT_TRUE(Allocate(*process, 0x800000, 1, kMemCommit).ok());
  EXPECT_EQ(machine.charged(), 18u);
  ASSERT_TRUE(process->space.Free(VirtAddr(0x402000), 2 * kPageSize, kMemDecommit).ok());
  EXPECT_EQ(machine.charged(), 16u);
  ASSERT_TRUE(process->space.Free(VirtAddr(0x800000), kPageSize, kMemDecommit).ok());
  EXPECT_EQ(machine.charged(), 14u);
  EXPECT_EQ(process->space.committed_pages(), 13u);
  ASSERT_TRUE(process->space.Free(VirtAddr(0x400000), 0, kMemRelease).ok());
  EXPECT_EQ(machine.charged(), 0u);
}

TEST(CommitCharge, TablesArePromisedForWhatOneSpans) {
  for (const u32 table_pages : {512u, 1024u}) {
    FakeMachine machine(64);
    const auto process = machine.Process(table_pages);
    const u32 second_half = table_pages == 512 ? 1 : 0;
    ASSERT_TRUE(Allocate(*process, 0x400000, 0x400, kMemReserve).ok());
    ASSERT_TRUE(Allocate(*process, 0x400000, 1, kMemCommit).ok());
    EXPECT_EQ(machine.charged(), 2u);
    ASSERT_TRUE(Allocate(*process, 0x600000, 1, kMemCommit).ok());
    EXPECT_EQ(machine.charged(), 3 + second_half);
    // The last span of user space, and a range that touches three spans or two.
    ASSERT_TRUE(Allocate(*process, 0x7FFD0000, 1, kBoth).ok());
    EXPECT_EQ(machine.charged(), 5 + second_half);
    ASSERT_TRUE(Allocate(*process, 0x10000000, 0x400, kMemReserve).ok());
    ASSERT_TRUE(Allocate(*process, 0x101FF000, 2, kMemCommit).ok());
    EXPECT_EQ(machine.charged(), 8 + 2 * second_half);
    // What was promised can be had, to the last frame.
    machine.TakeMemory(0);
    for (const u32 at : {0x400000u, 0x600000u, 0x7FFD0000u, 0x101FF000u, 0x10200000u}) {
      EXPECT_TRUE(machine.Write(*process, VirtAddr(at), 1));
    }
    EXPECT_EQ(process->mmu.table_count(), 3 + 2 * second_half);
    machine.RestoreMemory();
    ASSERT_TRUE(process->space.Free(VirtAddr(0x600000), kPageSize, mm::kMemDecommit).ok());
    EXPECT_EQ(machine.charged(), 7 + second_half);
  }
}

TEST(CommitCharge, LimitIsMetAtTheCallThatAsks) {
  FakeMachine machine(64);
  const auto process = machine.Process();
  EXPECT_EQ(Allocate(*process, 0, 64, kBoth).status(), Status::kCommitmentLimit);
  EXPECT_EQ(process->space.regions().region_count(), 0u);
  EXPECT_EQ(machine.charged(), 0u);
  ASSERT_TRUE(Allocate(*process, 0x400000, 64, kMemReserve).ok());
  EXPECT_EQ(Allocate(*process, 0x400000, 64, kMemCommit).status(), Status::kCommitmentLimit);
  EXPECT_EQ(process->space.Query(VirtAddr(0x400000))->state, kMemReserve);
  EXPECT_EQ(machine.charged(), 0u);
  EXPECT_TRUE(Allocate(*process, 0x400000, 63, kMemCommit).ok());
}

TEST(CommitCharge, WhatWasPromisedCanBeHad) {
  FakeMachine machine(64);
  const auto a = machine.Process();
  const auto b = machine.Process();
  // Pages of a file stand by in every frame that is free.
  const auto file = MakeFile(test::PatternBytes(60 * kPageSize, 1), 1);
  const auto data = *machine.data.Acquire(file);
  test::Bytes all(60 * kPageSize);
  ASSERT_EQ(data->ReadBytes(0, all), Status::kSuccess);
  EXPECT_EQ(machine.frames.count(FrameUse::kStandby), 60u);
  ASSERT_TRUE(Allocate(*a, 0x400000, 30, kBoth).ok());
  ASSERT_TRUE(Allocate(*b, 0x7F00000, 30, kBoth).ok());
  ASSERT_TRUE(Allocate(*b, 0x40000, 1, kBoth).ok());
  EXPECT_EQ(machine.charged(), 64u);
  for (u32 p = 0; p < 30; ++p) {
    EXPECT_TRUE(machine.Write(*a, VirtAddr(0x400000 + p * kPageSize), u8(p)));
    EXPECT_TRUE(machine.Write(*b, VirtAddr(0x7F00000 + p * kPageSize), u8(p)));
  }
  EXPECT_EQ(machine.Byte(*b, VirtAddr(0x40000)), 0);
  EXPECT_EQ(machine.frames.available(), 0u);
  EXPECT_EQ(data->counters().resident, 0u);
}

TEST(CommitCharge, WriteCopyViewsPromiseTheirCopies) {
  FakeMachine machine(64);
  const auto process = machine.Process();
  const auto file = MakeFile(test::PatternBytes(40 * kPageSize, 1), 1);
  const auto data = *machine.data.Acquire(file);
  const VirtAddr view = MapWhole(*process, *data, kPageReadOnly);
  EXPECT_EQ(machine.charged(), 1u);  // The table.
  ASSERT_TRUE(process->space.Protect(view, 3 * kPageSize, kPageWriteCopy).ok());
  EXPECT_EQ(machine.charged(), 4u);
  ASSERT_TRUE(machine.Write(*process, view, 1));
  EXPECT_EQ(machine.charged(), 4u);
  // The copy goes on being charged when it cannot be written any more.
  ASSERT_TRUE(process->space.Protect(view, 3 * kPageSize, kPageReadOnly).ok());
  EXPECT_EQ(machine.charged(), 2u);
  EXPECT_EQ(process->space.UnmapView(view), Status::kSuccess);
  EXPECT_EQ(machine.charged(), 0u);
}

TEST(CommitCharge, RefusedViewLeavesNothing) {
  FakeMachine machine(32);
  const auto process = machine.Process();
  const auto data = *machine.data.Acquire(MakeFile(test::PatternBytes(40 * kPageSize, 1), 1));
  EXPECT_EQ(process->space.MapView(*data, {.base = {}, .protection = kPageWriteCopy}).status(),
            Status::kCommitmentLimit);
  EXPECT_EQ(process->space.regions().region_count(), 0u);
  EXPECT_EQ(data->counters().views, 0u);
  EXPECT_EQ(data->references(), 1u);
  const VirtAddr view = MapWhole(*process, *data, kPageReadOnly);
  EXPECT_EQ(process->space.Protect(view, 40 * kPageSize, kPageWriteCopy).status(),
            Status::kCommitmentLimit);
  EXPECT_EQ(process->space.Query(view)->protection, kPageReadOnly);
  EXPECT_EQ(process->space.Query(view)->size, 40 * kPageSize);
}

TEST(CommitCharge, SharedMemoryIsPromisedWhenItIsMade) {
  FakeMachine machine(64);
  EXPECT_EQ(SharedMemorySection::Create(machine.pager, 65 * kPageSize).status(),
            Status::kCommitmentLimit);
  EXPECT_EQ(SharedMemorySection::Create(machine.pager, 0x80000000ull).status(),
            Status::kSectionTooBig);
  const auto shared = *SharedMemorySection::Create(machine.pager, 10 * kPageSize - 1);
  EXPECT_EQ(machine.charged(), 10u);
  const auto process = machine.Process();
  const VirtAddr view = MapWhole(*process, *shared, kPageReadWrite);
  ASSERT_TRUE(machine.Write(*process, view, 1));
  EXPECT_EQ(machine.charged(), 11u);
}

TEST(CommitCharge, SharedWritablePeSectionIsPromisedWithItsImage) {
  FakeMachine machine(64);
  const auto file = MakeFile(test::MakeSample({.shared_section = true}).file, 1);
  machine.TakeMemory(1);
  EXPECT_EQ(machine.images.Acquire(file, 0, nullptr).status(), Status::kCommitmentLimit);
  machine.RestoreMemory();
  const auto image = test::AcquireImage(machine, file);
  EXPECT_EQ(machine.charged(), 2u);
}

TEST(CommitCharge, MappedPagesAreChargedOnceAndStandbyPagesAreNot) {
  FakeMachine machine(64);
  const auto a = machine.Process();
  const auto b = machine.Process();
  const auto data = *machine.data.Acquire(MakeFile(test::PatternBytes(4 * kPageSize, 1), 1));
  const VirtAddr in_a = MapWhole(*a, *data);
  const VirtAddr in_b = MapWhole(*b, *data);
  const u32 before = machine.charged();
  ASSERT_NE(machine.Byte(*a, in_a), -1);
  EXPECT_EQ(machine.charged(), before + 1);
  ASSERT_NE(machine.Byte(*b, in_b), -1);
  EXPECT_EQ(machine.charged(), before + 1);
  EXPECT_EQ(a->space.UnmapView(in_a), Status::kSuccess);
  EXPECT_EQ(b->space.UnmapView(in_b), Status::kSuccess);
  EXPECT_EQ(machine.charged(), 0u);
  EXPECT_EQ(machine.frames.count(FrameUse::kStandby), 1u);
}

TEST(CommitCharge, FileFaultWithoutPromisesIsNoMemoryAndHarmless) {
  FakeMachine machine(64);
  const auto process = machine.Process();
  const auto file = MakeFile(test::PatternBytes(4 * kPageSize, 1), 1);
  const auto data = *machine.data.Acquire(file);
  const VirtAddr view = MapWhole(*process, *data);
  machine.TakeMemory(0);
  const FaultResult result = machine.Access(*process, view, Access::kRead);
  EXPECT_EQ(result.outcome, FaultOutcome::kNoMemory);
  EXPECT_EQ(result.status, Status::kNoMemory);
  machine.RestoreMemory();
  EXPECT_EQ(machine.Byte(*process, view), int(file->bytes()[0]));
}

TEST(CommitCharge, TheLastPromiseMakesACopyToo) {
  FakeMachine machine(64);
  const auto process = machine.Process();
  const auto file = MakeFile(test::PatternBytes(4 * kPageSize, 1), 1);
  const auto data = *machine.data.Acquire(file);
  const VirtAddr view = MapWhole(*process, *data, kPageWriteCopy);
  ASSERT_NE(machine.Byte(*process, view), -1);
  machine.TakeMemory(0);
  // Mapped: the copy was promised with the view.
  EXPECT_TRUE(machine.Write(*process, view, 0x77));
  EXPECT_EQ(machine.Byte(*process, view + 1), int(file->bytes()[1]));
  machine.RestoreMemory();
}

TEST(CommitCharge, APageComesAloneWhereItsNeighboursCannotBePaid) {
  FakeMachine machine(128);
  machine.pager.reads_ahead = true;
  const auto file = MakeFile(test::PatternBytes(8 * kPageSize, 1), 1);
  const auto data = *machine.data.Acquire(file);
  const auto process = machine.Process();
  const VirtAddr view = MapWhole(*process, *data);
  // Promised but not used: there are frames enough, but no more promises than one.
  const u32 pages = machine.frames.commit().limit() - machine.charged() - 2;
  ASSERT_TRUE(Allocate(*process, 0x1000000, pages, kBoth).ok());
  ASSERT_EQ(machine.frames.commit().limit() - machine.charged(), 1u);
  EXPECT_EQ(machine.Byte(*process, view + 4 * kPageSize), int(file->bytes()[4 * kPageSize]));
  EXPECT_EQ(file->bytes_read, kPageSize);
  EXPECT_TRUE(data->IsPresent(PageIndex(4)));
  EXPECT_FALSE(data->IsPresent(PageIndex(0)));
}

}  // namespace
}  // namespace fl::mm
