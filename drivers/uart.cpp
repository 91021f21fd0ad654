// The 16550.
// Source: National Semiconductor PC16550D datasheet, 8.0 "Registers".
#include "drivers/uart.h"

#include "kernel/base/assert.h"

namespace fl::drivers {
namespace {

constexpr u16 kData = 0;             // Divisor low while kDivisorAccess is set.
constexpr u16 kInterruptEnable = 1;  // Divisor high while kDivisorAccess is set.
constexpr u16 kFifoControl = 2;      // Written.
constexpr u16 kInterruptIdent = 2;   // Read.
constexpr u16 kLineControl = 3;
constexpr u16 kModemControl = 4;
constexpr u16 kLineStatus = 5;

constexpr u8 kReceiveInterrupt = 0x01;
constexpr u8 kFifoEnableAndClear = 0x07;
constexpr u8 kFifoTrigger8 = 0x80;
constexpr u8 kFifosWork = 0xC0;
constexpr u8 k8N1 = 0x03;
constexpr u8 kDivisorAccess = 0x80;
constexpr u8 kDtrRts = 0x03;
constexpr u8 kOut2 = 0x08;  // Gates the interrupt line on a PC.
constexpr u8 kLoop = 0x10;
constexpr u8 kDataReady = 0x01;
constexpr u8 kTransmitterEmpty = 0x20;

constexpr u32 kClock = 115200;
constexpr u32 kFifoBytes = 16;
/// 16 bytes at 1200 baud take 130 ms; a read of a port, about 1 us.
constexpr u32 kTransmitPolls = 300'000;
constexpr u8 kProbe = 0x5A;

}  // namespace

bool Uart::Init(u32 baud) {
  KASSERT(baud != 0 && baud <= kClock);
  const u32 divisor = kClock / baud;
  Out(kInterruptEnable, 0);
  Out(kLineControl, k8N1 | kDivisorAccess);
  Out(kData, u8(divisor));
  Out(kInterruptEnable, u8(divisor >> 8));
  Out(kLineControl, k8N1);
  Out(kFifoControl, kFifoEnableAndClear | kFifoTrigger8);
  if (!LoopsBack()) return false;
  Out(kModemControl, kDtrRts | kOut2);
  fifo_bytes_ = (In(kInterruptIdent) & kFifosWork) == kFifosWork ? kFifoBytes : 1;
  stuck_ = false;
  return true;
}

bool Uart::CanRead() { return In(kLineStatus) & kDataReady; }

u8 Uart::Read() { return In(kData); }

void Uart::Write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (!WaitForTransmitter()) return;
    for (u32 room = fifo_bytes_; room != 0 && !bytes.empty(); --room) {
      Out(kData, u8(bytes.front()));
      bytes = bytes.subspan(1);
    }
  }
}

void Uart::EnableReceiveInterrupt() { Out(kInterruptEnable, kReceiveInterrupt); }

void Uart::DisableReceiveInterrupt() { Out(kInterruptEnable, 0); }

/// Sends a byte to ourselves; ports without a device would answer 0xFF.
bool Uart::LoopsBack() {
  Out(kModemControl, kDtrRts | kLoop);
  // Bytes from before would be taken for the answer.
  for (u32 i = 0; i < kFifoBytes && CanRead(); ++i) Read();
  Out(kData, kProbe);
  for (u32 poll = 0; poll < kTransmitPolls; ++poll) {
    if (CanRead()) return Read() == kProbe;
  }
  return false;
}

bool Uart::WaitForTransmitter() {
  // A port that stopped once must not stop the machine for each further line.
  const u32 patience = stuck_ ? 1 : kTransmitPolls;
  for (u32 poll = 0; poll < patience; ++poll) {
    if (In(kLineStatus) & kTransmitterEmpty) {
      stuck_ = false;
      return true;
    }
  }
  stuck_ = true;
  return false;
}

}  // namespace fl::drivers
