// Threads that fault, map, unmap and fail against one another while reads are under way and memory
// is so short that standby pages are taken all the time. What they read must be right whenever it
// is read.
#include <gtest/gtest.h>

#include <random>

#include "tests/mm/image_fixture.h"

namespace fl::mm {
namespace {

using test::FakeMachine;
using test::MakeFile;

class Stress {
 public:
  Stress(u32 seed, u32 cluster) : random_(seed), machine_(40, seed, cluster) {
    for (u32 i = 0; i < 2; ++i) {
      samples_.push_back(test::MakeSample({.seed = seed + i}));
      files_.push_back(MakeFile(samples_[i].file, i));
      images_.push_back(test::AcquireImage(machine_, files_[i]));
      expected_.push_back(samples_[i].At(images_[i]->base()));
    }
    files_.push_back(MakeFile(test::PatternBytes(30 * kPageSize, seed), 9));
    data_ = *machine_.data.Acquire(files_.back());
    expected_.push_back(files_.back()->bytes());
    for (const auto& file : files_) file->during_read = [this] { machine_.threads.Yield(); };
    for (u32 i = 0; i < 2; ++i) processes_.push_back(machine_.Process());
  }

  void Run() {
    std::vector<std::function<void()>> bodies;
    for (u32 thread = 0; thread < 5; ++thread) bodies.push_back([this] { Thread(); });
    machine_.threads.Run(bodies);
    EXPECT_GT(violations_, 0u);
    EXPECT_GT(good_, 0u);
  }

 private:
  static constexpr u32 kSteps = 120;
  u32 Below(u32 n) { return std::uniform_int_distribution<u32>(0, n - 1)(random_); }

  Section& SectionOf(u32 which) {
    return which < 2 ? static_cast<Section&>(*images_[which]) : static_cast<Section&>(*data_);
  }
  static VirtAddr Place(u32 which) { return VirtAddr(0x30000000 + which * 0x100000); }

  void Thread() {
    for (u32 step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) {
      test::FakeProcess& process = *processes_[Below(2)];
      const u32 which = Below(3);
      switch (Below(10)) {
        case 0:
          (void)process.space.MapView(SectionOf(which),
                                      {.base = Place(which), .protection = kPageReadOnly});
          break;
        case 1:
          (void)process.space.UnmapView(Place(which) + 0x1000);
          break;
        case 2:
          files_[which]->fail_read = 1;
          break;
        case 3:
          machine_.threads.Yield();
          break;
        case 4: {
          test::Bytes some(0x1800);
          const u32 offset = Below(20) * 0x400;
          if (which == 2 && IsSuccess(data_->ReadBytes(offset, some))) {
            EXPECT_TRUE(std::equal(some.begin(), some.end(), expected_[2].begin() + offset));
          }
          break;
        }
        default:
          Touch(process, which);
      }
    }
  }

  void Touch(test::FakeProcess& process, u32 which) {
    const u32 page = Below(SectionOf(which).pages());
    const FaultResult result =
        machine_.Access(process, Place(which) + page * kPageSize, Access::kRead);
    if (result.outcome != FaultOutcome::kResolved) {
      ++violations_;
      return;
    }
    ++good_;
    // Nothing has slept since: the entry holds.
    const Pte pte = process.mmu.Query(PageOf(Place(which)) + page);
    ASSERT_TRUE(pte.resident);
    const PageBytes bytes = machine_.window.Bytes(pte.pfn);
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), expected_[which].begin() + page * kPageSize))
        << "section " << which << " page " << page;
  }

  std::mt19937 random_;
  FakeMachine machine_;
  std::vector<test::SampleImage> samples_;
  std::vector<RefPtr<test::FakeFile>> files_;
  std::vector<RefPtr<ImageSection>> images_;
  std::vector<test::Bytes> expected_;
  RefPtr<DataSection> data_;
  std::vector<std::unique_ptr<test::FakeProcess>> processes_;
  u32 good_ = 0;
  u32 violations_ = 0;
};

TEST(Stress, ThreadsAndFailuresAndShortMemory) {
  for (u32 seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Stress(seed, seed % 3 == 0 ? 4 : 1).Run();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace fl::mm
