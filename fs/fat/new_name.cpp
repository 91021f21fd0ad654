// NewName: see new_name.h.
#include "fs/fat/new_name.h"

#include "fs/unicode.h"

namespace fl::fs::fat {
namespace {

constexpr u32 kLargestTail = 999'999;

bool IsLower(u32 unit) { return unit >= 'a' && unit <= 'z'; }
bool IsUpper(u32 unit) { return unit >= 'A' && unit <= 'Z'; }

/// May this, in upper case, stand in a short name?
bool IsShortNameCharacter(u32 unit) {
  if (unit <= ' ' || unit >= 0x7F) return false;
  for (const char forbidden : std::string_view("\"*+,./:;<=>?[\\]|")) {
    if (unit == u32(forbidden)) return false;
  }
  return true;
}

/// Base or extension as they are written into a short name.
class Part {
 public:
  explicit Part(std::span<u8> out) : out_(out) {
    for (u8& byte : out_) byte = ' ';
  }
  /// False: it was left out or changed by more than its case.
  bool Add(u16 unit) {
    if (length_ == out_.size()) return false;
    const bool possible = IsShortNameCharacter(unit);
    lower_ = lower_ || IsLower(unit);
    upper_ = upper_ || IsUpper(unit);
    out_[length_++] = possible ? u8(IsLower(unit) ? unit - 0x20 : unit) : u8('_');
    return possible;
  }
  bool empty() const { return length_ == 0; }
  bool all_lower() const { return lower_ && !upper_; }
  bool mixed() const { return lower_ && upper_; }

 private:
  const std::span<u8> out_;
  u32 length_ = 0;
  bool lower_ = false;
  bool upper_ = false;
};

constexpr std::size_t kNoDot = ~std::size_t(0);

/// The numbers of tails from `first` on that a directory's entries have already.
class TailsInUse {
 public:
  TailsInUse(const NameBasis& basis, u32 first) : basis_(basis), first_(first) {}

  void Note(std::span<const u8, kShortNameBytes> raw) {
    u32 at = kShortNameBase;
    while (at != 0 && raw[at - 1] == ' ') --at;
    u32 number = 0;
    for (u32 power = 1; at != 0 && raw[at - 1] >= '0' && raw[at - 1] <= '9'; power *= 10) {
      if (power > kLargestTail) return;
      number += (raw[--at] - u32('0')) * power;
    }
    if (at == 0 || raw[at - 1] != '~' || number < first_ || number - first_ >= kNumbers) return;
    u8 ours[kShortNameBytes];
    __builtin_memcpy(ours, basis_.raw, sizeof(ours));
    PutTail(ours, number);
    if (__builtin_memcmp(ours, raw.data(), sizeof(ours)) != 0) return;
    used_[(number - first_) / 32] |= 1u << (number - first_) % 32;
  }
  /// 0: all are in use.
  u32 FirstFree() const {
    for (u32 i = 0; i < kNumbers; ++i) {
      if (!(used_[i / 32] & 1u << i % 32)) return first_ + i;
    }
    return 0;
  }
  static constexpr u32 kNumbers = 512;

 private:
  const NameBasis& basis_;
  const u32 first_;
  u32 used_[kNumbers / 32] = {};
};

bool IsLeaving(EntryPlace place, LeavingPlaces leaving) {
  for (const EntryPlace one : leaving) {
    if (one == place) return true;
  }
  return false;
}

Result<u32> FindTail(const NameBasis& basis, DirectoryReader& reader, LeavingPlaces leaving) {
  for (u32 first = 1; first <= kLargestTail; first += TailsInUse::kNumbers) {
    TailsInUse tails(basis, first);
    reader.Rewind();
    while (TRY(reader.Next())) {
      if (!IsLeaving(reader.place(), leaving)) tails.Note(reader.entry().name);
    }
    const u32 found = tails.FirstFree();
    if (found > kLargestTail) break;
    if (found != 0) return found;
  }
  return Status::kCannotMake;
}

/// Is there an entry with just this short name?
Result<bool> IsTaken(const NameBasis& basis, DirectoryReader& reader, LeavingPlaces leaving) {
  reader.Rewind();
  while (TRY(reader.Next())) {
    if (__builtin_memcmp(reader.entry().name, basis.raw, kShortNameBytes) != 0) continue;
    if (!IsLeaving(reader.place(), leaving)) return true;
  }
  return false;
}

Result<Vector<u16>> ToUtf16(std::string_view name) {
  Vector<u16> units;
  TRY_STATUS(units.Reserve(u32(name.size())));
  while (!name.empty()) {
    const std::optional<u32> c = TakeUtf8(name);
    if (!c) return Status::kObjectNameInvalid;
    if (*c >= 0x10000) TRY_STATUS(units.Push(u16(0xD800 + ((*c - 0x10000) >> 10))));
    TRY_STATUS(units.Push(*c < 0x10000 ? u16(*c) : u16(0xDC00 + (*c & 0x3FF))));
  }
  return units;
}

/// Part `number`, from 1 on, of `parts`.
ShortEntry LongNamePart(std::span<const u16> units, u32 number, u32 parts, u8 checksum) {
  LongNameEntry part = {};
  part.order = u8(number | (number == parts ? kLastPart : 0));
  part.attributes = kAttributesOfLongName;
  part.checksum = checksum;
  u32 at = (number - 1) * kUnitsInPart;
  const auto next = [&] {
    const u16 unit = at < units.size() ? units[at] : at == units.size() ? u16(0) : u16(0xFFFF);
    ++at;
    return unit;
  };
  for (LeU16& unit : part.units_1) unit = next();
  for (LeU16& unit : part.units_2) unit = next();
  for (LeU16& unit : part.units_3) unit = next();
  ShortEntry entry;
  __builtin_memcpy(&entry, &part, sizeof(entry));
  return entry;
}

}  // namespace

NameBasis BasisOf(std::span<const u16> name) {
  NameBasis basis;
  Part base(std::span(basis.raw).first<kShortNameBase>());
  Part extension(std::span(basis.raw).subspan<kShortNameBase>());
  const std::size_t whole = name.size();
  while (!name.empty() && (name[0] == '.' || name[0] == ' ')) name = name.subspan(1);
  bool lossy = name.size() != whole;
  std::size_t last_dot = kNoDot;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '.') last_dot = i;
  }
  bool before_dot = true;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '.') {
      // What lies between the first dot and the last one has no place.
      lossy = lossy || i != last_dot;
      before_dot = false;
    } else if (name[i] == ' ') {
      lossy = true;
    } else if (before_dot || i > last_dot) {
      lossy = !(before_dot ? base : extension).Add(name[i]) || lossy;
    }
  }
  if (base.empty()) lossy = !base.Add('_') || true;
  basis.needs_tail = lossy;
  basis.is_whole_name = !lossy && !base.mixed() && !extension.mixed();
  if (basis.is_whole_name) {
    basis.case_bits = u8((base.all_lower() ? kLowerCaseBase : 0) |
                         (extension.all_lower() ? kLowerCaseExtension : 0));
  }
  return basis;
}

void PutTail(std::span<u8, kShortNameBytes> raw, u32 number) {
  u32 digits = 1;
  for (u32 rest = number; rest >= 10; rest /= 10) ++digits;
  u32 length = 0;
  while (length < kShortNameBase && raw[length] != ' ') ++length;
  const u32 kept = kShortNameBase - 1 - digits;
  u32 at = length < kept ? length : kept;
  raw[at] = '~';
  for (u32 i = digits; i != 0; --i, number /= 10) raw[at + i] = u8('0' + number % 10);
  for (at += digits + 1; at < kShortNameBase; ++at) raw[at] = ' ';
}

Result<Vector<ShortEntry>> MakeEntries(std::string_view name, const ShortEntry& entry,
                                       DirectoryReader& reader, LeavingPlaces leaving) {
  const Vector<u16> units = TRY(ToUtf16(name));
  NameBasis basis = BasisOf(units.span());
  if (basis.needs_tail || TRY(IsTaken(basis, reader, leaving))) {
    basis.is_whole_name = false;
    basis.case_bits = 0;
    PutTail(basis.raw, TRY(FindTail(basis, reader, leaving)));
  }
  const u32 parts = basis.is_whole_name ? 0 : (units.size() + kUnitsInPart - 1) / kUnitsInPart;
  Vector<ShortEntry> entries;
  TRY_STATUS(entries.Reserve(parts + 1));
  const u8 checksum = ShortNameChecksum(basis.raw);
  for (u32 part = parts; part != 0; --part) {
    TRY_STATUS(entries.Push(LongNamePart(units.span(), part, parts, checksum)));
  }
  ShortEntry last = entry;
  __builtin_memcpy(last.name, basis.raw, kShortNameBytes);
  last.case_bits = basis.case_bits;
  TRY_STATUS(entries.Push(last));
  return entries;
}

}  // namespace fl::fs::fat
