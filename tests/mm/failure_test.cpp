// Every allocation of memory fails in turn: the call says so, has changed nothing, and succeeds
// when it is made again. Nothing is lost (FakeMachine counts when it ends).
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "tests/fakes/failing_new.h"
#include "tests/mm/image_fixture.h"

namespace fl::mm {
namespace {

using test::FakeMachine;
using test::MakeFile;

constexpr u32 kBoth = kMemReserve | kMemCommit;

/// Everything of mm/ in one life: what each step needs is made by those before it.
class Life {
 public:
  using Step = std::function<Status()>;

  Life() {
    Add([this] { return Keep(image_, machine.images.Acquire(image_file_, 0, nullptr)); });
    Add([this] { return Keep(data_, machine.data.Acquire(data_file_)); });
    Add([this] { return Keep(shared_, SharedMemorySection::Create(machine.pager, 0x4000)); });
    Add([this] { return Map(*image_, image_ ? image_->base().value : 0, {}); });
    Add([this] { return Map(*data_, kData, kPageWriteCopy); });
    Add([this] { return Map(*shared_, kShared, kPageReadWrite); });
    Add([this] { return Allocate(kHeap, 0x20000, kMemReserve, kPageReadWrite); });
    Add([this] { return Allocate(kHeap + 0x2000, 0x6000, kMemCommit, kPageReadWrite); });
    Add([this] { return Allocate(kHeap + 0x4000, 0x1000, kMemCommit, kPageReadOnly); });
    Add([this] {
      return Allocate(kHeap + 0x7000, 0x1000, kMemCommit, kPageReadWrite.With(kPageGuard));
    });
    for (const u32 at : {kHeap + 0x2000, kHeap + 0x3000, kShared, kShared + 0x2000, kData}) {
      Add([this, at] { return Touch(at, Access::kWrite); });
    }
    for (const u32 at : {kHeap + 0x4000, kHeap + 0x5000, kData + 0x1000, kData}) {
      Add([this, at] { return Touch(at, Access::kRead); });
    }
    for (const u32 rva : {0x2000u, 0x1000u, 0u, 0x7000u, 0x8000u}) {
      Add([this, rva] { return Touch(image_->base().value + rva, Access::kRead); });
    }
    for (const u32 rva : {0x5000u, 0x7000u}) {
      Add([this, rva] { return Touch(image_->base().value + rva, Access::kWrite); });
    }
    Add([this] { return Touch(kHeap + 0x7000, Access::kRead); });
    Add([this] { return Protect(kHeap + 0x3000, 0x1000, kPageReadOnly); });
    Add([this] { return Protect(image_->base().value + 0x2000, 0x1000, kPageReadWrite); });
    Add([this] { return Protect(kData + 0x1000, 0x1000, kPageReadOnly); });
    Add([this] {
      return process->space.Free(VirtAddr(kHeap + 0x3000), 0x1000, kMemDecommit).status();
    });
    Add([this] {
      return process->space.Free(VirtAddr(kHeap + 0x5000), 0x1000, kMemRelease).status();
    });
    Add([this] { return Allocate(0, 0x3000, kBoth, kPageReadWrite); });
    Add([this] {
      return machine.system.MapView(*image_, {.base = {}, .protection = kPageReadOnly}).status();
    });
    Add([this] {
      return Outcome(ResolvePageFault({.address = AddressOf(test::kSystemFirst) + 0x1000,
                                       .access = Access::kRead,
                                       .mode = FaultMode::kKernel},
                                      nullptr, machine.system));
    });
    Add([this] { return process->space.UnmapView(VirtAddr(kData)); });
  }

  /// What a failed step must leave as it was.
  std::vector<u32> Snapshot() {
    std::vector<u32> all = {machine.charged(),
                            machine.frames.count(FrameUse::kPrivate),
                            machine.frames.count(FrameUse::kPageTable),
                            process->space.private_pages(),
                            process->space.committed_pages(),
                            u32(process->mmu.entries()),
                            u32(process->mmu.table_count()),
                            u32(machine.system_mmu.entries())};
    const RegionTree& tree = process->space.regions();
    EXPECT_TRUE(tree.Validate());
    for (auto r = tree.FindFrom(tree.first()); r; r = tree.FindFrom(r->range.end())) {
      all.insert(all.end(), {r->range.start.value, r->range.pages, r->attributes.protection.bits,
                             u32(r->attributes.state)});
    }
    for (Section* section :
         {static_cast<Section*>(image_.get()), static_cast<Section*>(data_.get()),
          static_cast<Section*>(shared_.get())}) {
      if (section) {
        all.insert(all.end(), {section->counters().views, section->counters().private_pages,
                               section->references()});
      }
    }
    return all;
  }

  FakeMachine machine{256, 7};
  std::unique_ptr<test::FakeProcess> process = machine.Process();
  std::vector<Step> steps;

 private:
  static constexpr u32 kHeap = 0x00400000;
  static constexpr u32 kData = 0x00C00000;
  static constexpr u32 kShared = 0x01400000;

  void Add(Step step) { steps.push_back(std::move(step)); }
  template <class T>
  Status Keep(RefPtr<T>& place, Result<RefPtr<T>> made) {
    if (!made) return made.error();
    place = *made;
    return Status::kSuccess;
  }
  Status Map(Section& section, u32 base, Protection protection) {
    if (protection == Protection{}) protection = kPageReadOnly;
    return process->space.MapView(section, {.base = VirtAddr(base), .protection = protection})
        .status();
  }
  Status Allocate(u32 base, u32 size, u32 type, Protection protection) {
    return process->space
        .Allocate({.base = VirtAddr(base), .size = size, .type = type, .protection = protection})
        .status();
  }
  Status Protect(u32 base, u32 size, Protection protection) {
    return process->space.Protect(VirtAddr(base), size, protection).status();
  }
  static Status Outcome(const FaultResult& result) {
    const bool passed =
        result.outcome == FaultOutcome::kResolved || result.outcome == FaultOutcome::kGuardPage;
    return passed ? Status::kSuccess : result.status;
  }
  Status Touch(u32 address, Access access) {
    return Outcome(machine.Access(*process, VirtAddr(address), access));
  }

  RefPtr<test::FakeFile> image_file_ = MakeFile(test::MakeSample({.shared_section = true}).file, 1);
  RefPtr<test::FakeFile> data_file_ = MakeFile(test::PatternBytes(0x3000, 1), 2);
  RefPtr<ImageSection> image_;
  RefPtr<DataSection> data_;
  RefPtr<SharedMemorySection> shared_;
};

/// Lives one life, in which something fails once. `heal` makes the world whole again. True if it
/// failed.
bool Live(Life& life, const std::function<void()>& heal) {
  bool failed = false;
  for (u32 i = 0; i < life.steps.size(); ++i) {
    const std::vector<u32> before = life.Snapshot();
    Status status = life.steps[i]();
    if (IsFailure(status)) {
      EXPECT_FALSE(failed) << "step " << i << ": " << std::hex << Code(status);
      EXPECT_TRUE(status == Status::kNoMemory || status == Status::kCommitmentLimit)
          << "step " << i << ": " << std::hex << Code(status);
      failed = true;
      EXPECT_EQ(before, life.Snapshot()) << "step " << i;
      heal();
      status = life.steps[i]();
      EXPECT_EQ(status, Status::kSuccess) << "step " << i << ": " << std::hex << Code(status);
    }
  }
  return failed;
}

TEST(Failure, EveryHeapAllocationInTurn) {
  int n = 1;
  for (;; ++n) {
    Life life;
    test::FailAllocation(n);
    Live(life, [] { test::FailAllocation(0); });
    const bool reached = test::AllocationFailed();
    test::FailAllocation(0);
    if (!reached) break;
  }
  EXPECT_GT(n, 20);
}

TEST(Failure, EveryPromiseInTurn) {
  u32 left = 0;
  for (;; ++left) {
    Life life;
    life.machine.TakeMemory(left);
    if (!Live(life, [&] { life.machine.RestoreMemory(); })) break;
  }
  EXPECT_GT(left, 15u);
}

TEST(Failure, EveryFrameInTurn) {
  // Frames run out while promises are left, which only a bug of somebody else's could bring about.
  u32 left = 0;
  for (;; ++left) {
    Life life;
    std::vector<Pfn> taken;
    while (life.machine.frames.available() > left) {
      taken.push_back(*life.machine.frames.Allocate(FrameUse::kKernel));
    }
    const auto heal = [&] {
      for (const Pfn pfn : taken) life.machine.frames.Free(pfn);
      taken.clear();
    };
    const bool failed = Live(life, heal);
    heal();
    if (!failed) break;
  }
  EXPECT_GT(left, 10u);
}

TEST(Failure, EveryPageTableInTurn) {
  u32 n = 1;
  for (;; ++n) {
    Life life;
    life.process->mmu.FailTable(n);
    if (!Live(life, [] {})) break;
  }
  EXPECT_GT(n, 3u);
}

}  // namespace
}  // namespace fl::mm
