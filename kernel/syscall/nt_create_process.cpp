// System calls: a process from a program's file: NtCreateUserProcess.
// Semantics:   as kernelbase uses it (phnt's declarations; Microsoft Learn, "CreateProcess", "Inheritance"):
//              what is to be inherited keeps its value in the child; without inheritance the child still gets
//              its three standard handles, under values of its own.
// Invariants:  the child waits until its creator knows of it; if the creator cannot be told, it ends unseen.
//              PS_CREATE_INFO is neither read nor written: kernelbase passes one that it has not filled in.
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
#include "kernel/syscall/token_handle.h"
#include "kernel/unicode.h"

namespace fl::kernel {
namespace {

constexpr u32 kCreateSuspended = 0x1;  // THREAD_CREATE_FLAGS_CREATE_SUSPENDED
constexpr u32 kInheritHandles = 0x4;   // PROCESS_CREATE_FLAGS_INHERIT_HANDLES
constexpr u32 kMostListedHandles = 0x4000;

struct CreationAttributes {
  Vector<char> image_path;  ///< On the volume.
  RefPtr<Process> parent;
  RefPtr<Token> token;  ///< What the child's is a copy of; null: there is none yet.
  bool has_list = false;
  Vector<u32> listed;  ///< Only these are inherited, if there is such a list.
  // Where the caller wants what; 0: nowhere.
  u32 client_id = 0;
  u32 image_information = 0;
};

Result<Vector<char>> ReadImagePath(const PsAttribute& attribute) {
  if (attribute.size > 0xFFFE) return Status::kInvalidParameter;
  const Vector<char16_t> name =
      TRY(ReadUnicodeString(UserUnicodeString{u16(attribute.size), 0, attribute.value}));
  Vector<char> utf8, path;
  TRY_STATUS(AppendUtf8(name.span(), utf8));
  TRY_STATUS(path.Append(TRY(VolumePath({utf8.data(), utf8.size()}))));
  return path;
}

Result<Vector<u32>> ReadHandleList(const PsAttribute& attribute) {
  const u32 count = attribute.size / sizeof(u32);
  if (attribute.size % sizeof(u32) != 0 || count > kMostListedHandles) {
    return Status::kInvalidParameter;
  }
  Vector<u32> handles;
  TRY_STATUS(handles.Resize(count));
  TRY_STATUS(CopyFromUser(handles.data(), attribute.value, attribute.size));
  return handles;
}

Status ReadAttribute(const SystemCall& call, const PsAttribute& attribute,
                     CreationAttributes& result) {
  switch (attribute.attribute) {
    case kAttributeClientId:
      result.client_id = TRY(ProbeOutput(attribute, 2 * sizeof(u32)));
      break;
    case kAttributeImageInfo:
      result.image_information = TRY(ProbeOutput(attribute, sizeof(ImageInformation)));
      break;
    case kAttributeImageName:
      result.image_path = TRY(ReadImagePath(attribute));
      break;
    case kAttributeHandleList:
      result.listed = TRY(ReadHandleList(attribute));
      result.has_list = true;
      break;
    case kAttributeParentProcess:
      result.parent = TRY(FindLiveProcess(call, attribute.value, kProcessCreateProcess));
      break;
    case kAttributeToken:
      result.token = TRY(FindToken(call, attribute.value, kTokenAssignPrimary));
      break;
    case kAttributeDebugPort:
      return Status::kNotImplemented;
    default:  // What asks for less than is done anyway.
      break;
  }
  return Status::kSuccess;
}

Result<CreationAttributes> ReadAttributes(const SystemCall& call, u32 list) {
  CreationAttributes result;
  result.parent = RefPtr<Process>(&call.process);
  if (call.process.token) result.token = TRY(TokenOf(call.process));
  const u32 count = TRY(PsAttributeCount(list));
  for (u32 i = 0; i < count; ++i) {
    TRY_STATUS(ReadAttribute(call, TRY(ReadPsAttribute(list, i)), result));
  }
  if (result.image_path.empty()) return Status::kInvalidParameter;
  return result;
}

bool Contains(std::span<const u32> handles, u32 handle) {
  for (const u32 one : handles) {
    if ((one & ~3u) == handle) return true;
  }
  return false;
}

/// What the child begins with. Nothing here sleeps: the parent's table is as it is.
Status GiveHandles(const HandleTable& parent, bool inherit, const CreationAttributes& attributes,
                   ProgramRequest& request) {
  if (inherit) {
    return request.handles.InheritFrom(parent, [&](u32 handle) {
      return !attributes.has_list || Contains(attributes.listed.span(), handle) ||
             Contains(request.standard, handle);
    });
  }
  for (u32& standard : request.standard) {
    // A handle that names nothing is the child's to find out.
    const Result<HandleTable::Found> found = parent.Find(standard);
    if (found.ok()) {
      standard = TRY(request.handles.Insert(found->object, found->access, kHandleInherit));
    }
  }
  return Status::kSuccess;
}

Result<ProgramRequest> MakeRequest(const SystemCall& call, CreationAttributes& attributes) {
  CapturedParameters captured = TRY(CaptureParameters(call[8]));
  ProgramRequest request;
  request.path = std::move(attributes.image_path);
  request.current_directory = std::move(captured.current_directory);
  request.image_path = std::move(captured.image_path);
  request.command_line = std::move(captured.command_line);
  request.environment = std::move(captured.environment);
  request.startup = std::move(captured.startup);
  for (u32 i = 0; i < 3; ++i) request.standard[i] = captured.standard[i];
  if (attributes.token) {
    request.token = attributes.token->Duplicate(TokenType::kPrimary, 0);
    if (!request.token) return Status::kNoMemory;
  }
  request.parent_id = attributes.parent->id();
  // Until its creator has been told of it.
  request.suspended = true;
  TRY_STATUS(GiveHandles(attributes.parent->handles(), (call[6] & kInheritHandles) != 0, attributes,
                         request));
  return request;
}

/// Handles to what was started, and its numbers: all of them, or an error and no handle.
Status TellCreator(const SystemCall& call, const StartedProgram& started,
                   const CreationAttributes& attributes, u8 process_attributes,
                   u8 thread_attributes) {
  Process& child = *started.process;
  NewHandle process = TRY(
      NewHandle::Insert(call, started.process, GrantedProcessAccess(call[2]), process_attributes));
  NewHandle thread =
      TRY(NewHandle::Insert(call, started.thread, GrantedThreadAccess(call[3]), thread_attributes));
  TRY_STATUS(TellClientId(attributes.client_id, *started.thread));
  // Somebody may have ended it already.
  if (attributes.image_information && !child.images().empty()) {
    TRY_STATUS(WriteUser(attributes.image_information, Describe(*child.images()[0].section)));
  }
  TRY_STATUS(WriteUser(call[0], process.value()));
  TRY_STATUS(thread.Deliver(call[1]));
  process.Keep();
  return Status::kSuccess;
}

}  // namespace

/// (process, thread, process access, thread access, process attributes, thread attributes, process flags, thread
/// flags, parameters, create info, attributes)
Status NtCreateUserProcess(const SystemCall& call) {
  TRY_STATUS(ProbeForWrite(call[0], sizeof(u32)));
  TRY_STATUS(ProbeForWrite(call[1], sizeof(u32)));
  const u8 process_attributes = TRY(CaptureAttributes(call[4])).ForHandle();
  const u8 thread_attributes = TRY(CaptureAttributes(call[5])).ForHandle();
  CreationAttributes attributes = TRY(ReadAttributes(call, call[10]));
  ProgramRequest request = TRY(MakeRequest(call, attributes));

  LoadError error;
  const Result<StartedProgram> started = StartProgram(std::move(request), error);
  if (!started.ok()) {
    if (error.message[0] != 0) Log(LogLevel::kWarning, "%s", error.message);
    return started.error();
  }
  const Status told =
      TellCreator(call, *started, attributes, process_attributes, thread_attributes);
  if (IsFailure(told)) {
    started->process->Terminate(Code(told));
  } else if ((call[7] & kCreateSuspended) == 0) {
    started->thread->Resume();
  }
  return told;
}

}  // namespace fl::kernel
