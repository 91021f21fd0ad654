// KernelHeap: see heap.h. A slab is found from a block by rounding down to the frame; which of its
// blocks are in use stands in its header and not in the blocks, so that a stray write to freed
// memory cannot lead the heap astray and a double free is always seen.
#include "kernel/heap.h"

#include <cstring>

namespace fl::kernel {

struct KernelHeap::Slab {
  static constexpr u32 kMagic = 0x42414C53;  // "SLAB"
  static constexpr u32 kHeaderSize = 64;

  Slab* next;
  Slab* previous;
  u32 magic;
  Pfn pfn;
  u16 size_class;
  u16 used;  ///< Blocks.
  u32 in_use[8];

  std::byte* Block(u32 i) {
    return reinterpret_cast<std::byte*>(this) + kHeaderSize + i * kBlockSizes[size_class];
  }
  u32 Capacity() const { return (kPageSize - kHeaderSize) / kBlockSizes[size_class]; }
};

// Multiples of 16 that leave little of a frame's 4032 bytes over.
constexpr u16 KernelHeap::kBlockSizes[kClasses] = {16,  32,  48,  64,  80,   96,   112,
                                                   128, 160, 192, 224, 256,  320,  400,
                                                   448, 576, 672, 800, 1008, 1344, 2016};

/// The smallest class for so many units of 16 bytes.
struct KernelHeap::ClassTable {
  u8 classes[kLargestSmall / 16 + 1];
};

constexpr KernelHeap::ClassTable KernelHeap::MakeClassTable() {
  ClassTable table{};
  u8 size_class = 0;
  for (u32 units = 0; units <= kLargestSmall / 16; ++units) {
    while (kBlockSizes[size_class] < units * 16) ++size_class;
    table.classes[units] = size_class;
  }
  return table;
}

constexpr KernelHeap::ClassTable KernelHeap::kClassOfUnits = MakeClassTable();

namespace {

void FillNew([[maybe_unused]] void* block, [[maybe_unused]] u32 bytes) {
#ifndef NDEBUG
  std::memset(block, kNewMemoryFill, bytes);
#endif
}

void FillFreed([[maybe_unused]] void* block, [[maybe_unused]] u32 bytes) {
#ifndef NDEBUG
  std::memset(block, kFreedMemoryFill, bytes);
#endif
}

/// False: somebody wrote to the block after it was freed.
[[maybe_unused]] bool IsUntouched(const std::byte* block, u32 bytes) {
  for (u32 i = 0; i < bytes; ++i) {
    if (block[i] != std::byte{kFreedMemoryFill}) return false;
  }
  return true;
}

void* PointerTo(VirtPage page) {
  return reinterpret_cast<void*>(std::uintptr_t{AddressOf(page).value});
}

}  // namespace

KernelHeap::KernelHeap(mm::PfnDatabase& frames, mm::Mmu& system, VirtPage first, u32 pages)
    : frames_(frames), system_(system), first_(first), pages_(pages), runs_(pages) {
  static_assert(sizeof(Slab) <= Slab::kHeaderSize && Slab::kHeaderSize % kAlignment == 0);
  static_assert((kPageSize - Slab::kHeaderSize) / 16 <= 8 * sizeof(Slab::in_use));
}

u32 KernelHeap::ClassOf(u32 bytes) { return kClassOfUnits.classes[(bytes + 15) / 16]; }

void* KernelHeap::Allocate(std::size_t bytes, std::size_t alignment) {
  KASSERT(alignment <= kPageSize);
  void* block = nullptr;
  if (fail_point_.Fails()) {
    // Nothing is tried.
  } else if (bytes <= kLargestSmall && alignment <= kAlignment) {
    block = AllocateSmall(ClassOf(u32(bytes)));
  } else if (bytes <= std::size_t{pages_} * kPageSize) {
    block = AllocateLarge(bytes == 0 ? 1 : PagesFor(bytes));
  }
  if (!block) ++counters_.failures;
  return block;
}

void KernelHeap::Free(void* block) {
  if (!block) return;
  const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(block);
  const std::uintptr_t range = AddressOf(first_).value;
  if (address >= range && address - range < std::uintptr_t{pages_} * kPageSize) {
    KASSERT(address % kPageSize == 0);
    FreeLarge(u32((address - range) / kPageSize));
  } else {
    FreeSmall(block);
  }
}

void KernelHeap::CountAllocation(u32 size, u32 bytes) {
  ++counters_.allocations;
  ++counters_.blocks;
  ++blocks_by_size_[size];
  counters_.bytes += bytes;
  if (counters_.bytes > counters_.peak_bytes) counters_.peak_bytes = counters_.bytes;
}

void KernelHeap::Enlist(Slab& slab) {
  Slab*& head = partial_[slab.size_class];
  slab.previous = nullptr;
  slab.next = head;
  if (head) head->previous = &slab;
  head = &slab;
}

void KernelHeap::Delist(Slab& slab) {
  (slab.previous ? slab.previous->next : partial_[slab.size_class]) = slab.next;
  if (slab.next) slab.next->previous = slab.previous;
  slab.next = slab.previous = nullptr;
}

KernelHeap::Slab* KernelHeap::NewSlab(u32 size_class) {
  const Result<Pfn> pfn = frames_.AllocateCharged(mm::FrameUse::kKernel);
  if (!pfn) return nullptr;
  std::byte* bytes = frames_.Bytes(*pfn).data();
  FillFreed(bytes, kPageSize);
  Slab* slab = new (bytes) Slab{};
  slab->magic = Slab::kMagic;
  slab->pfn = *pfn;
  slab->size_class = u16(size_class);
  ++counters_.frames;
  Enlist(*slab);
  return slab;
}

void* KernelHeap::AllocateSmall(u32 size_class) {
  Slab* slab = partial_[size_class];
  if (!slab) slab = NewSlab(size_class);
  if (!slab) return nullptr;
  u32 word = 0;
  while (slab->in_use[word] == ~0u) ++word;
  const u32 bit = u32(__builtin_ctz(~slab->in_use[word]));
  const u32 index = word * 32 + bit;
  KASSERT(index < slab->Capacity());
  std::byte* block = slab->Block(index);
  DCHECK(IsUntouched(block, kBlockSizes[size_class]));  // Otherwise: written to after it was freed.
  slab->in_use[word] |= 1u << bit;
  if (++slab->used == slab->Capacity()) Delist(*slab);
  FillNew(block, kBlockSizes[size_class]);
  CountAllocation(size_class, kBlockSizes[size_class]);
  return block;
}

void KernelHeap::FreeSmall(void* block) {
  const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(block);
  Slab* slab = reinterpret_cast<Slab*>(AlignDown(address, std::uintptr_t{kPageSize}));
  // A pointer that the heap never gave out: its frame does not describe itself as a slab.
  KASSERT(slab->magic == Slab::kMagic && frames_.IsRam(slab->pfn));
  KASSERT(frames_.Bytes(slab->pfn).data() == reinterpret_cast<std::byte*>(slab));
  KASSERT(slab->size_class < kClasses);
  const u32 size = kBlockSizes[slab->size_class];
  const u32 offset = u32(address % kPageSize);
  KASSERT(offset >= Slab::kHeaderSize && (offset - Slab::kHeaderSize) % size == 0);
  const u32 index = (offset - Slab::kHeaderSize) / size;
  KASSERT(index < slab->Capacity());
  u32& word = slab->in_use[index / 32];
  const u32 bit = 1u << index % 32;
  KASSERT((word & bit) != 0);  // Otherwise: freed twice.
  word &= ~bit;
  FillFreed(block, size);
  --counters_.blocks;
  --blocks_by_size_[slab->size_class];
  counters_.bytes -= size;
  if (slab->used == slab->Capacity()) Enlist(*slab);
  if (--slab->used != 0) return;
  Delist(*slab);
  const Pfn pfn = slab->pfn;
  slab->magic = 0;
  FillFreed(slab, kPageSize);
  frames_.FreeCharged(pfn);
  --counters_.frames;
}

void* KernelHeap::AllocateLarge(u32 pages) {
  const std::optional<u32> first = runs_.Take(pages);
  if (!first) return nullptr;
  if (IsFailure(MapPages(first_ + *first, pages))) {
    runs_.GiveBack(*first);
    return nullptr;
  }
  void* block = PointerTo(first_ + *first);
  FillNew(block, pages * kPageSize);
  CountAllocation(kClasses, pages * kPageSize);
  return block;
}

void KernelHeap::FreeLarge(u32 first) {
  const u32 pages = runs_.Length(first);
  KASSERT(pages != 0);  // Otherwise: freed twice, or not the start of a block.
  FillFreed(PointerTo(first_ + first), pages * kPageSize);
  UnmapPages(first_ + first, pages);
  runs_.GiveBack(first);
  --counters_.blocks;
  --blocks_by_size_[kClasses];
  counters_.bytes -= pages * kPageSize;
}

Status KernelHeap::MapPages(VirtPage first, u32 pages) {
  for (u32 i = 0; i < pages; ++i) {
    const Result<Pfn> pfn = frames_.AllocateCharged(mm::FrameUse::kKernel);
    Status status = pfn.status();
    if (pfn) {
      status = system_.Map(first + i, *pfn, {.read = true, .write = true, .execute = false});
      if (IsFailure(status)) frames_.FreeCharged(*pfn);
    }
    if (IsFailure(status)) {
      UnmapPages(first, i);
      return status;
    }
    ++counters_.frames;
  }
  return Status::kSuccess;
}

void KernelHeap::UnmapPages(VirtPage first, u32 pages) {
  for (u32 i = 0; i < pages; ++i) {
    const mm::Pte pte = system_.Unmap(first + i);
    KASSERT(pte.resident);
    frames_.FreeCharged(pte.pfn);
    --counters_.frames;
  }
}

}  // namespace fl::kernel
