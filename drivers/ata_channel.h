// AtaChannel: the registers of one ATA channel, which two drives share: commands, waits,
// interrupts, reset.
// Invariants: one command at a time: Read..., Write..., Flush and
// Reset are called with the lock held. No wait is
// without limit. The drives' interrupts are disabled until EnableInterrupts.
// Sources: ATA/ATAPI-6, clause 9 (protocols); "Programming Interface for Bus Master IDE Controller"
// 1.0.
#pragma once

#include <optional>

#include "drivers/bus_master.h"
#include "drivers/disk_events.h"
#include "drivers/port_io.h"
#include "drivers/scatter_cursor.h"
#include "drivers/sleeping_lock.h"

namespace fl::drivers {

struct AtaChannelPorts {
  u16 command_block;
  u16 control;
};

/// A transfer of `sectors` sectors, as many as the command can say.
struct AtaCommand {
  u32 drive;
  u64 lba;
  u32 sectors;
  bool lba48;
};

struct AtaOutcome {
  enum class Kind : u8 { kDone, kTimeout, kDriveError, kBusMasterError };
  Kind kind = Kind::kDone;
  u8 status = 0;
  u8 error = 0;  ///< Of kDriveError.
};

class AtaChannel {
 public:
  AtaChannel(PortIo& ports, DiskEvents& events, AtaChannelPorts base)
      : ports_(ports), events_(events), base_(base), lock_(events) {}

  /// IDENTIFY by polling. False: no drive, or none that knows ATA.
  bool Identify(u32 drive, std::span<std::byte, kSectorSize> data);
  void AttachBusMaster(DmaMemory& memory, u16 base) { bus_master_.emplace(ports_, memory, base); }
  void EnableInterrupts();
  void OnInterrupt();

  SleepingLock& lock() { return lock_; }
  /// Null: programmed I/O only.
  BusMaster* bus_master() { return bus_master_ ? &*bus_master_ : nullptr; }
  /// Until the next reset, READ and WRITE MULTIPLE of this drive move blocks of so many sectors. False: it
  /// refused.
  bool SetBlock(u32 drive, u32 block_sectors);
  /// `block_sectors` > 1 as set by SetBlock, or 1.
  AtaOutcome ReadPio(const AtaCommand& command, u32 block_sectors, ScatterCursor to);
  AtaOutcome WritePio(const AtaCommand& command, u32 block_sectors, GatherCursor from);
  /// The bus master's table describes the memory.
  AtaOutcome ReadDma(const AtaCommand& command);
  AtaOutcome WriteDma(const AtaCommand& command);
  /// The drive writes what it keeps in memory of its own.
  AtaOutcome Flush(u32 drive, bool lba48);
  /// Ends whatever the drives do. Bounded; a drive that stays busy shows at the next command.
  void Reset();
  /// Each one undoes SetBlock.
  u32 resets() const { return resets_; }
  u32 lost_interrupts() const { return lost_interrupts_; }

 private:
  u8 In(u16 offset) { return ports_.In8(u16(base_.command_block + offset)); }
  void Out(u16 offset, u8 value) { ports_.Out8(u16(base_.command_block + offset), value); }
  u8 AlternateStatus() { return ports_.In8(base_.control); }
  void Delay400ns();
  void Sleep(u32 milliseconds);
  bool WaitIdle(u32 milliseconds);
  bool Issue(const AtaCommand& command, u8 code);
  bool AwaitDrive();
  bool AwaitDataRequest();
  AtaOutcome RunDma(const AtaCommand& command, u8 code, DmaDirection direction);
  bool Failed() const;
  bool IsSettled(u8 status) const;
  void Acknowledge();
  AtaOutcome DriveError();

  PortIo& ports_;
  DiskEvents& events_;
  AtaChannelPorts base_;
  SleepingLock lock_;
  std::optional<BusMaster> bus_master_;
  bool dma_running_ = false;
  bool interrupted_ = false;  ///< An interrupt came that no wait has seen.
  u8 status_ = 0;             ///< As of the last interrupt.
  u32 resets_ = 0;
  u32 lost_interrupts_ = 0;
  u8 device_control_ = 0;
};

}  // namespace fl::drivers
