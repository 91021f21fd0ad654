// Wait: one thread's wait for one object, for any of several, or for all of them at once.
// Owns:        nothing, and allocates nothing: blocks and objects are the waiting call's, on its stack.
// Lives:       as long as that call sleeps.
// Invariants:  in queues <=> begun and neither finished nor cancelled, and then in the queue of each of its
//              objects exactly once. An object that becomes signalled ends waits in the order in which they
//              began and only as many as it can: who is not served is not woken. A wait for all takes all of
//              its objects in one step, or none.
// Semantics:   NtWaitForMultipleObjects (Microsoft Learn): the lowest index wins.
#pragma once

#include <span>

#include "kernel/object.h"

namespace fl::kernel {

class Mutant;
class Wait;

/// What the wait mechanism needs of a thread.
class WaitingThread {
 public:
  IntrusiveList<Mutant>& owned_mutants() { return owned_mutants_; }
  /// `wait`, which is this thread's, has been finished by somebody else.
  virtual void OnWaitFinished(Wait& wait) = 0;

 protected:
  ~WaitingThread() = default;

 private:
  IntrusiveList<Mutant> owned_mutants_;
};

/// An object's entry for one wait.
struct WaitBlock : ListNode<WaitBlock> {
  Object* object = nullptr;
  Wait* wait = nullptr;
};

enum class WaitKind : u8 { kAny, kAll };

class Wait {
 public:
  static constexpr u32 kMaxObjects = 64;

  /// Each block names its object; no object twice if it waits for all.
  Wait(WaitingThread& thread, WaitKind kind, std::span<WaitBlock> blocks)
      : thread_(thread), blocks_(blocks), kind_(kind) {}
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;
  ~Wait() { Cancel(); }

  /// Finishes now if the objects allow it.
  bool TryFinish();
  /// TryFinish has just said no.
  void Begin();
  /// Leaves the queues, if it is in any: no object ends it any more.
  void Cancel();

  bool finished() const { return finished_; }
  /// kWait0 + index for any, kWait0 for all; kAbandonedWait0 in its place; or why an object could not be had.
  Status status() const { return status_; }

 private:
  friend void EndWaits(Object& object);

  bool CanTakeAll() const;
  void TakeAll();
  void Take(u32 index);
  void Finish(Status status);

  WaitingThread& thread_;
  const std::span<WaitBlock> blocks_;
  const WaitKind kind_;
  bool queued_ = false;
  bool finished_ = false;
  Status status_ = Status::kSuccess;
};

/// `object` may be signalled now: ends the waits that this allows.
void EndWaits(Object& object);

}  // namespace fl::kernel
