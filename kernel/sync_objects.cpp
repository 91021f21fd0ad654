// SyncObjects: see sync_objects.h.
#include "kernel/sync_objects.h"

namespace fl::kernel {
namespace {

constexpr u32 kMostTimesTaken = 0x80000000;

}  // namespace

bool Event::Set() {
  const bool before = signaled_;
  signaled_ = true;
  if (!before) EndWaits(*this);
  return before;
}

bool Event::Reset() {
  const bool before = signaled_;
  signaled_ = false;
  return before;
}

bool Event::Pulse() {
  const bool before = Set();
  signaled_ = false;
  return before;
}

Result<u32> Semaphore::Release(u32 count) {
  if (count > maximum_ - count_) return Status::kSemaphoreLimitExceeded;
  const u32 before = count_;
  count_ += count;
  EndWaits(*this);
  return before;
}

Mutant::Mutant(WaitingThread* owner) : NamedObject(kType) {
  if (owner) SetOwner(*owner);
}

Mutant::~Mutant() {
  if (owner_) SetFree();
}

void Mutant::SetOwner(WaitingThread& thread) {
  owner_ = &thread;
  times_taken_ = 1;
  thread.owned_mutants().PushBack(*this);
}

void Mutant::SetFree() {
  owner_ = nullptr;
  times_taken_ = 0;
  IntrusiveList<Mutant>::Remove(*this);
}

Status Mutant::TakeFor(WaitingThread& thread) {
  if (owner_) {
    if (times_taken_ == kMostTimesTaken) return Status::kMutantLimitExceeded;
    ++times_taken_;
    return Status::kSuccess;
  }
  SetOwner(thread);
  if (!abandoned_) return Status::kSuccess;
  abandoned_ = false;
  return Status::kAbandonedWait0;
}

Result<i32> Mutant::Release(const WaitingThread& thread) {
  if (owner_ != &thread) return Status::kMutantNotOwned;
  const i32 before = count();
  if (--times_taken_ == 0) {
    SetFree();
    EndWaits(*this);
  }
  return before;
}

void AbandonMutants(WaitingThread& thread) {
  while (Mutant* mutant = thread.owned_mutants().front()) {
    mutant->SetFree();
    mutant->abandoned_ = true;
    EndWaits(*mutant);
  }
}

}  // namespace fl::kernel
