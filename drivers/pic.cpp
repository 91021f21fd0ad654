// The 8259 pair.
// Source: Intel 8259A datasheet, "Programming the 8259A".
#include "drivers/pic.h"

#include "kernel/base/assert.h"

namespace fl::drivers {
namespace {

constexpr u16 kMasterCommand = 0x20;
constexpr u16 kMasterData = 0x21;
constexpr u16 kSlaveCommand = 0xA0;
constexpr u16 kSlaveData = 0xA1;
/// A port without a device: writing it takes the time that old controllers need between commands.
constexpr u16 kDelayPort = 0x80;

constexpr u8 kIcw1Init = 0x10;
constexpr u8 kIcw1NeedsIcw4 = 0x01;
constexpr u8 kIcw4Mode8086 = 0x01;
constexpr u8 kOcw2NonSpecificEoi = 0x20;
constexpr u8 kOcw3ReadIrr = 0x0A;
constexpr u8 kOcw3ReadIsr = 0x0B;

constexpr u32 kLinesPerChip = 8;
constexpr u32 kLastMasterLine = 7;
constexpr u32 kLastSlaveLine = 15;

constexpr u16 BitOf(u32 irq) { return u16(1u << irq); }

}  // namespace

void Pic::Init(u8 first_vector) {
  KASSERT(first_vector % kLinesPerChip == 0);
  const auto write = [this](u16 port, u8 value) {
    ports_.Out8(port, value);
    ports_.Out8(kDelayPort, 0);
  };
  write(kMasterCommand, kIcw1Init | kIcw1NeedsIcw4);
  write(kSlaveCommand, kIcw1Init | kIcw1NeedsIcw4);
  write(kMasterData, first_vector);
  write(kSlaveData, u8(first_vector + kLinesPerChip));
  // The master gets the cascade line as a bit, the slave as a number.
  write(kMasterData, u8(BitOf(kIrqCascade)));
  write(kSlaveData, kIrqCascade);
  write(kMasterData, kIcw4Mode8086);
  write(kSlaveData, kIcw4Mode8086);
  masks_ = u16(~BitOf(kIrqCascade));
  WriteMasks();
}

void Pic::Mask(u32 irq) {
  KASSERT(irq < kIrqCount && irq != kIrqCascade);
  masks_ = u16(masks_ | BitOf(irq));
  WriteMasks();
}

void Pic::Unmask(u32 irq) {
  KASSERT(irq < kIrqCount);
  masks_ = u16(masks_ & ~BitOf(irq));
  WriteMasks();
}

bool Pic::Accept(u32 irq) {
  KASSERT(irq < kIrqCount);
  if (irq != kLastMasterLine && irq != kLastSlaveLine) return true;
  if (ReadRegister(irq, kOcw3ReadIsr) & BitOf(irq % kLinesPerChip)) return true;
  // The master saw a true interrupt on its cascade line, even though the slave had none to name.
  if (irq == kLastSlaveLine) ports_.Out8(kMasterCommand, kOcw2NonSpecificEoi);
  return false;
}

void Pic::EndOfInterrupt(u32 irq) {
  KASSERT(irq < kIrqCount);
  if (irq >= kLinesPerChip) ports_.Out8(kSlaveCommand, kOcw2NonSpecificEoi);
  ports_.Out8(kMasterCommand, kOcw2NonSpecificEoi);
}

bool Pic::IsPending(u32 irq) {
  KASSERT(irq < kIrqCount);
  return ReadRegister(irq, kOcw3ReadIrr) & BitOf(irq % kLinesPerChip);
}

void Pic::WriteMasks() {
  ports_.Out8(kMasterData, u8(masks_));
  ports_.Out8(kSlaveData, u8(masks_ >> kLinesPerChip));
}

u8 Pic::ReadRegister(u32 irq, u8 which) {
  const u16 port = irq < kLinesPerChip ? kMasterCommand : kSlaveCommand;
  ports_.Out8(port, which);
  return ports_.In8(port);
}

}  // namespace fl::drivers
