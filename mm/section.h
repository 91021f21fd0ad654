// Section: a thing that can be mapped, and can give a page for an index. Image, file data, shared memory.
// Owns:        its prototypes and the frames they hold; a reference to its file.
// Lives:       as long as views, handles or loaders refer to it; its frames outlive no section.
// Invariants:  a frame of use kSection is mapped by share_count entries. A reclaimable page that nothing
//              maps is on the standby list, uncharged; mapped or modified, it is charged one page. A promised page
//              (writable and shared: it cannot be read again) is charged from the section's creation on,
//              and never stands by. At most one thread builds a given page (kReading).
// Locks:       none: nothing sleeps but AcquirePrototype, which reads or waits for a reader, and after it
//              everything is looked up again.
// Units:       PageIndex counts 4 KiB pages from the section's start.
#pragma once

#include "fs/file.h"
#include "kernel/base/ref_ptr.h"
#include "mm/pager.h"
#include "mm/protection.h"
#include "mm/prototype_table.h"
#include "mm/read_ahead.h"

namespace fl::mm {

enum class SectionKind : u8 { kImage, kData, kSharedMemory };

/// Where the bytes of one page come from: `file_bytes` bytes at `file_offset`, then zeros.
struct PageSource {
  u64 file_offset = 0;
  u32 file_bytes = 0;
};

struct SectionCounters {
  u32 pages_read = 0;  ///< Pages filled from the file.
  u64 bytes_read = 0;  ///< Bytes of the file that these pages took.
  u64 metadata_bytes_read =
      0;                 ///< Read beside the pages, kept by none: headers, relocation tables.
  u32 pages_zeroed = 0;  ///< Pages that needed no read.
  u32 copies = 0;        ///< Private copies that address spaces made.
  u32 views = 0;         ///< Now.
  u32 views_peak = 0;
  u32 resident = 0;  ///< Frames held now, mapped or standing by.
  u32 resident_peak = 0;
  u32 private_pages = 0;  ///< Private copies of its pages that exist now.
  u32 private_pages_peak = 0;
};

class Section : public RefCounted<Section>, public FrameOwner {
 public:
  virtual ~Section();

  SectionKind kind() const { return kind_; }
  /// Sections are numbered from 1 as they are made.
  u32 serial() const { return serial_; }
  u32 pages() const { return PagesFor(size_); }
  /// Has the whole table of pages in memory, so that no page that comes in makes it larger. kNoMemory.
  Status MakeRoom();
  /// Bytes; the last page may be partly behind it.
  u64 size() const { return size_; }
  fs::File* file() const { return file_.get(); }
  const SectionCounters& counters() const { return counters_; }

  /// Brings the page in if it is absent, or waits for another thread that does. May sleep, and the last view
  /// may go meanwhile and this with it: the caller looks everything up again, the page too (whoever was waited
  /// for may have failed).
  Status AcquirePrototype(PageIndex index);
  /// Is the page made of bytes of the file, so that bringing it in sleeps?
  bool IsReadFor(PageIndex index) const {
    return SourceOf(index).file_bytes != 0 || NeedsFinish(index);
  }

  /// One more entry maps the page; it must be present (AcquirePrototype). kNoMemory if no page can be
  /// promised.
  Result<Pfn> Share(PageIndex index);
  /// One entry less maps it.
  void Unshare(PageIndex index);
  /// Do writes to the page reach all who map it, even through a write-copy protection (an image's
  /// shared-writable PE section)?
  virtual bool SharesWrites(PageIndex) const { return false; }
  /// An entry will let the page be written, which is mapped: it is modified until none does and it has been
  /// written back. Only of data: other sections' pages go back nowhere.
  virtual void NoteWritable(PageIndex) {}
  /// The protection that a view of the section begins with from page `index` on, and for how many pages;
  /// `view` is what the mapper asked for, which an image overrules by its PE sections.
  struct ProtectionRun {
    Protection protection;
    u32 pages = 0;
  };
  virtual ProtectionRun ProtectionFrom(PageIndex index, Protection view) const {
    return {view, pages() - index.value};
  }
  /// Is the page absent and nothing but zeros, so that a private copy needs no original?
  bool IsUntouchedZero(PageIndex index) const;
  bool IsPresent(PageIndex index) const {
    const PrototypeState state = prototypes_.Get(index).state;
    return state == PrototypeState::kResident || state == PrototypeState::kStandby;
  }
  /// Copies bytes of the section, paging in by the section's own entries; may sleep.
  Status ReadBytes(u64 offset, std::span<std::byte> out);

  void CountView(i32 change);
  void CountPrivatePage(i32 change);

  void ReclaimFrame(PageIndex index) final;

 protected:
  Section(Pager& pager, SectionKind kind, RefPtr<fs::File> file);
  /// Sizes the prototype table; once, before anything else.
  Status Create(u64 size_in_bytes);
  /// Charges `pages` that must never be lost; given back by the destructor.
  Status Promise(u32 pages);

  virtual PageSource SourceOf(PageIndex index) const = 0;
  /// Which pages to bring in with `index`, as far as they are absent and lie together in the file.
  virtual SectionRun WindowFor(PageIndex index) { return {index, pager_.cluster_pages}; }
  /// Does FinishPage change the page's bytes?
  virtual bool NeedsFinish(PageIndex) const { return false; }
  /// Turns file bytes into the page's bytes (relocation, binding). May sleep; must not touch other pages.
  virtual Status FinishPage(PageIndex, PageBytes) { return Status::kSuccess; }
  virtual bool IsPromised(PageIndex) const { return false; }

  /// The bytes of a page that is present, else nullptr.
  std::byte* PresentBytes(PageIndex index);
  void CountMetadata(u32 bytes) { counters_.metadata_bytes_read += bytes; }
  /// A frame for a page that is absent: the page is kReading from now on.
  Result<Pfn> TakeFrameFor(PageIndex page);
  /// Makes a page that is kReading a modified one.
  void SettleModified(PageIndex index, Pfn pfn);
  /// A present page that nothing maps is absent from now on, whatever its bytes were.
  void Drop(PageIndex index);
  Status Grow(u64 size_in_bytes);
  void SetSize(u64 size_in_bytes) { size_ = size_in_bytes; }

  Pager& pager_;
  PrototypeTable prototypes_;

 private:
  /// Pages that come in together, with the one that was asked for.
  struct Cluster {
    Cluster(PageIndex the_asked, SectionRun the_run) : asked(the_asked), run(the_run) {}
    PageIndex asked;
    SectionRun run;
    Pfn frames[kMaxClusterPages];
  };
  SectionRun ClusterFor(PageIndex index);
  bool FollowsInFile(PageIndex index) const;
  Status TakeFrames(Cluster& cluster);
  Status ReadCluster(const Cluster& cluster);
  void AbandonNeighbours(Cluster& cluster);
  Status SettleCluster(const Cluster& cluster, Status status);
  void Settle(PageIndex index, Pfn pfn);
  void Abandon(PageIndex index, Pfn pfn);

  const SectionKind kind_;
  const u32 serial_;
  RefPtr<fs::File> file_;
  u64 size_ = 0;
  u32 promised_pages_ = 0;
  SectionCounters counters_;
};

inline Result<Pfn> Section::Share(PageIndex index) {
  const Prototype entry = prototypes_.Get(index);
  if (entry.state == PrototypeState::kStandby) {
    if (IsFailure(pager_.frames.commit().Charge(1))) return Status::kNoMemory;
    pager_.frames.TakeFromStandby(entry.pfn);
    prototypes_.Set(index, {PrototypeState::kResident, entry.pfn});
  } else {
    KASSERT(entry.state == PrototypeState::kResident);
  }
  ++pager_.frames.frame(entry.pfn).share_count;
  return entry.pfn;
}

}  // namespace fl::mm
