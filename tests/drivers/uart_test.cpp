// The serial port: presence, FIFO, patience.
#include "drivers/uart.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <string_view>

#include "tests/fakes/scripted_ports.h"

namespace fl::drivers {
namespace {

class SimulatedUart final : public fakes::PortDevice {
 public:
  explicit SimulatedUart(fakes::ScriptedPorts& ports) { ports.Attach(0x3F8, 8, *this); }
  u32 ReadPort(u16 port, u32) override {
    switch (port - 0x3F8) {
      case 0: {
        if (received.empty()) return 0;
        const u8 byte = received.front();
        received.pop_front();
        return byte;
      }
      case 2:
        return has_fifo ? 0xC1 : 0x01;
      case 5: {
        if (stuck) return 0;
        // The transmitter takes a while.
        if (in_fifo != 0 && ++polls % 3 == 0) in_fifo = 0;
        return (received.empty() ? 0 : 1u) | (in_fifo == 0 ? 0x20u : 0);
      }
      default:
        return registers[port - 0x3F8];
    }
  }
  void WritePort(u16 port, u32, u32 value) override {
    const u32 offset = port - 0x3F8;
    const bool divisor_access = registers[3] & 0x80;
    if (divisor_access && offset < 2) {
      divisor[offset] = u8(value);
    } else if (offset == 0) {
      if (registers[4] & 0x10) {
        received.push_back(u8(value));
        return;
      }
      EXPECT_LT(in_fifo, has_fifo ? 16u : 1u) << "overrun";
      ++in_fifo;
      sent.push_back(char(value));
    } else {
      registers[offset] = u8(value);
    }
  }

  bool has_fifo = true;
  bool stuck = false;
  std::deque<u8> received;
  std::string sent;
  u8 registers[8] = {};
  u8 divisor[2] = {};
  u32 in_fifo = 0;
  u32 polls = 0;
};

std::span<const std::byte> Bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

struct UartTest : testing::Test {
  fakes::ScriptedPorts ports;
  SimulatedUart device{ports};
  Uart uart{ports, kCom1};
};

TEST_F(UartTest, InitSetsTheLine) {
  device.received = {'o', 'l', 'd'};
  ASSERT_TRUE(uart.Init(9600));
  EXPECT_EQ(device.divisor[0], 12);
  EXPECT_EQ(device.divisor[1], 0);
  EXPECT_EQ(device.registers[3], 0x03);
  EXPECT_EQ(device.registers[4], 0x0B);
  EXPECT_EQ(device.registers[1], 0x00);
  EXPECT_FALSE(uart.CanRead());
}

TEST_F(UartTest, SlowBaudRatesUseBothDivisorBytes) {
  ASSERT_TRUE(uart.Init(300));
  EXPECT_EQ(device.divisor[0], 0x80);
  EXPECT_EQ(device.divisor[1], 0x01);
}

TEST_F(UartTest, WritesAFifoAtATime) {
  ASSERT_TRUE(uart.Init(115200));
  const std::string text = "0123456789abcdefghijklmnopqrstuvwxyz";
  uart.Write(Bytes(text));
  EXPECT_EQ(device.sent, text);
}

TEST_F(UartTest, WritesByteByByteWithoutAFifo) {
  device.has_fifo = false;
  ASSERT_TRUE(uart.Init(115200));
  uart.Write(Bytes("slow"));
  EXPECT_EQ(device.sent, "slow");
}

TEST_F(UartTest, Reads) {
  ASSERT_TRUE(uart.Init(115200));
  device.received = {'h', 'i'};
  ASSERT_TRUE(uart.CanRead());
  EXPECT_EQ(uart.Read(), 'h');
  EXPECT_EQ(uart.Read(), 'i');
  EXPECT_FALSE(uart.CanRead());
}

TEST_F(UartTest, TheReceiveInterruptIsSwitched) {
  ASSERT_TRUE(uart.Init(115200));
  uart.EnableReceiveInterrupt();
  EXPECT_EQ(device.registers[1], 0x01);
  uart.DisableReceiveInterrupt();
  EXPECT_EQ(device.registers[1], 0x00);
}

TEST_F(UartTest, AStuckPortCostsItsPatienceOnce) {
  ASSERT_TRUE(uart.Init(115200));
  device.stuck = true;
  uart.Write(Bytes("lost"));
  const u64 reads = ports.reads();
  uart.Write(Bytes("lost too"));
  EXPECT_EQ(ports.reads(), reads + 1);
  device.stuck = false;
  uart.Write(Bytes("found"));
  EXPECT_EQ(device.sent, "found");
}

TEST(UartAbsent, InitSaysSo) {
  fakes::ScriptedPorts ports;
  EXPECT_FALSE(Uart(ports, kCom2).Init(115200));
}

TEST(UartAbsent, SilentPortsToo) {
  fakes::ScriptedPorts ports;
  for (u16 port = 0x2F8; port < 0x300; ++port) ports.Queue(port, {0});
  EXPECT_FALSE(Uart(ports, kCom2).Init(115200));
}

}  // namespace
}  // namespace fl::drivers
