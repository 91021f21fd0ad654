// CommitAccount: the promise that a page can be made resident, and how many such promises there can be.
// Invariants: charged <= limit; every frame in use is covered by a charge: private pages and the page
//   tables that will map them when they are committed, section pages and kernel pages when they are
//   allocated. So a fault on committed private memory never fails for want of memory:
//   STATUS_COMMITMENT_LIMIT comes at the call that asked. A page of a file can: it is charged when it is
//   mapped or read, also as the original of a copy that was charged long ago. Standby frames are covered by
//   nothing: they are free for the taking.
#pragma once

#include <utility>

#include "kernel/base/assert.h"
#include "kernel/base/fail_point.h"
#include "kernel/base/result.h"
#include "kernel/base/units.h"

namespace fl::mm {

class CommitAccount {
 public:
  explicit CommitAccount(u32 limit = 0) : limit_(limit) {}
  CommitAccount(const CommitAccount&) = delete;
  CommitAccount& operator=(const CommitAccount&) = delete;

  /// kCommitmentLimit if fewer than `pages` promises are left.
  Status Charge(u32 pages) {
    if (pages > limit_ - charged_ || fail_point_.Fails()) return Status::kCommitmentLimit;
    charged_ += pages;
    if (charged_ > peak_) peak_ = charged_;
    return Status::kSuccess;
  }
  void Uncharge(u32 pages) {
    KASSERT(pages <= charged_);
    charged_ -= pages;
  }
  /// More RAM was found.
  void RaiseLimit(u32 pages) { limit_ += pages; }

  u32 limit() const { return limit_; }
  u32 charged() const { return charged_; }
  u32 left() const { return limit_ - charged_; }
  u32 peak() const { return peak_; }
  FailPoint& fail_point() { return fail_point_; }

 private:
  u32 limit_;
  u32 charged_ = 0;
  u32 peak_ = 0;
  FailPoint fail_point_;
};

/// A charge that gives itself back unless Release() is called: for undoing half-done work.
class CommitCharge {
 public:
  static Result<CommitCharge> Take(CommitAccount& account, u32 pages) {
    TRY_STATUS(account.Charge(pages));
    return CommitCharge(account, pages);
  }
  CommitCharge(CommitCharge&& other)
      : account_(other.account_), pages_(std::exchange(other.pages_, 0)) {}
  CommitCharge& operator=(CommitCharge&&) = delete;
  ~CommitCharge() { account_->Uncharge(pages_); }
  /// The work is done: whoever did it gives the charge back later.
  void Release() { pages_ = 0; }

 private:
  CommitCharge(CommitAccount& account, u32 pages) : account_(&account), pages_(pages) {}
  CommitAccount* account_;
  u32 pages_;
};

}  // namespace fl::mm
