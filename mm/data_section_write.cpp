// DataSection: what changes it, and writing back. See data_section.h.
#include <cstring>

#include "mm/data_section.h"

namespace fl::mm {

/// The right to change the section.
class DataSection::Change {
 public:
  explicit Change(DataSection& section) : section_(&section) {
    while (section_->changing_) section_->pager_.waiter.Sleep(&section_->changing_);
    section_->changing_ = true;
  }
  ~Change() {
    section_->changing_ = false;
    section_->pager_.waiter.WakeAll(&section_->changing_);
    section_->KeepWhileModified();
  }
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

 private:
  const RefPtr<DataSection> section_;
};

void DataSection::KeepWhileModified() {
  if (!modified()) {
    kept_ = nullptr;
  } else if (!kept_) {
    kept_ = RefPtr<DataSection>(this);
  }
}

void DataSection::SetModified(Frame& record) {
  if (record.modified) return;
  record.modified = true;
  ++modified_;
  ++pager_.modified_pages;
}

void DataSection::SetWritten(Frame& record) {
  if (!record.modified) return;
  record.modified = false;
  --modified_;
  --pager_.modified_pages;
}

void DataSection::NoteWritable(PageIndex index) {
  Frame& record = pager_.frames.frame(prototypes_.Get(index).pfn);
  record.writable = true;
  SetModified(record);
  KeepWhileModified();
}

// ---- Writing by call ------------------------------------------------------------------------------------

/// The page is present. kNoMemory: no page more can be promised.
Status DataSection::MakeModified(PageIndex index) {
  const Pfn pfn = TRY(Share(index));
  SetModified(pager_.frames.frame(pfn));
  Unshare(index);
  return Status::kSuccess;
}

Status DataSection::WriteToPage(PageIndex index, u32 within, std::span<const std::byte> in) {
  for (;;) {
    if (IsPresent(index)) {
      TRY_STATUS(MakeModified(index));
      std::memcpy(PresentBytes(index) + within, in.data(), in.size());
      return Status::kSuccess;
    }
    const u32 file_bytes = SourceOf(index).file_bytes;
    const bool covers_all = file_bytes == 0 || (within == 0 && in.size() >= file_bytes);
    if (!covers_all || prototypes_.Get(index).state != PrototypeState::kAbsent) {
      TRY_STATUS(AcquirePrototype(index));
      continue;
    }
    // Nothing of what the file has there stays: it need not be read.
    const Pfn pfn = TRY(TakeFrameFor(index));
    const PageBytes bytes = pager_.frames.Bytes(pfn);
    std::memset(bytes.data(), 0, kPageSize);
    std::memcpy(bytes.data() + within, in.data(), in.size());
    SettleModified(index, pfn);
    ++modified_;
    ++pager_.modified_pages;
    return Status::kSuccess;
  }
}

Status DataSection::WriteBytes(u64 offset, std::span<const std::byte> in, u32& done) {
  done = 0;
  if (in.empty()) return Status::kSuccess;
  if (offset > kMaxSize || in.size() > kMaxSize - offset) return Status::kDiskFull;
  const Change turn(*this);
  const u64 end = offset + in.size();
  if (end > size()) TRY_STATUS(file()->Reserve(end));
  while (done < in.size()) {
    const u64 at = offset + done;
    const u32 within = u32(at) & kPageMask;
    const u32 left = u32(in.size()) - done;
    const u32 count = left < kPageSize - within ? left : kPageSize - within;
    if (at + count > size()) TRY_STATUS(Extend(at + count));
    TRY_STATUS(WriteToPage(PageIndex(u32(at >> kPageShift)), within, in.subspan(done, count)));
    done += count;
  }
  return Status::kSuccess;
}

// ---- Size -----------------------------------------------------------------------------------------------

/// What a view may have written behind the end is not part of the file.
void DataSection::ZeroTail() {
  const u32 within = u32(size()) & kPageMask;
  if (within == 0) return;
  std::byte* const bytes = PresentBytes(PageIndex(u32(size() >> kPageShift)));
  if (bytes) std::memset(bytes + within, 0, kPageSize - within);
}

Status DataSection::Extend(u64 size_wanted) {
  ZeroTail();
  return Grow(size_wanted);
}

Status DataSection::Cut(u64 size_wanted) {
  if (in_use()) return Status::kUserMappedFile;
  if (file_size_ > size_wanted) {
    TRY_STATUS(file()->SetSize(size_wanted));
    file_size_ = size_wanted;
  }
  const u32 old_pages = pages();
  Section::SetSize(size_wanted);
  (void)file()->Reserve(size_wanted);  // Gives room back.
  // From here on no page behind the end comes in; those that are on their way arrive first.
  const u32 whole = u32(size_wanted >> kPageShift);
  for (u32 i = whole; i < old_pages; ++i) {
    const PageIndex index(i);
    while (prototypes_.Get(index).state == PrototypeState::kReading) pager_.waiter.Sleep(this);
    if (i < pages() || !IsPresent(index)) continue;
    Frame& record = pager_.frames.frame(prototypes_.Get(index).pfn);
    SetWritten(record);
    if (record.share_count == 0) {
      Drop(index);
    } else {
      // Somebody has mapped it meanwhile.
      std::memset(PresentBytes(index), 0, kPageSize);
    }
  }
  ZeroTail();
  return Status::kSuccess;
}

Status DataSection::SetSize(u64 size_wanted) {
  if (size_wanted > kMaxSize) return Status::kDiskFull;
  const Change turn(*this);
  if (size_wanted < size()) return Cut(size_wanted);
  if (size_wanted == size()) return Status::kSuccess;
  TRY_STATUS(file()->Reserve(size_wanted));
  return Extend(size_wanted);
}

// ---- Writing back ---------------------------------------------------------------------------------------

bool DataSection::IsModified(PageIndex index) const {
  const Prototype entry = prototypes_.Get(index);
  return entry.state == PrototypeState::kResident && pager_.frames.frame(entry.pfn).modified;
}

PageIndex DataSection::NextModified(PageIndex from) const {
  while (from.value < pages()) {
    if (IsModified(from)) return from;
    from = prototypes_.SkipAbsent(from + 1);
  }
  return PageIndex(pages());
}

/// Writes the modified pages that follow one another from `first` on, and forgets that they are. `count`: how
/// many were tried.
Status DataSection::WriteRun(PageIndex first, u32& count) {
  std::span<const std::byte> pieces[kMaxClusterPages];
  count = 0;
  u64 offset = u64(first.value) << kPageShift;
  const u64 begin = offset;
  for (; count < kMaxClusterPages && (first + count).value < pages() && IsModified(first + count);
       ++count) {
    Frame& record = pager_.frames.frame(prototypes_.Get(first + count).pfn);
    const u64 left = size() - offset;
    const u32 bytes = left < kPageSize ? u32(left) : kPageSize;
    pieces[count] = std::span<const std::byte>(PresentBytes(first + count), bytes);
    offset += bytes;
    // Held while it is written; whoever changes it meanwhile makes it modified again.
    ++record.share_count;
    if (!record.writable) SetWritten(record);
  }
  const Status status = file()->WriteAt(begin, fs::GatherList(pieces, count));
  if (IsSuccess(status) && file_size_ < offset) file_size_ = offset;
  for (u32 i = 0; i < count; ++i) {
    if (IsFailure(status)) {
      SetModified(pager_.frames.frame(prototypes_.Get(first + i).pfn));
    }
    Unshare(first + i);
  }
  return status;
}

Status DataSection::WriteBack() {
  if (!modified()) return Status::kSuccess;
  const Change turn(*this);
  Status outcome = Status::kSuccess;
  for (PageIndex at = NextModified(PageIndex(0)); at.value < pages();) {
    u32 tried = 0;
    const Status status = WriteRun(at, tried);
    if (IsSuccess(outcome)) outcome = status;
    at = NextModified(at + tried);
  }
  if (IsSuccess(outcome) && file_size_ < size()) {
    outcome = file()->SetSize(size());
    if (IsSuccess(outcome)) file_size_ = size();
  }
  return outcome;
}

void DataSection::Discard() {
  const RefPtr<DataSection> kept(this);
  for (PageIndex at = NextModified(PageIndex(0)); at.value < pages(); at = NextModified(at + 1)) {
    Frame& record = pager_.frames.frame(prototypes_.Get(at).pfn);
    SetWritten(record);
    if (record.share_count == 0) Drop(at);
  }
  file_size_ = size();
  kept_ = nullptr;
}

}  // namespace fl::mm
