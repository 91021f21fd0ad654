// PfnDatabase: the lists of frames, their order and their counts.
#include "mm/pfn_database.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/fakes/fake_frames.h"

namespace fl::mm {
namespace {

class Frames : public testing::Test, public FrameOwner {
 protected:
  static constexpr u32 kCount = 16;
  Frames() : window_(kCount), records_(kCount), frames_(records_, window_) {
    frames_.AddRam(Pfn(4), 12, FrameUse::kFree);
    frames_.AddRam(Pfn(0), 2, FrameUse::kKernel);
  }
  void ReclaimFrame(PageIndex index) override { reclaimed_.push_back(index.value); }
  Pfn SectionFrame(u32 index) {
    const Pfn pfn = *frames_.Allocate(FrameUse::kSection);
    frames_.frame(pfn).owner = this;
    frames_.frame(pfn).index = PageIndex(index);
    return pfn;
  }
  u32 Sum() {
    u32 sum = 0;
    for (u32 use = 0; use < kFrameUses; ++use) sum += frames_.count(FrameUse(use));
    return sum;
  }

  test::FakeFrames window_;
  std::vector<Frame> records_;
  PfnDatabase frames_;
  std::vector<u32> reclaimed_;
};

TEST_F(Frames, CountsAddUpAndHolesStayOut) {
  EXPECT_EQ(Sum(), kCount);
  EXPECT_EQ(frames_.count(FrameUse::kNotRam), 2u);
  EXPECT_EQ(frames_.available(), 12u);
  EXPECT_EQ(frames_.commit().limit(), 12u);
  EXPECT_FALSE(frames_.IsRam(Pfn(2)));
  EXPECT_TRUE(frames_.IsRam(Pfn(1)));
  EXPECT_FALSE(frames_.IsRam(Pfn(kCount)));
}

TEST_F(Frames, EachFrameIsGivenOnceAndThenThereAreNone) {
  std::vector<u32> all;
  for (u32 i = 0; i < 12; ++i) all.push_back(frames_.Allocate(FrameUse::kPrivate)->value);
  std::sort(all.begin(), all.end());
  for (u32 i = 0; i < 12; ++i) EXPECT_EQ(all[i], i + 4);
  EXPECT_EQ(frames_.Allocate(FrameUse::kPrivate).status(), Status::kNoMemory);
  EXPECT_EQ(frames_.AllocateZeroed(FrameUse::kPrivate).status(), Status::kNoMemory);
  for (const u32 pfn : all) frames_.Free(Pfn(pfn));
  EXPECT_EQ(frames_.available(), 12u);
  EXPECT_EQ(Sum(), kCount);
}

TEST_F(Frames, ZeroedIsZeroWhereverItComesFrom) {
  EXPECT_TRUE(frames_.ZeroOneFreeFrame());
  EXPECT_EQ(frames_.count(FrameUse::kZeroed), 1u);
  for (u32 i = 0; i < 12; ++i) {
    const Pfn pfn = *frames_.AllocateZeroed(FrameUse::kPrivate);
    const PageBytes bytes = frames_.Bytes(pfn);
    EXPECT_TRUE(
        std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte(0); }));
  }
  EXPECT_FALSE(frames_.ZeroOneFreeFrame());
}

TEST_F(Frames, OrdinaryRequestsSpareTheZeroedFrames) {
  while (frames_.count(FrameUse::kFree) > 6) frames_.ZeroOneFreeFrame();
  for (u32 i = 0; i < 6; ++i) (void)*frames_.Allocate(FrameUse::kPrivate);
  EXPECT_EQ(frames_.count(FrameUse::kZeroed), 6u);
  (void)*frames_.Allocate(FrameUse::kPrivate);
  EXPECT_EQ(frames_.count(FrameUse::kZeroed), 5u);
}

TEST_F(Frames, StandbyIsTakenLastLongestUnusedFirstAndTheOwnerIsTold) {
  std::vector<Pfn> section;
  for (u32 i = 0; i < 4; ++i) section.push_back(SectionFrame(i));
  for (const u32 i : {2u, 0u, 3u, 1u}) frames_.MoveToStandby(section[i]);
  frames_.TakeFromStandby(section[0]);
  frames_.MoveToStandby(section[0]);
  frames_.TakeFromStandby(section[3]);
  EXPECT_EQ(frames_.available(), 11u);
  for (u32 i = 0; i < 8; ++i) (void)*frames_.Allocate(FrameUse::kPrivate);
  EXPECT_TRUE(reclaimed_.empty());
  for (u32 i = 0; i < 3; ++i) (void)*frames_.Allocate(FrameUse::kPrivate);
  EXPECT_EQ(reclaimed_, (std::vector<u32>{2, 1, 0}));
  EXPECT_EQ(frames_.Allocate(FrameUse::kPrivate).status(), Status::kNoMemory);
  EXPECT_EQ(frames_.frame(section[3]).use, FrameUse::kSection);
}

TEST_F(Frames, PoisonedFramesAreFilledAndComeZeroedAllTheSame) {
  frames_.PoisonFreeFrames();
  const Pfn pfn = *frames_.Allocate(FrameUse::kPrivate);
  EXPECT_EQ(frames_.Bytes(pfn)[17], std::byte{kPoison});
  frames_.Bytes(pfn)[17] = std::byte{1};
  frames_.Free(pfn);
  EXPECT_EQ(frames_.Bytes(pfn)[17], std::byte{kPoison});
  const Pfn zeroed = *frames_.AllocateZeroed(FrameUse::kPrivate);
  for (const std::byte byte : frames_.Bytes(zeroed)) ASSERT_EQ(byte, std::byte{0});
  EXPECT_TRUE(frames_.ZeroOneFreeFrame());
  EXPECT_TRUE(frames_.AllocateZeroed(FrameUse::kPrivate).ok());
}

TEST_F(Frames, WhoeverWritesToAPoisonedFrameIsFoundOut) {
  frames_.PoisonFreeFrames();
  const Pfn pfn = *frames_.Allocate(FrameUse::kPrivate);
  frames_.Free(pfn);
  frames_.Bytes(pfn)[kPageSize - 1] = std::byte{1};
  EXPECT_DEATH((void)frames_.Allocate(FrameUse::kPrivate), "untouched");
  EXPECT_DEATH(frames_.ZeroOneFreeFrame(), "untouched");
  frames_.Bytes(pfn)[kPageSize - 1] = std::byte{kPoison};
  ASSERT_TRUE(frames_.ZeroOneFreeFrame());
  frames_.Bytes(pfn)[0] = std::byte{1};
  EXPECT_DEATH((void)frames_.AllocateZeroed(FrameUse::kPrivate), "untouched");
}

TEST_F(Frames, ChargedFramesStopAtThePromises) {
  EXPECT_EQ(frames_.commit().Charge(11), Status::kSuccess);
  const Pfn pfn = *frames_.AllocateCharged(FrameUse::kKernel);
  EXPECT_EQ(frames_.AllocateCharged(FrameUse::kKernel).status(), Status::kNoMemory);
  frames_.FreeCharged(pfn);
  EXPECT_EQ(frames_.commit().charged(), 11u);
  EXPECT_EQ(frames_.commit().peak(), 12u);
  {
    auto charge = CommitCharge::Take(frames_.commit(), 1);
    EXPECT_TRUE(charge.ok());
    EXPECT_EQ(frames_.commit().charged(), 12u);
  }
  EXPECT_EQ(frames_.commit().charged(), 11u);
  EXPECT_EQ(CommitCharge::Take(frames_.commit(), 2).status(), Status::kCommitmentLimit);
  frames_.commit().Uncharge(11);
}

}  // namespace
}  // namespace fl::mm
