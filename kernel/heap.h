// KernelHeap: the memory behind operator new(nothrow) and delete in the kernel.
// Owns: frames in use kKernel, each covered by one commit charge: a slab of equal blocks in one
//   frame (reached through the frame window), or the pages of one large block, mapped one after the
//   other in a range of system space that is the heap's alone.
// Invariants: a frame is held <=> a block in it is in use, so that when all blocks are freed,
//   frames and charges are back where they were. A block is 16-byte aligned, a large one
//   page-aligned. In debug builds new memory is 0xCD, freed memory 0xDD; freed blocks of a slab
//   that others still use are checked for 0xDD before they are given out again.
// Locks: none: nothing here sleeps, and interrupt handlers stay out.
#pragma once

#include "kernel/base/fail_point.h"
#include "kernel/page_runs.h"
#include "mm/mmu.h"
#include "mm/pfn_database.h"

namespace fl::kernel {

inline constexpr u8 kNewMemoryFill = 0xCD;
inline constexpr u8 kFreedMemoryFill = 0xDD;

struct HeapCounters {
  u64 allocations = 0;  ///< That succeeded, ever.
  u32 failures = 0;     ///< Ever.
  u32 blocks = 0;       ///< In use.
  u32 bytes = 0;        ///< In use, as rounded up to the block's size.
  u32 peak_bytes = 0;
  u32 frames = 0;  ///< Held for slabs and large blocks.
};

class KernelHeap {
 public:
  static constexpr u32 kLargestRange = 8192;  ///< Pages: 32 MiB.
  static constexpr u32 kAlignment = 16;
  static constexpr u32 kClasses = 21;
  static constexpr u32 kSizes = kClasses + 1;  ///< The classes of small blocks, and large ones.

  /// Large blocks live in [first, first + pages) of `system`, where nothing else is mapped.
  KernelHeap(mm::PfnDatabase& frames, mm::Mmu& system, VirtPage first, u32 pages);
  KernelHeap(const KernelHeap&) = delete;
  KernelHeap& operator=(const KernelHeap&) = delete;

  /// Null if frames, charges or addresses ran out. `alignment` is a power of two, at most a page.
  void* Allocate(std::size_t bytes, std::size_t alignment = kAlignment);
  /// Null is allowed; anything else is a block in use.
  void Free(void* block);

  /// Allocations that fail on purpose.
  FailPoint& fail_point() { return fail_point_; }

  const HeapCounters& counters() const { return counters_; }
  /// Blocks in use of each size.
  std::span<const u32, kSizes> blocks_by_size() const { return blocks_by_size_; }
  /// The largest block of a size; ~0 for large ones.
  static u32 BlockSize(u32 size) { return size < kClasses ? kBlockSizes[size] : ~0u; }

 private:
  struct Slab;
  static constexpr u32 kLargestSmall = 2016;
  struct ClassTable;
  static const u16 kBlockSizes[kClasses];
  static const ClassTable kClassOfUnits;
  static constexpr ClassTable MakeClassTable();
  static u32 ClassOf(u32 bytes);

  void* AllocateSmall(u32 size_class);
  void* AllocateLarge(u32 pages);
  void FreeSmall(void* block);
  void FreeLarge(u32 first);
  Slab* NewSlab(u32 size_class);
  void Enlist(Slab& slab);
  void Delist(Slab& slab);
  Status MapPages(VirtPage first, u32 pages);
  void UnmapPages(VirtPage first, u32 pages);
  void CountAllocation(u32 size, u32 bytes);

  mm::PfnDatabase& frames_;
  mm::Mmu& system_;
  VirtPage first_;
  u32 pages_;
  PageRuns<kLargestRange> runs_;
  Slab* partial_[kClasses] = {};  ///< Slabs with a free block; full ones are on no list.
  FailPoint fail_point_;
  u32 blocks_by_size_[kSizes] = {};
  HeapCounters counters_;
};

/// What the global operators use from now on; before, they are a bug. See heap_operators.cpp.
void InitHeap(KernelHeap& heap);
KernelHeap& Heap();

}  // namespace fl::kernel
