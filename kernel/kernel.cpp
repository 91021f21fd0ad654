// Kernel: see kernel.h.
#include "kernel/kernel.h"

#include <new>

#include "kernel/nt/user_mode.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/direct_map.h"

namespace fl::kernel {
namespace {

constexpr u32 kDefaultCluster = 8;
// Where images go that cannot or need not be at their preferred base: above what old programs ask for
// and below the stacks and blocks that NT puts high.
constexpr VirtPage kImagesFirst{0x10000};
constexpr VirtPage kImagesEnd{0x78000};

alignas(Kernel) std::byte storage[sizeof(Kernel)];

constexpr u32 kAroundPages = 16;
// One in so many bytes of memory may be keys and values.
constexpr u32 kRegistryShare = 16;

u32 ClusterOf(const Options& options) {
  if (options.cluster == 0) return kDefaultCluster;
  return options.cluster < mm::kMaxClusterPages ? options.cluster : mm::kMaxClusterPages;
}

/// Strict runs and traced ones show each page that is touched by a fault of its own.
u32 AroundOf(const Options& options) {
  return options.cluster == 1 || options.trace ? 1 : kAroundPages;
}

}  // namespace

/// Not this file's alone, so that a debugger finds it in an optimised kernel (tools/gdb).
[[gnu::used]] Kernel* the_kernel = nullptr;

Kernel::Kernel(const Options& the_options, Memory& the_memory, const Devices& devices)
    : options(the_options),
      memory(the_memory),
      scheduler(memory.frames, memory.system_table),
      pager{.frames = memory.frames,
            .waiter = scheduler,
            .cluster_pages = ClusterOf(options),
            .listener = &page_in_trace,
            .reads_ahead = options.cluster == 0,
            .around_pages = AroundOf(options)},
      system_space(pager, memory.system_table, VirtPage(x86::kSystemSpaceBase >> kPageShift),
                   VirtPage(kHeapBase >> kPageShift), mm::SpaceKind::kSystem),
      images(pager, options.seed, kImagesFirst, kImagesEnd),
      files(pager),
      clock(devices.pit, devices.time_at_boot),
      host(devices.ports, devices.input, scheduler),
      registry(memory.frames.frame_count() / kRegistryShare * kPageSize) {
  random.Gather(u32(devices.time_at_boot));
  random.Stir(std::as_bytes(std::span(options.entropy)));
}

void Kernel::OnTick(bool from_user) {
  const u64 now = clock.AtTick();
  scheduler.OnTick(now, from_user && scheduler.running());
  timers.Expire(now);
  if (user_mode) user_mode->user_data().SetTime(now, clock.DateOf(now));
}

void Kernel::FillRandom(std::span<std::byte> out) {
  for (u32 i = 0, number; i < 8 && x86::ReadRandom(number); ++i) random.Gather(number);
  random.Fill(out);
}

Kernel& TheKernel() {
  KASSERT(the_kernel);
  return *the_kernel;
}

Kernel* KernelIfUp() { return the_kernel; }

Kernel& StartKernel(const Options& options, Memory& memory, const Devices& devices) {
  KASSERT(!the_kernel);
  the_kernel = new (storage) Kernel(options, memory, devices);
  return *the_kernel;
}

}  // namespace fl::kernel
