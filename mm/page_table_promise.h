// PageTablePromise: the page tables that committed memory will need are promised when it is committed, one
// charge for each 4 MiB span with a committed page, so that the fault which needs the table cannot fail.
// Invariant: a span's bit is set <=> one page is charged for it; set for every span with a committed page.
#pragma once

#include "mm/commit_charge.h"
#include "mm/region_tree.h"

namespace fl::mm {

class PageTablePromise {
 public:
  explicit PageTablePromise(CommitAccount& account) : account_(account) {}
  PageTablePromise(const PageTablePromise&) = delete;
  PageTablePromise& operator=(const PageTablePromise&) = delete;
  ~PageTablePromise() { KASSERT(promised_ == 0); }

  /// Promises the tables of a range that is about to be committed. All or nothing: kCommitmentLimit.
  Status Add(PageRange range) {
    u32 wanted = 0;
    for (u32 span = SpanOf(range.start); span <= SpanOf(range.end() - 1); ++span) {
      if (!Has(span)) ++wanted;
    }
    TRY_STATUS(account_.Charge(wanted));
    promised_ += wanted;
    for (u32 span = SpanOf(range.start); span <= SpanOf(range.end() - 1); ++span) Set(span);
    return Status::kSuccess;
  }
  /// Gives back the promises of spans of `range` in which `tree` has no committed page (any more).
  void Trim(PageRange range, const RegionTree& tree) {
    for (u32 span = SpanOf(range.start); span <= SpanOf(range.end() - 1); ++span) {
      if (!Has(span) || HasCommitted(span, tree)) continue;
      bits_[span / 32] &= ~(1u << span % 32);
      --promised_;
      account_.Uncharge(1);
    }
  }

 private:
  static constexpr u32 kSpanPages = 1024;
  static constexpr u32 kSpans = 512;  // The user half.
  static u32 SpanOf(VirtPage page) { return page.value / kSpanPages; }
  bool Has(u32 span) const { return (bits_[span / 32] >> span % 32) & 1; }
  void Set(u32 span) { bits_[span / 32] |= 1u << span % 32; }
  static bool HasCommitted(u32 span, const RegionTree& tree) {
    const VirtPage end((span + 1) * kSpanPages);
    for (auto r = tree.FindFrom(VirtPage(span * kSpanPages)); r && r->range.start < end;
         r = tree.FindFrom(r->range.end())) {
      if (r->attributes.state == RegionState::kCommitted) return true;
    }
    return false;
  }

  CommitAccount& account_;
  u32 promised_ = 0;
  u32 bits_[kSpans / 32] = {};
};

}  // namespace fl::mm
