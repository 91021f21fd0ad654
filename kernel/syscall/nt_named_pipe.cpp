// System calls: making a pipe's server end, and waiting for one.
// Semantics:   NtCreateNamedPipeFile (Microsoft Learn, "CreateNamedPipe"; phnt). The share access says which way
//              data goes: who may be a client is what is shared.
#include <new>

#include "kernel/kernel.h"
#include "kernel/pipe/pipe_end.h"
#include "kernel/syscall/device_open.h"
#include "kernel/syscall/new_handle.h"
#include "kernel/syscall/object_types.h"
#include "kernel/syscall/pipe_control.h"

namespace fl::kernel {
namespace {

// Wine's kernelbase asks for the last one, which means what kOpenIf means.
enum Disposition : u32 { kOpen = 1, kCreate = 2, kOpenIf = 3, kOverwriteIf = 5 };
constexpr u32 kShareRead = 1, kShareWrite = 2;
constexpr u32 kFileOpened = 1, kFileCreated = 2;
constexpr u32 kUnlimitedInstances = 0xFFFFFFFF;
constexpr u32 kLargestQuota = 0x100000;
constexpr u64 kDefaultTimeout = 50 * u64(kMillisecond);

Result<NamedPipe::Shape> ReadShape(const SystemCall& call) {
  const u32 share = call[4] & (kShareRead | kShareWrite);
  if (share == 0 || call[7] > 1 || call[8] > 1 || call[9] > 1) return Status::kInvalidParameter;
  NamedPipe::Shape shape;
  shape.type = PipeMode(call[7]);
  if (PipeMode(call[8]) == PipeMode::kMessages && shape.type != PipeMode::kMessages) {
    return Status::kInvalidParameter;
  }
  shape.configuration = share == kShareRead    ? PipeConfiguration::kOutbound
                        : share == kShareWrite ? PipeConfiguration::kInbound
                                               : PipeConfiguration::kDuplex;
  shape.most_instances = call[10];
  if (shape.most_instances == 0) return Status::kInvalidParameter;
  shape.inbound_quota = call[11] < kLargestQuota ? call[11] : kLargestQuota;
  shape.outbound_quota = call[12] < kLargestQuota ? call[12] : kLargestQuota;
  shape.default_timeout = kDefaultTimeout;
  if (call[13] != 0) {
    const i64 timeout = TRY(ReadUser<i64>(call[13]));
    if (timeout > 0) return Status::kInvalidParameter;
    if (timeout != 0) shape.default_timeout = 0 - u64(timeout);
  }
  shape.server_process = call.process.id();
  return shape;
}

/// Another instance of `pipe`.
Status CheckInstance(const NamedPipe& pipe, const NamedPipe::Shape& shape, u32 disposition) {
  if (disposition == kCreate || pipe.shape.type != shape.type ||
      pipe.shape.configuration != shape.configuration) {
    return Status::kAccessDenied;
  }
  const u32 most = pipe.shape.most_instances;
  return most != kUnlimitedInstances && pipe.instances >= most ? Status::kInstanceNotAvailable
                                                               : Status::kSuccess;
}

/// A client may open an end that listens: waits for one. `timeout`: 100 ns, or kNever.
Status WaitForListener(std::string_view name, bool timeout_given, i64 timeout) {
  Kernel& kernel = TheKernel();
  u64 deadline = 0;
  for (bool first = true;; first = false) {
    NamedPipe* const pipe = kernel.pipes.Find(name);
    if (!pipe) return Status::kObjectNameNotFound;
    if (pipe->FindListening()) return Status::kSuccess;
    if (first) {
      const i64 wait = timeout_given ? timeout : -i64(pipe->shape.default_timeout);
      deadline = wait == std::int64_t(1) << 63 ? kNever : kernel.clock.DeadlineFor(wait);
    }
    const WakeReason reason =
        kernel.scheduler.WaitUntil(&kernel.pipes, deadline, Interruptible::kYes);
    if (reason == WakeReason::kTimeout) return Status::kIoTimeout;
    if (reason != WakeReason::kWoken) return Scheduler::StatusOf(reason);
  }
}

}  // namespace

/// (file, access, attributes, status block, share, disposition, options, type, read mode, completion mode, most
/// instances, inbound quota, outbound quota, default time-out)
Status NtCreateNamedPipeFile(const SystemCall& call) {
  const u32 handle_pointer = call[0], io_pointer = call[3], disposition = call[5];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  if ((disposition < kOpen || disposition > kOpenIf) && disposition != kOverwriteIf) {
    return Status::kInvalidParameter;
  }
  const NamedPipe::Shape shape = TRY(ReadShape(call));
  const CapturedAttributes attributes = TRY(CaptureAttributes(call[2]));
  const DeviceName device = TRY(FindDevice(call, attributes));
  if (device.kind != DeviceKind::kPipe) return Status::kObjectNameInvalid;

  PipeNames& names = TheKernel().pipes;
  RefPtr<NamedPipe> pipe(names.Find(device.rest));
  const bool is_new = !pipe;
  if (pipe) {
    TRY_STATUS(CheckInstance(*pipe, shape, disposition));
  } else {
    if (disposition == kOpen) return Status::kObjectNameNotFound;
    Vector<char> name;
    TRY_STATUS(name.Append(device.rest));
    pipe = AdoptRef(new (std::nothrow) NamedPipe(std::move(name), shape));
    if (!pipe) return Status::kInsufficientResources;
  }
  RefPtr<PipeConnection> connection = pipe->NewConnection();
  if (!connection) return Status::kInsufficientResources;
  const RefPtr<PipeEnd> server =
      AdoptRef(new (std::nothrow) PipeEnd(pipe, std::move(connection), PipeSide::kServer, call[6]));
  if (!server) return Status::kInsufficientResources;
  server->SetReadMode(PipeMode(call[8]));
  server->waits = call[9] == 0;
  if (is_new) names.Add(*pipe);
  const u32 granted = GrantedAccess(call[1], TypeInfo(ObjectType::kFile).mapping);
  NewHandle handle = TRY(NewHandle::Insert(call, server, granted, attributes.ForHandle()));
  TheKernel().scheduler.WakeAll(&names);
  TRY_STATUS(WriteUser(io_pointer,
                       IoStatusBlock{Code(Status::kSuccess), is_new ? kFileCreated : kFileOpened}));
  return handle.Deliver(handle_pointer);
}

/// FSCTL_PIPE_WAIT. FILE_PIPE_WAIT_FOR_BUFFER: {i64 time-out, u32 name's length, u8 is the time-out given, name}
Status WaitForPipe(const SystemCall& call) {
  constexpr u32 kNameAt = 14;
  const u32 in = call[6], length = call[7];
  if (length < kNameAt) return Status::kInvalidParameter;
  const i64 timeout = TRY(ReadUser<i64>(in));
  const u32 name_length = TRY(ReadUser<u32>(in + 8));
  const u8 timeout_given = TRY(ReadUser<u8>(in + 12));
  if (name_length > length - kNameAt || name_length > 0xFFFE) return Status::kInvalidParameter;
  const Vector<char16_t> text =
      TRY(ReadUnicodeString(UserUnicodeString{u16(name_length), 0, in + kNameAt}));
  Vector<char> name;
  TRY_STATUS(AppendUtf8(text.span(), name));
  return WaitForListener({name.data(), name.size()}, timeout_given != 0, timeout);
}

}  // namespace fl::kernel
