// DeviceOpen: see device_open.h.
#include "kernel/syscall/device_open.h"

#include <new>

#include "kernel/kernel.h"
#include "kernel/pipe/pipe_end.h"
#include "kernel/syscall/new_handle.h"
#include "kernel/syscall/object_types.h"
#include "pe/module_name.h"

namespace fl::kernel {
namespace {

constexpr u32 kFileOpened = 1;
constexpr u32 kFileWriteData = 0x0002;

/// `path` begins with `prefix`, which goes. A device's name ends there, or with a backslash.
bool TakePrefix(std::string_view& path, std::string_view prefix) {
  if (path.size() < prefix.size() ||
      !pe::EqualIgnoringCase(path.substr(0, prefix.size()), prefix)) {
    return false;
  }
  path.remove_prefix(prefix.size());
  return true;
}

bool TakeDevice(std::string_view& path, std::string_view name) {
  std::string_view rest = path;
  if (!TakePrefix(rest, name) || (!rest.empty() && rest.front() != '\\')) return false;
  path = rest;
  return true;
}

DeviceName PipeName(std::string_view rest) {
  if (rest.starts_with('\\')) rest.remove_prefix(1);
  return {rest.empty() ? DeviceKind::kPipes : DeviceKind::kPipe, rest};
}

Status Deliver(const SystemCall& call, const DeviceOpenRequest& request, RefPtr<FileObject> file,
               u8 attributes) {
  const u32 granted = GrantedAccess(request.access, TypeInfo(ObjectType::kFile).mapping);
  NewHandle handle = TRY(NewHandle::Insert(call, std::move(file), granted, attributes));
  TRY_STATUS(WriteUser(request.io_pointer, IoStatusBlock{Code(Status::kSuccess), kFileOpened}));
  return handle.Deliver(request.handle_pointer);
}

/// May a client have that, where data goes one way only?
Status CheckDirection(const NamedPipe& pipe, u32 access) {
  const u32 granted = GrantedAccess(access, TypeInfo(ObjectType::kFile).mapping);
  const PipeConfiguration configuration = pipe.shape.configuration;
  const bool refused =
      ((granted & kFileReadData) != 0 && configuration == PipeConfiguration::kInbound) ||
      ((granted & kFileWriteData) != 0 && configuration == PipeConfiguration::kOutbound);
  return refused ? Status::kAccessDenied : Status::kSuccess;
}

Status OpenPipe(const SystemCall& call, const DeviceOpenRequest& request, std::string_view name,
                u8 attributes) {
  NamedPipe* const found = TheKernel().pipes.Find(name);
  if (!found) return Status::kObjectNameNotFound;
  TRY_STATUS(CheckDirection(*found, request.access));
  PipeEnd* const listening = found->FindListening();
  if (!listening) return Status::kPipeNotAvailable;
  const RefPtr<PipeEnd> server(listening);
  const RefPtr<FileObject> client = AdoptRef<FileObject>(new (std::nothrow) PipeEnd(
      RefPtr<NamedPipe>(found), server->connection(), PipeSide::kClient, request.options));
  if (!client) return Status::kInsufficientResources;
  // From here on the client's end, if it cannot be delivered, is one that is closed at once.
  server->OnClient(call.process.id());
  return Deliver(call, request, client, attributes);
}

}  // namespace

Result<DeviceName> FindDevice(const SystemCall& call, const CapturedAttributes& attributes) {
  std::string_view path(attributes.name.data(), attributes.name.size());
  if (attributes.root_directory != 0) {
    const auto root = TRY(call.process.handles().FindAs<FileObject>(attributes.root_directory, 0));
    if (!root->is_pipe_directory()) return DeviceName{};
    return DeviceName{DeviceKind::kPipe, path};
  }
  if (TakePrefix(path, "\\Device\\")) {
    if (TakeDevice(path, "NamedPipe")) return PipeName(path);
    if (path.size() == 4 && TakePrefix(path, "Null")) return DeviceName{DeviceKind::kNull, {}};
    return DeviceName{};
  }
  if (!TakePrefix(path, "\\??\\") && !TakePrefix(path, "\\DosDevices\\") &&
      !TakePrefix(path, "\\GLOBAL??\\")) {
    return DeviceName{};
  }
  if (TakeDevice(path, "PIPE")) return PipeName(path);
  if (path.size() == 3 && TakePrefix(path, "NUL")) return DeviceName{DeviceKind::kNull, {}};
  return DeviceName{};
}

Result<bool> OpenDevice(const SystemCall& call, const DeviceOpenRequest& request) {
  const CapturedAttributes attributes = TRY(CaptureAttributes(request.object_attributes));
  const DeviceName device = TRY(FindDevice(call, attributes));
  if (device.kind == DeviceKind::kNone) return false;
  TRY_STATUS(ProbeForWrite(request.handle_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(request.io_pointer, sizeof(IoStatusBlock)));
  const u8 for_handle = attributes.ForHandle();
  if (device.kind == DeviceKind::kPipe) {
    TRY_STATUS(OpenPipe(call, request, device.rest, for_handle));
    return true;
  }
  RefPtr<FileObject> file;
  if (device.kind == DeviceKind::kNull) {
    file = AdoptRef<FileObject>(new (std::nothrow) NullObject);
  } else {
    file = AdoptRef<FileObject>(new (std::nothrow) PipeDirectoryObject);
  }
  if (!file) return Status::kNoMemory;
  TRY_STATUS(Deliver(call, request, std::move(file), for_handle));
  return true;
}

}  // namespace fl::kernel
