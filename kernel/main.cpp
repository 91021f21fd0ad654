// Start-up, in the order in which one thing needs another; then the first program, and its end.
#include <optional>

#include "drivers/pic.h"
#include "drivers/rtc.h"
#include "kernel/base/format.h"
#include "kernel/base/log.h"
#include "kernel/bugcheck.h"
#include "kernel/console.h"
#include "kernel/disks.h"
#include "kernel/kernel.h"
#include "kernel/paths.h"
#include "kernel/program_start.h"
#include "kernel/statistics.h"
#include "kernel/traps.h"
#include "kernel/unicode.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/port_io.h"

namespace fl::kernel {
namespace {

// The clock's battery is empty: some date has to do, and this one is plainly wrong.
constexpr u64 kTimeWithoutClock = 0x01BF53EB256D4000;  // 2000-01-01
constexpr u32 kInputBaud = 115200;
constexpr char16_t kEnvironment[] =
    u"ComSpec=C:\\windows\\system32\\cmd.exe\0"
    u"OS=Windows_NT\0"
    u"PATH=C:\\windows\\system32;C:\\windows\0"
    u"SystemDrive=C:\0"
    u"SystemRoot=C:\\windows\0"
    u"TEMP=C:\\\0"
    u"TMP=C:\\\0"
    u"windir=C:\\windows\0";

// Built when their turn comes, and never destroyed.
constinit x86::PortIoX86 g_ports;
constinit std::optional<drivers::Pic> g_pic;
constinit std::optional<drivers::Pit> g_pit;
constinit std::optional<drivers::Uart> g_input;
constinit std::optional<KernelHeap> g_heap;
constinit std::optional<Traps> g_traps;
constinit std::optional<Disks> g_disks;

StackBounds CurrentStack() {
  Kernel* kernel = KernelIfUp();
  if (!kernel || !kernel->scheduler.running()) return {};
  const Thread& thread = kernel->scheduler.current();
  if (thread.stack_base() == 0) return {};
  return {thread.stack_base() + kPageSize, reinterpret_cast<u32>(thread.stack_top())};
}

/// From here on a trap is reported; interrupts stay masked.
void InitTrapsAndTimer() {
  g_pic.emplace(g_ports);
  g_pic->Init(u8(x86::kVectorFirstIrq));
  g_pit.emplace(g_ports, *g_pic);
  g_pit->Init(kTickHz);
  g_traps.emplace(*g_pic, *g_pit);
  x86::InitTraps(*g_traps);
}

u64 ReadDate() {
  const Result<u64> now = drivers::Rtc(g_ports).ReadNtTime();
  if (!now.ok()) Log(LogLevel::kWarning, "the clock holds no date");
  return now.ok() ? *now : kTimeWithoutClock;
}

[[noreturn]] void Stop(const char* kind, const char* message, Status status) {
  HostLink& host = TheKernel().host;
  host.ReportError(kind, message, Code(status));
  host.Exit();
}

/// The program's path: the first word of the command line, which quotation marks may hold together.
std::string_view ProgramWord(std::string_view command_line) {
  if (command_line.starts_with('"')) {
    command_line.remove_prefix(1);
    return command_line.substr(0, command_line.find('"'));
  }
  return command_line.substr(0, command_line.find(' '));
}

Result<ProgramRequest> FirstProgram(Kernel& kernel) {
  ProgramRequest request;
  const std::string_view path = TRY(VolumePath(ProgramWord(kernel.options.program)));
  for (const char c : path) TRY_STATUS(request.path.Push(c));
  TRY_STATUS(AppendUtf16("C:\\", request.image_path));
  TRY_STATUS(AppendUtf16(path, request.image_path));
  TRY_STATUS(AppendUtf16(kernel.options.program, request.command_line));
  TRY_STATUS(AppendUtf16("C:\\", request.current_directory));
  // With the array's own zero, the block ends.
  for (const char16_t c : kEnvironment) TRY_STATUS(request.environment.Push(c));
  request.standard[0] = kernel.input;
  request.standard[1] = kernel.output;
  request.standard[2] = kernel.error;
  return request;
}

Status MakeStandardObjects(Kernel& kernel) {
  TRY_STATUS(kernel.image_log.Reserve());
  kernel.stubs = TRY(SyscallStubs::Create(kernel.pager));
  // It is there from now on, so it belongs to what the programs find.
  std::byte first_byte[1];
  TRY_STATUS(kernel.stubs->ReadBytes(0, first_byte));
  kernel.input = AdoptRef<Object>(new (std::nothrow) StreamObject(StreamKind::kInput));
  kernel.output = AdoptRef<Object>(new (std::nothrow) StreamObject(StreamKind::kOutput));
  kernel.error = AdoptRef<Object>(new (std::nothrow) StreamObject(StreamKind::kError));
  return kernel.input && kernel.output && kernel.error ? Status::kSuccess : Status::kNoMemory;
}

/// Runs the program that the command line names to the end of its process; returns its exit status.
u32 RunFirstProgram(Kernel& kernel) {
  LoadError error;
  Result<ProgramRequest> request = FirstProgram(kernel);
  if (!request.ok())
    Stop("no_such_file", "the kernel's command line names no program", request.error());
  const Result<StartedProgram> started = StartProgram(std::move(*request), error);
  if (!started.ok()) {
    Stop(error.kind, error.message[0] ? error.message : "the program cannot be started",
         started.error());
  }
  WaitBlock block;
  block.object = started->process.get();
  Wait wait(kernel.scheduler.current(), WaitKind::kAny, {&block, 1});
  const Status ended = kernel.scheduler.WaitFor(wait, kNever);
  KASSERT(ended == Status::kSuccess);
  return started->process->exit_status();
}

/// Children may outlive the first program; the machine does not wait for them.
void EndOtherProcesses(Kernel& kernel) {
  for (Process& process : kernel.processes) process.Terminate(Code(Status::kProcessIsTerminating));
  while (!kernel.processes.empty()) kernel.scheduler.Sleep(&kernel.processes);
}

[[noreturn]] void Run(const boot::BootInfo& info, const Options& options, Memory& memory) {
  const Devices devices{g_ports, *g_pit, *g_input, ReadDate()};
  Kernel& kernel = StartKernel(options, memory, devices);
  kernel.images.SetListener(&kernel.image_log);
  SetFaultHistoryPrinter([] { TheKernel().faults.Print(); });
  SetBugcheckStop([](const char* message) { TheKernel().host.ExitAfterBugcheck(message); });
  SetBacktraceBounds(CurrentStack);
  auto boot_thread = AdoptRef(new (std::nothrow) Thread(&kernel.system_space));
  KASSERT(boot_thread);
  kernel.scheduler.Adopt(std::move(boot_thread));
  g_pic->Unmask(drivers::kIrqTimer);

  if (options.host && g_input->Init(kInputBaud)) {
    g_pic->Unmask(drivers::kIrqCom2);
    kernel.host.Connect();
  }
  if (!options.unknown.empty()) {
    Log(LogLevel::kWarning, "command line: \"%.*s\" is not understood", int(options.unknown.size()),
        options.unknown.data());
  }
  g_disks.emplace(g_ports, kernel.scheduler, memory);
  g_traps->SetDisks(g_disks->controller());
  g_disks->Probe();
  for (const u32 irq : {drivers::kIrqPrimaryAta, drivers::kIrqSecondaryAta, drivers::kIrqCascade}) {
    g_pic->Unmask(irq);
  }
  kernel.volume = g_disks->MountDriveC(info);
  if (!kernel.volume) Stop("other", "there is no disk with a FAT volume", Status::kNoSuchDevice);
  if (IsFailure(MakeStandardObjects(kernel))) Stop("other", "out of memory", Status::kNoMemory);

  if (options.bugcheck) Bugcheck("the command line asks for a bugcheck");
  const Baseline before = TakeBaseline(kernel);
  const u32 status = RunFirstProgram(kernel);
  EndOtherProcesses(kernel);
  if (options.stats) ReportStatistics(kernel, before, g_disks->disk());
  Log(LogLevel::kInfo, "The program has ended with status 0x%08x.", status);
  if (kernel.host.connected()) kernel.host.ReportExit(status);
  kernel.host.Exit();
}

}  // namespace

extern "C" [[noreturn]] void KernelMain(u32 magic, u32 multiboot_info) {
  x86::InitCpu();
  InitTrapsAndTimer();
  InitConsole(g_ports);
  const boot::BootInfo& info = ReadBootInfo(magic, multiboot_info);
  const Options options = ParseOptions(info.command_line);
  if (options.host) {
    SetBugcheckStop([](const char*) { HostLink::ExitAfterEarlyBugcheck(g_ports); });
  }
  Memory& memory = InitMemory(info);
  g_heap.emplace(memory.frames, memory.system_table, VirtPage(kHeapBase >> kPageShift),
                 KernelHeap::kLargestRange);
  InitHeap(*g_heap);
  g_input.emplace(g_ports, drivers::kCom2);
  Log(LogLevel::kInfo, "Faultline: %u KiB of RAM, %u KiB free",
      (memory.frames.frame_count() - memory.frames.count(mm::FrameUse::kNotRam)) * 4,
      memory.frames.available() * 4);
  Run(info, options, memory);
}

}  // namespace fl::kernel
