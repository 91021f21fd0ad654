// Disks: finds drive C:: the first ATA disk with a FAT volume on it, else the loader's module as a RAM disk.
#pragma once

#include <optional>

#include "drivers/ata_controller.h"
#include "drivers/ram_disk.h"
#include "fs/partition.h"
#include "fs/volume.h"
#include "kernel/failing_disk.h"
#include "kernel/memory.h"
#include "kernel/volume_system.h"

namespace fl::kernel {

/// Translates what the drivers hand to a bus master: the direct map, and mapped system space.
class MachineMemory final : public drivers::DmaMemory {
 public:
  explicit MachineMemory(x86::SystemPageTable& table) : table_(table) {}
  PhysAddr PhysicalOf(const void* memory) override;

 private:
  x86::SystemPageTable& table_;
};

class Disks {
 public:
  Disks(drivers::PortIo& ports, Scheduler& scheduler, Clock& clock, Memory& memory);
  Disks(const Disks&) = delete;
  Disks& operator=(const Disks&) = delete;

  drivers::AtaController& controller() { return controller_; }
  /// Must run in a thread; the timer runs.
  void Probe();
  /// Null if there is none; the log says what was looked at.
  RefPtr<fs::Volume> MountDriveC(const boot::BootInfo& info);
  /// The ATA disk that drive C: is on, or null.
  const drivers::AtaDisk* disk() const { return disk_; }
  /// Reads and writes of drive C:'s disk that fail on purpose.
  FailPoint& fail_point() { return fail_point_; }

 private:
  RefPtr<fs::Volume> TryMount(fs::BlockDevice& device, const char* name);

  drivers::PortIo& ports_;
  MachineMemory memory_;
  VolumeSystem system_;
  drivers::AtaController controller_;
  std::optional<drivers::RamDisk> ram_disk_;
  FailPoint fail_point_;
  std::optional<FailingDisk> failing_;
  std::optional<fs::PartitionView> partition_;
  const drivers::AtaDisk* disk_ = nullptr;
};

}  // namespace fl::kernel
