// RegionTreePair: a region tree and the naive model beside it: the same operations, chosen by lot or
// by a fuzzer, must have the same answers and leave the same regions.
#pragma once

#include <gtest/gtest.h>

#include "tests/fakes/choices.h"
#include "tests/mm/region_tree_model.h"

namespace fl::mm::test {

/// Chooses operations. Spaces are small, so that operations meet; their ends are not granules'
/// starts.
class RegionTreePair {
 public:
  /// `most_pages`: the model takes time for each page of the space.
  explicit RegionTreePair(fl::test::Choices& choices, u32 most_pages = 3000)
      : choices_(choices),
        first_(1 + Below(40)),
        end_(first_ + 150 + Below(Chance(2) ? most_pages / 6 : most_pages)),
        tree_(first_, end_),
        model_(first_, end_) {}

  void Run(u64 rounds) {
    // Each phase has its own leaning, so that the space is now full, now nearly empty.
    u32 leaning = 0;
    for (u64 round = 0; round < rounds && !choices_.ended() && !testing::Test::HasFailure();
         ++round) {
      if (round % 512 == 0) leaning = Below(4);
      SCOPED_TRACE(testing::Message() << "round " << round);
      Step(leaning);
      CompareAt(AnyPage());
      if (round % 64 == 0) CompareAll();
      if (round % 16 == 0) {
        ASSERT_TRUE(tree_.Validate());
      }
    }
    CompareAll();
  }

 private:
  u32 Below(u32 n) { return choices_.Below(n); }
  bool Chance(u32 one_in) { return choices_.Chance(one_in); }
  VirtPage AnyPage() { return first_ + Below(end_ - first_); }
  Protection AnyProtection() { return {1u << Below(Chance(4) ? 8 : 2)}; }
  Section* AnySection() { return reinterpret_cast<Section*>(0x1000 * u64(1 + Below(2))); }

  /// Often starts or ends where a region does; sometimes leaves the space.
  PageRange AnyRange() {
    PageRange range{AnyPage(), 1 + Below(Chance(3) ? 100 : 12)};
    const RegionInfo region = model_.Find(range.start);
    switch (Below(8)) {
      case 0:
        range.start = region.range.start;
        break;
      case 1:
        range = region.range;
        break;
      case 2:
        range.pages = region.range.end() - range.start;
        break;
      case 3:
        if (!region.free) range = *model_.FindAllocation(range.start);
        break;
      case 4:
        range = Chance(2) ? PageRange{region.range.start, 1} : PageRange{region.range.end() - 1, 1};
        break;
      default:
        break;
    }
    if (Chance(200)) range.pages = ~0u - Below(3);
    if (Chance(200)) range.start = VirtPage(Below(2) ? 0 : end_.value + Below(3));
    return range;
  }

  Where AnyWhere() {
    Where where;
    if (Chance(2)) where.at = VirtPage(AlignDown(AnyPage().value, kPagesPerGranule));
    if (Chance(100)) where.at = VirtPage(AlignUp(end_.value, kPagesPerGranule));
    where.placement = Chance(2) ? Placement::kLowest : Placement::kHighest;
    if (Chance(3)) where.limit = VirtPage(Below(end_.value + 20));
    return where;
  }

  template <class T>
  void Same(const Result<T>& actual, const Result<T>& expected) {
    ASSERT_EQ(actual.status(), expected.status());
    if (expected.ok()) {
      ASSERT_TRUE(*actual == *expected);
    }
  }

  void Step(u32 leaning) {
    const u32 choice = Below(16);
    if (choice < 2 + leaning) return Allocate();
    const PageRange range = AnyRange();
    const Protection protection = AnyProtection();
    switch (choice) {
      case 6:
      case 7:
      case 8:
        Same(tree_.CountUncommitted(range), model_.CountUncommitted(range));
        ASSERT_EQ(tree_.Commit(range, protection), model_.Commit(range, protection));
        break;
      case 9:
        Same(tree_.CountCommitted(range), model_.CountCommitted(range));
        ASSERT_EQ(tree_.Decommit(range), model_.Decommit(range));
        break;
      case 10:
        Same(tree_.CountCommitted(range), model_.CountCommitted(range));
        ASSERT_EQ(tree_.Release(range), model_.Release(range));
        break;
      case 11:
        Same(tree_.UnmapView(range.start), model_.UnmapView(range.start));
        break;
      case 12:
        Same(tree_.FindAllocation(range.start), model_.FindAllocation(range.start));
        break;
      case 13:
        CompareGap();
        break;
      default:
        Same(tree_.Protect(range, protection), model_.Protect(range, protection));
        break;
    }
  }

  void Allocate() {
    const Where where = AnyWhere();
    const u32 pages = 1 + Below(Chance(4) ? 120 : 30);
    const Protection protection = AnyProtection();
    if (Chance(2)) {
      return Same(tree_.Reserve(where, pages, protection),
                  model_.Reserve(where, pages, protection));
    }
    const RegionType type = Chance(2) ? RegionType::kMapped : RegionType::kImage;
    Section* section = AnySection();
    const PageIndex page(Below(100));
    Same(tree_.MapView(where, pages, protection, type, section, page),
         model_.MapView(where, pages, protection, type, section, page));
  }

  void CompareGap() {
    const u32 pages = Chance(50) ? ~0u - Below(3) : 1 + Below(Chance(4) ? 200 : 20);
    const VirtPage limit = Chance(2) ? VirtPage(~0u) : VirtPage(Below(end_.value + 20));
    for (const Placement placement : {Placement::kLowest, Placement::kHighest}) {
      Same(tree_.FindGap(pages, placement, limit), model_.FindGap(pages, placement, limit));
    }
  }

  void CompareAt(VirtPage page) {
    ASSERT_TRUE(tree_.Find(page) == model_.Find(page)) << "page " << page.value;
    const auto actual = tree_.FindFrom(page);
    const auto expected = model_.FindFrom(page);
    ASSERT_EQ(actual.has_value(), expected.has_value());
    if (actual) {
      ASSERT_TRUE(*actual == *expected) << "from page " << page.value;
    }
  }

  void CompareAll() {
    ASSERT_EQ(tree_.region_count(), model_.CountRegions());
    for (VirtPage p = first_; p < end_; p = tree_.Find(p).range.end()) {
      CompareAt(p);
      if (testing::Test::HasFatalFailure()) return;
    }
  }

  fl::test::Choices& choices_;
  VirtPage first_;
  VirtPage end_;
  RegionTree tree_;
  RegionTreeModel model_;
};

}  // namespace fl::mm::test
