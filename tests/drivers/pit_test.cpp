// The timer: rates, and a clock that is exact whatever moment interrupts are disabled.
#include "drivers/pit.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/fakes/scripted_ports.h"

namespace fl::drivers {
namespace {

/// Channel 0 in mode 2 and the request bit of IRQ 0; each access to a port takes time.
class SimulatedTimer final : public fakes::PortDevice {
 public:
  explicit SimulatedTimer(fakes::ScriptedPorts& ports) {
    ports.Attach(0x40, 4, *this);
    ports.Attach(0x20, 2, *this);
  }

  void Advance(u64 units) {
    if (reload == 0) return;
    const u64 before = time / reload;
    time += units;
    if (time / reload != before) pending = true;
  }

  u32 ReadPort(u16 port, u32) override {
    Advance(access_time);
    if (port == 0x20) return asked == 0x0A ? u32(pending) : 0;
    EXPECT_EQ(port, 0x40);
    high = !high;
    return high ? latched & 0xFF : latched >> 8;
  }
  void WritePort(u16 port, u32, u32 value) override {
    Advance(access_time);
    if (port == 0x20) asked = value;
    if (port == 0x43 && value == 0x34) written = 0;
    if (port == 0x43 && value == 0x00) {
      latched = reload - u32(time % reload);
      latched_at = time;
    }
    if (port == 0x40 && written < 2) {
      reload_bytes[written++] = value;
      if (written == 2) reload = reload_bytes[0] | reload_bytes[1] << 8;
    }
  }

  u64 time = 0;
  u64 latched_at = 0;
  u32 reload = 0;
  u32 access_time = 0;
  bool pending = false;

 private:
  u32 asked = 0;
  u32 latched = 0;
  u32 written = 2;
  u32 reload_bytes[2] = {};
  bool high = false;
};

struct PitTest : testing::Test {
  fakes::ScriptedPorts ports;
  SimulatedTimer timer{ports};
  Pic pic{ports};
  Pit pit{ports, pic};

  void HandleTick() {
    timer.pending = false;
    pit.OnTick();
  }
};

TEST_F(PitTest, InitSetsMode2AndTheNearestDivisor) {
  pit.Init(100);
  EXPECT_EQ(ports.WritesTo(0x43), (std::vector<u32>{0x34}));
  EXPECT_EQ(ports.WritesTo(0x40), (std::vector<u32>{0x9C, 0x2E}));  // 11932
  EXPECT_EQ(pit.period(), 11932u);
}

TEST_F(PitTest, CountsWithinAPeriod) {
  pit.Init(1000);
  EXPECT_EQ(pit.period(), 1193u);
  EXPECT_EQ(pit.Counter(), 0u);
  timer.Advance(700);
  EXPECT_EQ(pit.Counter(), 700u);
  timer.Advance(492);
  EXPECT_EQ(pit.Counter(), 1192u);
}

TEST_F(PitTest, CountsATickThatNobodyHandledYet) {
  pit.Init(1000);
  timer.Advance(1193 + 1100);
  // Late in the second period, where guessing by the count alone would go wrong.
  EXPECT_EQ(pit.Counter(), 2293u);
  HandleTick();
  EXPECT_EQ(pit.Counter(), 2293u);
  EXPECT_EQ(pit.ticks(), 1u);
}

TEST_F(PitTest, ALostTickDoesNotTurnTheClockBack) {
  pit.Init(1000);
  timer.Advance(1193 * 2 - 3);
  EXPECT_EQ(pit.Counter(), 2383u);
  timer.Advance(13);  // The second tick finds the first one still pending.
  EXPECT_EQ(pit.Counter(), 2383u);
  HandleTick();
  timer.Advance(1193);
  HandleTick();
  EXPECT_EQ(pit.Counter(), 2396u);
}

TEST_F(PitTest, AReloadBeforeItsInterruptDoesNotTurnTheClockBack) {
  pit.Init(1000);
  timer.Advance(1190);
  EXPECT_EQ(pit.Counter(), 1190u);
  timer.Advance(10);
  timer.pending = false;  // The line rises late.
  EXPECT_EQ(pit.Counter(), 1190u);
  timer.pending = true;
  EXPECT_EQ(pit.Counter(), 1200u);
}

TEST_F(PitTest, IsExactAtEveryMoment) {
  pit.Init(1000);
  std::mt19937 random(7);
  u64 previous = 0;
  for (u32 round = 0; round < 200'000; ++round) {
    timer.access_time = random() % 6;
    timer.Advance(random() % 150);
    // At most one tick may wait: handle it before the next can come.
    if (timer.pending && timer.time % timer.reload > 900) HandleTick();
    if (timer.pending && random() % 4 == 0) HandleTick();
    const u64 counter = pit.Counter();
    ASSERT_EQ(counter, timer.latched_at);
    ASSERT_GE(counter, previous);
    previous = counter;
  }
}

TEST(PitTime, ConvertsToHundredNanoseconds) {
  EXPECT_EQ(PitTo100ns(0), 0u);
  EXPECT_EQ(PitTo100ns(1), 8u);
  EXPECT_NEAR(double(PitTo100ns(kPitHz)), 1e7, 1);
  // A day and ten years: the product does not overflow, the error stays below one part in 10^9.
  EXPECT_NEAR(double(PitTo100ns(u64(kPitHz) * 86400)), 864e9, 864);
  EXPECT_NEAR(double(PitTo100ns(u64(kPitHz) * 86400 * 3650)), 3153600e9, 3153600);
}

}  // namespace
}  // namespace fl::drivers
