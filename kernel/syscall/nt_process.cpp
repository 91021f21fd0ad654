// System calls: processes, handles.
#include "kernel/base/log.h"
#include "kernel/kernel.h"
#include "kernel/paths.h"
#include "kernel/program_start.h"
#include "kernel/syscall/image_information.h"
#include "kernel/syscall/new_handle.h"
#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/process_parameters.h"
#include "kernel/syscall/ps_attributes.h"
#include "kernel/syscall/thread_handle.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/unicode.h"

namespace fl::kernel {
namespace {

constexpr u32 kCreateSuspended = 0x1;  // THREAD_CREATE_FLAGS_CREATE_SUSPENDED
constexpr u32 kCreateInfoSize = 0x48;

struct BasicInformation {
  u32 exit_status;
  u32 peb;
  u32 affinity_mask;
  u32 base_priority;
  u32 process_id;
  u32 parent_id;
};
static_assert(sizeof(BasicInformation) == 24);
constexpr u32 kProcessBasicInformation = 0;
constexpr u32 kProcessDebugPort = 7;
constexpr u32 kProcessWow64Information = 26;
constexpr u32 kProcessImageInformation = 37;

struct CreationAttributes {
  Vector<char> image_path;  ///< On the volume.
  u32 client_id = 0;        ///< Where the caller wants it; 0: nowhere.
};

Result<CreationAttributes> ReadAttributes(u32 list) {
  CreationAttributes result;
  const u32 count = TRY(PsAttributeCount(list));
  for (u32 i = 0; i < count; ++i) {
    const PsAttribute attribute = TRY(ReadPsAttribute(list, i));
    if (attribute.attribute == kAttributeClientId) {
      result.client_id = TRY(ProbeOutput(attribute, 2 * sizeof(u32)));
    } else if (attribute.attribute == kAttributeImageName) {
      if (attribute.size > 0xFFFE) return Status::kInvalidParameter;
      const Vector<char16_t> name =
          TRY(ReadUnicodeString(UserUnicodeString{u16(attribute.size), 0, attribute.value}));
      Vector<char> utf8;
      TRY_STATUS(AppendUtf8(name.span(), utf8));
      const std::string_view path = TRY(VolumePath({utf8.data(), utf8.size()}));
      result.image_path.Clear();
      TRY_STATUS(result.image_path.Append(path));
    }
  }
  if (result.image_path.empty()) return Status::kInvalidParameter;
  return result;
}

Result<ProgramRequest> ReadRequest(const SystemCall& call, u32 parameters) {
  CapturedParameters captured = TRY(CaptureParameters(parameters));
  ProgramRequest request;
  request.current_directory = std::move(captured.current_directory);
  request.image_path = std::move(captured.image_path);
  request.command_line = std::move(captured.command_line);
  request.environment = std::move(captured.environment);
  for (u32 i = 0; i < 3; ++i) {
    // A handle that names nothing is the child's to find out.
    auto found = call.process.handles().Find(captured.standard[i]);
    if (found.ok() && found->object->type() == ObjectType::kFile)
      request.standard[i] = found->object;
  }
  request.parent_id = call.process.id();
  return request;
}

struct CreationOutputs {
  u32 process, thread;
  u32 client_id;  ///< 0: nowhere.
};

/// Handles to what was started, and its numbers: all of them, or an error and no handle.
Status TellCreator(const SystemCall& call, const StartedProgram& started,
                   const CreationOutputs& outputs) {
  NewHandle process = TRY(NewHandle::Insert(call, started.process, kProcessAllAccess));
  NewHandle thread = TRY(NewHandle::Insert(call, started.thread, kThreadAllAccess));
  TRY_STATUS(TellClientId(outputs.client_id, *started.thread));
  TRY_STATUS(WriteUser(outputs.process, process.value()));
  TRY_STATUS(thread.Deliver(outputs.thread));
  process.Keep();
  return Status::kSuccess;
}

}  // namespace

Status NtTerminateProcess(const SystemCall& call) {
  const u32 handle = call[0], status = call[1];
  if (handle == 0) {
    // NT: null means the caller's other threads.
    call.process.TerminateOtherThreads(TheKernel().scheduler.current(), status);
    return Status::kSuccess;
  }
  const RefPtr<Process> process = TRY(FindProcess(call, handle, kProcessTerminate));
  process->Terminate(status);
  return Status::kSuccess;
}

Status NtQueryInformationProcess(const SystemCall& call) {
  const u32 what = call[1], out = call[2], length = call[3], returned = call[4];
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const auto answer = [&](const auto& make) {
    using T = decltype(make(call.process));
    if (length != sizeof(T)) return Status::kInfoLengthMismatch;
    const RefPtr<Process> process = TRY(FindProcess(call, call[0], kProcessQueryInformation));
    TRY_STATUS(WriteUser(out, make(*process)));
    return returned ? WriteUser(returned, u32(sizeof(T))) : Status::kSuccess;
  };
  switch (what) {
    case kProcessBasicInformation:
      return answer([](Process& process) {
        return BasicInformation{.exit_status = process.exit_status(),
                                .peb = process.peb.value,
                                .affinity_mask = 1,
                                .base_priority = kNormalPriority,
                                .process_id = process.id(),
                                .parent_id = process.parent_id()};
      });
    case kProcessDebugPort:
    case kProcessWow64Information:
      // Neither debugged nor a guest of a 64-bit system.
      return answer([](Process&) { return u32(0); });
    case kProcessImageInformation: {
      const RefPtr<Process> process = TRY(FindLiveProcess(call, call[0], kProcessQueryInformation));
      if (process->images().empty()) return Status::kProcessIsTerminating;
      return answer([](Process& of) { return Describe(*of.images()[0].section); });
    }
    default:
      return Status::kInvalidInfoClass;
  }
}

Status NtCreateUserProcess(const SystemCall& call) {
  const u32 process_pointer = call[0], thread_pointer = call[1];
  const u32 parameters = call[8], info = call[9], attribute_list = call[10];
  TRY_STATUS(ProbeForWrite(process_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(thread_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(info, kCreateInfoSize));
  if (TRY(ReadUser<u32>(info)) != kCreateInfoSize) return Status::kInvalidParameter;
  CreationAttributes attributes = TRY(ReadAttributes(attribute_list));
  ProgramRequest request = TRY(ReadRequest(call, parameters));
  request.path = std::move(attributes.image_path);
  // Until its creator has been told of it.
  request.suspended = true;

  LoadError error;
  const Result<StartedProgram> started = StartProgram(std::move(request), error);
  if (!started.ok()) {
    if (error.message[0] != 0) Log(LogLevel::kWarning, "%s", error.message);
    return started.error();
  }
  const Status told = TellCreator(
      call, *started,
      {.process = process_pointer, .thread = thread_pointer, .client_id = attributes.client_id});
  if (IsFailure(told)) {
    started->process->Terminate(Code(told));
  } else if ((call[7] & kCreateSuspended) == 0) {
    started->thread->Resume();
  }
  return told;
}

}  // namespace fl::kernel
