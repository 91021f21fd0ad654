// One ATA channel.
// Sources: ATA/ATAPI-6, 9.5 (PIO data-in), 9.6 (PIO data-out), 9.7 (DMA), 9.2 (software reset); "Programming Interface
// for Bus Master IDE Controller" 1.0, 3.1.
#include "drivers/ata_channel.h"

#include "drivers/ata_registers.h"
#include "kernel/base/assert.h"
#include "kernel/base/log.h"

namespace fl::drivers {
namespace {

/// A drive that sleeps needs seconds to spin up.
constexpr u32 kCommandMilliseconds = 10'000;
constexpr u32 kIdleMilliseconds = 1'000;
constexpr u32 kResetMilliseconds = 5'000;
/// How long a lost interrupt goes unnoticed.
constexpr u32 kLookMilliseconds = 50;
constexpr u32 kPollMilliseconds = 10;
/// Reads of a port before the first sleep; each takes about 1 us.
constexpr u32 kQuickPolls = 200;
/// After SRST is cleared: ATA/ATAPI-6, 9.2, state HSR1.
constexpr u32 kAfterResetMilliseconds = 2;
/// Reads of alternate status that take 400 ns and 5 us even on a fast bus.
constexpr u32 kReadsPer400ns = 4;
constexpr u32 kReadsPer5us = 50;

}  // namespace

bool AtaChannel::Identify(u32 drive, std::span<std::byte, kSectorSize> data) {
  device_control_ = ata::kControlNoInterrupt;
  ports_.Out8(base_.control, device_control_);
  const u8 device = u8(ata::kDeviceObsoleteBits | drive << ata::kDeviceNumberShift);
  Out(ata::kDevice, device);
  Delay400ns();
  const u8 first = AlternateStatus();
  if (first == 0 || first == ata::kStatusFloating || first == ata::kStatusFloatingPulledDown) {
    return false;
  }
  if (!WaitIdle(kIdleMilliseconds)) {
    // Firmware may have left in the middle of a transfer.
    Reset();
    Out(ata::kDevice, device);
    Delay400ns();
    if (!WaitIdle(kIdleMilliseconds)) return false;
  }
  Out(ata::kSectorCount, 0);
  Out(ata::kLbaLow, 0);
  Out(ata::kLbaMid, 0);
  Out(ata::kLbaHigh, 0);
  Out(ata::kCommand, ata::kCommandIdentify);
  Delay400ns();
  for (u32 waited = 0; AlternateStatus() & ata::kStatusBusy; waited += kPollMilliseconds) {
    if (waited >= kIdleMilliseconds) return false;
    Sleep(kPollMilliseconds);
  }
  const u8 status = In(ata::kStatus);
  // A packet device refuses the command and leaves its signature here.
  const bool packet_device = In(ata::kLbaMid) != 0 || In(ata::kLbaHigh) != 0;
  if (packet_device || (status & (ata::kStatusError | ata::kStatusDeviceFault)) ||
      !(status & ata::kStatusDataRequest)) {
    return false;
  }
  ports_.InWords(u16(base_.command_block + ata::kData), data);
  In(ata::kStatus);
  return true;
}

void AtaChannel::EnableInterrupts() {
  In(ata::kStatus);
  device_control_ = 0;
  ports_.Out8(base_.control, device_control_);
}

void AtaChannel::OnInterrupt() {
  // Until the bus master shows the interrupt, what it moved may not have arrived in memory.
  if (dma_running_ && !bus_master_->InterruptPending()) return;
  Acknowledge();
  events_.Wake(this);
}

bool AtaChannel::SetBlock(u32 drive, u32 block_sectors) {
  interrupted_ = false;
  const AtaCommand as_count{.drive = drive, .lba = 0, .sectors = block_sectors, .lba48 = false};
  return Issue(as_count, ata::kCommandSetMultiple) && AwaitDrive() && !Failed();
}

bool AtaChannel::Failed() const { return status_ & (ata::kStatusError | ata::kStatusDeviceFault); }

AtaOutcome AtaChannel::ReadPio(const AtaCommand& command, u32 block_sectors, ScatterCursor to) {
  u8 code = command.lba48 ? ata::kCommandReadSectorsExt : ata::kCommandReadSectors;
  if (block_sectors > 1) {
    code = command.lba48 ? ata::kCommandReadMultipleExt : ata::kCommandReadMultiple;
  }
  interrupted_ = false;
  if (!Issue(command, code)) return {AtaOutcome::Kind::kTimeout, AlternateStatus(), 0};
  for (u32 left = command.sectors; left != 0;) {
    if (!AwaitDrive()) return {AtaOutcome::Kind::kTimeout, AlternateStatus(), 0};
    if (Failed() || !(status_ & ata::kStatusDataRequest)) return DriveError();
    for (u32 in_block = block_sectors; in_block != 0 && left != 0; --in_block, --left) {
      ports_.InWords(u16(base_.command_block + ata::kData), to.Sector());
      to.Advance();
    }
  }
  return {};
}

AtaOutcome AtaChannel::WritePio(const AtaCommand& command, u32 block_sectors, GatherCursor from) {
  u8 code = command.lba48 ? ata::kCommandWriteSectorsExt : ata::kCommandWriteSectors;
  if (block_sectors > 1) {
    code = command.lba48 ? ata::kCommandWriteMultipleExt : ata::kCommandWriteMultiple;
  }
  interrupted_ = false;
  // The drive asks for the first block without an interrupt, and sends one when it has taken a block.
  if (!Issue(command, code) || !AwaitDataRequest()) {
    return {AtaOutcome::Kind::kTimeout, AlternateStatus(), 0};
  }
  for (u32 left = command.sectors; left != 0;) {
    if (Failed() || !(status_ & ata::kStatusDataRequest)) return DriveError();
    interrupted_ = false;
    for (u32 in_block = block_sectors; in_block != 0 && left != 0; --in_block, --left) {
      ports_.OutWords(u16(base_.command_block + ata::kData), from.Sector());
      from.Advance();
    }
    if (!AwaitDrive()) return {AtaOutcome::Kind::kTimeout, AlternateStatus(), 0};
  }
  if (Failed()) return DriveError();
  return {};
}

AtaOutcome AtaChannel::ReadDma(const AtaCommand& command) {
  return RunDma(command, command.lba48 ? ata::kCommandReadDmaExt : ata::kCommandReadDma,
                DmaDirection::kToMemory);
}

AtaOutcome AtaChannel::WriteDma(const AtaCommand& command) {
  return RunDma(command, command.lba48 ? ata::kCommandWriteDmaExt : ata::kCommandWriteDma,
                DmaDirection::kFromMemory);
}

AtaOutcome AtaChannel::RunDma(const AtaCommand& command, u8 code, DmaDirection direction) {
  KASSERT(bus_master_);
  bus_master_->Prepare(direction);
  interrupted_ = false;
  dma_running_ = true;
  bool answered = Issue(command, code);
  if (answered) {
    bus_master_->Start();
    answered = AwaitDrive();
  }
  const bool moved = bus_master_->Stop();
  dma_running_ = false;
  if (!answered) return {AtaOutcome::Kind::kTimeout, AlternateStatus(), 0};
  if (Failed()) return DriveError();
  if (!moved) return {AtaOutcome::Kind::kBusMasterError, status_, 0};
  return {};
}

AtaOutcome AtaChannel::Flush(u32 drive, bool lba48) {
  interrupted_ = false;
  const AtaCommand command{.drive = drive, .lba = 0, .sectors = 1, .lba48 = lba48};
  if (!Issue(command, lba48 ? ata::kCommandFlushCacheExt : ata::kCommandFlushCache) ||
      !AwaitDrive()) {
    return {AtaOutcome::Kind::kTimeout, AlternateStatus(), 0};
  }
  if (Failed()) return DriveError();
  return {};
}

void AtaChannel::Reset() {
  ++resets_;
  ports_.Out8(base_.control, ata::kControlSoftReset | ata::kControlNoInterrupt);
  for (u32 i = 0; i < kReadsPer5us; ++i) AlternateStatus();
  ports_.Out8(base_.control, device_control_);
  Sleep(kAfterResetMilliseconds);
  (void)WaitIdle(kResetMilliseconds);
  In(ata::kStatus);
}

void AtaChannel::Delay400ns() {
  for (u32 i = 0; i < kReadsPer400ns; ++i) AlternateStatus();
}

void AtaChannel::Sleep(u32 milliseconds) {
  // Nobody wakes this channel, so the time always runs out.
  const u8 private_channel = 0;
  events_.Wait(&private_channel, milliseconds);
}

/// Neither busy nor in the middle of a transfer: ready for a command.
bool AtaChannel::WaitIdle(u32 milliseconds) {
  constexpr u8 kOccupied = ata::kStatusBusy | ata::kStatusDataRequest;
  for (u32 poll = 0; poll < kQuickPolls; ++poll) {
    if (!(AlternateStatus() & kOccupied)) return true;
  }
  for (u32 waited = 0; waited < milliseconds; waited += kPollMilliseconds) {
    Sleep(kPollMilliseconds);
    if (!(AlternateStatus() & kOccupied)) return true;
  }
  return false;
}

bool AtaChannel::Issue(const AtaCommand& command, u8 code) {
  KASSERT(command.sectors != 0 && command.sectors <= (command.lba48 ? ata::kMaxSectorsPerLongCommand
                                                                    : ata::kMaxSectorsPerCommand));
  if (!WaitIdle(kIdleMilliseconds)) return false;
  const u32 drive_bits =
      ata::kDeviceObsoleteBits | ata::kDeviceLba | command.drive << ata::kDeviceNumberShift;
  const u32 lba28_top = command.lba48 ? 0 : u32(command.lba >> 24) & 0xF;
  Out(ata::kDevice, u8(drive_bits | lba28_top));
  Delay400ns();
  if (!WaitIdle(kIdleMilliseconds)) return false;
  if (command.lba48) {
    // The registers are two deep: the first value written becomes the upper half.
    Out(ata::kSectorCount, u8(command.sectors >> 8));
    Out(ata::kLbaLow, u8(command.lba >> 24));
    Out(ata::kLbaMid, u8(command.lba >> 32));
    Out(ata::kLbaHigh, u8(command.lba >> 40));
  }
  Out(ata::kSectorCount, u8(command.sectors));
  Out(ata::kLbaLow, u8(command.lba));
  Out(ata::kLbaMid, u8(command.lba >> 8));
  Out(ata::kLbaHigh, u8(command.lba >> 16));
  Out(ata::kCommand, code);
  return true;
}

/// Sleeps until the drive has data or an end for the command that runs. False: it never had.
bool AtaChannel::AwaitDrive() {
  for (u32 waited = 0;;) {
    if (interrupted_) {
      interrupted_ = false;
      // An interrupt of an earlier command may come late, while the drive works on this one.
      if (IsSettled(status_)) return true;
    }
    if (waited >= kCommandMilliseconds) return false;
    if (events_.Wait(this, kLookMilliseconds)) continue;
    waited += kLookMilliseconds;
    if (!interrupted_ && IsSettled(AlternateStatus())) {
      if (++lost_interrupts_ == 1) {
        Log(LogLevel::kWarning, "ata at port %03x: an interrupt was lost", base_.command_block);
      }
      Acknowledge();
    }
  }
}

/// Polls until the drive asks for the first block of a write, or refuses; `status_` says which.
bool AtaChannel::AwaitDataRequest() {
  Delay400ns();
  const auto settled = [&] {
    status_ = AlternateStatus();
    return !(status_ & ata::kStatusBusy) && (Failed() || (status_ & ata::kStatusDataRequest));
  };
  for (u32 poll = 0; poll < kQuickPolls; ++poll) {
    if (settled()) return true;
  }
  for (u32 waited = 0; waited < kCommandMilliseconds; waited += kPollMilliseconds) {
    Sleep(kPollMilliseconds);
    if (settled()) return true;
  }
  return false;
}

/// While a command runs, the drive is busy or, during DMA, asks for data.
bool AtaChannel::IsSettled(u8 status) const {
  const u8 working = dma_running_ ? ata::kStatusBusy | ata::kStatusDataRequest : ata::kStatusBusy;
  return !(status & working);
}

void AtaChannel::Acknowledge() {
  if (bus_master_) bus_master_->Acknowledge();
  status_ = In(ata::kStatus);
  interrupted_ = true;
}

AtaOutcome AtaChannel::DriveError() {
  return {AtaOutcome::Kind::kDriveError, status_, In(ata::kError)};
}

}  // namespace fl::drivers
