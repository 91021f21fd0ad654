// The text screen and the debug console.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "drivers/debug_console.h"
#include "drivers/vga_text.h"
#include "tests/fakes/scripted_ports.h"

namespace fl::drivers {
namespace {

struct VgaTextTest : testing::Test {
  fakes::ScriptedPorts ports;
  std::vector<u16> memory = std::vector<u16>(80 * 25, 0xDEAD);
  VgaText screen{ports, VgaText::Cells(memory.data(), 80 * 25)};

  std::string Row(u32 row) const {
    std::string text;
    for (u32 i = 0; i < 80; ++i) text.push_back(char(memory[row * 80 + i]));
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
  }
  u32 Cursor() const {
    const std::vector<fakes::PortWrite>& w = ports.writes();
    EXPECT_EQ(w[w.size() - 4], (fakes::PortWrite{0x3D4, 0x0E}));
    EXPECT_EQ(w[w.size() - 2], (fakes::PortWrite{0x3D4, 0x0F}));
    return w[w.size() - 3].value << 8 | w[w.size() - 1].value;
  }
};

TEST_F(VgaTextTest, ClearFillsWithBlanks) {
  screen.Clear();
  EXPECT_TRUE(std::all_of(memory.begin(), memory.end(), [](u16 cell) { return cell == 0x0720; }));
  EXPECT_EQ(Cursor(), 0u);
}

TEST_F(VgaTextTest, WritesWithAttributeAndMovesTheCursor) {
  screen.Clear();
  screen.SetAttribute(0x4F);
  screen.Write("Hi");
  EXPECT_EQ(memory[0], 0x4F48);
  EXPECT_EQ(memory[1], 0x4F69);
  EXPECT_EQ(Cursor(), 2u);
}

TEST_F(VgaTextTest, ControlCharacters) {
  screen.Clear();
  screen.Write("abc\rX\nsecond\tT\b\bU");
  EXPECT_EQ(Row(0), "Xbc");
  // The tab goes from column 6 to 8, the backspaces from 9 to 7.
  EXPECT_EQ(Row(1), "second UT");
}

TEST_F(VgaTextTest, LongLinesWrap) {
  screen.Clear();
  screen.Write(std::string(80, 'a') + "b");
  EXPECT_EQ(Row(0), std::string(80, 'a'));
  EXPECT_EQ(Row(1), "b");
  EXPECT_EQ(Cursor(), 81u);
}

TEST_F(VgaTextTest, ATabAtTheEndOfALineWraps) {
  screen.Clear();
  screen.Write(std::string(79, 'a') + "\tb");
  EXPECT_EQ(Row(1), "b");
}

TEST_F(VgaTextTest, ScrollsAtTheBottom) {
  screen.Clear();
  for (int i = 0; i < 30; ++i) screen.Write("line " + std::to_string(i) + "\n");
  EXPECT_EQ(Row(0), "line 6");
  EXPECT_EQ(Row(23), "line 29");
  EXPECT_EQ(Row(24), "");
  EXPECT_EQ(Cursor(), 24u * 80);
}

TEST(DebugConsole, WritesBytesToItsPort) {
  fakes::ScriptedPorts ports;
  DebugConsole console(ports);
  const std::byte text[] = {std::byte('o'), std::byte('k')};
  console.Write(text);
  EXPECT_EQ(ports.WritesTo(0xE9), (std::vector<u32>{'o', 'k'}));
}

TEST(DebugConsole, IsPresentIfThePortAnswersItsNumber) {
  fakes::ScriptedPorts ports;
  EXPECT_FALSE(DebugConsole(ports).IsPresent());
  ports.Queue(0xE9, {0xE9});
  EXPECT_TRUE(DebugConsole(ports).IsPresent());
}

}  // namespace
}  // namespace fl::drivers
