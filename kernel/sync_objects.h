// SyncObjects: event, semaphore and mutant: objects whose only purpose is that threads wait for them.
// Semantics:   NtCreateEvent and its kin (Microsoft Learn, phnt); a mutant is what Windows calls a mutex.
// Invariants:  a mutant is on its owner's list <=> it has an owner; an owner that ends gives it up abandoned.
//              A semaphore's count lies between 0 and its maximum.
#pragma once

#include "kernel/base/result.h"
#include "kernel/named_objects.h"
#include "kernel/wait.h"

namespace fl::kernel {

enum class EventKind : u8 { kNotification = 0, kSynchronization = 1 };

class Event final : public NamedObject {
 public:
  static constexpr ObjectType kType = ObjectType::kEvent;

  Event(EventKind kind, bool signaled) : NamedObject(kType), kind_(kind), signaled_(signaled) {}

  EventKind kind() const { return kind_; }
  bool signaled() const { return signaled_; }
  // Each returns what it was before.
  bool Set();
  bool Reset();
  /// Ends the waits that are there now, and is reset.
  bool Pulse();

  bool IsSignaledFor(const WaitingThread&) const override { return signaled_; }
  Status TakeFor(WaitingThread&) override {
    if (kind_ == EventKind::kSynchronization) signaled_ = false;
    return Status::kSuccess;
  }

 private:
  const EventKind kind_;
  bool signaled_;
};

class Semaphore final : public NamedObject {
 public:
  static constexpr ObjectType kType = ObjectType::kSemaphore;

  /// `count` <= `maximum` <= kLargestMaximum.
  static constexpr u32 kLargestMaximum = 0x7FFFFFFF;
  Semaphore(u32 count, u32 maximum) : NamedObject(kType), count_(count), maximum_(maximum) {}

  u32 count() const { return count_; }
  u32 maximum() const { return maximum_; }
  /// The count before. kSemaphoreLimitExceeded, and nothing has changed.
  Result<u32> Release(u32 count);

  bool IsSignaledFor(const WaitingThread&) const override { return count_ != 0; }
  Status TakeFor(WaitingThread&) override {
    --count_;
    return Status::kSuccess;
  }

 private:
  u32 count_;
  const u32 maximum_;
};

class Mutant final : public NamedObject, public ListNode<Mutant> {
 public:
  static constexpr ObjectType kType = ObjectType::kMutant;

  /// `owner`: null for none.
  explicit Mutant(WaitingThread* owner);
  ~Mutant() override;

  /// As NT shows it: 1 if nobody owns it, 0 if it was taken once, -1 twice, ...
  i32 count() const { return 1 - i32(times_taken_); }
  bool abandoned() const { return abandoned_; }
  bool IsOwnedBy(const WaitingThread& thread) const { return owner_ == &thread; }
  /// The count before. kMutantNotOwned.
  Result<i32> Release(const WaitingThread& thread);

  bool IsSignaledFor(const WaitingThread& thread) const override {
    return !owner_ || owner_ == &thread;
  }
  /// kMutantLimitExceeded, too.
  Status TakeFor(WaitingThread& thread) override;

 private:
  friend void AbandonMutants(WaitingThread& thread);
  void SetOwner(WaitingThread& thread);
  void SetFree();

  WaitingThread* owner_ = nullptr;
  u32 times_taken_ = 0;
  bool abandoned_ = false;  ///< Until the next owner takes it.
};

/// `thread` has ended: what it owns is there for others, who are told.
void AbandonMutants(WaitingThread& thread);

}  // namespace fl::kernel
