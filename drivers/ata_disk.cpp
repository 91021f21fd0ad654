// AtaDisk: cuts requests into commands, and answers for failed ones.
// Source: ATA/ATAPI-6, 8.27 to 8.36.
#include "drivers/ata_disk.h"

#include "drivers/ata_registers.h"
#include "kernel/base/checked_math.h"
#include "kernel/base/log.h"

namespace fl::drivers {
namespace {

constexpr u32 kAttempts = 2;

/// Would the same command by programmed I/O have succeeded, as far as one can know?
bool IsDmaFailure(const AtaOutcome& outcome) {
  if (outcome.kind != AtaOutcome::Kind::kDriveError) return true;
  return (outcome.error & ata::kErrorInterfaceCrc) && !(outcome.error & ata::kErrorUncorrectable);
}

Status StatusOf(const AtaOutcome& outcome) {
  if (outcome.kind == AtaOutcome::Kind::kTimeout) return Status::kIoTimeout;
  if (outcome.kind == AtaOutcome::Kind::kDriveError && (outcome.error & ata::kErrorUncorrectable)) {
    return Status::kCrcError;
  }
  return Status::kIoDeviceError;
}

}  // namespace

AtaDisk::AtaDisk(AtaChannel& channel, u32 channel_number, u32 drive, const AtaIdentity& identity)
    : channel_(channel), channel_number_(channel_number), drive_(drive), identity_(identity) {
  if (!identity.dma) dma_failures_ = kDmaFailureLimit;
}

Status AtaDisk::Read(Lba first, fs::ScatterList buffers) {
  ScatterCursor to(buffers);
  if (!FitsWithin(first.value, to.sectors_left(), identity_.sectors)) {
    return Status::kInvalidParameter;
  }
  if (to.AtEnd()) return Status::kSuccess;
  ++counters_.reads;
  const u64 end = first.value + to.sectors_left();
  while (!to.AtEnd()) {
    const Status status = ReadPart(end - to.sectors_left(), to);
    if (IsFailure(status)) {
      ++counters_.failures;
      return status;
    }
  }
  return Status::kSuccess;
}

/// One command's worth; advances `to`.
Status AtaDisk::ReadPart(u64 lba, ScatterCursor& to) {
  SleepingLockGuard guard(channel_.lock());
  const u64 left = to.sectors_left();
  const u32 most =
      uses_dma() && identity_.lba48 ? ata::kMaxSectorsPerLongCommand : ata::kMaxSectorsPerCommand;
  u32 sectors = left < most ? u32(left) : most;
  bool dma = false;
  if (uses_dma()) {
    const u32 described = channel_.bus_master()->Describe(to, sectors);
    dma = described != 0;
    if (dma) sectors = described;
  }
  const AtaReadCommand command{
      .drive = drive_,
      .lba = lba,
      .sectors = sectors,
      .lba48 = lba + sectors > ata::kLba28Sectors || sectors > ata::kMaxSectorsPerCommand};
  KASSERT(!command.lba48 || identity_.lba48);

  AtaOutcome outcome;
  for (u32 attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt != 0) ++counters_.retries;
    outcome = dma ? channel_.ReadDma(command) : ReadPio(command, to);
    if (outcome.kind == AtaOutcome::Kind::kDone) {
      if (dma) dma_failures_ = 0;
      ++(dma ? counters_.dma_commands : counters_.pio_commands);
      counters_.sectors += sectors;
      to.Advance(sectors);
      return Status::kSuccess;
    }
    if (dma && IsDmaFailure(outcome)) {
      NoteDmaFailure();
      dma = false;
    }
    channel_.Reset();
  }
  Log(LogLevel::kError, "ata%u.%u: cannot read %u sectors at %llu: status %02x, error %02x",
      channel_number_, drive_, sectors, static_cast<unsigned long long>(lba), outcome.status,
      outcome.error);
  return StatusOf(outcome);
}

AtaOutcome AtaDisk::ReadPio(const AtaReadCommand& command, ScatterCursor to) {
  if (block_sectors_ == 0 || block_set_at_reset_ != channel_.resets()) {
    const u32 wanted = identity_.block_sectors;
    block_sectors_ = wanted > 1 && channel_.SetBlock(drive_, wanted) ? wanted : 1;
    block_set_at_reset_ = channel_.resets();
  }
  return channel_.ReadPio(command, block_sectors_, to);
}

void AtaDisk::NoteDmaFailure() {
  if (++dma_failures_ == kDmaFailureLimit) {
    Log(LogLevel::kWarning, "ata%u.%u: DMA keeps failing; programmed I/O from now on",
        channel_number_, drive_);
  }
}

}  // namespace fl::drivers
