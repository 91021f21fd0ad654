// AtaDisk: a parallel ATA hard disk as a block device: by bus-master DMA, else by programmed I/O.
// Invariants: the channel's lock is held for one command at a time, so a long transfer lets others in
// between its parts. Every failed command is followed by a reset and at most one more attempt. A
// disk whose DMA keeps failing stays with programmed I/O.
// Source: ATA/ATAPI-6.
#pragma once

#include "drivers/ata_channel.h"
#include "drivers/ata_identity.h"
#include "fs/block_device.h"

namespace fl::drivers {

struct AtaCounters {
  u64 reads = 0;            ///< Calls of Read that reached the drive.
  u64 sectors = 0;          ///< Read without an error.
  u64 writes = 0;           ///< Calls of Write that reached the drive.
  u64 sectors_written = 0;  ///< Without an error.
  u64 dma_commands = 0;     ///< Commands that succeeded.
  u64 pio_commands = 0;
  u64 retries = 0;
  u64 failures = 0;  ///< Reads and writes that ended with an error.
};

class AtaDisk final : public fs::BlockDevice {
 public:
  AtaDisk(AtaChannel& channel, u32 channel_number, u32 drive, const AtaIdentity& identity);

  Lba SectorCount() const override { return Lba(identity_.sectors); }
  /// Any memory of even address below 4 GiB is filled without a copy; other memory costs processor
  /// time. kInvalidParameter (beyond the end), kCrcError (unreadable sector), kIoTimeout,
  /// kIoDeviceError.
  Status Read(Lba first, fs::ScatterList buffers) override;
  Status Write(Lba first, fs::GatherList buffers) override;
  /// A drive that knows no such command keeps nothing back.
  Status Flush() override;

  const AtaIdentity& identity() const { return identity_; }
  const AtaCounters& counters() const { return counters_; }
  bool uses_dma() const { return dma_failures_ < kDmaFailureLimit && channel_.bus_master(); }

 private:
  /// In a row.
  static constexpr u32 kDmaFailureLimit = 3;

  template <class Byte>
  Status Transfer(Lba first, SectorCursor<Byte> memory, u64& calls, u64& sectors_moved);
  template <class Byte>
  Status TransferPart(u64 lba, SectorCursor<Byte>& memory, u64& sectors_moved);
  AtaOutcome Dma(const AtaCommand& command, const ScatterCursor&) {
    return channel_.ReadDma(command);
  }
  AtaOutcome Dma(const AtaCommand& command, const GatherCursor&) {
    return channel_.WriteDma(command);
  }
  AtaOutcome Pio(const AtaCommand& command, ScatterCursor to) {
    return channel_.ReadPio(command, BlockSectors(), to);
  }
  AtaOutcome Pio(const AtaCommand& command, GatherCursor from) {
    return channel_.WritePio(command, BlockSectors(), from);
  }
  u32 BlockSectors();
  void NoteDmaFailure();

  AtaChannel& channel_;
  u32 channel_number_;
  u32 drive_;
  AtaIdentity identity_;
  AtaCounters counters_;
  u32 dma_failures_ = 0;
  u32 block_sectors_ = 0;       ///< As the drive was told; 0: not yet.
  u32 block_set_at_reset_ = 0;  ///< channel_.resets() then.
};

}  // namespace fl::drivers
