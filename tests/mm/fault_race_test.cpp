// What happens while a page is read: other threads fault on it, the view goes, the disk fails.
#include <gtest/gtest.h>

#include "mm/page_fault.h"
#include "tests/mm/image_fixture.h"

namespace fl::mm {
namespace {

using test::FakeMachine;
using test::FakeProcess;
using test::MakeFile;

class FaultRace : public testing::Test {
 protected:
  FaultRace() {
    section_ = *machine_.data.Acquire(file_);
    file_->during_read = [this] { machine_.threads.Yield(); };
  }
  FaultOutcome Touch(FakeProcess& process, VirtAddr address, Access access = Access::kRead) {
    return machine_.Access(process, address, access).outcome;
  }
  u8 FileByte(u32 offset) const { return u8(file_->bytes()[offset]); }

  FakeMachine machine_;
  RefPtr<test::FakeFile> file_ = MakeFile(test::PatternBytes(0x8000, 3), 1);
  RefPtr<DataSection> section_;
  std::unique_ptr<FakeProcess> a_ = machine_.Process();
  std::unique_ptr<FakeProcess> b_ = machine_.Process();
};

TEST_F(FaultRace, ThreadsOfTwoProcessesOnOnePageReadItOnce) {
  const VirtAddr in_a = test::MapWhole(*a_, *section_);
  const VirtAddr in_b = test::MapWhole(*b_, *section_);
  std::vector<std::function<void()>> bodies;
  for (u32 i = 0; i < 6; ++i) {
    bodies.push_back(
        [&, i] { EXPECT_EQ(machine_.Byte(i % 2 ? *a_ : *b_, i % 2 ? in_a : in_b), FileByte(0)); });
  }
  machine_.threads.Run(bodies);
  EXPECT_EQ(file_->reads, 1u);
  EXPECT_EQ(section_->counters().resident, 1u);
  EXPECT_EQ(a_->mmu.Query(PageOf(in_a)).pfn, b_->mmu.Query(PageOf(in_b)).pfn);
  EXPECT_EQ(machine_.frames.frame(a_->mmu.Query(PageOf(in_a)).pfn).share_count, 2u);
  EXPECT_GT(machine_.threads.sleeps, 0);
}

TEST_F(FaultRace, AWaitersErrorIsItsOwn) {
  const VirtAddr in_a = test::MapWhole(*a_, *section_);
  const VirtAddr in_b = test::MapWhole(*b_, *section_);
  file_->fail_read = 1;
  u32 errors = 0;
  u32 successes = 0;
  const auto body = [&](FakeProcess& process, VirtAddr address) {
    const FaultResult result = machine_.Access(process, address, Access::kRead);
    if (result.outcome == FaultOutcome::kInPageError) {
      EXPECT_EQ(result.status, Status::kInPageError);
      EXPECT_EQ(result.cause, Status::kIoDeviceError);
      ++errors;
    } else {
      EXPECT_EQ(machine_.Byte(process, address), FileByte(0));
      ++successes;
    }
  };
  machine_.threads.Run(
      {[&] { body(*a_, in_a); }, [&] { body(*b_, in_b); }, [&] { body(*b_, in_b); }});
  EXPECT_EQ(errors, 1u);
  EXPECT_EQ(successes, 2u);
  EXPECT_EQ(file_->reads, 2u);
}

TEST_F(FaultRace, AnErrorLeavesNothingBehindAndALaterTrySucceeds) {
  const VirtAddr base = test::MapWhole(*a_, *section_);
  const u32 charged = machine_.charged();
  const u32 in_use = machine_.in_use();
  file_->fail_read = 1;
  EXPECT_EQ(Touch(*a_, base), FaultOutcome::kInPageError);
  EXPECT_EQ(machine_.charged(), charged);
  EXPECT_EQ(machine_.in_use(), in_use);
  EXPECT_EQ(a_->mmu.entries(), 0u);
  EXPECT_EQ(section_->counters().resident, 0u);
  EXPECT_EQ(section_->counters().pages_read, 0u);
  EXPECT_EQ(machine_.Byte(*a_, base), FileByte(0));
}

TEST_F(FaultRace, ViewUnmappedDuringTheReadIsAnAccessViolation) {
  for (const bool fails : {false, true}) {
    const VirtAddr base = test::MapWhole(*a_, *section_);
    file_->fail_read = fails ? 1 : 0;
    // Another page each time: the first stands by afterwards.
    const VirtAddr page = base + (fails ? 0x1000 : 0);
    machine_.threads.Run({[&] { EXPECT_EQ(Touch(*a_, page), FaultOutcome::kAccessViolation); },
                          [&] { EXPECT_EQ(a_->space.UnmapView(base), Status::kSuccess); }});
    EXPECT_EQ(a_->mmu.entries(), 0u);
  }
}

TEST_F(FaultRace, SectionMayEndWithTheViewDuringTheRead) {
  auto file = MakeFile(test::PatternBytes(0x2000, 9), 2);
  file->during_read = [this] { machine_.threads.Yield(); };
  for (const bool fails : {false, true}) {
    RefPtr<DataSection> section = *machine_.data.Acquire(file);
    const VirtAddr base = test::MapWhole(*a_, *section);
    section = nullptr;
    file->fail_read = fails ? 1 : 0;
    machine_.threads.Run({[&] { EXPECT_EQ(Touch(*a_, base), FaultOutcome::kAccessViolation); },
                          [&] { EXPECT_EQ(a_->space.UnmapView(base), Status::kSuccess); }});
    EXPECT_EQ(file->references(), 1u);
  }
}

TEST_F(FaultRace, ViewReplacedDuringTheReadIsLookedUpAgain) {
  const VirtAddr base = test::MapWhole(*a_, *section_);
  machine_.threads.Run({[&] { EXPECT_EQ(machine_.Byte(*a_, base), 0); },
                        [&] {
                          EXPECT_EQ(a_->space.UnmapView(base), Status::kSuccess);
                          EXPECT_TRUE(a_->space
                                          .Allocate({.base = base,
                                                     .size = 0x1000,
                                                     .type = kMemCommit | kMemReserve,
                                                     .protection = kPageReadWrite})
                                          .ok());
                        }});
  EXPECT_EQ(a_->mmu.entries(), 1u);
  EXPECT_EQ(a_->space.private_pages(), 1u);
}

TEST_F(FaultRace, ProtectionTakenDuringTheReadIsObeyed) {
  const VirtAddr base = test::MapWhole(*a_, *section_);
  machine_.threads.Run({[&] { EXPECT_EQ(Touch(*a_, base), FaultOutcome::kAccessViolation); },
                        [&] { EXPECT_TRUE(a_->space.Protect(base, 1, kPageNoAccess).ok()); }});
}

TEST_F(FaultRace, TwoThreadsWriteOneCopyOnWritePage) {
  const VirtAddr base = test::MapWhole(*a_, *section_, kPageWriteCopy);
  machine_.threads.Run({[&] { EXPECT_TRUE(machine_.Write(*a_, base + 1, 0x11)); },
                        [&] { EXPECT_TRUE(machine_.Write(*a_, base + 2, 0x22)); },
                        [&] { EXPECT_NE(machine_.Byte(*a_, base + 3), -1); }});
  EXPECT_EQ(machine_.Byte(*a_, base + 1), 0x11);
  EXPECT_EQ(machine_.Byte(*a_, base + 2), 0x22);
  EXPECT_EQ(machine_.Byte(*a_, base + 3), FileByte(3));
  EXPECT_EQ(a_->space.private_pages(), 1u);
  EXPECT_EQ(file_->reads, 1u);
}

TEST_F(FaultRace, ZeroPageWithAFixupWaitsForItsNeighboursTail) {
  FakeMachine machine(256, 7);
  const auto sample = test::MakeSample();
  const auto file = MakeFile(sample.file, 1);
  const auto section = test::AcquireImage(machine, file);
  file->during_read = [&] { machine.threads.Yield(); };
  const auto process = machine.Process();
  const VirtAddr base = test::MapWhole(*process, *section);
  const test::Bytes expected = sample.At(section->base());
  // Page 7, all zero in the file, sleeps in the middle of its making; its view goes meanwhile.
  machine.threads.Run({[&] {
                         const auto result = machine.Access(*process, base + 0x7000, Access::kRead);
                         EXPECT_EQ(result.outcome, FaultOutcome::kAccessViolation);
                       },
                       [&] { EXPECT_EQ(process->space.UnmapView(base), Status::kSuccess); }});
  const VirtAddr again = test::MapWhole(*process, *section);
  std::vector<std::function<void()>> bodies;
  for (const u32 page : {2u, 1u, 8u, 7u, 2u, 6u, 5u, 3u}) {
    bodies.push_back([&, page] {
      const test::Bytes got = machine.Page(*process, again + page * kPageSize);
      EXPECT_TRUE(std::equal(got.begin(), got.end(), expected.begin() + page * kPageSize)) << page;
    });
  }
  machine.threads.Run(bodies);
}

TEST_F(FaultRace, ClusterNeighboursFailureIsNobodysLoss) {
  FakeMachine machine(256, 0, 8);
  const auto file = MakeFile(test::PatternBytes(0x8000, 3), 1);
  const auto section = *machine.data.Acquire(file);
  const auto process = machine.Process();
  const VirtAddr base = test::MapWhole(*process, *section);
  file->fail_read = 1;  // The cluster's; the page alone can be read.
  EXPECT_EQ(machine.Byte(*process, base), int(file->bytes()[0]));
  EXPECT_EQ(section->counters().resident, 1u);
  EXPECT_EQ(file->reads, 2u);
  EXPECT_EQ(machine.Byte(*process, base + 0x1000), int(file->bytes()[0x1000]));
  EXPECT_EQ(section->counters().resident, 8u);
  EXPECT_EQ(file->reads, 3u);
}

TEST_F(FaultRace, ClusterNeighbourThatCannotBeFinishedIsNobodysLoss) {
  FakeMachine machine(256, 7, 4);
  const auto sample = test::MakeSample();
  const auto file = MakeFile(sample.file, 1);
  const auto section = test::AcquireImage(machine, file);
  // A slot over page 1's tail: page 2, read with it, must ask the file for what was there.
  Vector<pe::Binding> bindings;
  ASSERT_EQ(bindings.Push({Rva(0x1FFC), 0}), Status::kSuccess);
  section->Bind(std::move(bindings));
  test::Bytes expected = sample.At(section->base());
  test::Put32(expected, 0x1FFC, 0);
  test::Bytes page(kPageSize);
  file->fail_read = 2;
  EXPECT_EQ(section->ReadBytes(0x1000, page), Status::kSuccess);
  EXPECT_EQ(file->fail_read, 0u);
  EXPECT_TRUE(std::equal(page.begin(), page.end(), expected.begin() + 0x1000));
  EXPECT_FALSE(section->IsPresent(PageIndex(2)));
  EXPECT_TRUE(section->IsPresent(PageIndex(3)));
  EXPECT_EQ(section->ReadBytes(0x2000, page), Status::kSuccess);
  EXPECT_TRUE(std::equal(page.begin(), page.end(), expected.begin() + 0x2000));
}

}  // namespace
}  // namespace fl::mm
