// Start-up, in the order in which one thing needs another; then the series of runs, and the end.
#include <optional>

#include "drivers/pic.h"
#include "drivers/rtc.h"
#include "kernel/base/log.h"
#include "kernel/bugcheck.h"
#include "kernel/console.h"
#include "kernel/disks.h"
#include "kernel/kernel.h"
#include "kernel/monitor.h"
#include "kernel/nt/user_mode.h"
#include "kernel/provoke.h"
#include "kernel/registry_seed.h"
#include "kernel/series.h"
#include "kernel/statistics.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/traps.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/port_io.h"

namespace fl::kernel {
namespace {

// The clock's battery is empty: some date has to do, and this one is plainly wrong.
constexpr u64 kTimeWithoutClock = 0x01BF53EB256D4000;  // 2000-01-01
constexpr u32 kInputBaud = 115200;

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

Status MakeStandardObjects(Kernel& kernel) {
  TRY_STATUS(kernel.image_log.Reserve());
  TRY_STATUS(kernel.names.Init());
  TRY_STATUS(kernel.registry.Init());
  kernel.stubs = TRY(SyscallStubs::Create(kernel.pager));
  // It is there from now on, so it belongs to what the programs find.
  std::byte first_byte[1];
  TRY_STATUS(kernel.stubs->ReadBytes(0, first_byte));
  kernel.input = AdoptRef<Object>(new (std::nothrow) StreamObject(StreamKind::kInput));
  kernel.output = AdoptRef<Object>(new (std::nothrow) StreamObject(StreamKind::kOutput));
  kernel.error = AdoptRef<Object>(new (std::nothrow) StreamObject(StreamKind::kError));
  return kernel.input && kernel.output && kernel.error ? Status::kSuccess : Status::kNoMemory;
}

/// NT's user mode, if the volume has it; without it, the kernel links.
Status FindUserMode(Kernel& kernel) {
  const Result<UserMode*> mode = UserMode::Load(kernel);
  if (mode.ok()) {
    kernel.user_mode = *mode;
    return Status::kSuccess;
  }
  const Status status = mode.error();
  const bool has_none = IsNotFound(status) || status == Status::kEntryPointNotFound;
  return has_none ? Status::kSuccess : status;
}

/// Runs the program as often and as the command line says, reports, and ends the machine.
[[noreturn]] void RunSeries(Kernel& kernel) {
  FaultInjection injection(g_disks->fail_point(), kernel.memory.frames.fail_point(),
                           Heap().fail_point(), kernel.memory.frames.commit().fail_point());
  Series series(kernel, injection);
  const RunOutcome outcome = kernel.options.sweep         ? series.Sweep()
                             : kernel.options.trials != 0 ? series.Trials()
                                                          : series.Repeat();
  if (kernel.options.stats) ReportStatistics(kernel, series, g_disks->disk());
  if (outcome.end == RunEnd::kNotStarted) {
    Stop(outcome.error.kind, outcome.error.message, Status(outcome.status));
  }
  Log(LogLevel::kInfo, "The program has ended with status 0x%08x.", outcome.status);
  if (kernel.host.connected()) kernel.host.ReportExit(outcome.status);
  kernel.host.Exit();
}

[[noreturn]] void Run(const boot::BootInfo& info, const Options& options, Memory& memory) {
  const Devices devices{g_ports, *g_pit, *g_input, ReadDate()};
  Kernel& kernel = StartKernel(options, memory, devices);
  if (options.stats) CountSystemCalls();
  kernel.images.SetListener(&kernel.image_log);
  kernel.images.KeepRecent(mm::ImageCache::kMostKept);
  SetFaultHistoryPrinter([] { TheKernel().faults.Print(); });
  SetBugcheckStop([](const char* message) { TheKernel().host.ExitAfterBugcheck(message); });
  SetBacktraceBounds(CurrentStack);
  if (options.monitor) {
    SetBugcheckRecovery([](const char* reason) { AbandonMonitorCommand("%s", reason); });
    SetBugcheckMonitor(MonitorAfterBugcheck);
  }
  auto boot_thread = AdoptRef(new (std::nothrow) Thread(&kernel.system_space));
  KASSERT(boot_thread);
  kernel.scheduler.Adopt(std::move(boot_thread));
  if (x86::Features().sep) x86::EnableFastCalls(SyscallStubs::FastCallReturn());
  g_pic->Unmask(drivers::kIrqTimer);

  if (options.host && g_input->Init(kInputBaud)) {
    g_pic->Unmask(drivers::kIrqCom2);
    kernel.host.Connect();
  }
  if (!options.unknown.empty()) {
    Log(LogLevel::kWarning, "command line: \"%.*s\" is not understood", int(options.unknown.size()),
        options.unknown.data());
  }
  g_disks.emplace(g_ports, kernel.scheduler, kernel.clock, memory);
  g_traps->SetDisks(g_disks->controller());
  g_disks->Probe();
  for (const u32 irq : {drivers::kIrqPrimaryAta, drivers::kIrqSecondaryAta, drivers::kIrqCascade}) {
    g_pic->Unmask(irq);
  }
  kernel.volume = g_disks->MountDriveC(info);
  if (!kernel.volume) Stop("other", "there is no disk with a FAT volume", Status::kNoSuchDevice);
  if (IsFailure(MakeStandardObjects(kernel))) Stop("other", "out of memory", Status::kNoMemory);
  if (const Status s = SeedRegistry(kernel); IsFailure(s)) {
    Stop("other", "C:\\windows\\registry.txt cannot be used", s);
  }
  if (const Status s = FindUserMode(kernel); IsFailure(s)) {
    Stop("other", "C:\\windows\\system32: its ntdll.dll cannot be used", s);
  }

  Provoke(Provocation(options.bugcheck));
  RunSeries(kernel);
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
  Memory& memory = InitMemory(info, options.nx ? x86::NoExecute::kOn : x86::NoExecute::kOff);
  if (options.poison) memory.frames.PoisonFreeFrames();
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
