// DataSection: a file's bytes as pages: the file's page cache. Views and calls that read or write use the same
// frames; what was changed in them is written back to the file.
// Invariants:  size() is the file's size as all see it; the volume knows it, and the bytes, after WriteBack. Bytes
//              of a frame behind size() are zero, unless a view has written there.
//              A page is modified from the first write on until it has been written back while no entry could
//              write to it; modified pages are never reclaimed, nor thrown away but by who cuts or removes the
//              file. While anything is to be written back the section keeps itself.
//              The volume has promised room for size() (File::Reserve): writing back does not fail for want of it.
// Locks:       a change lock: one thread at a time writes by call, sets the size or writes back. Faults and reads
//              do not take it; whoever holds it touches no user memory.
#pragma once

#include "kernel/base/intrusive_list.h"
#include "mm/section.h"

namespace fl::mm {

class DataSection final : public Section, public ListNode<DataSection> {
 public:
  static constexpr u64 kMaxSize = 0x7FFFFFFF;

  /// kSectionTooBig for files past 2 GiB. Use DataCache::Acquire where the file's bytes are to be shared.
  static Result<RefPtr<DataSection>> Create(Pager& pager, RefPtr<fs::File> file);
  /// Leaves the list of its cache, if it is in one.
  ~DataSection() override;

  /// Puts bytes into the file, which grows if need be. `done`: how many, also if it fails. kDiskFull, kNoMemory.
  /// May sleep.
  Status WriteBytes(u64 offset, std::span<const std::byte> in, u32& done);
  /// kUserMappedFile: the file is in use as a section, and would get shorter. kDiskFull. May sleep.
  Status SetSize(u64 size);
  /// Writes what was changed to the file. A page that cannot be written stays modified, the first such failure is
  /// the outcome, and the others are written nevertheless. May sleep.
  Status WriteBack();
  /// Nobody will ever see the bytes again: the file was removed.
  void Discard();
  /// Is anything to be written back?
  bool modified() const { return modified_ != 0 || size() != file_size_; }
  void NoteWritable(PageIndex index) override;

  /// A section object refers to it: then the file does not get shorter.
  void CountUser(i32 change) { users_ += u32(change); }
  bool in_use() const { return users_ != 0 || counters().views != 0; }

 private:
  friend class DataCache;
  class Change;
  using Section::Section;
  PageSource SourceOf(PageIndex index) const override;
  SectionRun WindowFor(PageIndex index) override;

  Status Extend(u64 size);
  Status Cut(u64 size);
  Status WriteToPage(PageIndex index, u32 within, std::span<const std::byte> in);
  Status MakeModified(PageIndex index);
  void SetModified(Frame& record);
  void SetWritten(Frame& record);
  void ZeroTail();
  bool IsModified(PageIndex index) const;
  PageIndex NextModified(PageIndex from) const;
  Status WriteRun(PageIndex first, u32& count);
  void KeepWhileModified();

  ReadAhead read_ahead_;
  u64 file_size_ = 0;  ///< What the volume knows.
  u32 modified_ = 0;
  u32 users_ = 0;
  u32 round_ = 0;  ///< Of the cache's WriteBackAll that was here last.
  bool changing_ = false;
  RefPtr<DataSection> kept_;  ///< Itself.
};

}  // namespace fl::mm
