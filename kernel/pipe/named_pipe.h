// NamedPipe: a name that clients open, and what all its instances have in common. PipeConnection: one instance's two
// ways and how its ends stand to each other.
// Lives:       a pipe's name from its first server end until the last one is closed; a connection as long as one
//              of its ends refers to it.
// Invariants:  one state for both ends of a connection, as NT has it: listening (no client yet), connected,
//              closing (one end is closed; what it wrote can still be read), disconnected (by the server: nothing
//              can).
// Semantics:   "Named Pipes" (Microsoft Learn); statuses as NT's pipe file system gives them.
#pragma once

#include "kernel/pipe/pipe_queue.h"

namespace fl::kernel {

class PipeEnd;

enum class PipeState : u32 { kDisconnected = 1, kListening = 2, kConnected = 3, kClosing = 4 };
enum class PipeSide : u32 { kClient = 0, kServer = 1 };
/// Which way data goes: FILE_PIPE_INBOUND, _OUTBOUND, _FULL_DUPLEX.
enum class PipeConfiguration : u32 { kInbound = 0, kOutbound = 1, kDuplex = 2 };

class PipeConnection : public RefCounted<PipeConnection> {
 public:
  PipeConnection(u32 inbound_quota, u32 outbound_quota)
      : inbound(inbound_quota), outbound(outbound_quota) {}

  PipeState state = PipeState::kListening;
  PipeQueue inbound;   ///< From client to server.
  PipeQueue outbound;  ///< From server to client.
  u32 client_process = 0;

  PipeQueue& Incoming(PipeSide side) { return side == PipeSide::kServer ? inbound : outbound; }
  PipeQueue& Outgoing(PipeSide side) { return side == PipeSide::kServer ? outbound : inbound; }
};

class NamedPipe : public RefCounted<NamedPipe>, public ListNode<NamedPipe> {
 public:
  struct Shape {
    PipeMode type = PipeMode::kBytes;
    PipeConfiguration configuration = PipeConfiguration::kDuplex;
    u32 most_instances = 1;
    u32 inbound_quota = 0, outbound_quota = 0;
    u64 default_timeout = 0;  ///< 100 ns.
    u32 server_process = 0;
  };
  NamedPipe(Vector<char> name, const Shape& its_shape) : shape(its_shape), name_(std::move(name)) {}
  ~NamedPipe() {
    if (linked()) Unlink();
  }

  std::string_view name() const { return {name_.data(), name_.size()}; }
  const Shape shape;
  IntrusiveList<PipeEnd> servers;  ///< Open ones, in the order in which they came.
  u32 instances = 0;

  /// Null: no memory.
  RefPtr<PipeConnection> NewConnection() const;
  /// A server end that a client may connect to; null: none listens.
  PipeEnd* FindListening();

 private:
  const Vector<char> name_;
};

/// All names. Its address is woken when a server end begins to listen, or a name goes.
class PipeNames {
 public:
  /// Case aside; null if there is none.
  NamedPipe* Find(std::string_view name);
  void Add(NamedPipe& pipe) { pipes_.PushBack(pipe); }

 private:
  IntrusiveList<NamedPipe> pipes_;
};

}  // namespace fl::kernel
