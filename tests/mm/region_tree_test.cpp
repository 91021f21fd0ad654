// RegionTree: what each operation does, where the edges are, and that an allocation that fails
// changes nothing. The random comparison with a naive model is in region_tree_random_test.cpp.
#include "mm/region_tree.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <vector>

#include "tests/mm/region_tree_model.h"

namespace {

int allocations_until_failure = 0;  // 0: none fails.
int allocations = 0;

}  // namespace

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  if (allocations_until_failure != 0 && --allocations_until_failure == 0) return nullptr;
  return ::operator new(size);
}

namespace fl::mm::test {
namespace {

constexpr VirtPage kFirst(0x10);
constexpr VirtPage kEnd(0x7FFF0);
constexpr VirtPage kNoLimit(~0u);

Section* const kSection = reinterpret_cast<Section*>(0x5EC7);

class RegionTreeTest : public testing::Test {
 protected:
  ~RegionTreeTest() override { EXPECT_TRUE(tree_.Validate()); }

  VirtPage ReserveAt(u32 page, u32 pages, RegionTree* tree = nullptr) {
    const auto start =
        (tree ? *tree : tree_).Reserve({.at = VirtPage(page)}, pages, kPageReadWrite);
    EXPECT_EQ(start.status(), Status::kSuccess);
    return VirtPage(page);
  }
  VirtPage CommitAt(u32 page, u32 pages) {
    ReserveAt(page, pages);
    EXPECT_EQ(tree_.Commit({VirtPage(page), pages}, kPageReadWrite), Status::kSuccess);
    return VirtPage(page);
  }
  VirtPage MapAt(u32 page, u32 pages, u32 section_page) {
    const auto start = tree_.MapView({.at = VirtPage(page)}, pages, kPageReadOnly,
                                     RegionType::kMapped, kSection, PageIndex(section_page));
    EXPECT_EQ(start.status(), Status::kSuccess);
    return VirtPage(page);
  }

  RegionTree tree_{kFirst, kEnd};
};

std::vector<RegionInfo> Snapshot(const RegionTree& tree) {
  std::vector<RegionInfo> regions;
  for (auto r = tree.FindFrom(tree.first()); r; r = tree.FindFrom(r->range.end())) {
    regions.push_back(*r);
  }
  return regions;
}

// ---- Finding ------------------------------------------------------------------------------------

TEST_F(RegionTreeTest, AnEmptySpaceIsOneGap) {
  for (const VirtPage page : {kFirst, kFirst + 1, kEnd - 1}) {
    const RegionInfo gap = tree_.Find(page);
    EXPECT_TRUE(gap.free);
    EXPECT_EQ(gap.range, (PageRange{kFirst, kEnd - kFirst}));
  }
  EXPECT_FALSE(tree_.FindFrom(kFirst).has_value());
  EXPECT_EQ(tree_.region_count(), 0u);
}

TEST_F(RegionTreeTest, FindAnswersForTheFirstAndTheLastPageOfARegionAndTheGapsBesideIt) {
  ReserveAt(0x100, 0x20);
  EXPECT_EQ(tree_.Find(VirtPage(0xFF)).range, (PageRange{kFirst, 0xF0}));
  EXPECT_TRUE(tree_.Find(VirtPage(0xFF)).free);
  EXPECT_EQ(tree_.Find(VirtPage(0x100)).range, (PageRange{VirtPage(0x100), 0x20}));
  EXPECT_FALSE(tree_.Find(VirtPage(0x11F)).free);
  EXPECT_EQ(tree_.Find(VirtPage(0x120)).range, (PageRange{VirtPage(0x120), kEnd.value - 0x120}));
}

TEST_F(RegionTreeTest, FindFromGivesTheRegionOfThePageOrTheNextAbove) {
  ReserveAt(0x100, 2);
  ReserveAt(0x200, 2);
  EXPECT_EQ(tree_.FindFrom(VirtPage(0))->range.start, VirtPage(0x100));
  EXPECT_EQ(tree_.FindFrom(VirtPage(0x101))->range.start, VirtPage(0x100));
  EXPECT_EQ(tree_.FindFrom(VirtPage(0x102))->range.start, VirtPage(0x200));
  EXPECT_FALSE(tree_.FindFrom(VirtPage(0x202)).has_value());
}

TEST_F(RegionTreeTest, AnAllocationIsFoundWholeFromAnyOfItsPieces) {
  CommitAt(0x100, 9);
  ASSERT_TRUE(tree_.Protect({VirtPage(0x103), 3}, kPageReadOnly).ok());
  for (const u32 page : {0x100u, 0x104u, 0x108u}) {
    EXPECT_EQ(*tree_.FindAllocation(VirtPage(page)), (PageRange{VirtPage(0x100), 9}));
  }
  EXPECT_EQ(tree_.FindAllocation(VirtPage(0x109)).error(), Status::kMemoryNotAllocated);
}

// ---- Placing ------------------------------------------------------------------------------------

TEST_F(RegionTreeTest, TheLowestPlaceIsTheFirstGranuleThatFits) {
  ReserveAt(0x10, 1);
  ReserveAt(0x30, 1);
  EXPECT_EQ(*tree_.FindGap(16, Placement::kLowest, kNoLimit), VirtPage(0x20));
  EXPECT_EQ(*tree_.FindGap(17, Placement::kLowest, kNoLimit), VirtPage(0x40));
}

TEST_F(RegionTreeTest, TheHighestPlaceEndsAsHighAsItsGranuleAllows) {
  EXPECT_EQ(*tree_.FindGap(16, Placement::kHighest, kNoLimit), kEnd - 16);
  EXPECT_EQ(*tree_.FindGap(1, Placement::kHighest, kNoLimit), kEnd - 16);
  EXPECT_EQ(*tree_.FindGap(17, Placement::kHighest, kNoLimit), kEnd - 32);
  ReserveAt(kEnd.value - 16, 16);
  EXPECT_EQ(*tree_.FindGap(1, Placement::kHighest, kNoLimit), kEnd - 32);
}

TEST_F(RegionTreeTest, AGapThatIsLongEnoughOnlyWithoutAlignmentIsNotTaken) {
  ReserveAt(0x10, 1);
  ReserveAt(0x30, 1);
  ReserveAt(0x40, kEnd.value - 0x40);
  EXPECT_FALSE(tree_.FindGap(17, Placement::kLowest, kNoLimit).ok());
  EXPECT_FALSE(tree_.FindGap(17, Placement::kHighest, kNoLimit).ok());
  EXPECT_EQ(*tree_.FindGap(16, Placement::kHighest, kNoLimit), VirtPage(0x20));
}

TEST_F(RegionTreeTest, ALimitCutsTheGapThatItLiesIn) {
  ReserveAt(0x200, 0x10);
  for (const Placement placement : {Placement::kLowest, Placement::kHighest}) {
    EXPECT_EQ(*tree_.FindGap(0x40, placement, VirtPage(0x50)), VirtPage(0x10));
    EXPECT_EQ(tree_.FindGap(0x41, placement, VirtPage(0x50)).error(), Status::kNoMemory);
    EXPECT_EQ(tree_.FindGap(1, placement, VirtPage(0x10)).error(), Status::kNoMemory);
    EXPECT_EQ(tree_.FindGap(1, placement, VirtPage(0)).error(), Status::kNoMemory);
  }
  EXPECT_EQ(*tree_.FindGap(0x20, Placement::kHighest, VirtPage(0x205)), VirtPage(0x1E0));
}

TEST_F(RegionTreeTest, AFixedPlaceIsTakenOrRefusedAndTheLimitDoesNotCount) {
  const auto reserve = [&](u32 page, u32 pages) {
    return tree_.Reserve({.at = VirtPage(page), .limit = VirtPage(0x20)}, pages, kPageReadWrite);
  };
  EXPECT_EQ(*reserve(0x100, 0x10), VirtPage(0x100));
  EXPECT_EQ(reserve(0x100, 1).error(), Status::kConflictingAddresses);
  EXPECT_EQ(reserve(0xF0, 0x11).error(), Status::kConflictingAddresses);
  EXPECT_EQ(*reserve(0xF0, 0x10), VirtPage(0xF0));
  EXPECT_EQ(reserve(0, 1).error(), Status::kConflictingAddresses);
  EXPECT_EQ(reserve(kEnd.value, 1).error(), Status::kConflictingAddresses);
  EXPECT_EQ(reserve(kEnd.value - 16, 17).error(), Status::kConflictingAddresses);
  EXPECT_EQ(reserve(0x200, ~0u).error(), Status::kConflictingAddresses);
}

TEST_F(RegionTreeTest, TheFirstAndTheLastPageCanBeAllocated) {
  ReserveAt(kFirst.value, 1);
  ReserveAt(kEnd.value - 16, 16);
  EXPECT_FALSE(tree_.Find(kFirst).free);
  EXPECT_FALSE(tree_.Find(kEnd - 1).free);
  EXPECT_EQ(tree_.Release({kEnd - 1, 1}), Status::kSuccess);
  EXPECT_TRUE(tree_.Find(kEnd - 1).free);
  EXPECT_EQ(tree_.Release({kEnd - 2, 2}), Status::kUnableToFreeVm);
}

TEST_F(RegionTreeTest, AFullSpaceHasNoGap) {
  EXPECT_EQ(*tree_.Reserve({}, kEnd - kFirst, kPageReadWrite), kFirst);
  for (const Placement placement : {Placement::kLowest, Placement::kHighest}) {
    EXPECT_EQ(tree_.FindGap(1, placement, kNoLimit).error(), Status::kNoMemory);
  }
  EXPECT_EQ(tree_.Reserve({}, 1, kPageReadWrite).error(), Status::kNoMemory);
  EXPECT_EQ(tree_.Find(kEnd - 1).range, (PageRange{kFirst, kEnd - kFirst}));
}

TEST(RegionTree, ASpaceWithoutAWholeGranuleHasNoPlace) {
  RegionTree tree(VirtPage(0x11), VirtPage(0x20));
  EXPECT_EQ(tree.Reserve({}, 1, kPageReadWrite).error(), Status::kNoMemory);
  EXPECT_TRUE(tree.Find(VirtPage(0x1F)).free);
  RegionTree nothing(VirtPage(0x20), VirtPage(0x20));
  EXPECT_EQ(nothing.Reserve({}, 1, kPageReadWrite).error(), Status::kNoMemory);
}

TEST(RegionTree, ASpaceOfAllFourGibibytesCanBeFilledToItsLastPage) {
  RegionTree tree(VirtPage(0), VirtPage(0x100000));
  EXPECT_EQ(*tree.FindGap(0x100000, Placement::kHighest, kNoLimit), VirtPage(0));
  EXPECT_EQ(*tree.Reserve({.at = {}, .placement = Placement::kHighest}, 1, kPageReadWrite),
            VirtPage(0xFFFF0));
  EXPECT_EQ(tree.FindGap(0x100000, Placement::kLowest, kNoLimit).error(), Status::kNoMemory);
  EXPECT_EQ(*tree.FindGap(0xFFFF0, Placement::kLowest, kNoLimit), VirtPage(0));
}

// ---- Cutting and merging ------------------------------------------------------------------------

TEST_F(RegionTreeTest, CommittingTheMiddleCutsInThreeAndCommittingTheRestMergesToOne) {
  ReserveAt(0x100, 12);
  EXPECT_EQ(*tree_.CountUncommitted({VirtPage(0x102), 6}), 6u);
  EXPECT_EQ(tree_.Commit({VirtPage(0x104), 4}, kPageReadWrite), Status::kSuccess);
  EXPECT_EQ(tree_.region_count(), 3u);
  EXPECT_EQ(*tree_.CountUncommitted({VirtPage(0x102), 6}), 2u);
  EXPECT_EQ(*tree_.CountCommitted({VirtPage(0x100), 12}), 4u);
  EXPECT_EQ(tree_.Commit({VirtPage(0x100), 12}, kPageReadWrite), Status::kSuccess);
  EXPECT_EQ(tree_.region_count(), 1u);
}

TEST_F(RegionTreeTest, NeighboursOfDifferentAllocationsStayApart) {
  CommitAt(0x100, 0x10);
  CommitAt(0x110, 0x10);
  EXPECT_EQ(tree_.region_count(), 2u);
  EXPECT_EQ(tree_.Protect({VirtPage(0x108), 0x10}, kPageReadOnly).error(),
            Status::kConflictingAddresses);
  EXPECT_EQ(tree_.Release({VirtPage(0x108), 0x10}), Status::kUnableToFreeVm);
}

TEST_F(RegionTreeTest, DecommittingShowsNoProtectionAndKeepsTheAllocationsOwn) {
  CommitAt(0x100, 8);
  EXPECT_EQ(tree_.Decommit({VirtPage(0x102), 2}), Status::kSuccess);
  const RegionInfo hole = tree_.Find(VirtPage(0x102));
  EXPECT_EQ(hole.attributes.state, RegionState::kReserved);
  EXPECT_EQ(hole.attributes.protection, Protection{});
  EXPECT_EQ(hole.attributes.allocation_protection, kPageReadWrite);
  EXPECT_EQ(hole.attributes.allocation_base, VirtPage(0x100));
  EXPECT_EQ(tree_.Protect({VirtPage(0x101), 2}, kPageReadOnly).error(), Status::kNotCommitted);
}

TEST_F(RegionTreeTest, ReleasingTheMiddleMakesTheUpperPartAnAllocationOfItsOwn) {
  CommitAt(0x100, 9);
  ASSERT_TRUE(tree_.Protect({VirtPage(0x107), 1}, kPageReadOnly).ok());
  EXPECT_EQ(tree_.Release({VirtPage(0x103), 2}), Status::kSuccess);
  EXPECT_EQ(*tree_.FindAllocation(VirtPage(0x102)), (PageRange{VirtPage(0x100), 3}));
  EXPECT_EQ(*tree_.FindAllocation(VirtPage(0x108)), (PageRange{VirtPage(0x105), 4}));
  EXPECT_TRUE(tree_.Find(VirtPage(0x104)).free);
}

TEST_F(RegionTreeTest, ProtectingAViewCutsItsSectionPagesAndBackMergesThem) {
  MapAt(0x100, 10, 50);
  EXPECT_EQ(*tree_.Protect({VirtPage(0x104), 2}, kPageReadWrite), kPageReadOnly);
  EXPECT_EQ(tree_.Find(VirtPage(0x104)).attributes.section_page, PageIndex(54));
  EXPECT_EQ(tree_.Find(VirtPage(0x106)).attributes.section_page, PageIndex(56));
  EXPECT_EQ(tree_.region_count(), 3u);
  EXPECT_EQ(*tree_.Protect({VirtPage(0x104), 2}, kPageReadOnly), kPageReadWrite);
  EXPECT_EQ(tree_.region_count(), 1u);
  EXPECT_EQ(tree_.Find(VirtPage(0x104)).attributes.section_page, PageIndex(50));
}

TEST_F(RegionTreeTest, AViewIsUnmappedWholeHoweverItWasCutAndNotByOtherCalls) {
  MapAt(0x100, 10, 0);
  for (u32 i = 0; i < 10; i += 2) {
    ASSERT_TRUE(tree_.Protect({VirtPage(0x100 + i), 1}, kPageNoAccess).ok());
  }
  EXPECT_EQ(tree_.region_count(), 10u);
  EXPECT_EQ(tree_.Release({VirtPage(0x100), 10}), Status::kUnableToDeleteSection);
  EXPECT_EQ(tree_.Decommit({VirtPage(0x100), 1}), Status::kUnableToDeleteSection);
  EXPECT_EQ(tree_.Commit({VirtPage(0x100), 1}, kPageReadWrite), Status::kConflictingAddresses);
  EXPECT_EQ(*tree_.UnmapView(VirtPage(0x105)), (PageRange{VirtPage(0x100), 10}));
  EXPECT_EQ(tree_.region_count(), 0u);
  EXPECT_EQ(tree_.UnmapView(VirtPage(0x105)).error(), Status::kNotMappedView);
  ReserveAt(0x100, 1);
  EXPECT_EQ(tree_.UnmapView(VirtPage(0x100)).error(), Status::kNotMappedView);
}

TEST_F(RegionTreeTest, RangesThatLeaveTheSpaceAreRefused) {
  CommitAt(kEnd.value - 16, 16);
  for (const PageRange range : {PageRange{kEnd - 1, 2}, PageRange{kEnd - 1, ~0u}}) {
    EXPECT_EQ(tree_.Commit(range, kPageReadWrite), Status::kConflictingAddresses);
    EXPECT_EQ(tree_.Protect(range, kPageReadOnly).error(), Status::kConflictingAddresses);
    EXPECT_EQ(tree_.Release(range), Status::kUnableToFreeVm);
  }
  EXPECT_EQ(tree_.Commit({VirtPage(0), 1}, kPageReadWrite), Status::kConflictingAddresses);
  EXPECT_EQ(tree_.Decommit({kEnd, 1}), Status::kMemoryNotAllocated);
}

// ---- Allocations of nodes -----------------------------------------------------------------------

/// Runs `operation` with the first, second, third... allocation failing until none does, and checks
/// that each failure is kNoMemory and changes nothing; returns how many did fail.
template <class Operation>
int FailEachInTurn(const RegionTree& tree, Operation operation) {
  for (int failing = 1;; ++failing) {
    const std::vector<RegionInfo> before = Snapshot(tree);
    allocations_until_failure = failing;
    const Status status = operation();
    const bool reached = allocations_until_failure == 0;
    allocations_until_failure = 0;
    EXPECT_TRUE(tree.Validate());
    if (!reached) {
      EXPECT_EQ(status, Status::kSuccess);
      return failing - 1;
    }
    EXPECT_EQ(status, Status::kNoMemory) << "allocation " << failing;
    EXPECT_TRUE(Snapshot(tree) == before) << "allocation " << failing;
  }
}

TEST_F(RegionTreeTest, EachAllocationThatFailsChangesNothing) {
  CommitAt(0x200, 0x20);
  EXPECT_EQ(FailEachInTurn(tree_, [&] { return tree_.Reserve({}, 9, kPageReadWrite).status(); }),
            1);
  const auto map = [&] {
    return tree_.MapView({}, 9, kPageReadOnly, RegionType::kImage, kSection, {}).status();
  };
  EXPECT_EQ(FailEachInTurn(tree_, map), 1);
  EXPECT_EQ(FailEachInTurn(tree_, [&] { return tree_.Commit({kFirst + 3, 3}, kPageReadOnly); }), 2);
  const auto protect = [&] { return tree_.Protect({VirtPage(0x203), 3}, kPageReadOnly).status(); };
  EXPECT_EQ(FailEachInTurn(tree_, protect), 2);
  EXPECT_EQ(FailEachInTurn(tree_, [&] { return tree_.Decommit({VirtPage(0x205), 9}); }), 2);
  EXPECT_EQ(FailEachInTurn(tree_, [&] { return tree_.Release({VirtPage(0x210), 2}); }), 1);
}

TEST_F(RegionTreeTest, FreeingWholeRegionsAndTheirEndsNeedsNoNode) {
  CommitAt(0x100, 16);
  for (u32 i = 1; i < 16; i += 2) {
    ASSERT_TRUE(tree_.Protect({VirtPage(0x100 + i), 1}, kPageReadOnly).ok());
  }
  MapAt(0x200, 9, 0);
  ASSERT_TRUE(tree_.Protect({VirtPage(0x204), 1}, kPageReadWrite).ok());
  CommitAt(0x300, 16);
  const int before = allocations;
  EXPECT_EQ(tree_.Release({VirtPage(0x100), 16}), Status::kSuccess);
  EXPECT_TRUE(tree_.UnmapView(VirtPage(0x208)).ok());
  EXPECT_EQ(tree_.Release({VirtPage(0x300), 4}), Status::kSuccess);
  EXPECT_EQ(tree_.Release({VirtPage(0x30F), 1}), Status::kSuccess);
  EXPECT_EQ(tree_.Decommit({VirtPage(0x304), 11}), Status::kSuccess);
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(tree_.region_count(), 1u);
}

TEST_F(RegionTreeTest, AHeapThatGrowsAndAStackThatGrowsOnlyMoveABoundary) {
  CommitAt(0x100, 1);
  ReserveAt(0x200, 0x40);
  ASSERT_EQ(tree_.Commit({VirtPage(0x200), 1}, kPageReadWrite), Status::kSuccess);
  ASSERT_EQ(tree_.Commit({VirtPage(0x23F), 1}, kPageReadWrite), Status::kSuccess);
  const int before = allocations;
  for (u32 i = 1; i < 0x10; ++i) {
    EXPECT_EQ(tree_.Commit({VirtPage(0x200 + i), 1}, kPageReadWrite), Status::kSuccess);
    EXPECT_EQ(tree_.Commit({VirtPage(0x23F - i), 1}, kPageReadWrite), Status::kSuccess);
  }
  EXPECT_EQ(tree_.Commit({VirtPage(0x200), 4}, kPageReadWrite), Status::kSuccess);
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(tree_.region_count(), 4u);
}

}  // namespace
}  // namespace fl::mm::test
