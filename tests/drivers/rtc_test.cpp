// The CMOS clock: calendars, encodings, and clocks that never settle.
#include "drivers/rtc.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/fakes/scripted_ports.h"

namespace fl::drivers {
namespace {

class SimulatedCmos final : public fakes::PortDevice {
 public:
  explicit SimulatedCmos(fakes::ScriptedPorts& ports) { ports.Attach(0x70, 2, *this); }
  u32 ReadPort(u16 port, u32) override {
    EXPECT_EQ(port, 0x71);
    if (on_read) on_read(index);
    return registers[index];
  }
  void WritePort(u16 port, u32, u32 value) override {
    EXPECT_EQ(port, 0x70);
    EXPECT_EQ(value & 0x80, 0u) << "NMI would be disabled";
    index = value;
  }
  void Set(u8 second, u8 minute, u8 hour, u8 day, u8 month, u8 year, u8 century, u8 format) {
    registers[0] = second;
    registers[2] = minute;
    registers[4] = hour;
    registers[7] = day;
    registers[8] = month;
    registers[9] = year;
    registers[0x32] = century;
    registers[0x0B] = format;
  }

  u8 registers[128] = {};
  std::function<void(u32 index)> on_read;

 private:
  u32 index = 0;
};

struct RtcTest : testing::Test {
  fakes::ScriptedPorts ports;
  SimulatedCmos cmos{ports};
  Rtc rtc{ports};
};

// 2024-02-29 12:34:56 is 1709210096 in Unix time.
constexpr u64 kLeapDayNoon = 133'536'836'960'000'000;
constexpr u64 kHour = u64(36'000'000'000);

TEST(NtTime, KnownDates) {
  EXPECT_EQ(NtTimeOf({1601, 1, 1, 0, 0, 0}), 0u);
  EXPECT_EQ(NtTimeOf({1970, 1, 1, 0, 0, 0}), 116'444'736'000'000'000u);
  EXPECT_EQ(NtTimeOf({2000, 1, 1, 0, 0, 0}), 125'911'584'000'000'000u);
  EXPECT_EQ(NtTimeOf({2000, 3, 1, 0, 0, 0}), 125'911'584'000'000'000u + 60 * 24 * kHour);
  EXPECT_EQ(NtTimeOf({2100, 3, 1, 0, 0, 0}) - NtTimeOf({2100, 2, 28, 0, 0, 0}), 24 * kHour);
  EXPECT_EQ(NtTimeOf({2024, 2, 29, 12, 34, 56}), kLeapDayNoon);
}

TEST_F(RtcTest, Bcd24Hours) {
  cmos.Set(0x56, 0x34, 0x12, 0x29, 0x02, 0x24, 0x20, 0x02);
  EXPECT_EQ(*rtc.ReadNtTime(), kLeapDayNoon);
}

TEST_F(RtcTest, Binary24Hours) {
  cmos.Set(56, 34, 12, 29, 2, 24, 20, 0x06);
  EXPECT_EQ(*rtc.ReadNtTime(), kLeapDayNoon);
}

TEST_F(RtcTest, Bcd12Hours) {
  cmos.Set(0x56, 0x34, 0x92, 0x29, 0x02, 0x24, 0x20, 0x00);  // 12 p.m.
  EXPECT_EQ(*rtc.ReadNtTime(), kLeapDayNoon);
  cmos.registers[4] = 0x12;  // 12 a.m.
  EXPECT_EQ(*rtc.ReadNtTime(), kLeapDayNoon - 12 * kHour);
  cmos.registers[4] = 0x91;  // 11 p.m.
  EXPECT_EQ(*rtc.ReadNtTime(), kLeapDayNoon + 11 * kHour);
}

TEST_F(RtcTest, ACenturyThatIsNoneIsGuessedFromTheYear) {
  cmos.Set(0, 0, 0, 0x01, 0x01, 0x00, 0xFF, 0x02);
  EXPECT_EQ(*rtc.ReadNtTime(), 125'911'584'000'000'000u);  // 2000
  cmos.registers[0x32] = 0x00;
  EXPECT_EQ(*rtc.ReadNtTime(), 125'911'584'000'000'000u);
  cmos.registers[9] = 0x95;
  EXPECT_EQ(*rtc.ReadNtTime(), NtTimeOf({1995, 1, 1, 0, 0, 0}));
  cmos.registers[0x32] = 0x20;
  EXPECT_EQ(*rtc.ReadNtTime(), NtTimeOf({2095, 1, 1, 0, 0, 0}));
}

TEST_F(RtcTest, WaitsForAnUpdateAndReadsAgainWhenTorn) {
  cmos.Set(0x59, 0x34, 0x12, 0x29, 0x02, 0x24, 0x20, 0x02);
  cmos.registers[0x0A] = 0x80;
  u32 polls = 0;
  cmos.on_read = [&](u32 index) {
    if (index == 0x0A && ++polls == 5) cmos.registers[0x0A] = 0;
    if (index == 2 && polls == 5) {
      cmos.registers[0] = 0x00;  // The minute turns just after the seconds were read.
      cmos.registers[2] = 0x35;
      polls = 6;
    }
  };
  EXPECT_EQ(*rtc.ReadNtTime(), NtTimeOf({2024, 2, 29, 12, 35, 0}));
}

TEST_F(RtcTest, AClockThatNeverSettlesIsNotReady) {
  cmos.Set(0, 0, 0, 1, 1, 0, 0x20, 0x02);
  cmos.registers[0x0A] = 0x80;
  EXPECT_EQ(rtc.ReadNtTime().status(), Status::kDeviceNotReady);
  cmos.registers[0x0A] = 0;
  cmos.on_read = [&](u32 index) {
    if (index == 0) cmos.registers[0] = u8((cmos.registers[0] + 1) % 10);
  };
  EXPECT_EQ(rtc.ReadNtTime().status(), Status::kDeviceNotReady);
}

TEST_F(RtcTest, NonsenseIsNotReady) {
  const std::initializer_list<u8> bad[] = {
      {0x60, 0, 0, 1, 1, 0},    {0x0A, 0, 0, 1, 1, 0}, {0, 0x60, 0, 1, 1, 0},
      {0, 0, 0x24, 1, 1, 0},    {0, 0, 0, 0, 1, 0},    {0, 0, 0, 0x32, 1, 0},
      {0, 0, 0, 0x30, 2, 0x24}, {0, 0, 0, 1, 0, 0},    {0, 0, 0, 1, 0x13, 0},
      {0, 0, 0, 0x29, 2, 0x23}, {0, 0, 0, 1, 1, 0xFF},
  };
  for (const auto& fields : bad) {
    const u8* f = fields.begin();
    cmos.Set(f[0], f[1], f[2], f[3], f[4], f[5], 0x20, 0x02);
    EXPECT_EQ(rtc.ReadNtTime().status(), Status::kDeviceNotReady);
  }
  cmos.Set(0, 0, 0x13, 1, 1, 0, 0x20, 0x00);  // 13 a.m.
  EXPECT_EQ(rtc.ReadNtTime().status(), Status::kDeviceNotReady);
}

TEST(RtcAbsent, IsNotReady) {
  fakes::ScriptedPorts ports;
  EXPECT_EQ(Rtc(ports).ReadNtTime().status(), Status::kDeviceNotReady);
}

}  // namespace
}  // namespace fl::drivers
