// ImportTable: the DLLs that an image imports, and what it wants of each, by index.
// Invariants: at most 4096 DLLs and 65536 symbols of each, or the table counts as malformed; a slot
//   that is handed out lies wholly in the image.
// Source: Microsoft Learn, "PE Format", ".idata Section" and "Delay-Load Import Tables".
#pragma once

#include "pe/byte_source.h"
#include "pe/image_layout.h"

namespace fl::pe {

struct ImportedDll {
  Rva name;           ///< Of a zero-terminated string.
  Rva lookup_table;   ///< What to bind: thunks up to a zero one.
  Rva address_table;  ///< Where the bound addresses go, slot by slot.
  u32 bias = 0;       ///< To be taken off a thunk's name address (old delay-load tables).
};

struct ImportedSymbol {
  Rva slot;
  bool by_ordinal = false;
  u16 ordinal = 0;
  u16 hint = 0;
  Rva name;  ///< Of a zero-terminated string, unless by_ordinal.
};

class ImportTable {
 public:
  static constexpr u32 kMaxDlls = 4096;
  static constexpr u32 kMaxSymbols = 0x10000;

  /// Both must outlive the table. `image` must show unbound bytes: without a lookup table of its
  /// own a DLL's symbols are read from the address table.
  ImportTable(ByteSource& image, const ImageLayout& layout) : image_(&image), layout_(&layout) {}

  /// The DLL of that index; nullopt past the last. kInvalidImageFormat or what the source says.
  Result<std::optional<ImportedDll>> Dll(u32 index) const;
  /// The same for the delay-load table.
  Result<std::optional<ImportedDll>> DelayedDll(u32 index) const;
  /// The symbol of that index; nullopt past the last.
  Result<std::optional<ImportedSymbol>> Symbol(const ImportedDll& dll, u32 index) const;

 private:
  ByteSource* image_;
  const ImageLayout* layout_;
};

}  // namespace fl::pe
