// Object: what a handle refers to. Process, thread, section, file, event, ...: one header, one way to wait.
// Lives:       as long as handles, or other objects, refer to it.
// Invariants:  handle_count is the number of table entries of all processes that name it; when it falls
//              to 0 the object is told once (a named object loses its name then, a process does not die).
//              Whoever changes it so that it may be signalled calls EndWaits (wait.h) at once: nobody waits
//              for an object that is signalled for them.
#pragma once

#include "kernel/base/intrusive_list.h"
#include "kernel/base/ref_ptr.h"
#include "kernel/base/status.h"
#include "kernel/base/units.h"
#include "kernel/base/vector.h"

namespace fl::kernel {

struct WaitBlock;
class WaitingThread;

enum class ObjectType : u8 {
  kProcess,
  kThread,
  kSection,
  kFile,
  kEvent,
  kSemaphore,
  kMutant,
  kTimer,
  kKeyedEvent,
  kIoCompletion,
  kDirectory,
  kSymbolicLink,
  kKey,
  kToken,
  kCount
};

/// Of one type, in the whole system.
struct ObjectCounts {
  u32 objects = 0, handles = 0;
  u32 most_objects = 0, most_handles = 0;
};

class Object : public RefCounted<Object> {
 public:
  virtual ~Object() { --counts_[u32(type_)].objects; }

  ObjectType type() const { return type_; }
  u32 handle_count() const { return handle_count_; }
  static const ObjectCounts& Counts(ObjectType type) { return counts_[u32(type)]; }
  /// Does its name outlast the handles?
  virtual bool permanent() const { return false; }
  /// Appends the full name that it is known by; nothing if it has none.
  virtual Status AppendName(Vector<char16_t>& out) const {
    (void)out;
    return Status::kSuccess;
  }

  /// Does a wait by `thread` for it end at once?
  virtual bool IsSignaledFor(const WaitingThread& thread) const {
    (void)thread;
    return true;
  }
  /// It is signalled for `thread`, whose wait ends by it: changes as such an end changes it. kSuccess,
  /// kAbandonedWait0, or a failure that the wait ends with.
  virtual Status TakeFor(WaitingThread& thread) {
    (void)thread;
    return Status::kSuccess;
  }

  /// Its security descriptor, self-relative, as a program has set it; empty: the one that all have.
  Vector<u8> security;

  void CountHandle() {
    ++handle_count_;
    CountOne(counts_[u32(type_)].handles, counts_[u32(type_)].most_handles);
  }
  void UncountHandle() {
    --counts_[u32(type_)].handles;
    if (--handle_count_ == 0) OnLastHandleClosed();
  }

 protected:
  explicit Object(ObjectType type) : type_(type) {
    CountOne(counts_[u32(type)].objects, counts_[u32(type)].most_objects);
  }
  virtual void OnLastHandleClosed() {}

 private:
  friend class Wait;
  friend void EndWaits(Object& object);

  static void CountOne(u32& count, u32& most) {
    if (++count > most) most = count;
  }

  static inline ObjectCounts counts_[u32(ObjectType::kCount)];
  const ObjectType type_;
  u32 handle_count_ = 0;
  IntrusiveList<WaitBlock> waiters_;  ///< In the order in which they came.
};

}  // namespace fl::kernel
