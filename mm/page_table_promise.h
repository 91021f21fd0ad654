// PageTablePromise: the page tables that committed memory will need are promised when it is committed, one
// charge for each table's span with a committed page, so that the fault which needs the table cannot fail.
// How much a table spans is the Mmu's business; directories belong to its own existence, and are no part of this.
// Invariant: a span's bit is set <=> one page is charged for it; set for every span with a committed page.
#pragma once

#include <bit>

#include "mm/commit_charge.h"
#include "mm/region_tree.h"

namespace fl::mm {

class PageTablePromise {
 public:
  /// `table_pages`: Mmu::TablePages().
  PageTablePromise(CommitAccount& account, u32 table_pages)
      : account_(account), shift_(u32(std::countr_zero(table_pages))) {
    KASSERT(table_pages >= kSmallestSpan && std::has_single_bit(table_pages));
  }
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
  static constexpr u32 kSmallestSpan = 512;
  static constexpr u32 kSpans = 0x80000 / kSmallestSpan;  // The user half.
  u32 SpanOf(VirtPage page) const { return page.value >> shift_; }
  bool Has(u32 span) const { return (bits_[span / 32] >> span % 32) & 1; }
  void Set(u32 span) { bits_[span / 32] |= 1u << span % 32; }
  bool HasCommitted(u32 span, const RegionTree& tree) const {
    const VirtPage end((span + 1) << shift_);
    for (auto r = tree.FindFrom(VirtPage(span << shift_)); r && r->range.start < end;
         r = tree.FindFrom(r->range.end())) {
      if (r->attributes.state == RegionState::kCommitted) return true;
    }
    return false;
  }

  CommitAccount& account_;
  const u32 shift_;
  u32 promised_ = 0;
  u32 bits_[kSpans / 32] = {};
};

}  // namespace fl::mm
