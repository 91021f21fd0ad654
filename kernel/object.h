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
};

class Object : public RefCounted<Object> {
 public:
  virtual ~Object() = default;

  ObjectType type() const { return type_; }

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

  void CountHandle() { ++handle_count_; }
  void UncountHandle() {
    if (--handle_count_ == 0) OnLastHandleClosed();
  }

 protected:
  explicit Object(ObjectType type) : type_(type) {}
  virtual void OnLastHandleClosed() {}

 private:
  friend class Wait;
  friend void EndWaits(Object& object);

  const ObjectType type_;
  u32 handle_count_ = 0;
  IntrusiveList<WaitBlock> waiters_;  ///< In the order in which they came.
};

}  // namespace fl::kernel
