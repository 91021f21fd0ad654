// The monitor's line: what keys do to it, its words and numbers.
#include "kernel/monitor_line.h"

#include <gtest/gtest.h>

#include <string>

namespace fl::kernel {
namespace {

using Key = MonitorLine::Key;

TEST(MonitorLine, TakesPrintableCharactersAndErases) {
  MonitorLine line;
  for (const char c : std::string("ptx")) EXPECT_EQ(line.Put(u8(c)), Key::kTaken);
  EXPECT_EQ(line.Put(0x7F), Key::kErased);
  EXPECT_EQ(line.Put('e'), Key::kTaken);
  EXPECT_EQ(line.text(), "pte");
  EXPECT_EQ(line.Put('\r'), Key::kEntered);
  EXPECT_EQ(line.text(), "pte");
  line.Clear();
  EXPECT_EQ(line.Put(0x08), Key::kIgnored);
  EXPECT_EQ(line.text(), "");
}

TEST(MonitorLine, IgnoresEverythingElse) {
  MonitorLine line;
  for (u32 byte = 0; byte < 256; ++byte) line.Put(u8(byte));
  for (const char c : line.text()) EXPECT_TRUE(c >= ' ' && c <= '~');
  EXPECT_EQ(line.Put(0x03), Key::kCleared);
  EXPECT_EQ(line.text(), "");
}

TEST(MonitorLine, TakesNoMoreThanALineHolds) {
  MonitorLine line;
  for (u32 i = 0; i < 1000; ++i) line.Put('x');
  EXPECT_EQ(line.text(), std::string(78, 'x'));
  EXPECT_EQ(line.Put('x'), Key::kIgnored);
}

TEST(MonitorLine, Words) {
  std::string_view text = "  pte  400000 ";
  EXPECT_EQ(TakeWord(text), "pte");
  EXPECT_EQ(TakeWord(text), "400000");
  EXPECT_EQ(TakeWord(text), "");
  EXPECT_EQ(TakeWord(text), "");
}

TEST(MonitorLine, Numbers) {
  EXPECT_EQ(ParseMonitorNumber("7fFe0000", 16), 0x7FFE0000u);
  EXPECT_EQ(ParseMonitorNumber("0x10", 10), 16u);
  EXPECT_EQ(ParseMonitorNumber("12", 10), 12u);
  EXPECT_EQ(ParseMonitorNumber("ffffffff", 16), 0xFFFFFFFFu);
  for (const char* bad : {"", "0x", "1a", "-1", "12 ", "4294967296", "99999999999999999999"}) {
    EXPECT_EQ(ParseMonitorNumber(bad, 10), std::nullopt) << bad;
  }
  EXPECT_EQ(ParseMonitorNumber("100000000", 16), std::nullopt);
}

}  // namespace
}  // namespace fl::kernel
