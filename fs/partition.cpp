// Partitions: see partition.h.
#include "fs/partition.h"

#include <array>

#include "fs/fat/boot_sector.h"
#include "kernel/base/checked_math.h"
#include "kernel/base/little_endian.h"

namespace fl::fs {
namespace {

struct PartitionEntry {
  u8 boot_flag;
  u8 first_chs[3];
  u8 type;
  u8 last_chs[3];
  LeU32 start;
  LeU32 sectors;
};
static_assert(sizeof(PartitionEntry) == 16);

struct MasterBootRecord {
  u8 code[446];
  PartitionEntry entries[4];
  LeU16 signature;
};
static_assert(sizeof(MasterBootRecord) == kSectorSize);

using PartitionTable = std::array<PartitionEntry, 4>;

constexpr u16 kTableSignature = 0xAA55;
constexpr u8 kTypeEmpty = 0x00;
constexpr u8 kTypeExtended = 0x05;
constexpr u8 kTypeExtendedLba = 0x0F;
constexpr u8 kTypeGptProtective = 0xEE;

/// Its own function so that the sector is off the stack before a partition is looked into.
[[gnu::noinline]] Result<PartitionTable> ReadTable(BlockDevice& disk, MountError* error) {
  alignas(16) MasterBootRecord record;
  const std::span<std::byte> whole[] = {std::as_writable_bytes(std::span(&record, 1))};
  if (const Status status = disk.Read(Lba(0), whole); IsFailure(status)) {
    return Refuse(error, status, "the first sector cannot be read");
  }
  if (record.signature != kTableSignature) {
    return Refuse(error, Status::kUnrecognizedVolume,
                  "the first sector is neither a boot sector nor a partition table");
  }
  PartitionTable table;
  __builtin_memcpy(table.data(), record.entries, sizeof(record.entries));
  return table;
}

bool IsVerdictOnContent(Status status) {
  return status == Status::kUnrecognizedVolume || status == Status::kDiskCorrupt;
}

}  // namespace

bool PartitionView::Contains(Lba first, const auto& buffers) const {
  u64 sectors = 0;
  for (const auto& buffer : buffers) sectors += buffer.size() / kSectorSize;
  return FitsWithin(first.value, sectors, range_.sectors);
}

Status PartitionView::Read(Lba first, ScatterList buffers) {
  if (!Contains(first, buffers)) return Status::kInvalidParameter;
  return disk_.Read(range_.start + first.value, buffers);
}

Status PartitionView::Write(Lba first, GatherList buffers) {
  if (!Contains(first, buffers)) return Status::kInvalidParameter;
  return disk_.Write(range_.start + first.value, buffers);
}

Result<PartitionRange> FindFatVolume(BlockDevice& disk, MountError* error) {
  const PartitionRange whole_disk = {Lba(0), disk.SectorCount().value};
  MountError whole_error;
  const Status whole = fat::ReadBootSector(disk, &whole_error).status();
  if (IsSuccess(whole)) return whole_disk;
  const auto refuse_whole = [&] {
    return Refuse(error, whole, whole_error.reason, whole_error.number);
  };
  if (!IsVerdictOnContent(whole) || whole_disk.sectors == 0) return refuse_whole();

  const PartitionTable table = TRY(ReadTable(disk, error));
  MountError partition_error;
  bool partitions = false;
  for (const PartitionEntry& entry : table) {
    // Any other flag than these two: no partition table, but code or the text of a boot sector.
    if (entry.boot_flag != 0 && entry.boot_flag != 0x80) continue;
    if (entry.type == kTypeEmpty || entry.sectors == 0) continue;
    if (entry.type == kTypeGptProtective) {
      partition_error = {"disks with a GUID partition table are not supported", std::nullopt};
      continue;
    }
    if (entry.type == kTypeExtended || entry.type == kTypeExtendedLba) continue;
    const PartitionRange range = {Lba(entry.start), entry.sectors};
    // Sector 0 is the table itself.
    if (range.start == Lba(0) ||
        !FitsWithin(range.start.value, range.sectors, whole_disk.sectors)) {
      partition_error = {"a partition lies outside the disk", range.start.value};
      continue;
    }
    partitions = true;
    PartitionView view(disk, range);
    const Status status = fat::ReadBootSector(view, &partition_error).status();
    if (IsSuccess(status)) return range;
    if (!IsVerdictOnContent(status)) {
      return Refuse(error, status, "the first sector of a partition cannot be read",
                    range.start.value);
    }
  }
  // A FAT volume without partitions that makes no sense is best described by what is wrong with it.
  if (whole == Status::kDiskCorrupt && !partitions) return refuse_whole();
  if (partition_error.reason[0] == '\0') {
    return Refuse(error, Status::kUnrecognizedVolume, "the disk has no FAT volume");
  }
  return Refuse(error, Status::kUnrecognizedVolume, partition_error.reason, partition_error.number);
}

}  // namespace fl::fs
