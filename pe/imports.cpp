// ImportTable: see imports.h.
#include "pe/imports.h"

#include "kernel/base/checked_math.h"

namespace fl::pe {
namespace {

/// Reads element `index` of a table at `table`.
template <class T>
Result<T> ReadElement(ByteSource& image, Rva table, u32 index) {
  const std::optional<u32> at = CheckedAdd(table.value, index * u32(sizeof(T)));
  if (!at) return Status::kInvalidImageFormat;
  return ReadStruct<T>(image, Rva(*at));
}

}  // namespace

Result<std::optional<ImportedDll>> ImportTable::Dll(u32 index) const {
  const DirectoryEntry directory = layout_->directory(Directory::kImport);
  if (directory.rva.value == 0) return std::optional<ImportedDll>();
  if (index >= kMaxDlls) return Status::kInvalidImageFormat;
  const ImportDescriptor entry = TRY(ReadElement<ImportDescriptor>(*image_, directory.rva, index));
  if (entry.dll_name == 0 || entry.address_table == 0) return std::optional<ImportedDll>();
  ImportedDll dll;
  dll.name = Rva(entry.dll_name);
  dll.address_table = Rva(entry.address_table);
  dll.lookup_table = entry.lookup_table != 0 ? Rva(entry.lookup_table) : dll.address_table;
  return std::optional(dll);
}

Result<std::optional<ImportedDll>> ImportTable::DelayedDll(u32 index) const {
  const DirectoryEntry directory = layout_->directory(Directory::kDelayImport);
  if (directory.rva.value == 0) return std::optional<ImportedDll>();
  if (index >= kMaxDlls) return Status::kInvalidImageFormat;
  const DelayImportDescriptor entry =
      TRY(ReadElement<DelayImportDescriptor>(*image_, directory.rva, index));
  if (entry.dll_name == 0) return std::optional<ImportedDll>();
  ImportedDll dll;
  dll.bias = (entry.attributes & 1) != 0 ? 0 : layout_->preferred_base.value;
  // A difference that wraps is no RVA of the image, and is refused when it is read.
  dll.name = Rva(entry.dll_name) - dll.bias;
  dll.address_table = Rva(entry.address_table) - dll.bias;
  dll.lookup_table = Rva(entry.name_table) - dll.bias;
  return std::optional(dll);
}

Result<std::optional<ImportedSymbol>> ImportTable::Symbol(const ImportedDll& dll, u32 index) const {
  if (index >= kMaxSymbols) return Status::kInvalidImageFormat;
  const LeU32 thunk = TRY(ReadElement<LeU32>(*image_, dll.lookup_table, index));
  if (thunk == 0) return std::optional<ImportedSymbol>();
  const std::optional<u32> slot = CheckedAdd(dll.address_table.value, index * u32(sizeof(u32)));
  if (!slot || !FitsWithin(*slot, u32(sizeof(u32)), layout_->mapped_size())) {
    return Status::kInvalidImageFormat;
  }
  ImportedSymbol symbol;
  symbol.slot = Rva(*slot);
  if ((thunk & kThunkOrdinalFlag) != 0) {
    symbol.by_ordinal = true;
    symbol.ordinal = u16(thunk & 0xFFFF);
    return std::optional(symbol);
  }
  const Rva entry = Rva(thunk) - dll.bias;
  symbol.hint = TRY(ReadStruct<LeU16>(*image_, entry));
  symbol.name = entry + u32(sizeof(LeU16));
  return std::optional(symbol);
}

}  // namespace fl::pe
