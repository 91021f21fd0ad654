// SimulatedAta: the drive's and the bus master's side of the protocols.
#include "tests/fakes/simulated_ata.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernel/base/assert.h"

namespace fl::fakes {
namespace {

constexpr u8 kBusy = 0x80, kReady = 0x40, kFault = 0x20, kSeek = 0x10, kRequest = 0x08, kErr = 0x01;
constexpr u8 kReadSectors = 0x20, kReadSectorsExt = 0x24, kReadDmaExt = 0x25, kReadDma = 0xC8;
constexpr u8 kReadMultiple = 0xC4, kReadMultipleExt = 0x29, kSetMultiple = 0xC6;
constexpr u8 kWriteSectors = 0x30, kWriteSectorsExt = 0x34, kWriteDmaExt = 0x35, kWriteDma = 0xCA;
constexpr u8 kWriteMultiple = 0xC5, kWriteMultipleExt = 0x39;
constexpr u8 kFlushCache = 0xE7, kFlushCacheExt = 0xEA;
constexpr u8 kIdentify = 0xEC;

constexpr u64 kRegionFrames = 0x4000;
constexpr u64 kRegions = 40;
constexpr u64 kFirstRegionFrame = 0x40000;
static_assert(kFirstRegionFrame + kRegions * kRegionFrames <= 0xF0000);

}  // namespace

PhysAddr FakeDmaMemory::PhysicalOf(const void* memory) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t page = address >> kPageShift;
  if (!frames_.contains(page)) {
    if (scattered_) {
      Place(memory, next_frame_);
      next_frame_ += 2;
    } else {
      // Neighbours stay neighbours; the low gigabyte is the tests' own.
      const auto region = regions_.try_emplace(page / kRegionFrames, regions_.size()).first->second;
      KASSERT(region < kRegions);
      Place(memory, kFirstRegionFrame + region * kRegionFrames + page % kRegionFrames);
    }
  }
  return PhysAddr(frames_[page] << kPageShift | (address & kPageMask));
}

void FakeDmaMemory::Place(const void* memory, u64 frame) {
  const std::uintptr_t page = reinterpret_cast<std::uintptr_t>(memory) >> kPageShift;
  frames_[page] = frame;
  pages_[frame] = page;
}

std::byte* FakeDmaMemory::HostOf(u64 physical) const {
  const auto found = pages_.find(physical >> kPageShift);
  KASSERT(found != pages_.end());
  return reinterpret_cast<std::byte*>(found->second << kPageShift | (physical & kPageMask));
}

void SimulatedAta::AttachTo(ScriptedPorts& ports) {
  ports.Attach(command_block_, 8, *this);
  ports.Attach(control_, 1, *this);
  if (memory_) ports.Attach(bus_master_, 8, *this);
}

std::byte SimulatedAta::ByteOf(u64 lba, u32 offset) {
  if (offset < 8) return std::byte(lba >> (8 * offset));
  return std::byte(lba * 7 + offset * 3 + (offset >> 8));
}

u32 SimulatedAta::ReadPort(u16 port, u32 bytes) {
  if (port == control_) return ReadStatus();
  if (memory_ && port >= bus_master_ && port < bus_master_ + 8) {
    switch (port - bus_master_) {
      case 0:
        return dma_command_;
      case 2:
        return dma_status_;
      case 4:
        return dma_table_;
      default:
        return 0xFF;
    }
  }
  if (unplugged) return 0xFFFF;
  switch (port - command_block_) {
    case 0: {
      KASSERT(bytes == 2 && (status_ & kRequest));
      const u32 word = u32(data_[data_at_]) | u32(data_[data_at_ + 1]) << 8;
      data_at_ += 2;
      if (data_at_ == data_.size()) {
        status_ &= ~kRequest;
        if (work_ == Work::kPio && left_ != 0) {
          status_ |= kBusy;
          reads_until_step_ = busy_reads;
        } else {
          work_ = Work::kNone;
        }
      }
      return word;
    }
    case 1:
      return error_;
    case 2:
      return current_[0];
    case 3:
      return current_[1];
    case 4:
      return current_[2];
    case 5:
      return current_[3];
    case 6:
      return device_;
    default:
      return ReadStatus();
  }
}

u8 SimulatedAta::ReadStatus() {
  if (unplugged) return 0xFF;
  if (!Present()) return 0;
  const u8 seen = status_;
  // Interrupts drive everything that has them: not the first block of a write, nor anything while they
  // are off.
  const bool silent = (device_control_ & 2) || (work_ == Work::kPio && writing_ && data_at_ == 0);
  if ((status_ & kBusy) && work_ != Work::kHung && reads_until_step_ != 0 &&
      --reads_until_step_ == 0 && silent) {
    Step();
  }
  return seen;
}

void SimulatedAta::WritePort(u16 port, u32 bytes, u32 value) {
  if (unplugged) return;
  if (port == control_) {
    if ((value & 4) && !(device_control_ & 4)) {
      ++resets;
      drives[0].block = drives[1].block = 0;
      work_ = Work::kNone;
      status_ = kReady | kSeek;
      error_ = 1;
      data_.clear();
      current_[0] = current_[1] = 1;
      current_[2] = drive().kind == SimulatedDrive::Kind::kPacket ? 0x14 : 0;
      current_[3] = drive().kind == SimulatedDrive::Kind::kPacket ? 0xEB : 0;
    }
    device_control_ = u8(value);
    return;
  }
  if (memory_ && port >= bus_master_ && port < bus_master_ + 8) {
    switch (port - bus_master_) {
      case 0:
        if ((value & 1) && !(dma_command_ & 1)) {
          KASSERT(work_ == Work::kDma || work_ == Work::kHung);
          KASSERT(work_ == Work::kHung || ((value & 8) != 0) == !writing_);
          dma_status_ |= 1;
        }
        if (!(value & 1)) dma_status_ &= ~1;
        dma_command_ = u8(value);
        return;
      case 2:
        dma_status_ = u8((dma_status_ & ~(value & 6) & ~0x60) | (value & 0x60));
        return;
      case 4:
        KASSERT(value % 4 == 0);
        dma_table_ = value;
        return;
      default:
        KASSERT(false);
    }
  }
  const u32 offset = port - command_block_;
  if (offset == 0) {
    KASSERT(bytes == 2 && (status_ & kRequest) && writing_);
    data_[data_at_] = std::byte(value);
    data_[data_at_ + 1] = std::byte(value >> 8);
    data_at_ += 2;
    if (data_at_ != data_.size()) return;
    // The block is whole: the drive is busy with it, and says by an interrupt that it has it.
    status_ = kBusy | kReady;
    reads_until_step_ = busy_reads;
  } else if (offset == 6) {
    device_ = u8(value);
  } else if (offset == 7) {
    if (Present()) StartCommand(u8(value));
  } else if (offset >= 2 && offset <= 5) {
    KASSERT(!Present() || !(status_ & (kBusy | kRequest)));
    previous_[offset - 2] = current_[offset - 2];
    current_[offset - 2] = u8(value);
  }
}

void SimulatedAta::StartCommand(u8 code) {
  KASSERT(!(status_ & (kBusy | kRequest)));
  error_ = 0;
  status_ = kBusy | kReady;
  reads_until_step_ = busy_reads;
  if (code == kIdentify) {
    work_ = Work::kIdentify;
    return;
  }
  if (code == kSetMultiple) {
    KASSERT(current_[0] == drive().max_block);
    work_ = Work::kSetBlock;
    return;
  }
  if (code == kFlushCache || code == kFlushCacheExt) {
    KASSERT(code != kFlushCacheExt || drive().lba48);
    commands.push_back({code, u32(device_ >> 4) & 1, 0, 0});
    work_ = Work::kFlush;
    if (hang_commands != 0) {
      --hang_commands;
      work_ = Work::kHung;
    }
    return;
  }
  writing_ = code == kWriteSectors || code == kWriteSectorsExt || code == kWriteDma ||
             code == kWriteDmaExt || code == kWriteMultiple || code == kWriteMultipleExt;
  const bool multiple = code == kReadMultiple || code == kReadMultipleExt ||
                        code == kWriteMultiple || code == kWriteMultipleExt;
  KASSERT(!multiple || drive().block > 1);
  pio_block_ = multiple ? drive().block : 1;
  const bool ext = code == kReadSectorsExt || code == kReadDmaExt || code == kReadMultipleExt ||
                   code == kWriteSectorsExt || code == kWriteDmaExt || code == kWriteMultipleExt;
  KASSERT(ext || multiple || code == kReadSectors || code == kReadDma || code == kWriteSectors ||
          code == kWriteDma);
  KASSERT(device_ & 0x40);
  KASSERT(!ext || drive().lba48);
  lba_ = current_[1] | u64(current_[2]) << 8 | u64(current_[3]) << 16;
  left_ = current_[0];
  if (ext) {
    lba_ |= u64(previous_[1]) << 24 | u64(previous_[2]) << 32 | u64(previous_[3]) << 40;
    left_ |= u32(previous_[0]) << 8;
    if (left_ == 0) left_ = 65536;
  } else {
    lba_ |= u64(device_ & 0xF) << 24;
    if (left_ == 0) left_ = 256;
  }
  KASSERT(lba_ + left_ <= drive().sectors);
  commands.push_back({code, u32(device_ >> 4) & 1, lba_, left_});
  const bool dma =
      code == kReadDma || code == kReadDmaExt || code == kWriteDma || code == kWriteDmaExt;
  work_ = dma ? Work::kDma : Work::kPio;
  data_.clear();
  data_at_ = 0;
  if (hang_commands != 0) {
    --hang_commands;
    work_ = Work::kHung;
  }
}

bool SimulatedAta::Step() {
  if ((status_ & kBusy) && !unplugged) {
    if (device_faults != 0 && (work_ == Work::kPio || work_ == Work::kDma)) {
      --device_faults;
      Fail(4, kFault);
    } else if (work_ == Work::kFlush) {
      work_ = Work::kNone;
      status_ = kReady | kSeek;
      drive().flushes ? Raise() : Fail(4, kErr);
    } else if (work_ == Work::kPio && writing_) {
      StepPioWrite();
    } else if (work_ == Work::kIdentify) {
      if (drive().kind == SimulatedDrive::Kind::kPacket) {
        current_[2] = 0x14;
        current_[3] = 0xEB;
        Fail(4, kErr);
      } else {
        FillIdentity();
        status_ = kReady | kSeek | kRequest;
        Raise();
      }
    } else if (work_ == Work::kSetBlock) {
      if (drive().refuses_blocks) {
        Fail(4, kErr);
      } else {
        drive().block = current_[0];
        status_ = kReady | kSeek;
        work_ = Work::kNone;
        Raise();
      }
    } else if (work_ == Work::kPio) {
      const u32 block = std::min(pio_block_, left_);
      const auto bad = bad_sectors.lower_bound(lba_);
      if (bad != bad_sectors.end() && *bad < lba_ + block) {
        Fail(0x40, kErr);
      } else {
        FillBlock(block);
        lba_ += block;
        left_ -= block;
        status_ = kReady | kSeek | kRequest;
        Raise();
      }
    } else if (work_ == Work::kDma && (dma_command_ & 1)) {
      RunDma();
    }
  }
  return std::exchange(line_rose_, false);
}

void SimulatedAta::FillIdentity() {
  const SimulatedDrive& of = drive();
  std::vector<u16> words(256, 0);
  const char* model = "FAULTLINE SIMULATED DISK                ";
  for (u32 i = 0; i < 20; ++i) words[27 + i] = u16(u8(model[2 * i]) << 8 | u8(model[2 * i + 1]));
  words[0] = 0x0040;
  words[47] = u16(0x8000 | of.max_block);
  words[49] = u16(0x0200 | (of.dma ? 0x0100 : 0));
  words[53] = 0x0007;
  const u64 lba28 = std::min<u64>(of.sectors, 0x0FFFFFFF);
  words[60] = u16(lba28);
  words[61] = u16(lba28 >> 16);
  words[83] = u16(0x4000 | (of.lba48 ? 0x0400 : 0));
  words[88] = of.dma ? 0x203F : 0;
  if (of.lba48) {
    for (u32 i = 0; i < 4; ++i) words[100 + i] = u16(of.sectors >> (16 * i));
  }
  if (of.sector_bytes != 512) {
    words[106] = 0x5000;
    words[117] = u16(of.sector_bytes / 2);
  }
  data_.resize(512);
  data_at_ = 0;
  for (u32 i = 0; i < 256; ++i) {
    data_[2 * i] = std::byte(words[i]);
    data_[2 * i + 1] = std::byte(words[i] >> 8);
  }
}

void SimulatedAta::FillBlock(u32 sectors) {
  data_.resize(sectors * 512);
  data_at_ = 0;
  for (u32 i = 0; i < data_.size(); ++i) data_[i] = Stored(lba_ + i / 512, i % 512);
}

std::byte SimulatedAta::Stored(u64 lba, u32 offset) const {
  const auto found = written.find(lba);
  return found == written.end() ? ByteOf(lba, offset) : found->second[offset];
}

std::vector<std::byte>& SimulatedAta::SectorToWrite(u64 lba) {
  std::vector<std::byte>& sector = written[lba];
  sector.resize(512);
  return sector;
}

/// Asks for the first block without an interrupt; takes a block; asks for the next one, or ends.
void SimulatedAta::StepPioWrite() {
  if (data_at_ != 0) {
    const u32 sectors = u32(data_.size() / 512);
    const auto bad = bad_sectors.lower_bound(lba_);
    if (bad != bad_sectors.end() && *bad < lba_ + sectors) {
      Fail(0x40, kErr);
      return;
    }
    for (u32 i = 0; i < data_.size(); ++i) SectorToWrite(lba_ + i / 512)[i % 512] = data_[i];
    lba_ += sectors;
    left_ -= sectors;
    Raise();
  }
  status_ = kReady | kSeek;
  if (left_ == 0) {
    work_ = Work::kNone;
    return;
  }
  data_.resize(std::min(pio_block_, left_) * 512);
  data_at_ = 0;
  status_ |= kRequest;
}

void SimulatedAta::RunDma() {
  if (bus_master_errors != 0) {
    --bus_master_errors;
    dma_status_ = u8((dma_status_ & ~1) | 2);
    status_ = kReady | kSeek;
    work_ = Work::kNone;
    Raise();
    return;
  }
  if (interface_crc_errors != 0) {
    --interface_crc_errors;
    Fail(0x84, kErr);
    return;
  }
  u64 table = dma_table_;
  u64 offset = 0;
  const u64 total = u64(left_) * 512;
  KASSERT(table / 0x10000 == (table + 64 * 8 - 1) / 0x10000);
  for (bool last = false; !last; table += 8) {
    u32 entry[2];
    std::memcpy(entry, memory_->HostOf(table), sizeof(entry));
    ++descriptors;
    last = entry[1] & 0x80000000;
    const u32 bytes = (entry[1] & 0xFFFF) ? entry[1] & 0xFFFF : 0x10000;
    KASSERT(entry[0] % 2 == 0 && bytes % 2 == 0);
    KASSERT(entry[0] / 0x10000 == (entry[0] + bytes - 1) / 0x10000);
    for (u32 i = 0; i < bytes; ++i, ++offset) {
      KASSERT(offset < total);
      const u64 lba = lba_ + offset / 512;
      if (bad_sectors.contains(lba)) {
        Fail(0x40, kErr);
        return;
      }
      std::byte& host = *memory_->HostOf(u64(entry[0]) + i);
      if (writing_) {
        SectorToWrite(lba)[offset % 512] = host;
      } else {
        host = Stored(lba, u32(offset % 512));
      }
    }
  }
  KASSERT(offset == total);
  dma_status_ &= ~1;
  status_ = kReady | kSeek;
  work_ = Work::kNone;
  Raise();
}

void SimulatedAta::Fail(u8 error, u8 status_bit) {
  error_ = error;
  status_ = kReady | kSeek | status_bit;
  work_ = Work::kNone;
  Raise();
}

void SimulatedAta::Raise() {
  if (device_control_ & 2) return;
  dma_status_ |= 4;
  ++interrupts;
  if (lose_interrupts != 0) {
    --lose_interrupts;
    return;
  }
  line_rose_ = true;
}

bool FakeDiskEvents::Wait(const void* channel, u32 time) {
  if (on_wait) on_wait();
  if (spurious_interrupts != 0) {
    --spurious_interrupts;
    for (Line& line : lines_) line.handler();
  } else {
    for (Line& line : lines_) {
      if (line.channel->Step()) line.handler();
    }
  }
  const bool woken = woken_.erase(channel) != 0;
  woken_.clear();
  if (!woken) milliseconds += time;
  return woken;
}

}  // namespace fl::fakes
