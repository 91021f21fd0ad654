// FatFile: its sectors, and reading them. Writing is in fat_file_write.cpp.
#include "fs/fat/fat_file.h"

#include "fs/fat/sector_batch.h"

namespace fl::fs::fat {
namespace {

/// Sectors dealt with at a time: their bytes fit 32 bits with much to spare.
constexpr u32 kMaxRun = 1u << 16;

void FillZero(std::span<std::byte> bytes) {
  if (!bytes.empty()) __builtin_memset(bytes.data(), 0, bytes.size());
}

}  // namespace

FatFile::FatFile(RefPtr<FatVolume> volume, FileName name, EntryPlace place, const ShortEntry& entry)
    : FatNode(std::move(volume), std::move(name), place, entry),
      extents_(this->volume().table(), FirstClusterOf(entry, this->volume().layout().width),
               this->volume().layout().ClustersFor(entry.size)) {}

Result<FatFile::SectorRun> FatFile::FindSectors(u32 sector, u32 wanted) {
  const VolumeLayout& layout = volume().layout();
  const u32 shift = layout.cluster_shift;
  const u32 skipped = sector & (layout.ClusterSectors() - 1);
  const u32 clusters = (skipped + wanted + layout.ClusterSectors() - 1) >> shift;
  const Extents::Run run = TRY(extents_.Find(sector >> shift, clusters));
  const u32 found = (run.count << shift) - skipped;
  return SectorRun{layout.FirstSector(run.cluster) + skipped, found < wanted ? found : wanted};
}

[[gnu::noinline]] Status FatFile::ReadPart(u32 offset, std::span<std::byte> out) {
  const SectorRun run = TRY(FindSectors(offset / kSectorSize, 1));
  alignas(16) std::byte sector[kSectorSize];
  const std::span<std::byte> whole[] = {sector};
  TRY_STATUS(volume().ReadData(run.first, 1, whole));
  const u32 left = entry().size - offset;
  const u32 shown = left < out.size() ? left : u32(out.size());
  __builtin_memcpy(out.data(), sector + offset % kSectorSize, shown);
  FillZero(out.subspan(shown));
  return Status::kSuccess;
}

Status FatFile::ReadAt(u64 offset, ScatterList buffers) {
  const SharedLock::Reader guard(volume().lock());
  const u32 size = entry().size;
  SectorBatch<std::byte> batch(volume());
  // The file's last sector may go straight into a buffer; what follows the file there is wiped once
  // it has arrived.
  std::span<std::byte> beyond_end;
  for (std::span<std::byte> buffer : buffers) {
    while (!buffer.empty()) {
      if (offset >= size) {
        FillZero(buffer);
        break;
      }
      const u32 at = u32(offset);
      const u32 in_sector = at % kSectorSize;
      const u32 sectors_left = (size - at) / kSectorSize + ((size - at) % kSectorSize != 0);
      u32 taken;
      if (in_sector == 0 && buffer.size() >= kSectorSize) {
        const std::size_t room = buffer.size() / kSectorSize;
        const u32 most = sectors_left < kMaxRun ? sectors_left : kMaxRun;
        const SectorRun run = TRY(FindSectors(at / kSectorSize, room < most ? u32(room) : most));
        taken = run.sectors * kSectorSize;
        TRY_STATUS(batch.Add(run.first, run.sectors, buffer.first(taken)));
        if (taken > size - at) beyond_end = buffer.first(taken).subspan(size - at);
      } else {
        const u32 to_edge = kSectorSize - in_sector;
        taken = to_edge < buffer.size() ? to_edge : u32(buffer.size());
        TRY_STATUS(ReadPart(at, buffer.first(taken)));
      }
      offset += taken;
      buffer = buffer.subspan(taken);
    }
  }
  TRY_STATUS(batch.Flush());
  FillZero(beyond_end);
  return Status::kSuccess;
}

}  // namespace fl::fs::fat
