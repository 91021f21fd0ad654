// AtaDisk: a parallel ATA hard disk as a block device: by bus-master DMA, else by programmed I/O.
// Invariants: the channel's lock is held for one command at a time, so a long read lets others in
// between its parts. Every failed command is followed by a reset and at most one more attempt. A
// disk whose DMA keeps failing stays with programmed I/O.
// Source: ATA/ATAPI-6.
#pragma once

#include "drivers/ata_channel.h"
#include "drivers/ata_identity.h"
#include "fs/block_device.h"

namespace fl::drivers {

struct AtaCounters {
  u64 reads = 0;         ///< Calls of Read that reached the drive.
  u64 sectors = 0;       ///< Read without an error.
  u64 dma_commands = 0;  ///< Commands that succeeded.
  u64 pio_commands = 0;
  u64 retries = 0;
  u64 failures = 0;  ///< Reads that ended with an error.
};

class AtaDisk final : public fs::BlockDevice {
 public:
  AtaDisk(AtaChannel& channel, u32 channel_number, u32 drive, const AtaIdentity& identity);

  Lba SectorCount() const override { return Lba(identity_.sectors); }
  /// Any memory of even address below 4 GiB is filled without a copy; other memory costs processor
  /// time. kInvalidParameter (beyond the end), kCrcError (unreadable sector), kIoTimeout,
  /// kIoDeviceError.
  Status Read(Lba first, fs::ScatterList buffers) override;

  const AtaIdentity& identity() const { return identity_; }
  const AtaCounters& counters() const { return counters_; }
  bool uses_dma() const { return dma_failures_ < kDmaFailureLimit && channel_.bus_master(); }

 private:
  /// In a row.
  static constexpr u32 kDmaFailureLimit = 3;

  Status ReadPart(u64 lba, ScatterCursor& to);
  AtaOutcome ReadPio(const AtaReadCommand& command, ScatterCursor to);
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
