// ImageCache: see image_cache.h.
#include "mm/image_cache.h"

#include <utility>

#include "kernel/base/checked_math.h"

namespace fl::mm {
namespace {

/// Enough for the headers of nearly every image, and few sectors.
constexpr u32 kFirstRead = 1024;
/// Moved images leave the low addresses to programs that cannot move and to their heaps.
constexpr VirtPage kLowestMoved = PageOf(VirtAddr(0x01000000));

u32 Mix(u32 hash, u32 word) {
  hash = (hash ^ word) * 0x9E3779B1u;
  hash = (hash ^ hash >> 15) * 0x85EBCA6Bu;
  return hash ^ hash >> 13;
}

}  // namespace

Result<RefPtr<ImageSection>> ImageCache::Acquire(RefPtr<fs::File> file, u32 variant,
                                                 pe::ParseError* error) {
  const fs::FileId id = file->Id();
  for (;;) {
    if (const RefPtr<ImageSection> found(Find(id, variant)); found) {
      if (found->ready_) {
        Keep(*found);
        return found;
      }
      // Another thread prepares it; if that fails, the next look finds nothing and this one tries.
      pager_.waiter.Sleep(this);
      continue;
    }
    if (data_) TRY_STATUS(data_->WriteBack(id));
    u32 header_bytes = 0;
    pe::ImageLayout layout = TRY(ReadLayout(*file, &header_bytes, error));
    // Another thread may have been quicker while the headers were read.
    if (Find(id, variant)) continue;

    const VirtPage base = TRY(ChooseBase(layout, id, variant));
    const RefPtr<ImageSection> section = AdoptRef(new (std::nothrow) ImageSection(
        pager_, std::move(file), std::move(layout), AddressOf(base), variant));
    if (!section) return Status::kNoMemory;
    section->CountMetadata(header_bytes);
    // In the list already while it is prepared: its range is taken, and nobody builds it twice.
    sections_.PushBack(*section);
    section->cache_ = this;
    const Status prepared = section->Prepare(error);
    if (IsFailure(prepared)) {
      section->cache_ = nullptr;
      sections_.Remove(*section);
    }
    section->ready_ = IsSuccess(prepared);
    pager_.waiter.WakeAll(this);
    if (IsFailure(prepared)) return prepared;
    if (listener_) listener_->OnSectionReady(*section);
    Keep(*section);
    return section;
  }
}

Result<pe::ImageLayout> ImageCache::ReadLayout(fs::File& file, u32* bytes_read,
                                               pe::ParseError* error) {
  const u64 file_size = file.Size();
  Vector<std::byte> headers;
  u32 wanted = kFirstRead;
  // What is read may show that the headers go on: twice, for the PE header and the section table.
  do {
    if (wanted > file_size) wanted = u32(file_size);
    // Whole sectors: what lies behind the file's end reads as zero and is cut off again.
    TRY_STATUS(headers.Resize(AlignUp(wanted, kSectorSize)));
    TRY_STATUS(file.ReadAt(0, headers.span()));
    *bytes_read += headers.size();
    TRY_STATUS(headers.Resize(wanted));
    wanted = TRY(pe::HeaderBytesNeeded(headers.span(), file_size, error));
  } while (wanted > headers.size() && headers.size() < file_size);
  return pe::ParseImageLayout(headers.span(), file_size, error);
}

Result<VirtPage> ImageCache::ChooseBase(const pe::ImageLayout& layout, const fs::FileId& file,
                                        u32 variant) {
  const VirtPage preferred = PageOf(layout.preferred_base);
  const bool is_first = variant == 0 || variant == ImageSection::kUnbound;
  if (!ImageSection::CanMove(layout)) {
    if (!is_first) return Status::kIllegalDllRelocation;
    return preferred;
  }
  if (seed_ == 0 && is_first && preferred.value >= kPagesPerGranule && preferred < end_ &&
      layout.pages <= end_ - preferred && !FindOverlap(preferred, layout.pages)) {
    return preferred;
  }
  const VirtPage lowest = first_ < kLowestMoved && kLowestMoved < end_ ? kLowestMoved : first_;
  if (layout.pages <= end_ - lowest) {
    u32 hash = Mix(Mix(seed_, file.volume), variant);
    hash = Mix(Mix(hash, u32(file.file)), u32(file.file >> 32));
    const u32 places = (end_ - lowest - layout.pages) / kPagesPerGranule + 1;
    const VirtPage start = lowest + hash % places * kPagesPerGranule;
    if (const auto base = FindFree(start, end_, layout.pages)) return *base;
    if (const auto base = FindFree(lowest, end_, layout.pages)) return *base;
  }
  if (const auto base = FindFree(first_, end_, layout.pages)) return *base;
  return Status::kNoMemory;
}

std::optional<VirtPage> ImageCache::FindFree(VirtPage from, VirtPage end, u32 pages) {
  while (from <= end && pages <= end - from) {
    const ImageSection* const taken = FindOverlap(from, pages);
    if (!taken) return from;
    const u32 behind = PageOf(taken->base()).value + taken->layout().pages;
    from = VirtPage(AlignUp(behind, kPagesPerGranule));
  }
  return std::nullopt;
}

ImageSection* ImageCache::FindOverlap(VirtPage start, u32 pages) {
  for (ImageSection& section : sections_) {
    const VirtPage base = PageOf(section.base());
    if (start < base + section.layout().pages && base < start + pages) return &section;
  }
  return nullptr;
}

ImageSection* ImageCache::Find(const fs::FileId& file, u32 variant) {
  for (ImageSection& section : sections_) {
    if (section.variant() == variant && section.file()->Id() == file) return &section;
  }
  return nullptr;
}

bool ImageCache::IsInUse(const fs::FileId& file) {
  const auto lives = [&] {
    for (ImageSection& section : sections_) {
      if (section.file()->Id() == file) return true;
    }
    return false;
  };
  if (!lives()) return false;
  DropKept();
  return lives();
}

void ImageCache::Keep(ImageSection& section) {
  const CommitAccount& commit = pager_.frames.commit();
  if (commit.charged() > commit.limit() / 2) return DropKept();
  RefPtr<ImageSection> moved(&section);
  for (u32 i = 0; i < keep_ && moved; ++i) {
    std::swap(moved, kept_[i]);
    if (moved.get() == &section) moved = nullptr;
  }
}

void ImageCache::DropKept() {
  for (RefPtr<ImageSection>& kept : kept_) kept = nullptr;
}

void ImageCache::Forget(ImageSection& section) {
  sections_.Remove(section);
  if (listener_) listener_->OnSectionEnd(section);
}

}  // namespace fl::mm
