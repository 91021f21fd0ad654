// Memory: each step needs the one before: boot allocator, direct map, frame records, frame
// database.
#include "kernel/memory.h"

#include <algorithm>
#include <new>

#include "boot/boot_allocator.h"
#include "kernel/x86/cpu.h"

namespace fl::kernel {
namespace {

// boot/linker.ld.
extern "C" const char kKernelStart[];
extern "C" const char kKernelEnd[];

/// Storage for an object that is built when its turn comes, and never destroyed.
template <class T>
class Static {
 public:
  template <class... Arguments>
  T& Construct(Arguments&&... arguments) {
    return *new (bytes_) T(std::forward<Arguments>(arguments)...);
  }

 private:
  alignas(T) std::byte bytes_[sizeof(T)];
};

constinit boot::BootInfo g_boot_info;
constinit Static<x86::DirectMap> g_direct_map;
constinit Static<mm::PfnDatabase> g_frames;
constinit Static<Memory> g_memory;

class BootWindowMemory final : public boot::PhysicalMemory {
 public:
  bool Read(PhysAddr address, std::span<std::byte> bytes) override {
    if (address.value + bytes.size() > u64(1) << 32) return false;
    while (!bytes.empty()) {
      const u32 offset = u32(address.value) & kPageMask;
      const std::size_t part = std::min<std::size_t>(bytes.size(), kPageSize - offset);
      const mm::PageBytes page = x86::MapBootWindow(Pfn(u32(address.value >> kPageShift)));
      std::copy_n(page.begin() + offset, part, bytes.begin());
      bytes = bytes.subspan(part);
      address += part;
    }
    return true;
  }
};

boot::FrameRange KernelImage() {
  const u32 first = u32(x86::PhysicalOf(kKernelStart).value >> kPageShift);
  const u32 end = PagesFor(x86::PhysicalOf(kKernelEnd).value);
  return {Pfn(first), end - first};
}

Pfn TakeOrStop(boot::BootAllocator& allocator, u32 count) {
  if (count == 0) return Pfn(0);
  const auto first = allocator.Take(count);
  KASSERT(first && "not enough RAM to start");
  return *first;
}

void AddFrames(mm::PfnDatabase& frames, const boot::BootAllocator& allocator) {
  for (const boot::FrameRange& range : allocator.Used().span()) {
    frames.AddRam(range.first, range.count, mm::FrameUse::kKernel);
  }
  // Frames are taken from the last one added: low memory, which some devices need, goes last.
  for (const boot::FrameRange& range : allocator.free()) {
    frames.AddRam(range.first, range.count, mm::FrameUse::kFree);
  }
  for (const Pfn pfn : x86::UnneededBootFrames()) {
    frames.Free(pfn);
    frames.commit().RaiseLimit(1);
  }
}

}  // namespace

const boot::BootInfo& ReadBootInfo(u32 magic, u32 address) {
  BootWindowMemory memory;
  boot::ReadMultiboot(magic, PhysAddr(address), memory, g_boot_info);
  return g_boot_info;
}

Memory& InitMemory(const boot::BootInfo& info, x86::NoExecute wanted) {
  const auto no_execute = x86::Features().nx ? wanted : x86::NoExecute::kOff;
  boot::BootAllocator allocator(info.ram, Pfn(x86::kDirectMapFrames));
  allocator.Reserve(KernelImage());
  if (info.has_module) allocator.Reserve(info.module.frames());

  const Pfn end = allocator.end();
  KASSERT(KernelImage().end() <= end && "not enough RAM to start");
  const u32 table_frames = x86::DirectMapTables(end, no_execute);
  x86::InitDirectMap(end, TakeOrStop(allocator, table_frames), no_execute);

  const Pfn record_frames = TakeOrStop(allocator, PagesFor(u64(end.value) * sizeof(mm::Frame)));
  auto* records = static_cast<mm::Frame*>(x86::DirectMapped(AddressOf(record_frames)));

  x86::DirectMap& direct_map = g_direct_map.Construct();
  mm::PfnDatabase& frames = g_frames.Construct(std::span(records, end.value), direct_map);
  AddFrames(frames, allocator);
  return g_memory.Construct(frames, direct_map, x86::CreateSystemPageTable(frames));
}

}  // namespace fl::kernel
