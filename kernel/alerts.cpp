// Alerts: see alerts.h.
#include "kernel/alerts.h"

#include <new>

namespace fl::kernel {

Status Alerts::Take() {
  if (alerted_) {
    alerted_ = false;
    return Status::kAlerted;
  }
  if (calls_.empty()) return Status::kSuccess;
  pending_ = true;
  return Status::kUserApc;
}

Status Alerts::Queue(const UserCall& call) {
  if (allocated_ == kMostCalls) return Status::kInsufficientResources;
  auto* apc = new (std::nothrow) UserApc;
  if (!apc) return Status::kNoMemory;
  apc->call = call;
  QueueOwn(*apc);
  return Status::kSuccess;
}

void Alerts::QueueOwn(UserApc& apc) {
  apc.allocated = true;
  ++allocated_;
  calls_.PushBack(apc);
}

void Alerts::Drop(UserApc& apc) {
  apc.Unlink();
  if (!apc.allocated) return;
  --allocated_;
  delete &apc;
}

bool Alerts::TakeCall(UserCall& call) {
  pending_ = false;
  UserApc* const first = calls_.front();
  if (!first) return false;
  call = first->call;
  Drop(*first);
  return true;
}

void Alerts::Clear() {
  while (UserApc* first = calls_.front()) Drop(*first);
  alerted_ = pending_ = false;
}

}  // namespace fl::kernel
