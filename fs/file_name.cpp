// FileName: see file_name.h.
#include "fs/file_name.h"

#include <array>

#include "fs/unicode.h"

namespace fl::fs {

Result<FileName> FileName::FromUtf16(std::span<const u16> units) {
  FileName name;
  // Three bytes for each unit are always enough: four bytes come from two units.
  TRY_STATUS(name.bytes_.Reserve(u32(units.size()) * 3));
  while (!units.empty()) {
    std::optional<u32> code_point = TakeUtf16(units);
    if (!code_point) {
      code_point = 0xFFFD;
      units = units.subspan(1);
    }
    std::array<char, kMaxUtf8> encoded;
    const u32 length = PutUtf8(*code_point, encoded);
    for (u32 i = 0; i < length; ++i) TRY_STATUS(name.bytes_.Push(encoded[i]));
  }
  return name;
}

Result<FileName> FileName::FromUtf8(std::string_view name) {
  FileName copy;
  TRY_STATUS(copy.bytes_.Append(std::span(name)));
  return copy;
}

Result<FileName> FileName::Clone() const { return FromUtf8(view()); }

}  // namespace fl::fs
