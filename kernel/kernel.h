// Kernel: everything that there is once in the machine, in the order in which it comes to life.
// Lives: from KernelMain on, for ever; nothing below kernel/ knows it.
#pragma once

#include "kernel/clock.h"
#include "kernel/fault_log.h"
#include "kernel/heap.h"
#include "kernel/host_link.h"
#include "kernel/image_log.h"
#include "kernel/keyed_event.h"
#include "kernel/memory.h"
#include "kernel/object_namespace.h"
#include "kernel/options.h"
#include "kernel/pipe/named_pipe.h"
#include "kernel/process.h"
#include "kernel/random/generator.h"
#include "kernel/registry/tree.h"
#include "kernel/scheduler.h"
#include "kernel/syscall_stubs.h"
#include "kernel/timer.h"
#include "kernel/trace.h"
#include "mm/address_space.h"
#include "mm/data_cache.h"
#include "mm/image_cache.h"

namespace fl::kernel {

class UserMode;

/// Where the heap's large blocks lie; system space's regions end here.
inline constexpr u32 kHeapBase = x86::kSystemSpaceEnd - KernelHeap::kLargestRange * kPageSize;

/// What the hardware gives; owned by KernelMain.
struct Devices {
  drivers::PortIo& ports;
  drivers::Pit& pit;
  drivers::Uart& input;
  u64 time_at_boot = 0;
};

struct Kernel {
  Kernel(const Options& the_options, Memory& the_memory, const Devices& devices);

  /// The timer interrupt.
  void OnTick(bool from_user);
  /// Random bytes, as good as the machine can give them.
  void FillRandom(std::span<std::byte> out);

  const Options options;
  Memory& memory;
  Scheduler scheduler;
  PageInTrace page_in_trace;
  mm::Pager pager;
  mm::AddressSpace system_space;
  ImageLog image_log;
  mm::ImageCache images;
  mm::DataCache files;
  OpenFiles open_files;
  Clock clock;
  HostLink host;
  FaultLog faults;
  ObjectNamespace names;
  registry::Tree registry;
  TimerQueue timers;
  PipeNames pipes;
  random::Generator random;
  KeyedEvent keyed_event;  ///< Whoever names none means this one.
  /// Those that have not given everything back yet; its address is woken when one has.
  IntrusiveList<Process> processes;
  /// And those that handles name still.
  IntrusiveList<Process, AllProcessesTag> all_processes;
  RefPtr<SyscallStubs> stubs;           ///< Set once there is a heap to make it in.
  RefPtr<fs::Volume> volume;            ///< Drive C:; null if there is none.
  UserMode* user_mode = nullptr;        ///< NT's, if the volume has it.
  RefPtr<Object> input, output, error;  ///< The standard streams.
};

Kernel& TheKernel();
/// For code that may run before there is one (bugcheck, log).
Kernel* KernelIfUp();
/// Once; the heap is up.
Kernel& StartKernel(const Options& options, Memory& memory, const Devices& devices);

}  // namespace fl::kernel
