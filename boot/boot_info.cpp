// BootInfo: the Multiboot structures, read field by field.
#include "boot/boot_info.h"

#include <algorithm>
#include <optional>

#include "kernel/base/little_endian.h"

namespace fl::boot {
namespace {

constexpr u32 kMultibootMagic = 0x2BADB002;
constexpr u64 kAddressLimit = u64(1) << 32;
/// More entries than any firmware has: a map that claims more is cut.
constexpr u32 kMaxMapEntries = 1024;

constexpr u32 kHasMemorySize = 1u << 0;
constexpr u32 kHasCommandLine = 1u << 2;
constexpr u32 kHasModules = 1u << 3;
constexpr u32 kHasMemoryMap = 1u << 6;

constexpr u32 kMapTypeRam = 1;

struct MultibootInfo {
  LeU32 flags;
  LeU32 memory_lower;  ///< KiB from address 0.
  LeU32 memory_upper;  ///< KiB from 1 MiB.
  LeU32 boot_device;
  LeU32 command_line;
  LeU32 module_count;
  LeU32 modules;
  LeU32 symbols[4];
  LeU32 map_size;
  LeU32 map;
};
static_assert(sizeof(MultibootInfo) == 52);

struct MultibootModule {
  LeU32 start;
  LeU32 end;
  LeU32 name;
  LeU32 reserved;
};
static_assert(sizeof(MultibootModule) == 16);

struct MapEntry {
  LeU32 size;  ///< Of what follows this field.
  LeU32 base_low;
  LeU32 base_high;
  LeU32 length_low;
  LeU32 length_high;
  LeU32 type;
};
static_assert(sizeof(MapEntry) == 24);

template <class T>
std::optional<T> ReadAt(PhysicalMemory& memory, PhysAddr address) {
  T value;
  if (!memory.Read(address, std::as_writable_bytes(std::span(&value, 1)))) return std::nullopt;
  return value;
}

/// A string that ends with a zero, with what fits, or before the first byte that cannot be read.
void ReadText(PhysicalMemory& memory, PhysAddr address, std::span<char> text) {
  std::size_t size = 0;
  for (; size + 1 < text.size(); ++size) {
    const std::optional<char> c = ReadAt<char>(memory, PhysAddr(address.value + size));
    if (!c || *c == '\0') break;
    text[size] = *c;
  }
  text[size] = '\0';
}

enum class Rounding { kInward, kOutward };

/// The pages of [base, base + length) below the limit. Empty if there are none.
FrameRange Pages(u64 base, u64 length, Rounding rounding) {
  if (base >= kAddressLimit) return {};
  const u64 end = base + std::min(length, kAddressLimit - base);
  const u64 up = kPageMask;
  const u64 first = (rounding == Rounding::kInward ? base + up : base) >> kPageShift;
  const u64 last = (rounding == Rounding::kInward ? end : end + up) >> kPageShift;
  if (last <= first) return {};
  return {Pfn(u32(first)), u32(last - first)};
}

template <class Action>
void ForEachMapEntry(PhysicalMemory& memory, const MultibootInfo& header, Action action) {
  u64 offset = 0;
  for (u32 i = 0; i < kMaxMapEntries && offset + sizeof(MapEntry) <= header.map_size.get(); ++i) {
    const auto entry = ReadAt<MapEntry>(memory, PhysAddr(u64(header.map.get()) + offset));
    if (!entry) return;
    action(u64(entry->base_high.get()) << 32 | entry->base_low.get(),
           u64(entry->length_high.get()) << 32 | entry->length_low.get(), entry->type.get());
    // Steps of less than the fields that were just read would read them again as something else.
    offset +=
        u64(std::max<u32>(entry->size.get(), sizeof(MapEntry) - sizeof(LeU32))) + sizeof(LeU32);
  }
}

void ReadRam(PhysicalMemory& memory, const MultibootInfo& header, FrameRanges& ram) {
  if ((header.flags.get() & kHasMemoryMap) != 0) {
    ForEachMapEntry(memory, header, [&](u64 base, u64 length, u32 type) {
      if (type == kMapTypeRam) ram.Add(Pages(base, length, Rounding::kInward));
    });
    // Entries may overlap (ACPI 6.5, 15.3): what any of them claims for another use is not RAM.
    ForEachMapEntry(memory, header, [&](u64 base, u64 length, u32 type) {
      if (type != kMapTypeRam) ram.Remove(Pages(base, length, Rounding::kOutward));
    });
  }
  if (ram.empty() && (header.flags.get() & kHasMemorySize) != 0) {
    constexpr u64 kKiB = 1024;
    // Above 640 KiB lies the display.
    ram.Add(Pages(0, std::min<u64>(header.memory_lower.get(), 640) * kKiB, Rounding::kInward));
    ram.Add(Pages(kKiB * kKiB, u64(header.memory_upper.get()) * kKiB, Rounding::kInward));
  }
}

void ReadModule(PhysicalMemory& memory, const MultibootInfo& header, BootInfo& info) {
  if ((header.flags.get() & kHasModules) == 0 || header.module_count.get() == 0) return;
  const auto module = ReadAt<MultibootModule>(memory, PhysAddr(header.modules.get()));
  if (!module || module->end.get() <= module->start.get()) return;
  info.has_module = true;
  info.module = {PhysAddr(module->start.get()), module->end.get() - module->start.get()};
  if (module->name.get() != 0) ReadText(memory, PhysAddr(module->name.get()), info.module_name);
}

}  // namespace

bool FrameRanges::Add(FrameRange range) {
  if (range.count == 0) return true;
  // What it overlaps or touches becomes one with it.
  u32 first = 0;
  while (first < size_ && ranges_[first].end() < range.first) ++first;
  u32 last = first;
  Pfn start = range.first;
  Pfn end = range.end();
  for (; last < size_ && ranges_[last].first <= range.end(); ++last) {
    start = std::min(start, ranges_[last].first);
    end = std::max(end, ranges_[last].end());
  }
  if (first == last) {
    if (size_ == kCapacity) return false;
    std::copy_backward(ranges_.begin() + first, ranges_.begin() + size_,
                       ranges_.begin() + size_ + 1);
    ++size_;
  } else {
    std::copy(ranges_.begin() + last, ranges_.begin() + size_, ranges_.begin() + first + 1);
    size_ -= last - first - 1;
  }
  ranges_[first] = {start, end - start};
  return true;
}

void FrameRanges::Remove(FrameRange range) {
  if (range.count == 0) return;
  u32 kept = 0;
  std::array<FrameRange, kCapacity> result{};
  const auto keep = [&](Pfn start, Pfn end) {
    if (start < end && kept < kCapacity) result[kept++] = {start, end - start};
  };
  for (const FrameRange& old : span()) {
    if (old.end() <= range.first || range.end() <= old.first) {
      keep(old.first, old.end());
      continue;
    }
    keep(old.first, range.first);
    keep(range.end(), old.end());
  }
  ranges_ = result;
  size_ = kept;
}

void ReadMultiboot(u32 magic, PhysAddr address, PhysicalMemory& memory, BootInfo& info) {
  if (magic != kMultibootMagic) return;
  const auto header = ReadAt<MultibootInfo>(memory, address);
  if (!header) return;
  info.valid = true;
  ReadRam(memory, *header, info.ram);
  ReadModule(memory, *header, info);
  if ((header->flags.get() & kHasCommandLine) != 0) {
    ReadText(memory, PhysAddr(header->command_line.get()), info.command_line);
  }
}

}  // namespace fl::boot
