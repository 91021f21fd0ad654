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
  return Transfer(first, ScatterCursor(buffers), counters_.reads, counters_.sectors);
}

Status AtaDisk::Write(Lba first, fs::GatherList buffers) {
  return Transfer(first, GatherCursor(buffers), counters_.writes, counters_.sectors_written);
}

template <class Byte>
Status AtaDisk::Transfer(Lba first, SectorCursor<Byte> memory, u64& calls, u64& sectors_moved) {
  if (!FitsWithin(first.value, memory.sectors_left(), identity_.sectors)) {
    return Status::kInvalidParameter;
  }
  if (memory.AtEnd()) return Status::kSuccess;
  ++calls;
  const u64 end = first.value + memory.sectors_left();
  while (!memory.AtEnd()) {
    const Status status = TransferPart(end - memory.sectors_left(), memory, sectors_moved);
    if (IsFailure(status)) {
      ++counters_.failures;
      return status;
    }
  }
  return Status::kSuccess;
}

/// One command's worth; advances `memory`.
template <class Byte>
Status AtaDisk::TransferPart(u64 lba, SectorCursor<Byte>& memory, u64& sectors_moved) {
  SleepingLockGuard guard(channel_.lock());
  const u64 left = memory.sectors_left();
  const u32 most =
      uses_dma() && identity_.lba48 ? ata::kMaxSectorsPerLongCommand : ata::kMaxSectorsPerCommand;
  u32 sectors = left < most ? u32(left) : most;
  bool dma = false;
  if (uses_dma()) {
    const u32 described = channel_.bus_master()->Describe(memory, sectors);
    dma = described != 0;
    if (dma) sectors = described;
  }
  const AtaCommand command{
      .drive = drive_,
      .lba = lba,
      .sectors = sectors,
      .lba48 = lba + sectors > ata::kLba28Sectors || sectors > ata::kMaxSectorsPerCommand};
  KASSERT(!command.lba48 || identity_.lba48);

  AtaOutcome outcome;
  for (u32 attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt != 0) ++counters_.retries;
    outcome = dma ? Dma(command, memory) : Pio(command, memory);
    if (outcome.kind == AtaOutcome::Kind::kDone) {
      if (dma) dma_failures_ = 0;
      ++(dma ? counters_.dma_commands : counters_.pio_commands);
      sectors_moved += sectors;
      memory.Advance(sectors);
      return Status::kSuccess;
    }
    if (dma && IsDmaFailure(outcome)) {
      NoteDmaFailure();
      dma = false;
    }
    channel_.Reset();
  }
  Log(LogLevel::kError, "ata%u.%u: cannot %s %u sectors at %llu: status %02x, error %02x",
      channel_number_, drive_, std::is_const_v<Byte> ? "write" : "read", sectors,
      static_cast<unsigned long long>(lba), outcome.status, outcome.error);
  return StatusOf(outcome);
}

Status AtaDisk::Flush() {
  SleepingLockGuard guard(channel_.lock());
  const AtaOutcome outcome = channel_.Flush(drive_, identity_.lba48);
  if (outcome.kind == AtaOutcome::Kind::kDone) return Status::kSuccess;
  channel_.Reset();
  if (outcome.kind == AtaOutcome::Kind::kDriveError && (outcome.error & ata::kErrorAborted)) {
    return Status::kSuccess;
  }
  ++counters_.failures;
  Log(LogLevel::kError, "ata%u.%u: cannot flush: status %02x, error %02x", channel_number_, drive_,
      outcome.status, outcome.error);
  return StatusOf(outcome);
}

u32 AtaDisk::BlockSectors() {
  if (block_sectors_ == 0 || block_set_at_reset_ != channel_.resets()) {
    const u32 wanted = identity_.block_sectors;
    block_sectors_ = wanted > 1 && channel_.SetBlock(drive_, wanted) ? wanted : 1;
    block_set_at_reset_ = channel_.resets();
  }
  return block_sectors_;
}

void AtaDisk::NoteDmaFailure() {
  if (++dma_failures_ == kDmaFailureLimit) {
    Log(LogLevel::kWarning, "ata%u.%u: DMA keeps failing; programmed I/O from now on",
        channel_number_, drive_);
  }
}

}  // namespace fl::drivers
