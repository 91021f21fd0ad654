// ExportTable: an image's exports, found by name or by ordinal, read only where the search goes.
// Invariants: counts are bounded and tables lie within the image; an answer is an RVA inside the
// image:
//             of the export itself, or of the forwarder string that stands for it.
// Source:     Microsoft Learn, "PE Format", ".edata Section".
#pragma once

#include "pe/byte_source.h"
#include "pe/image_layout.h"

namespace fl::pe {

/// What an importer or a forwarder asks for.
struct SymbolRef {
  std::string_view name;  ///< Empty: by ordinal.
  u16 ordinal = 0;
  u16 hint = 0;  ///< Where in the name table the name may stand.
  bool by_ordinal() const { return name.empty(); }
};

struct Export {
  Rva rva;
  bool forwarder = false;  ///< `rva` is that of a string "DLL.Name" or "DLL.#12".
};

class ExportTable {
 public:
  /// kInvalidImageFormat (with `error`, which may be null) or what the source says. An image that
  /// exports nothing has an empty table. Both references must outlive the table.
  static Result<ExportTable> Open(ByteSource& image, const ImageLayout& layout, ParseError* error);

  /// The hint first, then binary search; then, in case the table is not sorted, each of the first
  /// 4096. kEntryPointNotFound if there is no such name.
  Result<Export> FindByName(std::string_view name, u16 hint);
  /// For who looks for many names in ascending order: the place of the first name, not before place `from`, that is not
  /// before `name` in a sorted table; in another one, any place. Up to name_count().
  Result<u32> LowerBound(std::string_view name, u32 from);
  /// What the name at place `index` names, if that name is `name`.
  Result<std::optional<Export>> FindAt(u32 index, std::string_view name);
  /// kOrdinalNotFound if there is no such ordinal or it is unused.
  Result<Export> FindByOrdinal(u32 ordinal);
  Result<Export> Find(const SymbolRef& symbol) {
    return symbol.by_ordinal() ? FindByOrdinal(symbol.ordinal)
                               : FindByName(symbol.name, symbol.hint);
  }

  /// The name at place `index` of the name table, into `buffer`; and what it names.
  Result<std::string_view> ReadName(u32 index, std::span<char> buffer);
  Result<Export> FunctionOfName(u32 index);

  u32 ordinal_base() const { return ordinal_base_; }
  u32 function_count() const { return function_count_; }
  u32 name_count() const { return name_count_; }
  /// RVA of the image's own name for itself; 0 if it exports nothing.
  Rva dll_name() const { return dll_name_; }

 private:
  explicit ExportTable(ByteSource& image) : image_(&image) {}
  Result<int> CompareName(u32 index, std::string_view name);
  Result<std::optional<Export>> Function(u32 index);

  ByteSource* image_;
  u32 image_size_ = 0;
  DirectoryEntry directory_;
  Rva dll_name_;
  u32 ordinal_base_ = 0;
  u32 function_count_ = 0;
  u32 name_count_ = 0;
  Rva functions_;
  Rva names_;
  Rva name_ordinals_;
};

/// The two halves of a forwarder string, cut at the last dot. kInvalidImageFormat if it has no two
/// halves or no proper ordinal. The views point into `text`.
struct Forwarder {
  std::string_view dll;  ///< Without ".dll".
  SymbolRef symbol;
};
Result<Forwarder> ParseForwarder(std::string_view text);

}  // namespace fl::pe
