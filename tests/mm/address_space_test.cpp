// AddressSpace: private memory: allocate, free, protect, query, with NT's rounding and NT's codes.
#include "mm/address_space.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_machine.h"

namespace fl::mm {
namespace {

using test::FakeMachine;

class PrivateMemory : public testing::Test {
 protected:
  Result<ByteRange> Allocate(u32 base, u32 size, u32 type, Protection protection = kPageReadWrite,
                             u32 zero_bits = 0) {
    return space_.Allocate({.base = VirtAddr(base),
                            .size = size,
                            .type = type,
                            .protection = protection,
                            .zero_bits = zero_bits});
  }
  Status AllocateStatus(u32 base, u32 size, u32 type, Protection protection = kPageReadWrite,
                        u32 zero_bits = 0) {
    return Allocate(base, size, type, protection, zero_bits).status();
  }
  Status Free(u32 base, u32 size, u32 type) {
    return space_.Free(VirtAddr(base), size, type).status();
  }
  Status Protect(u32 base, u32 size, Protection protection) {
    return space_.Protect(VirtAddr(base), size, protection).status();
  }
  MemoryInformation Query(u32 address) {
    const auto info = space_.Query(VirtAddr(address));
    EXPECT_TRUE(info.ok());
    return info.ok() ? *info : MemoryInformation{};
  }
  void ExpectQuery(u32 address, u32 base, u32 allocation_base, u32 size, u32 state,
                   u32 protection) {
    const MemoryInformation info = Query(address);
    EXPECT_EQ(info.base.value, base);
    EXPECT_EQ(info.allocation_base.value, allocation_base);
    EXPECT_EQ(info.size, size);
    EXPECT_EQ(info.state, state);
    EXPECT_EQ(info.protection.bits, protection);
  }

  FakeMachine machine_;
  std::unique_ptr<test::FakeProcess> process_ = machine_.Process();
  AddressSpace& space_ = process_->space;
};

constexpr u32 kBoth = kMemReserve | kMemCommit;

// ---- Allocate ----------------------------------------------------------------------------------

TEST_F(PrivateMemory, ReserveRoundsTheBaseDownAndTheEndUp) {
  const auto range = Allocate(0x412345, 0x10, kMemReserve);
  ASSERT_TRUE(range.ok());
  EXPECT_EQ(range->base.value, 0x410000u);
  EXPECT_EQ(range->size, 0x3000u);
  ExpectQuery(0x410000, 0x410000, 0x410000, 0x3000, kMemReserve, 0);
  EXPECT_EQ(Query(0x410000).allocation_protection, kPageReadWrite);
  EXPECT_EQ(Query(0x410000).type, kMemPrivate);
}

TEST_F(PrivateMemory, CommitRoundsToPagesOnly) {
  ASSERT_TRUE(Allocate(0x400000, 0x10000, kMemReserve, kPageNoAccess).ok());
  const auto range = Allocate(0x401FFF, 2, kMemCommit, kPageReadOnly);
  ASSERT_TRUE(range.ok());
  EXPECT_EQ(range->base.value, 0x401000u);
  EXPECT_EQ(range->size, 0x2000u);
  ExpectQuery(0x400000, 0x400000, 0x400000, 0x1000, kMemReserve, 0);
  ExpectQuery(0x402ABC, 0x402000, 0x400000, 0x1000, kMemCommit, 0x02);
  ExpectQuery(0x403000, 0x403000, 0x400000, 0xD000, kMemReserve, 0);
  EXPECT_EQ(Query(0x401000).allocation_protection, kPageNoAccess);
}

TEST_F(PrivateMemory, AnywhereIsLowestOrHighestAndOnAGranule) {
  const auto low = Allocate(0, 0x11000, kMemCommit);
  EXPECT_EQ(low->base.value, 0x10000u);
  EXPECT_EQ(Allocate(0, 1, kMemReserve)->base.value, 0x30000u);
  const auto high = Allocate(0, 0x11000, kMemReserve | kMemTopDown);
  EXPECT_EQ(high->base.value, 0x7FFC0000u);
}

TEST_F(PrivateMemory, ZeroBitsBoundTheAddress) {
  const auto range = Allocate(0, 0x1000, kMemReserve | kMemTopDown, kPageReadWrite, 12);
  ASSERT_TRUE(range.ok());
  EXPECT_EQ(range->base.value, 0xF0000u);
  EXPECT_EQ(AllocateStatus(0, 0x1000, kMemReserve, kPageReadWrite, 22), Status::kInvalidParameter3);
  EXPECT_EQ(AllocateStatus(0, 0x200000, kMemReserve, kPageReadWrite, 12), Status::kNoMemory);
}

TEST_F(PrivateMemory, AllocateRefusesWhatNtRefuses) {
  EXPECT_EQ(AllocateStatus(0, 0x1000, 0), Status::kInvalidParameter5);
  EXPECT_EQ(AllocateStatus(0, 0x1000, kMemTopDown), Status::kInvalidParameter5);
  EXPECT_EQ(AllocateStatus(0, 0x1000, kMemCommit | kMemDecommit), Status::kInvalidParameter5);
  EXPECT_EQ(AllocateStatus(0, 0x1000, kMemReset | kMemCommit), Status::kInvalidParameter5);
  EXPECT_EQ(AllocateStatus(0, 0x1000, kBoth, {0}), Status::kInvalidPageProtection);
  EXPECT_EQ(AllocateStatus(0, 0x1000, kBoth, {0x06}), Status::kInvalidPageProtection);
  EXPECT_EQ(AllocateStatus(0, 0x1000, kBoth, {0x101}), Status::kInvalidPageProtection);
  EXPECT_EQ(AllocateStatus(0, 0x1000, kBoth, kPageWriteCopy), Status::kInvalidPageProtection);
  EXPECT_EQ(AllocateStatus(0, 0x1000, kBoth, kPageExecuteWriteCopy),
            Status::kInvalidPageProtection);
  EXPECT_EQ(AllocateStatus(0, 0, kBoth), Status::kInvalidParameter4);
  EXPECT_EQ(AllocateStatus(0x7FFF0000, 0x1000, kBoth), Status::kInvalidParameter2);
  EXPECT_EQ(AllocateStatus(0x80000000, 0x1000, kBoth), Status::kInvalidParameter2);
  EXPECT_EQ(AllocateStatus(0x1000, 0x1000, kBoth), Status::kInvalidParameter2);
  EXPECT_EQ(AllocateStatus(0x7FFD0000, 0x20000, kBoth), Status::kInvalidParameter4);
  EXPECT_EQ(AllocateStatus(0x400000, 0xFFFFFFFF, kBoth), Status::kInvalidParameter4);
  EXPECT_TRUE(IsFailure(AllocateStatus(0, 0x7FFFFFFF, kMemReserve)));
  EXPECT_EQ(space_.regions().region_count(), 0u);
}

TEST_F(PrivateMemory, ReserveRefusesWhatIsTaken) {
  ASSERT_TRUE(Allocate(0x400000, 0x20000, kMemReserve).ok());
  EXPECT_EQ(AllocateStatus(0x410000, 0x1000, kMemReserve), Status::kConflictingAddresses);
  EXPECT_EQ(AllocateStatus(0x3F0000, 0x10001, kMemReserve), Status::kConflictingAddresses);
  EXPECT_EQ(AllocateStatus(0x400000, 0x1000, kBoth), Status::kConflictingAddresses);
  EXPECT_TRUE(Allocate(0x3F0000, 0x10000, kMemReserve).ok());
}

TEST_F(PrivateMemory, CommitWantsOneReservation) {
  EXPECT_EQ(AllocateStatus(0x400000, 0x1000, kMemCommit), Status::kConflictingAddresses);
  ASSERT_TRUE(Allocate(0x400000, 0x10000, kMemReserve).ok());
  ASSERT_TRUE(Allocate(0x410000, 0x10000, kMemReserve).ok());
  EXPECT_EQ(AllocateStatus(0x40F000, 0x2000, kMemCommit), Status::kConflictingAddresses);
  EXPECT_EQ(AllocateStatus(0x41F000, 0x2000, kMemCommit), Status::kConflictingAddresses);
  EXPECT_EQ(machine_.charged(), 0u);
}

TEST_F(PrivateMemory, CommitAgainIsFreeAndChangesTheProtection) {
  ASSERT_TRUE(Allocate(0x400000, 0x4000, kBoth).ok());
  ASSERT_TRUE(machine_.Write(*process_, VirtAddr(0x401000), 0x55));
  const u32 charged = machine_.charged();
  ASSERT_TRUE(Allocate(0x400000, 0x4000, kMemCommit, kPageReadOnly).ok());
  EXPECT_EQ(machine_.charged(), charged);
  EXPECT_EQ(machine_.Byte(*process_, VirtAddr(0x401000)), 0x55);
  EXPECT_FALSE(machine_.Write(*process_, VirtAddr(0x401000), 1));
  ExpectQuery(0x400000, 0x400000, 0x400000, 0x4000, kMemCommit, 0x02);
}

TEST_F(PrivateMemory, ResetKeepsThePages) {
  ASSERT_TRUE(Allocate(0x400000, 0x4000, kMemReserve).ok());
  EXPECT_EQ(AllocateStatus(0x400000, 0x1000, kMemReset), Status::kNotCommitted);
  ASSERT_TRUE(Allocate(0x400000, 0x4000, kMemCommit).ok());
  EXPECT_TRUE(Allocate(0x400000, 0x4000, kMemReset).ok());
  EXPECT_EQ(AllocateStatus(0x500000, 0x1000, kMemReset), Status::kConflictingAddresses);
}

// ---- Free --------------------------------------------------------------------------------------

TEST_F(PrivateMemory, DecommitThrowsThePagesAway) {
  ASSERT_TRUE(Allocate(0x400000, 0x4000, kBoth).ok());
  ASSERT_TRUE(machine_.Write(*process_, VirtAddr(0x401000), 0x55));
  EXPECT_EQ(Free(0x401000, 1, kMemDecommit), Status::kSuccess);
  EXPECT_EQ(machine_.Byte(*process_, VirtAddr(0x401000)), -1);
  ExpectQuery(0x401000, 0x401000, 0x400000, 0x1000, kMemReserve, 0);
  EXPECT_EQ(Free(0x401000, 1, kMemDecommit), Status::kSuccess);  // Again is no error.
  ASSERT_TRUE(Allocate(0x401000, 1, kMemCommit).ok());
  EXPECT_EQ(machine_.Byte(*process_, VirtAddr(0x401000)), 0);
}

TEST_F(PrivateMemory, FreeRefusesWhatNtRefuses) {
  ASSERT_TRUE(Allocate(0x400000, 0x10000, kBoth).ok());
  EXPECT_EQ(Free(0x400000, 0, 0), Status::kInvalidParameter4);
  EXPECT_EQ(Free(0x400000, 0, kMemDecommit | kMemRelease), Status::kInvalidParameter4);
  EXPECT_EQ(Free(0x80000000, 0, kMemRelease), Status::kInvalidParameter2);
  EXPECT_EQ(Free(0x400000, 0xFFFFFFFF, kMemRelease), Status::kInvalidParameter3);
  EXPECT_EQ(Free(0x500000, 0, kMemRelease), Status::kMemoryNotAllocated);
  EXPECT_EQ(Free(0x500000, 0x1000, kMemDecommit), Status::kMemoryNotAllocated);
  EXPECT_EQ(Free(0x401000, 0, kMemRelease), Status::kFreeVmNotAtBase);
  EXPECT_EQ(Free(0x401000, 0, kMemDecommit), Status::kFreeVmNotAtBase);
  EXPECT_EQ(Free(0x40F000, 0x2000, kMemRelease), Status::kUnableToFreeVm);
  EXPECT_EQ(Free(0x40F000, 0x2000, kMemDecommit), Status::kUnableToFreeVm);
  ExpectQuery(0x400000, 0x400000, 0x400000, 0x10000, kMemCommit, 0x04);
}

TEST_F(PrivateMemory, FreeOfAViewIsRefused) {
  const auto section = *SharedMemorySection::Create(machine_.pager, 0x2000);
  const u32 base = test::MapWhole(*process_, *section, kPageReadWrite).value;
  EXPECT_EQ(Free(base, 0, kMemRelease), Status::kUnableToDeleteSection);
  EXPECT_EQ(Free(base + 0x1000, 0, kMemRelease), Status::kUnableToDeleteSection);
  EXPECT_EQ(Free(base, 0x1000, kMemDecommit), Status::kUnableToDeleteSection);
}

TEST_F(PrivateMemory, ReleaseOfTheMiddleLeavesTwoAllocations) {
  ASSERT_TRUE(Allocate(0x400000, 0x6000, kBoth).ok());
  for (u32 p = 0; p < 6; ++p) {
    ASSERT_TRUE(machine_.Write(*process_, VirtAddr(0x400000 + p * kPageSize), u8(p + 1)));
  }
  EXPECT_EQ(Free(0x402000, 0x2000, kMemRelease), Status::kSuccess);
  ExpectQuery(0x400000, 0x400000, 0x400000, 0x2000, kMemCommit, 0x04);
  EXPECT_EQ(Query(0x402000).state, kMemFree);
  EXPECT_EQ(Query(0x402000).size, 0x2000u);
  ExpectQuery(0x404000, 0x404000, 0x404000, 0x2000, kMemCommit, 0x04);
  EXPECT_EQ(machine_.Byte(*process_, VirtAddr(0x405000)), 6);
  EXPECT_EQ(Free(0x404000, 0, kMemRelease), Status::kSuccess);
  EXPECT_EQ(Free(0x400000, 0, kMemRelease), Status::kSuccess);
  EXPECT_EQ(machine_.charged(), 0u);
  EXPECT_EQ(machine_.in_use(), 0u);
}

// ---- Protect -----------------------------------------------------------------------------------

TEST_F(PrivateMemory, ProtectTellsTheOldProtectionOfTheFirstPage) {
  ASSERT_TRUE(Allocate(0x400000, 0x4000, kBoth).ok());
  const auto first = space_.Protect(VirtAddr(0x401800), 0x1000, kPageReadOnly);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->range.base.value, 0x401000u);
  EXPECT_EQ(first->range.size, 0x2000u);
  EXPECT_EQ(first->old, kPageReadWrite);
  const auto second = space_.Protect(VirtAddr(0x400000), 0x4000, kPageExecuteRead);
  EXPECT_EQ(second->old, kPageReadWrite);
  EXPECT_EQ(space_.Protect(VirtAddr(0x401000), 1, kPageNoAccess)->old, kPageExecuteRead);
  EXPECT_EQ(Query(0x401000).allocation_protection, kPageReadWrite);
}

TEST_F(PrivateMemory, ProtectReachesPagesThatAreHere) {
  ASSERT_TRUE(Allocate(0x400000, 0x2000, kBoth).ok());
  ASSERT_TRUE(machine_.Write(*process_, VirtAddr(0x400000), 7));
  ASSERT_EQ(Protect(0x400000, 0x2000, kPageReadOnly), Status::kSuccess);
  EXPECT_FALSE(machine_.Write(*process_, VirtAddr(0x400000), 8));
  ASSERT_EQ(Protect(0x400000, 0x2000, kPageNoAccess), Status::kSuccess);
  EXPECT_EQ(machine_.Byte(*process_, VirtAddr(0x400000)), -1);
  ASSERT_EQ(Protect(0x400000, 0x2000, kPageReadWrite), Status::kSuccess);
  EXPECT_EQ(machine_.Byte(*process_, VirtAddr(0x400000)), 7);
}

TEST_F(PrivateMemory, ProtectRefusesWhatNtRefuses) {
  ASSERT_TRUE(Allocate(0x400000, 0x4000, kBoth).ok());
  ASSERT_TRUE(Allocate(0x410000, 0x4000, kMemReserve).ok());
  EXPECT_EQ(Protect(0x400000, 0x1000, {0}), Status::kInvalidPageProtection);
  EXPECT_EQ(Protect(0x400000, 0x1000, {0x101}), Status::kInvalidPageProtection);
  EXPECT_EQ(Protect(0x400000, 0x1000, {0x800}), Status::kInvalidPageProtection);
  EXPECT_EQ(Protect(0x400000, 0x1000, kPageWriteCopy), Status::kInvalidPageProtection);
  EXPECT_EQ(Protect(0x400000, 0, kPageReadOnly), Status::kInvalidParameter3);
  EXPECT_EQ(Protect(0x80000000, 1, kPageReadOnly), Status::kInvalidParameter2);
  EXPECT_EQ(Protect(0x400000, 0xFFFFFFFF, kPageReadOnly), Status::kInvalidParameter3);
  EXPECT_EQ(Protect(0x500000, 1, kPageReadOnly), Status::kConflictingAddresses);
  EXPECT_EQ(Protect(0x403000, 0x2000, kPageReadOnly), Status::kConflictingAddresses);
  EXPECT_EQ(Protect(0x410000, 1, kPageReadOnly), Status::kNotCommitted);
  EXPECT_EQ(Free(0x402000, 0x1000, kMemDecommit), Status::kSuccess);
  EXPECT_EQ(Protect(0x400000, 0x4000, kPageReadOnly), Status::kNotCommitted);
  ExpectQuery(0x400000, 0x400000, 0x400000, 0x2000, kMemCommit, 0x04);
}

TEST_F(PrivateMemory, EqualNeighboursAreOneRunAgain) {
  ASSERT_TRUE(Allocate(0x400000, 0x4000, kBoth).ok());
  ASSERT_EQ(Protect(0x401000, 0x1000, kPageReadOnly), Status::kSuccess);
  ExpectQuery(0x400000, 0x400000, 0x400000, 0x1000, kMemCommit, 0x04);
  ASSERT_EQ(Protect(0x401000, 0x1000, kPageReadWrite), Status::kSuccess);
  ExpectQuery(0x400000, 0x400000, 0x400000, 0x4000, kMemCommit, 0x04);
  EXPECT_EQ(space_.regions().region_count(), 1u);
}

// ---- Query -------------------------------------------------------------------------------------

TEST_F(PrivateMemory, QueryOfFreeSpaceReachesToTheNextRegion) {
  ASSERT_TRUE(Allocate(0x400000, 0x4000, kBoth).ok());
  ExpectQuery(0x20123, 0x20000, 0, 0x3E0000, kMemFree, 0x01);
  EXPECT_EQ(Query(0x20000).type, 0u);
  ExpectQuery(0x404000, 0x404000, 0, 0x7FFE0000 - 0x404000, kMemFree, 0x01);
  EXPECT_EQ(space_.Query(VirtAddr(0x7FFE0000)).status(), Status::kInvalidParameter);
  EXPECT_EQ(space_.Query(VirtAddr(0xFFFFFFFF)).status(), Status::kInvalidParameter);
}

TEST_F(PrivateMemory, QueryBelowTheFirstPageIsFreeSpaceUpToIt) {
  ASSERT_TRUE(Allocate(0x10000, 0x1000, kBoth).ok());
  ExpectQuery(0, 0, 0, 0x10000, kMemFree, 0x01);
  ExpectQuery(0xFFFF, 0xF000, 0, 0x1000, kMemFree, 0x01);
}

TEST_F(PrivateMemory, QueryStartsAtTheAskedPage) {
  ASSERT_TRUE(Allocate(0x400000, 0x4000, kBoth).ok());
  ExpectQuery(0x402FFF, 0x402000, 0x400000, 0x2000, kMemCommit, 0x04);
}

}  // namespace
}  // namespace fl::mm
