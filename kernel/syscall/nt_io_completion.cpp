// System calls: I/O completion ports.
#include <new>

#include "kernel/io_completion.h"
#include "kernel/kernel.h"
#include "kernel/syscall/basic_information.h"
#include "kernel/syscall/deadline.h"
#include "kernel/syscall/named_handle.h"
#include "kernel/syscall/sync_rights.h"

namespace fl::kernel {
namespace {

constexpr u32 kMostEntries = 0x10000;

/// Sleeps until there is one. kTimeout, kAbandonedWait0, kUserApc, ...
Status TakeOne(IoCompletion& port, u64 deadline, Interruptible interruptible,
               Completion& completion) {
  if (port.Take(completion)) return Status::kSuccess;
  IoCompletion::Taker taker;
  port.WaitFor(taker);
  const WakeReason reason = TheKernel().scheduler.WaitUntil(&taker, deadline, interruptible);
  // After a time-out, one may have come first all the same.
  if (taker.served) {
    completion = taker.completion;
    return Status::kSuccess;
  }
  if (taker.abandoned) return Status::kAbandonedWait0;
  taker.Unlink();
  return Scheduler::StatusOf(reason);
}

}  // namespace

/// The last argument says how many threads are to run at once.
Status NtCreateIoCompletion(const SystemCall& call) {
  const u32 handle_pointer = call[0];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  const CapturedAttributes attributes = TRY(CaptureAttributes(call[2]));
  const RefPtr<NamedObject> port = AdoptRef(new (std::nothrow) IoCompletion);
  if (!port) return Status::kNoMemory;
  return InsertNamed(call, handle_pointer, port, attributes,
                     GrantedAccess(call[1], kIoCompletionMapping));
}

Status NtOpenIoCompletion(const SystemCall& call) {
  return OpenNamed(call, call[0], ObjectType::kIoCompletion, call[2],
                   GrantedAccess(call[1], kIoCompletionMapping));
}

Status NtSetIoCompletion(const SystemCall& call) {
  const auto port =
      TRY(call.process.handles().FindAs<IoCompletion>(call[0], kIoCompletionModifyState));
  IoCompletion::Taker* const taker = TRY(
      port->Post({.key = call[1], .value = call[2], .status = call[3], .information = call[4]}));
  if (taker) TheKernel().scheduler.WakeAll(taker);
  return Status::kSuccess;
}

/// (port, key, value, io status block, time-out)
Status NtRemoveIoCompletion(const SystemCall& call) {
  const u32 key_pointer = call[1], value_pointer = call[2], io_pointer = call[3];
  TRY_STATUS(ProbeForWrite(key_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(value_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  const u64 deadline = TRY(ReadDeadline(call[4]));
  const auto port =
      TRY(call.process.handles().FindAs<IoCompletion>(call[0], kIoCompletionModifyState));
  Completion taken{};
  const Status status = TakeOne(*port, deadline, Interruptible::kYes, taken);
  if (status != Status::kSuccess) return status;
  TRY_STATUS(WriteUser(key_pointer, taken.key));
  TRY_STATUS(WriteUser(value_pointer, taken.value));
  return WriteUser(io_pointer, IoStatusBlock{taken.status, taken.information});
}

/// (port, entries, how many there is room for, how many there were, time-out, alertable)
Status NtRemoveIoCompletionEx(const SystemCall& call) {
  const u32 out = call[1], room = call[2], count_pointer = call[3];
  if (room == 0 || room > kMostEntries) return Status::kInvalidParameter;
  TRY_STATUS(ProbeForWrite(out, room * u32(sizeof(Completion))));
  TRY_STATUS(ProbeForWrite(count_pointer, sizeof(u32)));
  const u64 deadline = TRY(ReadDeadline(call[4]));
  const auto port =
      TRY(call.process.handles().FindAs<IoCompletion>(call[0], kIoCompletionModifyState));
  Completion taken{};
  const Status status = TakeOne(*port, deadline, ReadAlertable(call[5]), taken);
  if (status != Status::kSuccess) {
    TRY_STATUS(WriteUser(count_pointer, u32(0)));
    return status;
  }
  u32 count = 0;
  do {
    TRY_STATUS(WriteUser(out + count * u32(sizeof(Completion)), taken));
    ++count;
  } while (count < room && port->Take(taken));
  return WriteUser(count_pointer, count);
}

Status NtQueryIoCompletion(const SystemCall& call) {
  return QueryBasicInformation<IoCompletion, u32>(
      call, kIoCompletionQueryState, [](const IoCompletion& port) { return port.count(); });
}

}  // namespace fl::kernel
