// IoCompletion: a port: packets that say what has completed, each of which goes to one thread.
// Owns:        the packets that nobody has taken yet; who waits for one is the waiting call's, on its stack.
// Invariants:  nobody waits while there are packets. The thread that came last is served first: its memory is
//              the warmest. With its last handle the port is abandoned: who waits is told.
// Signalled:   while it has packets; a wait for the object takes none.
// Semantics:   NtCreateIoCompletion and its kin (Microsoft Learn, "I/O Completion Ports"). How many threads run at
//              once is not limited: there is one processor.
// Files:       one that is bound to a port (FileCompletionInformation) calls Post with the key that it was bound
//              with, when an operation of its ends.
#pragma once

#include "kernel/named_objects.h"
#include "kernel/wait.h"

namespace fl::kernel {

/// As FILE_IO_COMPLETION_INFORMATION shows it to programs.
struct Completion {
  u32 key, value;
  u32 status, information;
};
static_assert(sizeof(Completion) == 16);

class IoCompletion final : public NamedObject {
 public:
  static constexpr ObjectType kType = ObjectType::kIoCompletion;
  static constexpr u32 kMostPackets = 0x10000;

  IoCompletion() : NamedObject(kType) {}
  ~IoCompletion() override;

  struct Taker : ListNode<Taker> {
    Completion completion{};
    bool served = false;
    bool abandoned = false;
  };
  /// Who is served by it, and is to be woken; null: it waits in the port. kNoMemory, kInsufficientResources.
  Result<Taker*> Post(const Completion& completion);
  struct Packet : ListNode<Packet> {
    Completion completion;
  };
  /// The same with a packet by `new` that is the port's from now on; it wakes who is served.
  void PostOwn(Packet& packet, const Completion& completion);
  /// False: there is none.
  bool Take(Completion& completion);
  /// There is none now: `taker` stays until it is served or leaves by unlinking itself.
  void WaitFor(Taker& taker) { takers_.PushFront(taker); }
  u32 count() const { return count_; }

  bool IsSignaledFor(const WaitingThread&) const override { return count_ != 0; }

 private:
  void OnLastHandleClosed() override;

  IntrusiveList<Packet> packets_;
  u32 count_ = 0;
  IntrusiveList<Taker> takers_;
};

}  // namespace fl::kernel
