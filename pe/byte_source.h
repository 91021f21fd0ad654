// ByteSource: the bytes of a mapped image by RVA, from a view that may fault or from a file.
// Seam: declared here; the kernel answers from a system-space view, tests and tools from memory.
// Nothing that is read may be believed: every length has a bound, every RVA may be out of range.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

#include "kernel/base/result.h"
#include "kernel/base/units.h"

namespace fl::pe {

class ByteSource {
 public:
  /// Fills all of `out` from RVA `offset` on. kInvalidImageFormat if any of it lies outside the
  /// image; a read that faults gives the fault's own Status.
  virtual Status Read(u32 offset, std::span<std::byte> out) = 0;

 protected:
  ~ByteSource() = default;
};

template <class T>
Result<T> ReadStruct(ByteSource& source, Rva rva) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  TRY_STATUS(source.Read(rva.value, std::as_writable_bytes(std::span(&value, 1))));
  return value;
}

/// Room for a DLL name or a forwarder: 255 characters and the zero.
inline constexpr u32 kShortStringSize = 256;
/// Room for a symbol. Names that C++ compilers make are long.
inline constexpr u32 kSymbolSize = 4096;

/// Reads a zero-terminated string into `buffer`. kInvalidImageFormat if it does not end within it.
/// Touches no more of the image than the string's own 64-byte blocks.
Result<std::string_view> ReadString(ByteSource& source, Rva rva, std::span<char> buffer);

/// <0, 0, >0 as the zero-terminated string at `rva` is before, equal to or after `name`, byte by
/// byte. Reads at most name.size() + 1 bytes, rounded to 64-byte blocks.
Result<int> CompareString(ByteSource& source, Rva rva, std::string_view name);

}  // namespace fl::pe
