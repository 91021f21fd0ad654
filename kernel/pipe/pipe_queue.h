// PipeQueue: what goes one way through a pipe: data that was written and not read yet, and requests to read that
// wait for some.
// Owns:        the data, in pieces as they were written (messages keep their ends by that); those who wait are
//              requests (io_request.h), whose calls have returned. Calls that have not sleep on the queue's address.
// Invariants:  requests to read wait only while there is no data. A piece with a writer: its request ends once no
//              more than the quota is left up to the piece's end.
// Sleep:       Serve and everything that ends requests; all is looked up again after that. The rest does not.
// Semantics:   writes end when what is not read fits the quota, as on NT; a quota of 0 makes each write wait for
//              its reader.
#pragma once

#include "kernel/io_request.h"

namespace fl::kernel {

/// More bytes than that no read gets at once, unless they are one message: they pass through the kernel's heap.
inline constexpr u32 kLargestTake = 0x10000;

enum class PipeMode : u8 { kBytes = 0, kMessages = 1 };

class PipeQueue {
 public:
  struct Piece : ListNode<Piece> {
    Vector<std::byte> bytes;
    u32 taken = 0;  ///< Of them.
    u64 end = 0;    ///< Where its last byte lies in all that was ever written.
    IoRequest* writer = nullptr;
    u32 left() const { return bytes.size() - taken; }
  };

  explicit PipeQueue(u32 quota) : quota_(quota) {}
  ~PipeQueue();
  PipeQueue(const PipeQueue&) = delete;
  PipeQueue& operator=(const PipeQueue&) = delete;

  /// How the reading end takes what is there.
  PipeMode mode = PipeMode::kBytes;
  u32 quota() const { return quota_; }
  u32 bytes() const { return bytes_; }
  bool empty() const { return pieces_.empty(); }
  u32 messages() const { return piece_count_; }
  /// What is left of the first one.
  u32 first_message() { return empty() ? 0 : pieces_.front()->left(); }
  u32 room() const { return bytes_ < quota_ ? quota_ - bytes_ : 0; }
  /// Is no more than the quota left up to there?
  bool IsDone(u64 end) const { return i64(end - taken_) <= i64(quota_); }
  /// Do those who wait to read take so much?
  bool IsWantedNow(u32 bytes);

  /// `piece` is the queue's from now on; where it ends. Then Serve.
  u64 Push(Piece& piece);
  /// Copies what is there, at most out.size() bytes; by messages, of the first one. Nothing is taken.
  u32 Peek(std::span<std::byte> out);
  /// What one read of `length` bytes gets; the queue is not empty. kSuccess, kBufferOverflow for a part of a
  /// message; kInsufficientResources, and nothing was taken. Then Serve.
  Status Take(u32 length, Vector<std::byte>& out);

  void AddReader(IoRequest& request) { readers_.PushBack(request); }
  /// It waits no more. What its write has left is dropped.
  void Withdraw(IoRequest& request);
  /// Gives what is there to those who wait, and ends the writes that are done.
  void Serve();
  /// Ends all that waits. With `drop`, what was not read is gone.
  void EndAll(Status status, bool drop);
  /// Those who have written are done; what they have written stays.
  void EndWriters();

 private:
  void Remove(Piece& piece);
  IoRequest* TakeDoneWriter();

  const u32 quota_;
  IntrusiveList<Piece> pieces_;
  u32 piece_count_ = 0;
  u32 bytes_ = 0;
  u64 pushed_ = 0, taken_ = 0;  ///< Ever.
  IntrusiveList<IoRequest> readers_;
  IntrusiveList<IoRequest>
      done_writers_;  ///< All of theirs was read; to be told by the next Serve.
};

}  // namespace fl::kernel
