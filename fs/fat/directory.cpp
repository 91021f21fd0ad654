// Directories of a FAT volume: see directory.h.
#include "fs/fat/directory.h"

#include "fs/unicode.h"

namespace fl::fs::fat {
namespace {

bool IsLongNamePart(const ShortEntry& entry) {
  return (entry.attributes & kAttributesMask) == kAttributesOfLongName;
}

/// Could NT have stored this name? What is no component of a path must not get into one.
bool IsPossibleLongName(std::span<const u16> units) {
  bool only_dots = true;
  for (std::span<const u16> rest = units; !rest.empty();) {
    const std::optional<u32> c = TakeUtf16(rest);
    if (!c || IsForbiddenInName(*c)) return false;
    only_dots = only_dots && *c == '.';
  }
  return !only_dots;
}

}  // namespace

DirectoryStart RootOf(const VolumeLayout& layout) {
  if (layout.width != FatWidth::k32) return {DirectoryStart::kFixedRoot};
  return {layout.root_cluster};
}

u32 FirstClusterOf(const ShortEntry& entry, FatWidth width) {
  const u32 high = width == FatWidth::k32 ? u32(entry.first_cluster_high) << 16 : 0;
  return high | entry.first_cluster_low;
}

void SetFirstCluster(ShortEntry& entry, u32 cluster) {
  entry.first_cluster_low = u16(cluster);
  entry.first_cluster_high = u16(cluster >> 16);
}

DirectoryStart StartOf(const ShortEntry& entry, const VolumeLayout& layout) {
  const u32 cluster = FirstClusterOf(entry, layout.width);
  if (cluster == 0 && DotEntryOf(entry.name) != DotEntry::kNone) return RootOf(layout);
  // An impossible cluster, so that a reader refuses it: 0 would be the fixed root.
  return {cluster == 0 ? 1 : cluster};
}

Status LongName::Add(const LongNameEntry& part) {
  u32 number = part.order & kPartNumber;
  if (part.order & kLastPart) {
    // The part that comes first on the disk is the name's last one.
    expected_ = number;
    checksum_ = part.checksum;
    if (number == 0 || number > kMaxParts) expected_ = kNothing;
    if (expected_ == kNothing) return Status::kSuccess;
    TRY_STATUS(units_.Resize(number * kUnitsInPart));
  }
  if (expected_ == kNothing) return Status::kSuccess;
  if (number != expected_ || number == 0 || part.checksum != checksum_ || part.type != 0) {
    Clear();
    return Status::kSuccess;
  }
  u32 at = --expected_ * kUnitsInPart;
  for (const LeU16& unit : part.units_1) units_[at++] = unit;
  for (const LeU16& unit : part.units_2) units_[at++] = unit;
  for (const LeU16& unit : part.units_3) units_[at++] = unit;
  return Status::kSuccess;
}

std::span<const u16> LongName::NameOf(const ShortEntry& entry) const {
  if (expected_ != 0 || ShortNameChecksum(entry.name) != checksum_) return {};
  // The last part ends with a zero, and ones after it, unless the name fills it.
  u32 length = 0;
  while (length < units_.size() && units_[length] != 0) ++length;
  if (length > kMaxNameUnits || length + kUnitsInPart <= units_.size()) return {};
  for (u32 i = length + 1; i < units_.size(); ++i) {
    if (units_[i] != 0xFFFF) return {};
  }
  const std::span<const u16> name = units_.span().first(length);
  return IsPossibleLongName(name) ? name : std::span<const u16>();
}

DirectoryReader::DirectoryReader(const FatTable& table, SectorCache& cache, DirectoryStart start)
    : cache_(cache), sectors_(table, start) {}

void DirectoryReader::Rewind() {
  before_first_ = true;
  at_end_ = false;
}

Result<bool> DirectoryReader::Next() {
  if (at_end_) return false;
  if (before_first_) {
    slot_ = 0;
    long_name_.Clear();
    at_end_ = !TRY(sectors_.First());
    before_first_ = false;
  }
  while (!at_end_) {
    if (slot_ == kEntriesInSector) {
      at_end_ = !TRY(sectors_.Next());
      slot_ = at_end_ ? slot_ : 0;
      continue;
    }
    TRY_STATUS(cache_.Copy(sectors_.sector(), slot_ * kEntryBytes,
                           std::as_writable_bytes(std::span(&entry_, 1))));
    if (entry_.name[0] == kEndMark) {
      at_end_ = true;
      break;
    }
    const u32 slot = slot_++;
    if (entry_.name[0] == kDeleted) {
      long_name_.Clear();
    } else if (IsLongNamePart(entry_)) {
      LongNameEntry part;
      __builtin_memcpy(&part, &entry_, sizeof(part));
      if (const Status status = long_name_.Add(part); IsFailure(status)) {
        // A second try must meet the same entry.
        --slot_;
        return status;
      }
      if (part.order & kLastPart) slots_.Clear();
      if (long_name_.begun()) slots_.Add(sectors_.sector(), slot);
    } else if (entry_.attributes & kAttributeVolumeLabel) {
      long_name_.Clear();
    } else {
      shown_long_name_ = long_name_.NameOf(entry_);
      long_name_.Clear();
      if (shown_long_name_.empty()) slots_.Clear();
      slots_.Add(sectors_.sector(), slot);
      const DotEntry dot = DotEntryOf(entry_.name);
      short_name_ = DecodeShortName(entry_.name, entry_.case_bits);
      if (dot != DotEntry::kNone) {
        shown_long_name_ = {};
        short_name_ = {{'.', '.'}, dot == DotEntry::kItself ? 1u : 2u};
      }
      return true;
    }
  }
  return false;
}

std::span<const u16> DirectoryReader::name() const {
  return shown_long_name_.empty() ? short_name_.span() : shown_long_name_;
}

bool DirectoryReader::IsNamed(std::string_view wanted) const {
  if (NamesEqual(short_name_.span(), wanted)) return true;
  return !shown_long_name_.empty() && NamesEqual(shown_long_name_, wanted);
}

Result<bool> FindEntry(DirectoryReader& reader, std::string_view name) {
  while (TRY(reader.Next())) {
    if (DotEntryOf(reader.entry().name) == DotEntry::kNone && reader.IsNamed(name)) return true;
  }
  return false;
}

}  // namespace fl::fs::fat
