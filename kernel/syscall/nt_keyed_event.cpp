// System calls: keyed events.
#include <new>

#include "kernel/kernel.h"
#include "kernel/keyed_event.h"
#include "kernel/syscall/deadline.h"
#include "kernel/syscall/named_handle.h"
#include "kernel/syscall/sync_rights.h"

namespace fl::kernel {
namespace {

/// Both halves: (event, key, alertable, time-out). The event may be null: the system's own.
Status Meet(const SystemCall& call, KeyedRole role, u32 access) {
  const u32 handle = call[0], key = call[1];
  if ((key & 1) != 0) return Status::kInvalidParameter1;
  const u64 deadline = TRY(ReadDeadline(call[3]));
  RefPtr<KeyedEvent> event(&TheKernel().keyed_event);
  if (handle != 0) event = TRY(call.process.handles().FindAs<KeyedEvent>(handle, access));

  Scheduler& scheduler = TheKernel().scheduler;
  KeyedEvent::Comer comer;
  comer.process = &call.process;
  comer.key = key;
  comer.role = role;
  if (KeyedEvent::Comer* const other = event->Meet(comer)) {
    scheduler.WakeAll(other);
    return Status::kSuccess;
  }
  const WakeReason reason = scheduler.WaitUntil(&comer, deadline, ReadAlertable(call[2]));
  // After a time-out, the other may have come first all the same.
  if (comer.met) return Status::kSuccess;
  comer.Unlink();
  return Scheduler::StatusOf(reason);
}

}  // namespace

Status NtCreateKeyedEvent(const SystemCall& call) {
  const u32 handle_pointer = call[0], flags = call[3];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  if (flags != 0) return Status::kInvalidParameter4;
  const CapturedAttributes attributes = TRY(CaptureAttributes(call[2]));
  const RefPtr<NamedObject> event = AdoptRef(new (std::nothrow) KeyedEvent);
  if (!event) return Status::kNoMemory;
  return InsertNamed(call, handle_pointer, event, attributes,
                     GrantedAccess(call[1], kKeyedEventMapping));
}

Status NtOpenKeyedEvent(const SystemCall& call) {
  return OpenNamed(call, call[0], ObjectType::kKeyedEvent, call[2],
                   GrantedAccess(call[1], kKeyedEventMapping));
}

Status NtWaitForKeyedEvent(const SystemCall& call) {
  return Meet(call, KeyedRole::kWaits, kKeyedEventWait);
}

Status NtReleaseKeyedEvent(const SystemCall& call) {
  return Meet(call, KeyedRole::kReleases, kKeyedEventWake);
}

}  // namespace fl::kernel
