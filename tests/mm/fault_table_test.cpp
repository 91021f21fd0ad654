// Every cell of the table in mm/page_fault.h: what ClassifyFault names it, and what
// ResolvePageFault does.
#include <gtest/gtest.h>

#include <array>

#include "mm/page_fault.h"
#include "tests/mm/image_fixture.h"

namespace fl::mm {
namespace {

using test::FakeMachine;
using test::MakeFile;

constexpr Access kAccesses[] = {Access::kRead, Access::kWrite, Access::kExecute};
using Row = std::array<FaultCase, 3>;  // For read, write, execute.

constexpr FaultCase kNo = FaultCase::kAccessViolation;
constexpr FaultCase kGuard = FaultCase::kGuardPage;
constexpr FaultCase kZero = FaultCase::kDemandZero;
constexpr FaultCase kImage = FaultCase::kImagePage;
constexpr FaultCase kData = FaultCase::kDataPage;
constexpr FaultCase kShared = FaultCase::kSharedMemoryPage;
constexpr FaultCase kCopy = FaultCase::kCopyOnWrite;
constexpr FaultCase kDone = FaultCase::kAlreadyResolved;

class FaultTable : public testing::Test {
 protected:
  VirtAddr Commit(Protection protection) {
    const auto range = process_->space.Allocate(
        {.base = {}, .size = 0x1000, .type = kMemCommit, .protection = protection});
    return range->base;
  }
  VirtAddr MapView(Section& section, Protection protection) {
    return test::MapWhole(*process_, section, protection);
  }
  RefPtr<Section> Data() {
    return *machine_.data.Acquire(MakeFile(test::PatternBytes(0x1000, 1), 1));
  }
  RefPtr<Section> Shared() { return *SharedMemorySection::Create(machine_.pager, 0x1000); }

  /// Both functions, for each access to a page that `make` makes afresh.
  template <class Make>
  void Check(const char* what, Make make, Row expected) {
    for (u32 i = 0; i < 3; ++i) {
      process_->space.Clear();
      const VirtAddr address = make();
      const VirtPage page = PageOf(address);
      const FaultCase named = ClassifyFault(process_->space.Look(page), page, kAccesses[i]);
      EXPECT_STREQ(FaultCaseName(named), FaultCaseName(expected[i])) << what << ", access " << i;
      const FaultResult result = ResolvePageFault({.address = address, .access = kAccesses[i]},
                                                  &process_->space, machine_.system);
      FaultOutcome outcome = FaultOutcome::kResolved;
      Status status = Status::kSuccess;
      if (expected[i] == kNo) {
        outcome = FaultOutcome::kAccessViolation;
        status = Status::kAccessViolation;
      } else if (expected[i] == kGuard) {
        outcome = FaultOutcome::kGuardPage;
        status = Status::kGuardPageViolation;
      }
      EXPECT_EQ(result.outcome, outcome) << what << ", access " << i;
      EXPECT_EQ(result.status, status) << what << ", access " << i;
      EXPECT_STREQ(FaultCaseName(result.fault_case), FaultCaseName(expected[i])) << what;
      if (outcome == FaultOutcome::kResolved) {
        EXPECT_EQ(ClassifyFault(process_->space.Look(page), page, kAccesses[i]), kDone) << what;
      }
    }
    process_->space.Clear();
  }

  FakeMachine machine_;
  std::unique_ptr<test::FakeProcess> process_ = machine_.Process();
};

TEST_F(FaultTable, FreeAndReserved) {
  Check("free", [] { return VirtAddr(0x500000); }, {kNo, kNo, kNo});
  Check("reserved",
        [&] {
          return process_->space
              .Allocate({.base = {}, .size = 1, .type = kMemReserve, .protection = kPageReadWrite})
              ->base;
        },
        {kNo, kNo, kNo});
}

TEST_F(FaultTable, OutsideTheSpace) {
  for (const u32 address : {0u, 0xFFFFu, 0x7FFE0000u, 0x80000000u, 0xFFFFFFFFu}) {
    for (const Access access : kAccesses) {
      EXPECT_EQ(machine_.Access(*process_, VirtAddr(address), access).outcome,
                FaultOutcome::kAccessViolation);
    }
  }
}

TEST_F(FaultTable, Private) {
  const auto commit = [&](Protection p) { return [this, p] { return Commit(p); }; };
  Check("no access", commit(kPageNoAccess), {kNo, kNo, kNo});
  Check("read only", commit(kPageReadOnly), {kZero, kNo, kNo});
  Check("read-write", commit(kPageReadWrite), {kZero, kZero, kNo});
  Check("execute", commit(kPageExecute), {kZero, kNo, kZero});
  Check("execute-read", commit(kPageExecuteRead), {kZero, kNo, kZero});
  Check("execute-read-write", commit(kPageExecuteReadWrite), {kZero, kZero, kZero});
}

TEST_F(FaultTable, Guard) {
  for (const Protection p : {kPageReadOnly, kPageReadWrite, kPageExecuteReadWrite}) {
    Check("guard", [&] { return Commit(p.With(kPageGuard)); }, {kGuard, kGuard, kGuard});
  }
  const auto data = Data();
  Check("guard on a view",
        [&] {
          const VirtAddr base = MapView(*data, kPageReadOnly);
          EXPECT_TRUE(process_->space.Protect(base, 1, kPageReadOnly.With(kPageGuard)).ok());
          return base;
        },
        {kGuard, kGuard, kGuard});
}

TEST_F(FaultTable, DataView) {
  const auto data = Data();
  Check("read only", [&] { return MapView(*data, kPageReadOnly); }, {kData, kNo, kNo});
  Check("write-copy", [&] { return MapView(*data, kPageWriteCopy); }, {kData, kCopy, kNo});
  Check("execute-read", [&] { return MapView(*data, kPageExecuteRead); }, {kData, kNo, kData});
  Check("execute-write-copy", [&] { return MapView(*data, kPageExecuteWriteCopy); },
        {kData, kCopy, kData});
  Check("no access", [&] { return MapView(*data, kPageNoAccess); }, {kNo, kNo, kNo});
}

TEST_F(FaultTable, SharedMemoryView) {
  const auto shared = Shared();
  Check("read only", [&] { return MapView(*shared, kPageReadOnly); }, {kShared, kNo, kNo});
  Check("read-write", [&] { return MapView(*shared, kPageReadWrite); }, {kShared, kShared, kNo});
  Check("write-copy", [&] { return MapView(*shared, kPageWriteCopy); }, {kShared, kCopy, kNo});
  Check("all", [&] { return MapView(*shared, kPageExecuteReadWrite); },
        {kShared, kShared, kShared});
}

TEST_F(FaultTable, ImageView) {
  const auto section =
      test::AcquireImage(machine_, MakeFile(test::MakeSample({.shared_section = true}).file, 1));
  const auto at = [&](u32 rva) {
    return [&, rva] { return MapView(*section, kPageReadOnly) + rva; };
  };
  Check("header", at(0), {kImage, kNo, kNo});
  Check("text", at(test::kSampleText), {kImage, kNo, kImage});
  Check("data", at(test::kSampleData), {kImage, kCopy, kNo});
  Check("zero data", at(test::kSampleData + 0x2000), {kImage, kCopy, kNo});
  Check("shared data", at(test::kSampleShared), {kImage, kImage, kNo});
  Check("hole", at(test::kSampleShared + 0x2000), {kNo, kNo, kNo});
}

TEST_F(FaultTable, AlreadyResolved) {
  Check("mapped",
        [&] {
          const VirtAddr base = Commit(kPageExecuteReadWrite);
          EXPECT_TRUE(machine_.Write(*process_, base, 1));
          return base;
        },
        {kDone, kDone, kDone});
  const auto data = Data();
  Check("mapped for reading",
        [&] {
          const VirtAddr base = MapView(*data, kPageWriteCopy);
          EXPECT_NE(machine_.Byte(*process_, base), -1);
          return base;
        },
        {kDone, kCopy, kNo});
  Check("copied",
        [&] {
          const VirtAddr base = MapView(*data, kPageWriteCopy);
          EXPECT_TRUE(machine_.Write(*process_, base, 1));
          return base;
        },
        {kDone, kDone, kNo});
}

// ---- The system's half -------------------------------------------------------------------------

FaultResult SystemFault(FakeMachine& machine, VirtAddr address, Access access,
                        FaultMode mode = FaultMode::kKernel) {
  return ResolvePageFault({.address = address, .access = access, .mode = mode}, nullptr,
                          machine.system);
}

TEST_F(FaultTable, SystemViewIsReadByTheKernelOnly) {
  const auto section = test::AcquireImage(machine_, MakeFile(test::MakeSample().file, 1));
  const u32 charged = machine_.charged();
  const auto view = machine_.system.MapView(*section, {.base = {}, .protection = kPageReadOnly});
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(machine_.charged(), charged);  // Never written, so no copies to promise.
  const VirtAddr data = view->base + test::kSampleData;
  EXPECT_EQ(SystemFault(machine_, data, Access::kRead, FaultMode::kUser).outcome,
            FaultOutcome::kAccessViolation);
  const FaultResult read = SystemFault(machine_, data, Access::kRead);
  EXPECT_EQ(read.outcome, FaultOutcome::kResolved);
  EXPECT_EQ(read.fault_case, kImage);
  EXPECT_TRUE(read.hard);
  EXPECT_EQ(read.section, section.get());
  EXPECT_EQ(read.section_page, PageIndex(test::kSampleData / kPageSize));
  EXPECT_EQ(SystemFault(machine_, data, Access::kWrite).outcome, FaultOutcome::kAccessViolation);
  EXPECT_EQ(SystemFault(machine_, data, Access::kRead).fault_case, kDone);
  EXPECT_EQ(SystemFault(machine_, VirtAddr(0xE0000000), Access::kRead).outcome,
            FaultOutcome::kAccessViolation);
  EXPECT_EQ(SystemFault(machine_, VirtAddr(0x10000), Access::kRead).outcome,
            FaultOutcome::kAccessViolation);
  EXPECT_EQ(machine_.system.UnmapView(data), Status::kSuccess);
}

TEST_F(FaultTable, SystemViewSharesTheFramesOfUserViews) {
  const auto section = test::AcquireImage(machine_, MakeFile(test::MakeSample().file, 1));
  const auto view = machine_.system.MapView(*section, {.base = {}, .protection = kPageReadOnly});
  const VirtAddr base = MapView(*section, kPageReadOnly);
  ASSERT_NE(machine_.Byte(*process_, base + test::kSampleText), -1);
  const FaultResult soft = SystemFault(machine_, view->base + test::kSampleText, Access::kRead);
  EXPECT_EQ(soft.outcome, FaultOutcome::kResolved);
  EXPECT_FALSE(soft.hard);
  EXPECT_EQ(machine_.system_mmu.Query(PageOf(view->base + test::kSampleText)).pfn,
            process_->mmu.Query(PageOf(base + test::kSampleText)).pfn);
}

TEST_F(FaultTable, PrivateSystemMemoryHasNoDemandZero) {
  const auto range = machine_.system.Allocate(
      {.base = {}, .size = 0x1000, .type = kMemCommit, .protection = kPageReadWrite});
  ASSERT_TRUE(range.ok());
  EXPECT_EQ(SystemFault(machine_, range->base, Access::kRead).outcome,
            FaultOutcome::kAccessViolation);
}

// ---- Guards and stacks -------------------------------------------------------------------------

TEST_F(FaultTable, GuardServesOnce) {
  const VirtAddr base = Commit(kPageReadWrite.With(kPageGuard));
  EXPECT_EQ(machine_.Access(*process_, base, Access::kWrite).outcome, FaultOutcome::kGuardPage);
  EXPECT_EQ(process_->space.Query(base)->protection, kPageReadWrite);
  EXPECT_TRUE(machine_.Write(*process_, base, 1));
}

TEST_F(FaultTable, GuardOnAPageThatIsHereKeepsItsBytes) {
  const VirtAddr base = Commit(kPageReadWrite);
  ASSERT_TRUE(machine_.Write(*process_, base, 0x42));
  ASSERT_TRUE(process_->space.Protect(base, 1, kPageReadWrite.With(kPageGuard)).ok());
  EXPECT_EQ(machine_.Access(*process_, base, Access::kRead).outcome, FaultOutcome::kGuardPage);
  EXPECT_EQ(machine_.Byte(*process_, base), 0x42);
}

class StackTest : public FaultTable {
 protected:
  static constexpr u32 kPages = 16;
  void SetUp() override {
    const auto range = process_->space.Allocate({.base = {},
                                                 .size = kPages * kPageSize,
                                                 .type = kMemReserve,
                                                 .protection = kPageReadWrite});
    stack_.deallocation_base = range->base;
    stack_.base = range->base + kPages * kPageSize;
    stack_.limit = stack_.base - kPageSize;
    ASSERT_TRUE(Commit(stack_.limit, kPageReadWrite));
    ASSERT_TRUE(Commit(stack_.limit - kPageSize, kPageReadWrite.With(kPageGuard)));
  }
  bool Commit(VirtAddr at, Protection protection) {
    return process_->space
        .Allocate({.base = at, .size = kPageSize, .type = kMemCommit, .protection = protection})
        .ok();
  }
  FaultOutcome Touch(u32 page) {
    return machine_
        .Access(*process_, stack_.deallocation_base + page * kPageSize, Access::kWrite, &stack_)
        .outcome;
  }
  Protection Shown(u32 page) {
    return process_->space.Query(stack_.deallocation_base + page * kPageSize)->protection;
  }
  UserStack stack_;
};

TEST_F(StackTest, GrowsPageByPageAndOverflows) {
  for (u32 page = kPages - 2; page >= 2; --page) {
    EXPECT_EQ(Touch(page), FaultOutcome::kResolved) << page;
    EXPECT_EQ(stack_.limit, stack_.deallocation_base + page * kPageSize);
    EXPECT_EQ(Shown(page - 1), kPageReadWrite.With(kPageGuard));
  }
  // The last guard: what is left is opened for the handler.
  EXPECT_EQ(Touch(1), FaultOutcome::kStackOverflow);
  EXPECT_EQ(Shown(1), kPageReadWrite);
  EXPECT_EQ(stack_.limit, stack_.deallocation_base + kPageSize);
  EXPECT_EQ(Touch(1), FaultOutcome::kResolved);
  EXPECT_EQ(Touch(0), FaultOutcome::kAccessViolation);
}

TEST_F(StackTest, GuaranteedBytesAreKeptForTheHandler) {
  stack_.guaranteed_bytes = 3 * kPageSize;
  u32 page = kPages - 2;
  for (; page >= 4; --page) EXPECT_EQ(Touch(page), FaultOutcome::kResolved) << page;
  EXPECT_EQ(Touch(3), FaultOutcome::kStackOverflow);
  for (u32 kept = 1; kept <= 3; ++kept) EXPECT_EQ(Shown(kept), kPageReadWrite) << kept;
  EXPECT_EQ(Touch(2), FaultOutcome::kResolved);
  EXPECT_EQ(Touch(1), FaultOutcome::kResolved);
  EXPECT_EQ(Touch(0), FaultOutcome::kAccessViolation);
}

TEST_F(StackTest, ASkippedGuardIsAnAccessViolation) {
  EXPECT_EQ(Touch(kPages - 4), FaultOutcome::kAccessViolation);
}

TEST_F(StackTest, AnotherThreadsStackIsAnOrdinaryGuard) {
  EXPECT_EQ(machine_.Access(*process_, stack_.limit - kPageSize, Access::kWrite, nullptr).outcome,
            FaultOutcome::kGuardPage);
  EXPECT_EQ(stack_.limit, stack_.base - kPageSize);
}

TEST_F(StackTest, WithoutPromisesTheStackIsAtItsEnd) {
  machine_.TakeMemory(1);
  EXPECT_EQ(Touch(kPages - 2), FaultOutcome::kResolved);
  EXPECT_EQ(Touch(kPages - 3), FaultOutcome::kStackOverflow);
  machine_.RestoreMemory();
}

}  // namespace
}  // namespace fl::mm
