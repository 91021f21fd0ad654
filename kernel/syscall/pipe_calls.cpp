// PipeCalls: see pipe_calls.h.
// Source: Microsoft Learn, "FSCTL_PIPE_*", FILE_PIPE_INFORMATION, FILE_PIPE_LOCAL_INFORMATION; phnt for numbers.
#include "kernel/syscall/pipe_calls.h"

#include "kernel/kernel.h"
#include "kernel/syscall/access_rights.h"
#include "kernel/syscall/file_completion.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

enum ControlCode : u32 {
  kDisconnect = 0x110004,
  kListen = 0x110008,
  kPeek = 0x11400C,
  kTransceive = 0x11C017,
  kImpersonate = 0x11001C,
  kGetPipeAttribute = 0x110028,
  kGetConnectionAttribute = 0x110030,
};

enum InformationClass : u32 {
  kStandardInformation = 5,
  kAccessInformation = 8,
  kModeInformation = 16,
  kPipeInformation = 23,
  kPipeLocalInformation = 24,
};

/// FILE_PIPE_INFORMATION
struct PipeInformation {
  u32 read_mode, completion_mode;
};

/// FILE_PIPE_LOCAL_INFORMATION
struct LocalInformation {
  u32 type, configuration, most_instances, instances;
  u32 inbound_quota, available, outbound_quota, write_room;
  u32 state, end;
};
static_assert(sizeof(LocalInformation) == 40);

struct StandardInformation {
  u64 allocation_size, end_of_file;
  u32 links;
  u8 delete_pending, directory;
  u16 padding;
};
static_assert(sizeof(StandardInformation) == 24);

/// FILE_PIPE_PEEK_BUFFER
struct PeekHeader {
  u32 state, available, messages, message_length;
};
constexpr u32 kLargestPeek = 0x10000;
constexpr u32 kModeOptions = 0x103E;

LocalInformation DescribePipe(PipeEnd& end) {
  const NamedPipe& pipe = end.named();
  LocalInformation result{.type = u32(pipe.shape.type),
                          .configuration = u32(pipe.shape.configuration),
                          .most_instances = pipe.shape.most_instances,
                          .instances = pipe.instances,
                          .inbound_quota = pipe.shape.inbound_quota,
                          .available = 0,
                          .outbound_quota = pipe.shape.outbound_quota,
                          .write_room = 0,
                          .state = u32(end.state()),
                          .end = u32(end.side())};
  if (const RefPtr<PipeConnection>& connection = end.connection()) {
    result.available = connection->Incoming(end.side()).bytes();
    result.write_room = connection->Outgoing(end.side()).room();
  }
  return result;
}

/// (..., output, output length)
PipeResult Peek(const SystemCall& call, PipeEnd& end) {
  const u32 out = call[8], length = call[9];
  if (length < sizeof(PeekHeader)) return {Status::kBufferTooSmall, 0};
  const PipeState state = end.state();
  if (state == PipeState::kListening) return {Status::kInvalidPipeState, 0};
  const Status status = end.StatusFor(PipeDirection::kRead);
  if (IsFailure(status)) return {status, 0};
  PipeQueue& queue = end.connection()->Incoming(end.side());
  if (state == PipeState::kClosing && queue.empty()) return {Status::kPipeBroken, 0};

  const bool messages = queue.mode == PipeMode::kMessages;
  const PeekHeader header{u32(state), queue.bytes(), messages ? queue.messages() : 0,
                          messages ? queue.first_message() : 0};
  const u32 room = length - u32(sizeof(header));
  const u32 there = messages ? header.message_length : header.available;
  u32 count = there < room ? there : room;
  if (count > kLargestPeek) count = kLargestPeek;
  Vector<std::byte> data;
  if (IsFailure(data.ResizeForOverwrite(count))) return {Status::kInsufficientResources, 0};
  count = queue.Peek(data.span());
  Status copied = WriteUser(out, header);
  if (IsSuccess(copied)) copied = CopyToUser(out + u32(sizeof(header)), data.data(), count);
  if (IsFailure(copied)) return {copied, 0};
  return {count < there ? Status::kBufferOverflow : Status::kSuccess, u32(sizeof(header)) + count};
}

/// An attribute by name: "ClientProcessId" and "ServerProcessId" are what programs ask for.
PipeResult GetAttribute(const SystemCall& call, PipeEnd& end) {
  const u32 in = call[6], in_length = call[7], out = call[8], length = call[9];
  char name[32] = {};
  if (in_length == 0 || in_length > sizeof(name)) return {Status::kInvalidParameter, 0};
  const Status read = CopyFromUser(name, in, in_length);
  if (IsFailure(read)) return {read, 0};
  std::string_view asked(name, in_length);
  asked = asked.substr(0, asked.find('\0'));
  u32 answer = 0;
  if (asked == "ClientProcessId") {
    if (end.state() != PipeState::kConnected) return {Status::kNotFound, 0};
    answer = end.connection()->client_process;
  } else if (asked == "ServerProcessId") {
    answer = end.named().shape.server_process;
  } else {
    return {Status::kNotFound, 0};
  }
  if (length < sizeof(answer)) return {Status::kBufferTooSmall, 0};
  const Status written = WriteUser(out, answer);
  if (IsFailure(written)) return {written, 0};
  return {Status::kSuccess, sizeof(answer)};
}

PipeResult Control(const SystemCall& call, PipeEnd& end, IoNotice& notice) {
  const bool server = end.side() == PipeSide::kServer;
  switch (call[5]) {
    case kPeek:
      return Peek(call, end);
    case kTransceive:
      return TransceivePipe({.end = end, .buffer = call[8], .length = call[9], .notice = notice},
                            call[6], call[7]);
    case kListen:
      return server ? ListenPipe(end, notice) : PipeResult{Status::kIllegalFunction, 0};
    case kDisconnect:
      return {server ? end.Disconnect() : Status::kIllegalFunction, 0};
    case kImpersonate:
      // There is one user: who acts for the client acts for itself.
      if (!server) return {Status::kIllegalFunction, 0};
      return {IsFailure(end.StatusFor(PipeDirection::kRead)) ? Status::kCannotImpersonate
                                                             : Status::kSuccess,
              0};
    case kGetPipeAttribute:
    case kGetConnectionAttribute:
      return GetAttribute(call, end);
    default:
      return {Status::kInvalidDeviceRequest, 0};
  }
}

}  // namespace

Status TransferPipe(const SystemCall& call, PipeEnd& end, PipeDirection direction) {
  const u32 buffer = call[5], length = call[6];
  const bool reads = direction == PipeDirection::kRead;
  // Of a large buffer as much as one read of bytes fills: the rest need not come into memory.
  TRY_STATUS(reads ? ProbeForWrite(buffer, length < kLargestTake ? length : kLargestTake)
                   : ProbeForRead(buffer, length));
  FileCompletion completion = TRY(FileCompletion::Prepare(call, end));
  completion.Begin();
  end.OnOperationBegin();
  const PipeCall what{
      .end = end, .buffer = buffer, .length = length, .notice = completion.notice()};
  const PipeResult result = reads ? ReadPipe(what) : WritePipe(what);
  return completion.End(result.status, result.information);
}

/// (file, event, routine, context, status block, code, input, input length, output, output length)
Status ControlPipe(const SystemCall& call, PipeEnd& end) {
  TRY_STATUS(ProbeForRead(call[6], call[7]));
  TRY_STATUS(ProbeForWrite(call[8], call[9]));
  FileCompletion completion = TRY(FileCompletion::Prepare(call, end));
  completion.Begin();
  end.OnOperationBegin();
  const PipeResult result = Control(call, end, completion.notice());
  return completion.End(result.status, result.information);
}

Status QueryPipe(const SystemCall& call, PipeEnd& end) {
  const u32 io_pointer = call[1], out = call[2], length = call[3], what = call[4];
  const auto answer = [&](const auto& value) {
    if (length < sizeof(value)) return Status::kInfoLengthMismatch;
    TRY_STATUS(WriteUser(out, value));
    return WriteUser(io_pointer, IoStatusBlock{Code(Status::kSuccess), sizeof(value)});
  };
  switch (what) {
    case kStandardInformation: {
      const LocalInformation pipe = DescribePipe(end);
      return answer(
          StandardInformation{.allocation_size = u64(pipe.inbound_quota) + pipe.outbound_quota,
                              .end_of_file = pipe.available,
                              .links = 1,
                              .delete_pending = 1,
                              .directory = 0,
                              .padding = 0});
    }
    case kAccessInformation:
      return answer(TRY(call.process.handles().Find(call[0])).access);
    case kModeInformation:
      return answer(end.options() & kModeOptions);
    case kPipeInformation:
      return answer(PipeInformation{u32(end.read_mode()), u32(!end.waits)});
    case kPipeLocalInformation:
      return answer(DescribePipe(end));
    default:
      return Status::kInvalidParameter;
  }
}

Status SetPipe(const SystemCall& call, PipeEnd& end) {
  const u32 in = call[2], length = call[3];
  if (length < sizeof(PipeInformation)) return Status::kInfoLengthMismatch;
  const PipeInformation wanted = TRY(ReadUser<PipeInformation>(in));
  if (wanted.read_mode > 1 || wanted.completion_mode > 1) return Status::kInvalidParameter;
  const PipeMode mode = PipeMode(wanted.read_mode);
  if (mode == PipeMode::kMessages && end.named().shape.type != PipeMode::kMessages) {
    return Status::kInvalidParameter;
  }
  end.SetReadMode(mode);
  end.waits = wanted.completion_mode == 0;
  return Status::kSuccess;
}

}  // namespace fl::kernel
