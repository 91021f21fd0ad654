// Strings out of a ByteSource.
// Invariant: a block never crosses a 64-byte boundary, so a string that ends just before the end of
// the image is read without touching what follows.
#include "pe/byte_source.h"

#include "kernel/base/checked_math.h"

namespace fl::pe {
namespace {

constexpr u32 kBlockSize = 64;

struct Block {
  char bytes[kBlockSize];
  u32 size;
};

Result<Block> ReadBlock(ByteSource& source, Rva start, u32 offset) {
  const std::optional<u32> at = CheckedAdd(start.value, offset);
  if (!at) return Status::kInvalidImageFormat;
  Block block;
  block.size = kBlockSize - (*at & (kBlockSize - 1));
  TRY_STATUS(source.Read(*at, std::as_writable_bytes(std::span(block.bytes, block.size))));
  return block;
}

}  // namespace

Result<std::string_view> ReadString(ByteSource& source, Rva rva, std::span<char> buffer) {
  u32 length = 0;
  while (true) {
    const Block block = TRY(ReadBlock(source, rva, length));
    for (u32 i = 0; i < block.size; ++i) {
      if (length == buffer.size()) return Status::kInvalidImageFormat;
      buffer[length] = block.bytes[i];
      if (block.bytes[i] == 0) return std::string_view(buffer.data(), length);
      ++length;
    }
  }
}

Result<int> CompareString(ByteSource& source, Rva rva, std::string_view name) {
  u32 position = 0;
  while (true) {
    const Block block = TRY(ReadBlock(source, rva, position));
    for (u32 i = 0; i < block.size; ++i, ++position) {
      const int theirs = u8(block.bytes[i]);
      const int ours = position < name.size() ? u8(name[position]) : 0;
      if (theirs != ours) return theirs - ours;
      if (position == name.size()) return 0;
    }
  }
}

}  // namespace fl::pe
