// Alerts: what ends a thread's alertable wait although nothing it waits for has happened: an alert, or a call
// that it is asked to make in user mode (a user APC).
// Owns:        the calls in its queue that were allocated for it; others are a part of what asks for them.
// Invariants:  pending: the thread's next way to user mode goes through the first call of the queue. A call may
//              be taken back by then, so whoever makes it looks whether there is one.
// Semantics:   NtAlertThread, NtQueueApcThread (Microsoft Learn, "Asynchronous Procedure Calls"): a wait that can
//              end at once ends; then alerts come before calls, calls before a time-out.
#pragma once

#include "kernel/base/intrusive_list.h"
#include "kernel/base/result.h"
#include "kernel/base/units.h"

namespace fl::kernel {

/// routine(arguments[0], arguments[1], arguments[2])
struct UserCall {
  u32 routine = 0;
  u32 arguments[3] = {};
};

struct UserApc : ListNode<UserApc> {
  UserCall call;
  bool allocated = false;  ///< The queue's own, by `new`.
};

class Alerts {
 public:
  static constexpr u32 kMostCalls = 0x10000;

  Alerts() = default;
  Alerts(const Alerts&) = delete;
  Alerts& operator=(const Alerts&) = delete;
  ~Alerts() { Clear(); }

  /// Takes what ends an alertable wait at once: kAlerted, or kUserApc, which makes a call pending; kSuccess for
  /// nothing.
  Status Take();

  void SetAlerted() { alerted_ = true; }
  /// `apc` is in no queue. It is taken back by unlinking it.
  void Queue(UserApc& apc) { calls_.PushBack(apc); }
  /// `apc`, by `new`, is the queue's own from now on.
  void QueueOwn(UserApc& apc);
  /// One of its own. kNoMemory, kInsufficientResources.
  Status Queue(const UserCall& call);

  void SetPending() { pending_ = true; }
  bool pending() const { return pending_; }
  /// The first call, which leaves the queue, and is pending no more. False: there is none.
  bool TakeCall(UserCall& call);
  /// The thread makes no calls any more.
  void Clear();

 private:
  void Drop(UserApc& apc);

  IntrusiveList<UserApc> calls_;
  u32 allocated_ = 0;
  bool alerted_ = false;
  bool pending_ = false;
};

}  // namespace fl::kernel
