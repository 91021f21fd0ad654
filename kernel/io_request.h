// IoRequest: an operation on a file that has not ended when its call returned. IoNotice: who is told of an
// operation's end, and how.
// Lives:       from the call until Complete, which deletes it; in what it waits in (a pipe's queue), in its file's
//              list and in that of the thread that made it.
// Invariants:  a thread that ends takes back what it has asked for, except where a completion port is told; a file
//              whose last handle is closed ends what was asked for through it. So no request outlives its process.
//              All that its end needs is there before it begins: it cannot fail for want of memory.
// Order:       data, status block, then event, port or call, as programs expect.
#pragma once

#include <utility>

#include "kernel/io_completion.h"
#include "kernel/sync_objects.h"
#include "kernel/thread.h"

namespace fl::kernel {

class FileObject;
class Process;
struct IssuerTag;
struct FileTag;

class IoNotice {
 public:
  IoNotice() = default;
  IoNotice(IoNotice&& other)
      : wishes_(std::move(other.wishes_)),
        port_(std::move(other.port_)),
        key_(other.key_),
        apc_(std::exchange(other.apc_, nullptr)),
        packet_(std::exchange(other.packet_, nullptr)) {}
  IoNotice& operator=(IoNotice&&) = delete;
  ~IoNotice() {
    delete apc_;
    delete packet_;
  }

  struct Wishes {
    RefPtr<Event> event;
    u32 routine = 0,
        context =
            0;  ///< Of the call to be made; without a routine, the context is the port's value.
    u32 io_pointer = 0;
  };
  /// For the current thread. kNoMemory; kInvalidParameter for a call where a port is told.
  Status Prepare(FileObject& file, Wishes wishes);
  /// The operation begins: the event is reset.
  void Begin() {
    if (wishes_.event) wishes_.event->Reset();
  }
  u32 io_pointer() const { return wishes_.io_pointer; }
  bool tells_port() const { return port_ != nullptr; }

  /// The operation has ended, and the status block is written. `pended`: its call said so; else what fails is told
  /// by the call alone, and what succeeds perhaps, too.
  void Tell(FileObject& file, Thread& thread, Status status, u32 information, bool pended);

 private:
  Wishes wishes_;
  RefPtr<IoCompletion> port_;
  u32 key_ = 0;
  UserApc* apc_ = nullptr;
  IoCompletion::Packet* packet_ = nullptr;
};

class IoRequest : public ListNode<IoRequest>, public ListNode<IssuerTag>, public ListNode<FileTag> {
 public:
  /// `file` is the current thread's. It is in the lists of both; in nothing else yet.
  IoRequest(RefPtr<FileObject> file, IoNotice&& notice, u32 buffer, u32 length);

  FileObject& file() { return *file_; }
  Process& process() { return *process_; }
  Thread& thread() { return *thread_; }
  u32 io_pointer() const { return notice_.io_pointer(); }
  bool tells_port() const { return notice_.tells_port(); }
  u32 buffer() const { return buffer_; }
  u32 length() const { return length_; }

  /// Somebody is about to end it: nobody else finds it any more.
  void Claim();
  /// It is in nothing that it could wait in. Tells, and is no more. May sleep.
  void Complete(Status status, u32 information);
  /// Its call fails after all: nobody is told.
  void Abandon() { delete this; }

 private:
  ~IoRequest();

  const RefPtr<FileObject> file_;
  const RefPtr<Thread> thread_;
  const RefPtr<Process> process_;
  IoNotice notice_;
  const u32 buffer_, length_;
};

/// The thread ends.
void CancelRequestsOf(Thread& thread);

}  // namespace fl::kernel
