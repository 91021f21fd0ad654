// FatFile: see fat_file.h.
#include "fs/fat/fat_file.h"

namespace fl::fs::fat {
namespace {

u32 ClustersFor(u32 size, const VolumeLayout& layout) {
  const u32 bytes = layout.ClusterBytes();
  return u32((u64(size) + bytes - 1) >> (layout.cluster_shift + 9));
}
static_assert(kSectorSize == 1 << 9);

/// Sectors dealt with at a time: their bytes fit 32 bits with much to spare.
constexpr u32 kMaxRun = 1u << 16;

void FillZero(std::span<std::byte> bytes) {
  if (!bytes.empty()) __builtin_memset(bytes.data(), 0, bytes.size());
}

/// Pieces of memory that one request can fill, since their sectors follow one another.
class Batch {
 public:
  explicit Batch(FatVolume& volume) : volume_(volume) {}

  Status Add(Lba first, u32 sectors, std::span<std::byte> piece) {
    if (count_ != 0 && (count_ == kMaxPieces || first != first_ + sectors_)) TRY_STATUS(Flush());
    if (count_ == 0) first_ = first;
    pieces_[count_++] = piece;
    sectors_ += sectors;
    return Status::kSuccess;
  }
  Status Flush() {
    if (count_ == 0) return Status::kSuccess;
    const Status status = volume_.ReadData(first_, sectors_, ScatterList(pieces_, count_));
    count_ = 0;
    sectors_ = 0;
    return status;
  }

 private:
  static constexpr u32 kMaxPieces = 64;
  FatVolume& volume_;
  Lba first_;
  u32 sectors_ = 0;
  u32 count_ = 0;
  std::span<std::byte> pieces_[kMaxPieces];
};

}  // namespace

FatFile::FatFile(RefPtr<FatVolume> volume, FileName name, Place place)
    : volume_(std::move(volume)),
      name_(std::move(name)),
      id_(place.id),
      size_(place.size),
      extents_(volume_->table(), place.first_cluster, ClustersFor(place.size, volume_->layout())) {}

Result<FatFile::SectorRun> FatFile::FindSectors(u32 sector, u32 wanted) {
  const VolumeLayout& layout = volume_->layout();
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
  TRY_STATUS(volume_->ReadData(run.first, 1, whole));
  const u32 left = size_ - offset;
  const u32 shown = left < out.size() ? left : u32(out.size());
  __builtin_memcpy(out.data(), sector + offset % kSectorSize, shown);
  FillZero(out.subspan(shown));
  return Status::kSuccess;
}

Status FatFile::ReadAt(u64 offset, ScatterList buffers) {
  Batch batch(*volume_);
  // The file's last sector may go straight into a buffer; what follows the file there is wiped once
  // it has arrived.
  std::span<std::byte> beyond_end;
  for (std::span<std::byte> buffer : buffers) {
    while (!buffer.empty()) {
      if (offset >= size_) {
        FillZero(buffer);
        break;
      }
      const u32 at = u32(offset);
      const u32 in_sector = at % kSectorSize;
      const u32 sectors_left = (size_ - at) / kSectorSize + ((size_ - at) % kSectorSize != 0);
      u32 taken;
      if (in_sector == 0 && buffer.size() >= kSectorSize) {
        const std::size_t room = buffer.size() / kSectorSize;
        const u32 most = sectors_left < kMaxRun ? sectors_left : kMaxRun;
        const SectorRun run = TRY(FindSectors(at / kSectorSize, room < most ? u32(room) : most));
        taken = run.sectors * kSectorSize;
        TRY_STATUS(batch.Add(run.first, run.sectors, buffer.first(taken)));
        if (taken > size_ - at) beyond_end = buffer.first(taken).subspan(size_ - at);
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
