// FatFile: writing, growing and shrinking: see fat_file.h.
#include "fs/fat/fat_file.h"
#include "fs/fat/sector_batch.h"
#include "kernel/base/checked_math.h"

namespace fl::fs::fat {
namespace {

constexpr u32 kMaxRun = 1u << 16;  ///< Sectors dealt with at a time.
constexpr u32 kMaxFileSize = ~0u;  ///< What an entry can say.

alignas(kSectorSize) constexpr std::byte kZeros[kPageSize] = {};

}  // namespace

[[gnu::noinline]] Status FatFile::WritePart(u32 offset, std::span<const std::byte> in,
                                            u32 written) {
  const SectorRun run = TRY(FindSectors(offset / kSectorSize, 1));
  alignas(16) std::byte sector[kSectorSize] = {};
  if (AlignDown(offset, kSectorSize) < written) {
    const std::span<std::byte> whole[] = {sector};
    TRY_STATUS(volume().ReadData(run.first, 1, whole));
  }
  __builtin_memcpy(sector + offset % kSectorSize, in.data(), in.size());
  const std::span<const std::byte> whole[] = {sector};
  return volume().WriteData(run.first, 1, whole);
}

Status FatFile::WriteClusters(u32 offset, GatherList buffers, u32& written) {
  SectorBatch<const std::byte> batch(volume());
  for (std::span<const std::byte> buffer : buffers) {
    while (!buffer.empty()) {
      const u32 in_sector = offset % kSectorSize;
      u32 taken;
      if (in_sector == 0 && buffer.size() >= kSectorSize) {
        const std::size_t room = buffer.size() / kSectorSize;
        const SectorRun run =
            TRY(FindSectors(offset / kSectorSize, room < kMaxRun ? u32(room) : kMaxRun));
        taken = run.sectors * kSectorSize;
        TRY_STATUS(batch.Add(run.first, run.sectors, buffer.first(taken)));
      } else {
        const u32 to_edge = kSectorSize - in_sector;
        taken = to_edge < buffer.size() ? to_edge : u32(buffer.size());
        TRY_STATUS(WritePart(offset, buffer.first(taken), written));
      }
      offset += taken;
      if (written < offset) written = offset;
      buffer = buffer.subspan(taken);
    }
  }
  return batch.Flush();
}

Status FatFile::WriteZeros(u32 from, u32 to, u32& written) {
  constexpr u32 kPieces = 32;
  while (from < to) {
    // To the edge of a page first, then page by page.
    std::span<const std::byte> pieces[kPieces];
    u32 count = 0;
    u32 at = from;
    for (; count < kPieces && at < to; ++count) {
      const u32 room = kPageSize - at % kPageSize;
      const u32 bytes = room < to - at ? room : to - at;
      pieces[count] = std::span(kZeros).first(bytes);
      at += bytes;
    }
    TRY_STATUS(WriteClusters(from, GatherList(pieces, count), written));
    from = at;
  }
  return Status::kSuccess;
}

ShortEntry FatFile::Written() const {
  ShortEntry changed = entry();
  SetWritten(changed, volume().Now());
  changed.attributes |= u8(kAttributeArchive);
  return changed;
}

Status FatFile::WriteAt(u64 offset, GatherList buffers) {
  u64 length = 0;
  for (const std::span<const std::byte> buffer : buffers) length += buffer.size();
  if (length == 0) return Status::kSuccess;
  if (!FitsWithin(offset, length, kMaxFileSize)) return Status::kDiskFull;
  const FatVolume::Change guard(volume());
  const u32 size = entry().size;
  const u32 end = u32(offset + length);
  if (end > size) return Grow(end, u32(offset), buffers);
  u32 written = size;
  TRY_STATUS(WriteClusters(u32(offset), buffers, written));
  // FAT's seconds come in twos, so a file that is written all the time costs one entry in two seconds.
  return Store(Written());
}

Status FatFile::Reserve(u64 size) {
  if (size > kMaxFileSize) return Status::kDiskFull;
  const FatVolume::Change guard(volume());
  const u32 needed = volume().layout().ClustersFor(u32(size));
  const u32 wanted = needed > extents_.clusters() ? needed - extents_.clusters() : 0;
  if (wanted > reserved_) {
    TRY_STATUS(volume().allocator().Reserve(wanted - reserved_));
  } else {
    volume().allocator().Unreserve(reserved_ - wanted);
  }
  reserved_ = wanted;
  return Status::kSuccess;
}

Status FatFile::SetSize(u64 size) {
  if (size > kMaxFileSize) return Status::kDiskFull;
  const FatVolume::Change guard(volume());
  if (size < entry().size) return Shrink(u32(size));
  if (size > entry().size) return Grow(u32(size), u32(size), {});
  return Status::kSuccess;
}

Status FatFile::Flush() {
  const FatVolume::Change guard(volume());
  return volume().FlushDevice();
}

/// To `size`, with `buffers` at `offset` and zeros between the old end and there.
Status FatFile::Grow(u32 size, u32 offset, GatherList buffers) {
  const VolumeLayout& layout = volume().layout();
  const u32 old_size = entry().size;
  const u32 old_clusters = extents_.clusters();
  const u32 added = layout.ClustersFor(size) - old_clusters;
  const u32 old_last = old_clusters == 0 ? 0 : TRY(extents_.Last());
  Vector<ClusterRun> runs;
  if (added != 0) {
    TRY_STATUS(volume().allocator().Find(old_last + 1, added, runs, reserved_));
    TRY_STATUS(extents_.Append(runs.span()));
  }
  u32 written = old_size;
  Status status = Status::kSuccess;
  if (offset > old_size) status = WriteZeros(old_size, offset, written);
  if (IsSuccess(status)) status = WriteClusters(offset, buffers, written);
  if (IsSuccess(status)) {
    ShortEntry changed = Written();
    changed.size = size;
    if (old_clusters == 0 && added != 0) SetFirstCluster(changed, runs[0].cluster);
    status = Commit(changed, old_last, runs.span());
  }
  if (IsFailure(status)) {
    extents_.Truncate(old_clusters);
    return status;
  }
  const u32 taken = added < reserved_ ? added : reserved_;
  reserved_ -= taken;
  volume().allocator().Unreserve(taken);
  return status;
}

Status FatFile::Commit(const ShortEntry& entry, u32 old_last, Runs added) {
  if (!added.empty()) {
    TRY_STATUS(volume().allocator().Take(added));
    if (old_last != 0) {
      Status status = volume().table().SetNext(old_last, added[0].cluster);
      if (IsSuccess(status)) status = volume().cache().Flush();
      if (IsFailure(status)) {
        TakeBack(old_last, added);
        return status;
      }
    }
  }
  const Status status = Store(entry);
  if (IsFailure(status) && !added.empty()) TakeBack(old_last, added);
  return status;
}

/// The entry was not written: the clusters go back, unless the disk does not say so.
void FatFile::TakeBack(u32 old_last, Runs added) {
  FatVolume& on = volume();
  on.cache().Abandon();
  if (place()) {
    ShortEntry found;
    const Status status = on.cache().Copy(place().sector(), place().offset(),
                                          std::as_writable_bytes(std::span(&found, 1)));
    if (IsFailure(status) || found.size > entry().size) return;
  }
  if (old_last != 0 && (IsFailure(on.table().SetLast(old_last)) || IsFailure(on.cache().Flush()))) {
    on.cache().Abandon();
    return;
  }
  on.allocator().GiveBack(added);
}

Status FatFile::Shrink(u32 size) {
  FatVolume& on = volume();
  const u32 kept = on.layout().ClustersFor(size);
  ShortEntry changed = Written();
  changed.size = size;
  // What is needed of the chain is read before anything is written.
  u32 new_last = 0;
  u32 rest = FirstClusterOf(entry(), on.layout().width);
  if (kept == 0) {
    SetFirstCluster(changed, 0);
  } else {
    new_last = TRY(extents_.Find(kept - 1, 1)).cluster;
    rest = TRY(on.table().Next(new_last)).value_or(0);
  }
  TRY_STATUS(Store(changed));
  extents_.Truncate(kept);
  // The size is what counts; what fails from here on leaves clusters at the chain's end, or lost.
  if (new_last != 0 && rest != 0) {
    if (IsFailure(on.table().SetLast(new_last)) || IsFailure(on.cache().Flush())) {
      on.cache().Abandon();
      return Status::kSuccess;
    }
  }
  if (rest != 0) on.allocator().Free(rest);
  return Status::kSuccess;
}

}  // namespace fl::fs::fat
