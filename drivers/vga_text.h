// VgaText: the 80x25 colour text screen as a scrolling terminal.
// Invariant: the cursor is inside the screen after every Write.
// Source: IBM VGA Technical Reference, "CRT controller"; cells are character and attribute bytes.
#pragma once

#include <span>
#include <string_view>

#include "drivers/port_io.h"

namespace fl::drivers {

class VgaText {
 public:
  static constexpr u32 kColumns = 80;
  static constexpr u32 kRows = 25;
  static constexpr u64 kPhysicalBase = 0xB8000;
  static constexpr u8 kGreyOnBlack = 0x07;

  using Cells = std::span<u16, kColumns * kRows>;
  /// `cells`: where the screen's memory is mapped.
  VgaText(PortIo& ports, Cells cells) : ports_(ports), cells_(cells) {}

  void Clear();
  /// Code page 437. \n starts a line, \r returns to its start, \t goes to the next multiple of 8,
  /// \b one place back.
  void Write(std::string_view text);
  void SetAttribute(u8 attribute) { attribute_ = attribute; }

 private:
  void Put(char c);
  void NewLine();
  void ShowCursor();
  u16 Cell(char c) const { return u16(u8(c) | u16(attribute_) << 8); }

  PortIo& ports_;
  Cells cells_;
  u32 row_ = 0;
  u32 column_ = 0;
  u8 attribute_ = kGreyOnBlack;
};

}  // namespace fl::drivers
