// SimulatedAta: one ATA channel with up to two drives and a bus master, at the level of registers;
// with FakeDmaMemory (made-up physical addresses) and FakeDiskEvents (a clock that runs only while
// the driver waits).
// Invariant: the simulation breaks the test (KASSERT) when the driver breaks the protocol: a
// command to a busy drive, data read without a request, a descriptor that crosses 64 KiB, a
// transfer of the wrong size. Written from ATA/ATAPI-6 and "Programming Interface for Bus Master
// IDE Controller" 1.0, with numbers of its own, not those of drivers/ata_registers.h.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "drivers/disk_events.h"
#include "tests/fakes/scripted_ports.h"

namespace fl::fakes {

/// Gives each page of the host a frame below 4 GiB.
class FakeDmaMemory final : public drivers::DmaMemory {
 public:
  PhysAddr PhysicalOf(const void* memory) override;
  /// From here on no two pages are neighbours.
  void Scatter() { scattered_ = true; }
  /// The page of `memory` lies at `frame`.
  void Place(const void* memory, u64 frame);
  std::byte* HostOf(u64 physical) const;

 private:
  bool scattered_ = false;
  u64 next_frame_ = 0xF0000;
  std::map<u64, u64> regions_;  ///< Of host memory.
  std::map<std::uintptr_t, u64> frames_;
  std::map<u64, std::uintptr_t> pages_;
};

struct SimulatedDrive {
  enum class Kind { kNone, kDisk, kPacket };
  Kind kind = Kind::kNone;
  u64 sectors = 0;
  bool lba48 = true;
  bool dma = true;
  u32 sector_bytes = 512;
  u32 max_block = 1;  ///< Sectors of READ MULTIPLE that IDENTIFY promises.
  bool refuses_blocks = false;
  bool flushes = true;  ///< Knows FLUSH CACHE.
  u32 block = 0;        ///< As set; a reset forgets it.
};

struct AtaCommandSeen {
  u8 code;
  u32 drive;
  u64 lba;
  u32 sectors;
  bool operator==(const AtaCommandSeen&) const = default;
};

class SimulatedAta final : public PortDevice {
 public:
  /// Without `memory` the channel has no bus master.
  SimulatedAta(u16 command_block, u16 control, u16 bus_master, FakeDmaMemory* memory)
      : command_block_(command_block),
        control_(control),
        bus_master_(bus_master),
        memory_(memory) {}
  void AttachTo(ScriptedPorts& ports);

  u32 ReadPort(u16 port, u32 bytes) override;
  void WritePort(u16 port, u32 bytes, u32 value) override;

  /// Time passes: what is under way makes its next step. True: the interrupt line rose.
  bool Step();

  /// What a sector holds that was never written.
  static std::byte ByteOf(u64 lba, u32 offset);
  std::byte Stored(u64 lba, u32 offset) const;

  SimulatedDrive drives[2];
  std::set<u64> bad_sectors;  ///< Uncorrectable.
  u32 busy_reads = 3;         ///< Status reads until a step happens by itself.
  u32 hang_commands = 0;      ///< The next commands never end.
  u32 lose_interrupts = 0;    ///< The next interrupts do not arrive.
  u32 bus_master_errors = 0;  ///< The next DMA transfers fail on the bus.
  u32 interface_crc_errors = 0;
  u32 device_faults = 0;
  bool unplugged = false;

  std::map<u64, std::vector<std::byte>> written;
  std::vector<AtaCommandSeen> commands;  ///< IDENTIFY and SET MULTIPLE excepted.
  u32 resets = 0;
  u32 interrupts = 0;
  u64 descriptors = 0;  ///< Of all tables together.

 private:
  enum class Work { kNone, kHung, kIdentify, kSetBlock, kFlush, kPio, kDma };
  SimulatedDrive& drive() { return drives[(device_ >> 4) & 1]; }
  bool Present() { return !unplugged && drive().kind != SimulatedDrive::Kind::kNone; }
  u8 ReadStatus();
  void StartCommand(u8 code);
  void FillIdentity();
  void FillBlock(u32 sectors);
  void StepPioWrite();
  std::vector<std::byte>& SectorToWrite(u64 lba);
  void RunDma();
  void Fail(u8 error, u8 status_bit);
  void Raise();

  u16 command_block_, control_, bus_master_;
  FakeDmaMemory* memory_;

  u8 status_ = 0x50;
  u8 error_ = 1;
  u8 device_ = 0;
  u8 device_control_ = 0;
  u8 current_[4] = {1, 1, 0, 0};  // Sector count, LBA low, mid, high.
  u8 previous_[4] = {};
  u8 dma_command_ = 0;
  u8 dma_status_ = 0x60;
  u32 dma_table_ = 0;

  Work work_ = Work::kNone;
  u32 reads_until_step_ = 0;
  bool writing_ = false;
  u64 lba_ = 0;
  u32 left_ = 0;
  u32 pio_block_ = 1;  ///< Sectors for each request of data.
  std::vector<std::byte> data_;
  std::size_t data_at_ = 0;
  bool line_rose_ = false;
};

/// Waits run the channels' steps and deliver their interrupts.
class FakeDiskEvents final : public drivers::DiskEvents {
 public:
  bool Wait(const void* channel, u32 milliseconds) override;
  void Wake(const void* channel) override { woken_.insert(channel); }
  void Connect(SimulatedAta& channel, std::function<void()> handler) {
    lines_.push_back({&channel, std::move(handler)});
  }

  u64 milliseconds = 0;
  u32 spurious_interrupts = 0;    ///< The next waits begin with an interrupt that nobody sent.
  std::function<void()> on_wait;  ///< What other threads do meanwhile; called once for each wait.

 private:
  struct Line {
    SimulatedAta* channel;
    std::function<void()> handler;
  };
  std::vector<Line> lines_;
  std::set<const void*> woken_;
};

}  // namespace fl::fakes
