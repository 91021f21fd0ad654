// Disks: see disks.h.
#include "kernel/disks.h"

#include "drivers/pci_config.h"
#include "fs/fat/volume.h"
#include "kernel/base/format.h"
#include "kernel/base/log.h"
#include "kernel/clock.h"
#include "kernel/process.h"

namespace fl::kernel {
namespace {

constexpr u32 kDriveC = 1;

}  // namespace

PhysAddr MachineMemory::PhysicalOf(const void* memory) {
  const u32 address = reinterpret_cast<u32>(memory);
  if (address - x86::kDirectMapBase < x86::kDirectMapSize) return x86::PhysicalOf(memory);
  const mm::Pte entry = table_.Query(PageOf(VirtAddr(address)));
  KASSERT(entry.resident);
  return AddressOf(entry.pfn) + (address & kPageMask);
}

Disks::Disks(drivers::PortIo& ports, Scheduler& scheduler, Clock& clock, Memory& memory)
    : ports_(ports),
      memory_(memory.system_table),
      system_(clock, scheduler),
      controller_(ports, scheduler, memory_) {}

void Disks::Probe() {
  drivers::PciConfig pci(ports_);
  controller_.Probe(pci.IsPresent() ? &pci : nullptr);
}

RefPtr<fs::Volume> Disks::TryMount(fs::BlockDevice& device, const char* name) {
  fs::MountError error;
  const Result<fs::PartitionRange> range = fs::FindFatVolume(device, &error);
  if (range.ok()) {
    failing_.emplace(device, fail_point_);
    partition_.emplace(*failing_, *range);
    Result<RefPtr<fs::fat::FatVolume>> volume =
        fs::fat::FatVolume::Mount(*partition_, kDriveC, system_, &error);
    if (volume.ok()) return RefPtr<fs::Volume>(std::move(*volume));
  }
  char reason[160];
  error.Format(reason);
  Log(LogLevel::kWarning, "%s: no FAT volume: %s", name, reason);
  return nullptr;
}

RefPtr<fs::Volume> Disks::MountDriveC(const boot::BootInfo& info) {
  u32 number = 0;
  for (drivers::AtaDisk* disk : controller_.disks()) {
    char name[16];
    Format(name, "ATA disk %u", number++);
    if (RefPtr<fs::Volume> volume = TryMount(*disk, name)) {
      disk_ = disk;
      Log(LogLevel::kInfo, "C: is %s, by %s", name, disk->uses_dma() ? "DMA" : "PIO");
      return volume;
    }
  }
  if (!info.has_module) return nullptr;
  auto* bytes = static_cast<std::byte*>(x86::DirectMapped(info.module.start));
  ram_disk_.emplace(std::span(bytes, info.module.size));
  Log(LogLevel::kInfo, "C: is the loader's module %s", info.module_name);
  return TryMount(*ram_disk_, "RAM disk");
}

}  // namespace fl::kernel
