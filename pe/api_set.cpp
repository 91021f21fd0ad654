// ApiSetMap: see api_set.h.
#include "pe/api_set.h"

#include "kernel/base/checked_math.h"
#include "kernel/base/little_endian.h"
#include "pe/module_name.h"

namespace fl::pe {
namespace {

constexpr u32 kVersion = 6;

struct MapHeader {
  LeU32 version;
  LeU32 size;
  LeU32 flags;
  LeU32 count;
  LeU32 sets;
  LeU32 hashes;  // Sorted, for a search that is faster than ours.
  LeU32 hash_factor;
};
static_assert(sizeof(MapHeader) == 28);

struct SetEntry {
  LeU32 flags;
  LeU32 name;
  LeU32 name_size;    // Bytes of UTF-16.
  LeU32 hashed_size;  // Of them, those before the last hyphen.
  LeU32 hosts;
  LeU32 host_count;
};
static_assert(sizeof(SetEntry) == 24);

struct HostEntry {
  LeU32 flags;
  LeU32 importer;  // For whom this host is; empty: for all others.
  LeU32 importer_size;
  LeU32 host;
  LeU32 host_size;
};
static_assert(sizeof(HostEntry) == 20);

constexpr std::string_view kExtension = ".dll";

/// `name` without ".dll".
std::string_view Stem(std::string_view name) {
  if (name.size() < kExtension.size()) return name;
  const std::size_t stem = name.size() - kExtension.size();
  const std::string_view end(name.data() + stem, kExtension.size());
  return EqualIgnoringCase(end, kExtension) ? std::string_view(name.data(), stem) : name;
}

}  // namespace

template <class T>
Result<T> ApiSetMap::ReadAt(u32 offset, u32 index) const {
  const auto from_array = CheckedMultiply(index, u32(sizeof(T)));
  const auto start = from_array ? CheckedAdd(offset, *from_array) : std::nullopt;
  if (!start || !FitsWithin(std::size_t(*start), sizeof(T), bytes_.size())) {
    return Status::kInvalidImageFormat;
  }
  T value;
  __builtin_memcpy(&value, bytes_.data() + *start, sizeof(T));
  return value;
}

Result<ApiSetMap> ApiSetMap::Open(std::span<const std::byte> bytes) {
  ApiSetMap map(bytes);
  const MapHeader header = TRY(map.ReadAt<MapHeader>(0, 0));
  if (header.version != kVersion || header.size > bytes.size()) return Status::kInvalidImageFormat;
  map.bytes_ = bytes.first(header.size);
  map.count_ = header.count;
  map.sets_ = header.sets;
  if (map.count_ != 0) TRY(map.ReadAt<SetEntry>(map.sets_, map.count_ - 1));
  return map;
}

bool ApiSetMap::Covers(std::string_view name) {
  if (name.size() < 4) return false;
  const std::string_view start(name.data(), 4);
  return EqualIgnoringCase(start, "api-") || EqualIgnoringCase(start, "ext-");
}

Result<bool> ApiSetMap::TextIs(u32 offset, u32 size, std::string_view text) const {
  if (size != text.size() * 2) return false;
  for (u32 i = 0; i < text.size(); ++i) {
    const u16 theirs = TRY(ReadAt<LeU16>(offset, i));
    const char as_char = char(theirs);
    if (theirs > 0x7F || !EqualIgnoringCase({&as_char, 1}, {&text[i], 1})) return false;
  }
  return true;
}

Result<std::string_view> ApiSetMap::Find(std::string_view name, std::string_view importer,
                                         std::span<char> buffer) const {
  std::string_view set = Stem(name);
  while (!set.empty() && !set.ends_with('-')) set.remove_suffix(1);
  if (set.size() < 2) return Status::kObjectNameNotFound;
  set.remove_suffix(1);
  for (u32 i = 0; i < count_; ++i) {
    const SetEntry entry = TRY(ReadAt<SetEntry>(sets_, i));
    if (!TRY(TextIs(entry.name, entry.hashed_size, set))) continue;
    return HostOf(entry.hosts, entry.host_count, importer, buffer);
  }
  return Status::kObjectNameNotFound;
}

Result<std::string_view> ApiSetMap::HostOf(u32 hosts, u32 host_count, std::string_view importer,
                                           std::span<char> buffer) const {
  std::optional<HostEntry> chosen;
  for (u32 i = 0; i < host_count; ++i) {
    const HostEntry host = TRY(ReadAt<HostEntry>(hosts, i));
    const bool for_all = host.importer_size == 0;
    const bool for_this = !for_all && TRY(TextIs(host.importer, host.importer_size, importer));
    if (for_this || (for_all && !chosen)) chosen = host;
    if (for_this) break;
  }
  if (!chosen) return std::string_view();
  const u32 length = chosen->host_size / 2;
  if (length > buffer.size()) return Status::kNameTooLong;
  for (u32 i = 0; i < length; ++i) {
    const u16 unit = TRY(ReadAt<LeU16>(chosen->host, i));
    if (unit == 0 || unit > 0x7F) return Status::kInvalidImageFormat;
    buffer[i] = char(unit);
  }
  return std::string_view(buffer.data(), length);
}

}  // namespace fl::pe
