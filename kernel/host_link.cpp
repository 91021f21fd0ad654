// HostLink: see host_link.h. The ports are QEMU's debug consoles, as tools/lib/machine.py sets them up.
#include "kernel/host_link.h"

#include "drivers/debug_console.h"
#include "kernel/base/log.h"
#include "kernel/console.h"
#include "kernel/kernel.h"
#include "kernel/x86/cpu.h"

namespace fl::kernel {
namespace {

constexpr u16 kStreamPorts[] = {0xE9, 0xEA, 0xEB, 0xEC};
constexpr u16 kExitPort = 0xF4;
constexpr u8 kExitNormal = 0;
constexpr u8 kExitBugcheck = 0x7F;

}  // namespace

void HostLink::Connect() {
  connected_ = true;
  input_.DisableReceiveInterrupt();
  HostLine(*this, HostStream::kReport)->Field("event", "ready");
}

void HostLink::WriteOutput(HostStream stream, std::span<const std::byte> bytes) {
  written_[u32(stream)] += bytes.size();
  if (connected_) {
    drivers::DebugConsole(ports_, kStreamPorts[u32(stream)]).Write(bytes);
  } else if (stream == HostStream::kOutput || stream == HostStream::kError) {
    WriteToConsole({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
}

Result<u32> HostLink::ReadInput(std::span<std::byte> out) {
  if (!connected_) return Status::kEndOfFile;
  u32 count = 0;
  while (count < out.size() && !input_ended_) {
    if (!input_.CanRead()) {
      if (count != 0) break;
      input_.EnableReceiveInterrupt();
      if (scheduler_.WaitUntil(this, kNever, Interruptible::kYes) == WakeReason::kTerminated) {
        return Status::kProcessIsTerminating;
      }
      continue;
    }
    const u8 byte = input_.Read();
    if (frame_left_ != 0) {
      out[count++] = std::byte(byte);
      --frame_left_;
    } else {
      // A frame's length; an empty frame is the end.
      frame_left_ = byte;
      input_ended_ = byte == 0;
    }
  }
  if (count == 0) return Status::kEndOfFile;
  return count;
}

void HostLink::OnInterrupt() {
  // The bytes stay in the device until somebody reads: it holds the sender back, so none are lost.
  input_.DisableReceiveInterrupt();
  scheduler_.WakeAll(this);
}

void HostLink::Stop(u8 code) {
  if (connected_) ports_.Out8(kExitPort, code);
  Log(LogLevel::kInfo, "The machine may be switched off now.");
  x86::Halt();
}

void HostLink::Exit() { Stop(kExitNormal); }

void HostLink::ExitAfterBugcheck(const char* message) {
  if (connected_) {
    HostLine line(*this, HostStream::kReport);
    line->Field("event", "bugcheck").Field("message", message);
  }
  Stop(kExitBugcheck);
}

void HostLink::ExitAfterEarlyBugcheck(drivers::PortIo& ports) {
  ports.Out8(kExitPort, kExitBugcheck);
}

void HostLink::ReportExit(u32 status) {
  HostLine line(*this, HostStream::kReport);
  line->Field("event", "exit").Field("status", status);
}

void HostLink::ReportException(const ExceptionReport& report) {
  if (!connected_) {
    Log(LogLevel::kError, "%s", report.message);
    return;
  }
  HostLine line(*this, HostStream::kReport);
  line->Field("event", "exception").Field("message", report.message);
  line->Field("status", report.status).Field("pid", report.process);
  if (report.has_access) line->Field("access", report.access).Field("address", report.address);
}

void HostLink::ReportMissingCall(std::string_view name) {
  if (!connected_) return;
  HostLine line(*this, HostStream::kReport);
  line->Field("event", "missing_call").Field("name", name);
}

void HostLink::ReportError(const char* kind, const char* message, u32 status) {
  Log(LogLevel::kError, "%s", message);
  HostLine line(*this, HostStream::kReport);
  line->Field("event", "error")
      .Field("kind", kind)
      .Field("message", message)
      .Field("status", status);
}

HostLine::HostLine(HostLink& link, HostStream stream)
    : link_(link),
      stream_(stream),
      writer_(
          [](void* self, std::string_view bytes) {
            auto& line = *static_cast<HostLine*>(self);
            line.link_.WriteOutput(line.stream_, std::as_bytes(std::span(bytes)));
          },
          this) {
  writer_.BeginObject();
}

HostLine::~HostLine() { writer_.EndObject(); }

}  // namespace fl::kernel
