// PfnDatabase: one record for every frame of RAM: what it is used for, how many entries map it, and who
// owns it.
// Owns:        the lists of free, zeroed and standby frames.
// Invariants:  the counts by use add up to the frames added; a frame on a list has share count 0; a
//              standby frame still holds its owner's page, and the owner is told before it is given away.
// Poison:      for debugging, free frames can be filled with a pattern, which must still be there when they
//              are taken: whoever uses a frame after it was freed, a device too, is found out, and whoever
//              maps one without filling it shows the pattern. Zeroed frames are looked at as well.
// Locks:       none: no operation sleeps, and the kernel is not pre-empted. Interrupt handlers stay out.
// Units:       Pfn numbers frames of 4 KiB from physical address 0.
#pragma once

#include <span>

#include "kernel/base/result.h"
#include "mm/commit_charge.h"
#include "mm/frame_window.h"

namespace fl::mm {

enum class FrameUse : u8 {
  kNotRam,     ///< A hole, or RAM that the loader or the firmware keeps.
  kFree,       ///< Content unknown.
  kZeroed,     ///< Free, and all bytes are zero.
  kStandby,    ///< Clean page of a section that nothing maps; can be taken.
  kPrivate,    ///< A page of one address space: demand zero, or a private copy.
  kSection,    ///< A page of a section, shared by all that map it.
  kPageTable,  ///< Page directory or table.
  kKernel,     ///< Kernel image, heap, stacks.
};
inline constexpr u32 kFrameUses = 8;

/// What poisoned frames hold, in every byte.
inline constexpr u8 kPoison = 0xDB;

/// Owner of standby frames: a section.
class FrameOwner {
 public:
  /// The frame of page `index` is being taken for something else; forget it. Must not allocate or sleep.
  virtual void ReclaimFrame(PageIndex index) = 0;

 protected:
  ~FrameOwner() = default;
};

struct Frame {
  FrameOwner* owner = nullptr;  ///< For kSection and kStandby.
  PageIndex index;              ///< The owner's page.
  u32 share_count = 0;          ///< Entries that map it; for page tables: entries in use.
  u32 next = 0;                 ///< List links, as PFN; meaningful on a list only.
  u32 previous = 0;
  FrameUse use = FrameUse::kNotRam;
  bool modified = false;  ///< Of a section: its bytes are not in the section's file yet.
  bool writable = false;  ///< Of a section: an entry that maps it may let its bytes change unseen.
};
static_assert(sizeof(void*) != 4 || sizeof(Frame) <= 24, "one record costs at most 24 bytes");

class PfnDatabase {
 public:
  /// `records[i]` describes frame i; all start as kNotRam.
  PfnDatabase(std::span<Frame> records, FrameWindow& window);
  PfnDatabase(const PfnDatabase&) = delete;
  PfnDatabase& operator=(const PfnDatabase&) = delete;

  /// Gives frames [first, first + count) to the database: kFree is allocatable (and raises the commit
  /// limit), kKernel is in use for good.
  void AddRam(Pfn first, u32 count, FrameUse use);

  /// From now on free frames hold kPoison; those that are free already are filled.
  void PoisonFreeFrames();

  /// A frame with unknown content, for `use`. The promise is the caller's (see CommitAccount): this takes from
  /// free, zeroed, then standby, and fails with kNoMemory only if nothing is left at all.
  Result<Pfn> Allocate(FrameUse use);
  /// The same, all bytes zero.
  Result<Pfn> AllocateZeroed(FrameUse use);
  /// Share count must be 0.
  void Free(Pfn pfn);

  /// A section's frame that nothing maps any more waits to be wanted again, or taken.
  void MoveToStandby(Pfn pfn);
  /// The owner wants it back: kSection again.
  void TakeFromStandby(Pfn pfn);

  /// Zeroes one free frame, if there is one; for the idle thread. False if there was nothing to do.
  bool ZeroOneFreeFrame();

  Frame& frame(Pfn pfn) {
    KASSERT(pfn.value < records_.size());
    return records_[pfn.value];
  }
  bool IsRam(Pfn pfn) const {
    return pfn.value < records_.size() && records_[pfn.value].use != FrameUse::kNotRam;
  }
  PageBytes Bytes(Pfn pfn) { return window_.Bytes(pfn); }
  u32 frame_count() const { return u32(records_.size()); }
  u32 count(FrameUse use) const { return counts_[u32(use)]; }
  /// Frames that can be had: free, zeroed, standby.
  u32 available() const {
    return count(FrameUse::kFree) + count(FrameUse::kZeroed) + count(FrameUse::kStandby);
  }
  /// The smallest that available() has been since the frames were added.
  u32 lowest_available() const { return lowest_available_; }
  CommitAccount& commit() { return commit_; }
  const CommitAccount& commit() const { return commit_; }
  /// Allocations that fail on purpose.
  FailPoint& fail_point() { return fail_point_; }

  /// Charge one page and allocate: kernel pages and section pages. kNoMemory if no promise is left.
  Result<Pfn> AllocateCharged(FrameUse use);
  void FreeCharged(Pfn pfn) {
    Free(pfn);
    commit_.Uncharge(1);
  }

 private:
  struct List {
    u32 head = kNone;
    u32 tail = kNone;
  };
  static constexpr u32 kNone = ~0u;
  List* ListOf(FrameUse use);
  void Push(Pfn pfn, FrameUse use);
  void Remove(Pfn pfn);
  Pfn Take(List& list, FrameUse use);
  void Poison(Pfn pfn);
  void CheckUntouched(Pfn pfn);
  Result<Pfn> TakeAny(FrameUse use);
  void NoteAvailable() {
    if (available() < lowest_available_) lowest_available_ = available();
  }

  std::span<Frame> records_;
  FrameWindow& window_;
  CommitAccount commit_;
  List free_;
  List zeroed_;
  List standby_;
  bool poison_ = false;
  u32 counts_[kFrameUses] = {};
  u32 lowest_available_ = ~0u;
  FailPoint fail_point_;
};

}  // namespace fl::mm
