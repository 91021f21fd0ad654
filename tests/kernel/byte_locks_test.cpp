// ByteLocks: who may lock, read and write what.
#include "kernel/byte_locks.h"

#include <gtest/gtest.h>

namespace fl::kernel {
namespace {

const int kFileA = 0, kFileB = 0;
const LockOwner kA{&kFileA, 4, 0}, kB{&kFileB, 4, 0}, kOtherKey{&kFileA, 4, 1};

TEST(ByteLocks, ExclusiveOnesMeetNoOther) {
  ByteLocks locks;
  ASSERT_EQ(locks.Lock({10, 10}, kA, true), Status::kSuccess);
  EXPECT_EQ(locks.Lock({19, 1}, kB, true), Status::kLockNotGranted);
  EXPECT_EQ(locks.Lock({5, 6}, kB, false), Status::kLockNotGranted);
  EXPECT_EQ(locks.Lock({12, 1}, kA, false), Status::kLockNotGranted);
  EXPECT_EQ(locks.Lock({20, 5}, kB, true), Status::kSuccess);
  EXPECT_EQ(locks.Lock({0, 10}, kB, true), Status::kSuccess);
}

TEST(ByteLocks, SharedOnesKeepWritersOutAndTheirOwnersToo) {
  ByteLocks locks;
  ASSERT_EQ(locks.Lock({0, 8}, kA, false), Status::kSuccess);
  ASSERT_EQ(locks.Lock({4, 8}, kB, false), Status::kSuccess);
  EXPECT_EQ(locks.Lock({7, 1}, kB, true), Status::kLockNotGranted);
  EXPECT_TRUE(locks.MayRead({0, 100}, kOtherKey));
  EXPECT_FALSE(locks.MayWrite({0, 1}, kA));
  EXPECT_TRUE(locks.MayWrite({12, 1}, kA));
}

TEST(ByteLocks, OwnersOfExclusiveOnesReadAndWrite) {
  ByteLocks locks;
  ASSERT_EQ(locks.Lock({0, 8}, kA, true), Status::kSuccess);
  EXPECT_TRUE(locks.MayRead({0, 8}, kA));
  EXPECT_TRUE(locks.MayWrite({0, 8}, kA));
  EXPECT_FALSE(locks.MayRead({7, 1}, kB));
  EXPECT_FALSE(locks.MayWrite({7, 1}, kOtherKey));
  EXPECT_TRUE(locks.MayRead({8, 1}, kB));
}

TEST(ByteLocks, JustWhatWasLockedIsUnlocked) {
  ByteLocks locks;
  ASSERT_EQ(locks.Lock({0, 8}, kA, true), Status::kSuccess);
  EXPECT_EQ(locks.Unlock({0, 4}, kA), Status::kRangeNotLocked);
  EXPECT_EQ(locks.Unlock({0, 8}, kB), Status::kRangeNotLocked);
  EXPECT_EQ(locks.Unlock({0, 8}, kA), Status::kSuccess);
  EXPECT_EQ(locks.Unlock({0, 8}, kA), Status::kRangeNotLocked);
  ASSERT_EQ(locks.Lock({0, 8}, kA, true), Status::kSuccess);
  ASSERT_EQ(locks.Lock({8, 8}, kOtherKey, true), Status::kSuccess);
  EXPECT_TRUE(locks.UnlockAll(&kFileA));
  EXPECT_FALSE(locks.UnlockAll(&kFileA));
  EXPECT_TRUE(locks.empty());
}

TEST(ByteLocks, RangesEndAtTheHighestByte) {
  ByteLocks locks;
  EXPECT_EQ(locks.Lock({~0ull, 2}, kA, true), Status::kInvalidLockRange);
  ASSERT_EQ(locks.Lock({~0ull, 1}, kA, true), Status::kSuccess);
  EXPECT_EQ(locks.Lock({0, ~0ull}, kB, true), Status::kSuccess);
  EXPECT_FALSE(locks.MayRead({~0ull, 1}, kB));
  EXPECT_EQ(locks.Lock({5, 0}, kA, true), Status::kLockNotGranted);
}

}  // namespace
}  // namespace fl::kernel
