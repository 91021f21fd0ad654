// HostLink: the outside world: the program's standard streams, reports about the run, the machine's end.
// Under runpe (host=1) each has a port of its own, which tools/lib/machine.py documents; else output goes
// to the screen and to COM1, and there is no input.
// Invariants:  a report is one JSON object in one line; bytes of the program never mix with the log.
#pragma once

#include "drivers/port_io.h"
#include "drivers/uart.h"
#include "kernel/base/result.h"
#include "kernel/json_writer.h"
#include "kernel/scheduler.h"

namespace fl::kernel {

enum class HostStream : u8 { kOutput, kError, kReport, kTrace };
inline constexpr u32 kHostStreams = 4;

class HostLink {
 public:
  HostLink(drivers::PortIo& ports, drivers::Uart& input, Scheduler& scheduler)
      : ports_(ports), input_(input), scheduler_(scheduler) {}

  /// There is a runpe at the other end: tells it that input may come.
  void Connect();
  bool connected() const { return connected_; }

  void WriteOutput(HostStream stream, std::span<const std::byte> bytes);
  /// Ever, to a stream; so the host can cut it to pieces that a report names.
  u64 bytes_written(HostStream stream) const { return written_[u32(stream)]; }
  /// Sleeps until there is input. kEndOfFile at its end, kProcessIsTerminating.
  Result<u32> ReadInput(std::span<std::byte> out);
  /// The input UART's interrupt.
  void OnInterrupt();

  /// Tells the host in order and stops the machine.
  [[noreturn]] void Exit();
  /// The same after a bugcheck.
  [[noreturn]] void ExitAfterBugcheck(const char* message);
  /// The same before there is a link: all that the host gets is the machine's exit status, and the log.
  static void ExitAfterEarlyBugcheck(drivers::PortIo& ports);

  /// {"event":"exception","message":...,"status":...}; and the like.
  struct ExceptionReport {
    const char* message;
    u32 status;
    u32 process;
    bool has_access;  ///< Then these are what NT calls the exception's first two parameters.
    u32 access;
    u32 address;
  };
  void ReportExit(u32 status);
  void ReportException(const ExceptionReport& report);
  /// A program asked for a system call that nobody answers.
  void ReportMissingCall(std::string_view name);
  void ReportError(const char* kind, const char* message, u32 status);

 private:
  [[noreturn]] void Stop(u8 code);

  drivers::PortIo& ports_;
  drivers::Uart& input_;
  Scheduler& scheduler_;
  bool connected_ = false;
  bool input_ended_ = false;
  u64 written_[kHostStreams] = {};
  u32 frame_left_ = 0;  ///< Bytes of the current input frame that are still to come.
};

/// A JSON object on a line of its own, to one of the host's ports.
class HostLine {
 public:
  HostLine(HostLink& link, HostStream stream);
  HostLine(const HostLine&) = delete;
  HostLine& operator=(const HostLine&) = delete;
  ~HostLine();
  JsonWriter& operator*() { return writer_; }
  JsonWriter* operator->() { return &writer_; }

 private:
  HostLink& link_;
  HostStream stream_;
  JsonWriter writer_;
};

}  // namespace fl::kernel
