// The text screen.
// Source: IBM VGA Technical Reference, "CRT controller", cursor location registers.
#include "drivers/vga_text.h"

#include <algorithm>

namespace fl::drivers {
namespace {

constexpr u16 kCrtcIndex = 0x3D4;
constexpr u16 kCrtcData = 0x3D5;
constexpr u8 kCursorHigh = 0x0E;
constexpr u8 kCursorLow = 0x0F;
constexpr u32 kTabWidth = 8;

}  // namespace

void VgaText::Clear() {
  std::fill(cells_.begin(), cells_.end(), Cell(' '));
  row_ = column_ = 0;
  ShowCursor();
}

void VgaText::Write(std::string_view text) {
  for (char c : text) Put(c);
  ShowCursor();
}

void VgaText::Put(char c) {
  switch (c) {
    case '\n':
      NewLine();
      return;
    case '\r':
      column_ = 0;
      return;
    case '\b':
      if (column_ != 0) --column_;
      return;
    case '\t':
      column_ = (column_ / kTabWidth + 1) * kTabWidth;
      break;
    default:
      cells_[row_ * kColumns + column_++] = Cell(c);
      break;
  }
  if (column_ == kColumns) NewLine();
}

void VgaText::NewLine() {
  column_ = 0;
  if (++row_ < kRows) return;
  row_ = kRows - 1;
  std::copy(cells_.begin() + kColumns, cells_.end(), cells_.begin());
  std::fill(cells_.end() - kColumns, cells_.end(), Cell(' '));
}

void VgaText::ShowCursor() {
  const u32 place = row_ * kColumns + column_;
  ports_.Out8(kCrtcIndex, kCursorHigh);
  ports_.Out8(kCrtcData, u8(place >> 8));
  ports_.Out8(kCrtcIndex, kCursorLow);
  ports_.Out8(kCrtcData, u8(place));
}

}  // namespace fl::drivers
