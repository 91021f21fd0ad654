// System calls: events, semaphores, mutants.
#include <new>

#include "kernel/kernel.h"
#include "kernel/sync_objects.h"
#include "kernel/syscall/basic_information.h"
#include "kernel/syscall/named_handle.h"
#include "kernel/syscall/sync_rights.h"

namespace fl::kernel {
namespace {

struct EventInformation {
  u32 kind;
  u32 signaled;
};
struct SemaphoreInformation {
  u32 count;
  u32 maximum;
};
struct MutantInformation {
  i32 count;
  u8 owned_by_caller, abandoned;
  u16 padding;
};
static_assert(sizeof(MutantInformation) == 8);

/// The calls that change an event: (handle, previous state).
Status Change(const SystemCall& call, u32 previous_pointer, bool (Event::*change)()) {
  if (previous_pointer) TRY_STATUS(ProbeForWrite(previous_pointer, sizeof(u32)));
  const auto event = TRY(call.process.handles().FindAs<Event>(call[0], kEventModifyState));
  const u32 previous = ((*event).*change)();
  return previous_pointer ? WriteUser(previous_pointer, previous) : Status::kSuccess;
}

}  // namespace

// ---- Events ---------------------------------------------------------------------------------------------

Status NtCreateEvent(const SystemCall& call) {
  const u32 handle_pointer = call[0], kind = call[3];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  if (kind > u32(EventKind::kSynchronization)) return Status::kInvalidParameter;
  const CapturedAttributes attributes = TRY(CaptureAttributes(call[2]));
  const bool signaled = (call[4] & 0xFF) != 0;
  const RefPtr<NamedObject> event = AdoptRef(new (std::nothrow) Event(EventKind(kind), signaled));
  if (!event) return Status::kNoMemory;
  return InsertNamed(call, handle_pointer, event, attributes,
                     GrantedAccess(call[1], kEventMapping));
}

Status NtOpenEvent(const SystemCall& call) {
  return OpenNamed(call, call[0], ObjectType::kEvent, call[2],
                   GrantedAccess(call[1], kEventMapping));
}

Status NtSetEvent(const SystemCall& call) { return Change(call, call[1], &Event::Set); }
Status NtResetEvent(const SystemCall& call) { return Change(call, call[1], &Event::Reset); }
Status NtPulseEvent(const SystemCall& call) { return Change(call, call[1], &Event::Pulse); }
Status NtClearEvent(const SystemCall& call) { return Change(call, 0, &Event::Reset); }

Status NtQueryEvent(const SystemCall& call) {
  return QueryBasicInformation<Event, EventInformation>(
      call, kEventQueryState, [](const Event& event) {
        return EventInformation{u32(event.kind()), event.signaled()};
      });
}

// ---- Semaphores -----------------------------------------------------------------------------------------

Status NtCreateSemaphore(const SystemCall& call) {
  const u32 handle_pointer = call[0], count = call[3], maximum = call[4];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  if (maximum == 0 || maximum > Semaphore::kLargestMaximum || count > maximum) {
    return Status::kInvalidParameter;
  }
  const CapturedAttributes attributes = TRY(CaptureAttributes(call[2]));
  const RefPtr<NamedObject> semaphore = AdoptRef(new (std::nothrow) Semaphore(count, maximum));
  if (!semaphore) return Status::kNoMemory;
  return InsertNamed(call, handle_pointer, semaphore, attributes,
                     GrantedAccess(call[1], kSemaphoreMapping));
}

Status NtOpenSemaphore(const SystemCall& call) {
  return OpenNamed(call, call[0], ObjectType::kSemaphore, call[2],
                   GrantedAccess(call[1], kSemaphoreMapping));
}

Status NtReleaseSemaphore(const SystemCall& call) {
  const u32 count = call[1], previous_pointer = call[2];
  if (previous_pointer) TRY_STATUS(ProbeForWrite(previous_pointer, sizeof(u32)));
  if (count == 0 || count > Semaphore::kLargestMaximum) return Status::kInvalidParameter;
  const auto semaphore =
      TRY(call.process.handles().FindAs<Semaphore>(call[0], kSemaphoreModifyState));
  const u32 previous = TRY(semaphore->Release(count));
  return previous_pointer ? WriteUser(previous_pointer, previous) : Status::kSuccess;
}

Status NtQuerySemaphore(const SystemCall& call) {
  return QueryBasicInformation<Semaphore, SemaphoreInformation>(
      call, kSemaphoreQueryState, [](const Semaphore& semaphore) {
        return SemaphoreInformation{semaphore.count(), semaphore.maximum()};
      });
}

// ---- Mutants --------------------------------------------------------------------------------------------

Status NtCreateMutant(const SystemCall& call) {
  const u32 handle_pointer = call[0];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  const CapturedAttributes attributes = TRY(CaptureAttributes(call[2]));
  const bool owned = (call[3] & 0xFF) != 0;
  const RefPtr<NamedObject> mutant =
      AdoptRef(new (std::nothrow) Mutant(owned ? &TheKernel().scheduler.current() : nullptr));
  if (!mutant) return Status::kNoMemory;
  return InsertNamed(call, handle_pointer, mutant, attributes,
                     GrantedAccess(call[1], kMutantMapping));
}

Status NtOpenMutant(const SystemCall& call) {
  return OpenNamed(call, call[0], ObjectType::kMutant, call[2],
                   GrantedAccess(call[1], kMutantMapping));
}

Status NtReleaseMutant(const SystemCall& call) {
  const u32 previous_pointer = call[1];
  if (previous_pointer) TRY_STATUS(ProbeForWrite(previous_pointer, sizeof(u32)));
  const auto mutant = TRY(call.process.handles().FindAs<Mutant>(call[0], 0));
  const i32 previous = TRY(mutant->Release(TheKernel().scheduler.current()));
  return previous_pointer ? WriteUser(previous_pointer, previous) : Status::kSuccess;
}

Status NtQueryMutant(const SystemCall& call) {
  return QueryBasicInformation<Mutant, MutantInformation>(
      call, kMutantQueryState, [](const Mutant& mutant) {
        return MutantInformation{
            .count = mutant.count(),
            .owned_by_caller = mutant.IsOwnedBy(TheKernel().scheduler.current()),
            .abandoned = mutant.abandoned(),
            .padding = 0};
      });
}

}  // namespace fl::kernel
