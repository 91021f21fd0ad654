// PrototypeTable: a section's own entry for each of its pages; what the page tables of processes copy from.
// Shape:       two levels; chunks of 256 entries come when one of their pages is first wanted, so a section
//              of any size costs what is touched of it.
// Invariants:  kResident and kStandby entries hold a frame whose record points back to this page.
#pragma once

#include "kernel/base/vector.h"

namespace fl::mm {

enum class PrototypeState : u8 {
  kAbsent,    ///< In the file (or all zero); no frame.
  kReading,   ///< One thread builds it; others sleep on the section.
  kResident,  ///< In a frame that entries map, that is promised to the section, or that is modified.
  kStandby,   ///< In a frame that nothing maps.
};

struct Prototype {
  PrototypeState state = PrototypeState::kAbsent;
  Pfn pfn;
};

class PrototypeTable {
 public:
  PrototypeTable() = default;
  PrototypeTable(const PrototypeTable&) = delete;
  PrototypeTable& operator=(const PrototypeTable&) = delete;
  ~PrototypeTable() {
    for (Chunk* chunk : chunks_) delete chunk;
  }

  /// For a section of `pages` pages; once.
  Status Create(u32 pages) {
    TRY_STATUS(chunks_.Resize((pages + kChunkPages - 1) / kChunkPages));
    pages_ = pages;
    return Status::kSuccess;
  }
  /// The same with more pages; what there is stays. kNoMemory changes nothing.
  Status Grow(u32 pages) {
    if (pages <= pages_) return Status::kSuccess;
    TRY_STATUS(chunks_.Resize((pages + kChunkPages - 1) / kChunkPages));
    pages_ = pages;
    return Status::kSuccess;
  }
  u32 pages() const { return pages_; }

  Prototype Get(PageIndex index) const {
    const Chunk* chunk = chunks_[index.value / kChunkPages];
    return chunk ? chunk->entries[index.value % kChunkPages] : Prototype{};
  }
  /// Makes room for the entry, so that Set cannot fail.
  Status Prepare(PageIndex index) {
    Chunk*& chunk = chunks_[index.value / kChunkPages];
    if (!chunk) chunk = new (std::nothrow) Chunk;
    return chunk ? Status::kSuccess : Status::kNoMemory;
  }
  void Set(PageIndex index, Prototype entry) {
    Chunk* chunk = chunks_[index.value / kChunkPages];
    KASSERT(chunk && index.value < pages_);
    chunk->entries[index.value % kChunkPages] = entry;
  }
  /// The first page at or after `from` whose chunk exists; pages() if there is none.
  PageIndex SkipAbsent(PageIndex from) const {
    while (from.value < pages_ && !chunks_[from.value / kChunkPages]) {
      from = PageIndex((from.value / kChunkPages + 1) * kChunkPages);
    }
    return from.value < pages_ ? from : PageIndex(pages_);
  }

 private:
  static constexpr u32 kChunkPages = 256;
  struct Chunk {
    Prototype entries[kChunkPages];
  };
  Vector<Chunk*> chunks_;
  u32 pages_ = 0;
};

}  // namespace fl::mm
