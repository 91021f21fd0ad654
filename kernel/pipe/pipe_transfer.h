// PipeTransfer: reading and writing a pipe's end in the current process, and waiting for what the other end does.
// Sleep:       all of it.
#pragma once

#include "kernel/pipe/pipe_end.h"

namespace fl::kernel {

/// Where the bytes are or go, and who is told.
struct PipeCall {
  PipeEnd& end;
  u32 buffer, length;
  IoNotice& notice;
};
/// How an operation ended. With kPending it has not; the notice is the request's.
struct PipeResult {
  Status status = Status::kSuccess;
  u32 information = 0;
};
PipeResult ReadPipe(const PipeCall& call);
PipeResult WritePipe(const PipeCall& call);
/// Writes a message, reads the answer.
PipeResult TransceivePipe(const PipeCall& call, u32 message, u32 message_length);
/// FSCTL_PIPE_LISTEN.
PipeResult ListenPipe(PipeEnd& end, IoNotice& notice);
/// Until all that was written has been read.
Status FlushPipe(PipeEnd& end);

}  // namespace fl::kernel
