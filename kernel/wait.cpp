// Wait: see wait.h.
#include "kernel/wait.h"

namespace fl::kernel {

bool Wait::CanTakeAll() const {
  for (const WaitBlock& block : blocks_) {
    if (!block.object->IsSignaledFor(thread_)) return false;
  }
  return true;
}

void Wait::TakeAll() {
  Status status = Status::kSuccess;
  for (const WaitBlock& block : blocks_) {
    const Status taken = block.object->TakeFor(thread_);
    if (taken != Status::kSuccess && IsSuccess(status)) status = taken;
  }
  Finish(status);
}

void Wait::Take(u32 index) {
  const Status taken = blocks_[index].object->TakeFor(thread_);
  Finish(IsFailure(taken) ? taken : Status(std::int32_t(taken) + std::int32_t(index)));
}

void Wait::Finish(Status status) {
  finished_ = true;
  status_ = status;
}

bool Wait::TryFinish() {
  if (kind_ == WaitKind::kAll) {
    if (CanTakeAll()) TakeAll();
    return finished_;
  }
  for (u32 i = 0; i < blocks_.size() && !finished_; ++i) {
    if (blocks_[i].object->IsSignaledFor(thread_)) Take(i);
  }
  return finished_;
}

void Wait::Begin() {
  KASSERT(!queued_ && !finished_);
  queued_ = true;
  for (WaitBlock& block : blocks_) {
    block.wait = this;
    IntrusiveList<WaitBlock>& queue = block.object->waiters_;
    // An object that was named before: the lower index serves for both.
    if (queue.back() && queue.back()->wait == this) continue;
    queue.PushBack(block);
  }
}

void Wait::Cancel() {
  if (!queued_) return;
  queued_ = false;
  for (WaitBlock& block : blocks_) {
    if (block.linked()) block.Unlink();
  }
}

void EndWaits(Object& object) {
  for (WaitBlock& block : object.waiters_) {
    Wait& wait = *block.wait;
    // What one thread took is not there for those behind it.
    if (!object.IsSignaledFor(wait.thread_)) break;
    if (wait.kind_ == WaitKind::kAny) {
      wait.Take(u32(&block - wait.blocks_.data()));
    } else if (wait.CanTakeAll()) {
      wait.TakeAll();
    } else {
      continue;
    }
    wait.Cancel();
    wait.thread_.OnWaitFinished(wait);
  }
}

}  // namespace fl::kernel
