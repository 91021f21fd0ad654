// ExportTable: see exports.h.
#include "pe/exports.h"

#include "kernel/base/checked_math.h"

namespace fl::pe {
namespace {

constexpr u32 kMaxExports = 0x10000;  // Ordinals have 16 bits.
constexpr u32 kMaxLinearSearch = 4096;

bool TableFits(Rva table, u32 count, u32 element_size, u32 image_size) {
  return count == 0 ||
         (count <= kMaxExports && FitsWithin(table.value, count * element_size, image_size));
}

}  // namespace

Result<ExportTable> ExportTable::Open(ByteSource& image, const ImageLayout& layout,
                                      ParseError* error) {
  ExportTable table(image);
  table.image_size_ = layout.mapped_size();
  table.directory_ = layout.directory(Directory::kExport);
  if (table.directory_.rva.value == 0) return table;
  if (!FitsWithin(table.directory_.rva.value, table.directory_.size, table.image_size_)) {
    return Malformed(error, "export directory outside the image", table.directory_.rva.value);
  }
  const ExportDirectory header = TRY(ReadStruct<ExportDirectory>(image, table.directory_.rva));
  table.dll_name_ = Rva(header.dll_name);
  table.ordinal_base_ = header.ordinal_base;
  table.function_count_ = header.function_count;
  table.name_count_ = header.name_count;
  table.functions_ = Rva(header.functions);
  table.names_ = Rva(header.names);
  table.name_ordinals_ = Rva(header.name_ordinals);
  const u32 size = table.image_size_;
  if (!TableFits(table.functions_, table.function_count_, sizeof(u32), size)) {
    return Malformed(error, "export address table outside the image", table.functions_.value);
  }
  if (!TableFits(table.names_, table.name_count_, sizeof(u32), size)) {
    return Malformed(error, "export name table outside the image", table.names_.value);
  }
  if (!TableFits(table.name_ordinals_, table.name_count_, sizeof(u16), size)) {
    return Malformed(error, "export ordinal table outside the image", table.name_ordinals_.value);
  }
  return table;
}

Result<int> ExportTable::CompareName(u32 index, std::string_view name) {
  const LeU32 rva = TRY(ReadStruct<LeU32>(*image_, names_ + index * u32(sizeof(LeU32))));
  return CompareString(*image_, Rva(rva), name);
}

Result<std::string_view> ExportTable::ReadName(u32 index, std::span<char> buffer) {
  if (index >= name_count_) return Status::kEntryPointNotFound;
  const LeU32 rva = TRY(ReadStruct<LeU32>(*image_, names_ + index * u32(sizeof(LeU32))));
  return ReadString(*image_, Rva(rva), buffer);
}

Result<std::optional<Export>> ExportTable::Function(u32 index) {
  if (index >= function_count_) return std::optional<Export>();
  const LeU32 value = TRY(ReadStruct<LeU32>(*image_, functions_ + index * u32(sizeof(LeU32))));
  const Rva rva(value);
  if (rva.value == 0) return std::optional<Export>();
  if (rva.value >= image_size_) return Status::kInvalidImageFormat;
  const bool forwarder =
      rva >= directory_.rva && rva.value - directory_.rva.value < directory_.size;
  return std::optional(Export{rva, forwarder});
}

Result<Export> ExportTable::FunctionOfName(u32 index) {
  if (index >= name_count_) return Status::kEntryPointNotFound;
  const LeU16 ordinal =
      TRY(ReadStruct<LeU16>(*image_, name_ordinals_ + index * u32(sizeof(LeU16))));
  const std::optional<Export> found = TRY(Function(ordinal));
  if (!found) return Status::kEntryPointNotFound;
  return *found;
}

Result<Export> ExportTable::FindByName(std::string_view name, u16 hint) {
  if (hint < name_count_ && TRY(CompareName(hint, name)) == 0) return FunctionOfName(hint);
  u32 low = 0;
  u32 high = name_count_;
  while (low < high) {
    const u32 middle = low + (high - low) / 2;
    const int order = TRY(CompareName(middle, name));
    if (order == 0) return FunctionOfName(middle);
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const u32 linear = name_count_ < kMaxLinearSearch ? name_count_ : kMaxLinearSearch;
  for (u32 i = 0; i < linear; ++i) {
    if (TRY(CompareName(i, name)) == 0) return FunctionOfName(i);
  }
  return Status::kEntryPointNotFound;
}

Result<u32> ExportTable::LowerBound(std::string_view name, u32 from) {
  // In strides that double, then by halves: most who ask for one name after the other need the next few.
  u32 low = from;
  u32 high = name_count_;
  for (u32 stride = 1; low < high; stride *= 2) {
    const u32 probe = low + stride - 1 < high ? low + stride - 1 : high - 1;
    if (TRY(CompareName(probe, name)) >= 0) {
      high = probe;
      break;
    }
    low = probe + 1;
  }
  while (low < high) {
    const u32 middle = low + (high - low) / 2;
    if (TRY(CompareName(middle, name)) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

Result<std::optional<Export>> ExportTable::FindAt(u32 index, std::string_view name) {
  if (index >= name_count_ || TRY(CompareName(index, name)) != 0) return std::optional<Export>();
  return std::optional(TRY(FunctionOfName(index)));
}

Result<Export> ExportTable::FindByOrdinal(u32 ordinal) {
  if (ordinal < ordinal_base_) return Status::kOrdinalNotFound;
  const std::optional<Export> found = TRY(Function(ordinal - ordinal_base_));
  if (!found) return Status::kOrdinalNotFound;
  return *found;
}

Result<Forwarder> ParseForwarder(std::string_view text) {
  // Not substr and rfind: those may throw, and the kernel has nothing to throw with.
  std::size_t dot = text.size();
  while (dot > 0 && text[dot - 1] != '.') --dot;
  if (dot < 2 || dot == text.size()) return Status::kInvalidImageFormat;
  Forwarder forwarder{.dll = {text.data(), dot - 1}, .symbol = {}};
  std::string_view symbol = text;
  symbol.remove_prefix(dot);
  if (symbol[0] != '#') {
    forwarder.symbol.name = symbol;
    return forwarder;
  }
  symbol.remove_prefix(1);
  if (symbol.empty()) return Status::kInvalidImageFormat;
  u32 ordinal = 0;
  for (const char digit : symbol) {
    if (digit < '0' || digit > '9') return Status::kInvalidImageFormat;
    ordinal = ordinal * 10 + u32(digit - '0');
    if (ordinal > 0xFFFF) return Status::kInvalidImageFormat;
  }
  forwarder.symbol.ordinal = u16(ordinal);
  return forwarder;
}

}  // namespace fl::pe
