// KernelHeap against a model, with frames in a memory file that the fake Mmu maps below 4 GiB,
// where a 32-bit guest address is a host address too.
#include "kernel/heap.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <random>
#include <vector>

namespace fl::kernel {
namespace {

constexpr u32 kFrames = 512;
constexpr u32 kRangePages = 256;
constexpr VirtPage kRange(0x50000);

class FileFrames final : public mm::FrameWindow {
 public:
  FileFrames() : file_(memfd_create("frames", 0)) {
    EXPECT_EQ(ftruncate(file_, kFrames * kPageSize), 0);
    void* bytes = mmap(nullptr, kFrames * kPageSize, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    EXPECT_NE(bytes, MAP_FAILED);
    bytes_ = static_cast<std::byte*>(bytes);
  }
  ~FileFrames() {
    munmap(bytes_, kFrames * kPageSize);
    close(file_);
  }
  mm::PageBytes Bytes(Pfn pfn) override {
    return mm::PageBytes(bytes_ + std::size_t{pfn.value} * kPageSize, kPageSize);
  }
  int file() const { return file_; }

 private:
  int file_;
  std::byte* bytes_;
};

class MappingMmu final : public mm::Mmu {
 public:
  explicit MappingMmu(const FileFrames& frames) : frames_(frames), entries_(kRangePages) {
    EXPECT_EQ(Place(kRange, kRangePages, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), true);
  }
  ~MappingMmu() { munmap(Address(kRange), kRangePages * kPageSize); }

  Status Map(VirtPage page, Pfn pfn, mm::PteAccess access) override {
    if (maps_until_failure-- == 0) return Status::kNoMemory;
    mm::Pte& entry = entries_.at(page - kRange);
    EXPECT_FALSE(entry.resident);
    EXPECT_TRUE(access.read && access.write && !access.execute);
    entry = {.resident = true, .access = access, .dirty = false, .pfn = pfn};
    EXPECT_TRUE(Place(page, 1, PROT_READ | PROT_WRITE, MAP_SHARED, frames_.file(),
                      off_t{pfn.value} * kPageSize));
    return Status::kSuccess;
  }
  void Replace(VirtPage, Pfn, mm::PteAccess) override { ADD_FAILURE(); }
  mm::Pte Unmap(VirtPage page) override {
    EXPECT_TRUE(Place(page, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    return std::exchange(entries_.at(page - kRange), {});
  }
  mm::Pte Query(VirtPage page) const override { return entries_.at(page - kRange); }
  VirtPage NextResident(VirtPage, VirtPage end) const override { return end; }
  u32 TablePages() const override { return 1024; }

  u32 maps_until_failure = ~0u;

 private:
  static void* Address(VirtPage page) {
    return reinterpret_cast<void*>(std::uintptr_t{AddressOf(page).value});
  }
  static bool Place(VirtPage page, u32 pages, int rights, int flags, int file, off_t offset) {
    void* at = Address(page);
    return mmap(at, std::size_t{pages} * kPageSize, rights, flags | MAP_FIXED, file, offset) == at;
  }
  const FileFrames& frames_;
  std::vector<mm::Pte> entries_;
};

class HeapTest : public testing::Test {
 protected:
  HeapTest() { database_.AddRam(Pfn(0), kFrames, mm::FrameUse::kFree); }
  ~HeapTest() { ExpectNothingHeld(); }

  void ExpectNothingHeld() {
    EXPECT_EQ(database_.count(mm::FrameUse::kKernel), 0u);
    EXPECT_EQ(database_.count(mm::FrameUse::kFree), kFrames);
    EXPECT_EQ(database_.commit().charged(), 0u);
    EXPECT_EQ(heap_.counters().frames, 0u);
    EXPECT_EQ(heap_.counters().blocks, 0u);
    EXPECT_EQ(heap_.counters().bytes, 0u);
  }

  FileFrames window_;
  std::vector<mm::Frame> records_ = std::vector<mm::Frame>(kFrames);
  mm::PfnDatabase database_{records_, window_};
  MappingMmu mmu_{window_};
  KernelHeap heap_{database_, mmu_, kRange, kRangePages};
};
using HeapDeathTest = HeapTest;

TEST_F(HeapTest, EverySizeIsAlignedAndWholeWritable) {
  for (u32 size = 0; size <= 3 * kPageSize; size += size < 2100 ? 1 : 251) {
    void* block = heap_.Allocate(size);
    ASSERT_NE(block, nullptr) << size;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % KernelHeap::kAlignment, 0u);
    EXPECT_GE(heap_.counters().bytes, size);
    std::memset(block, 0x5A, size);
    heap_.Free(block);
    EXPECT_EQ(heap_.counters().frames, 0u);
  }
}

TEST_F(HeapTest, StrongerAlignmentIsKept) {
  void* block = heap_.Allocate(24, 64);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0u);
  heap_.Free(block);
  heap_.Free(nullptr);
}

TEST_F(HeapTest, RandomBlocksKeepTheirBytesAndEverythingComesBack) {
  struct Block {
    u8* bytes;
    u32 size;
    u8 seed;
  };
  std::vector<Block> blocks;
  std::mt19937 random(1);
  const auto check_and_free = [&](u32 i) {
    const Block block = blocks[i];
    for (u32 at = 0; at < block.size; ++at) ASSERT_EQ(block.bytes[at], u8(block.seed + at * 7));
    heap_.Free(block.bytes);
    blocks[i] = blocks.back();
    blocks.pop_back();
  };
  u32 failures = 0;
  for (u32 step = 0; step < 40000; ++step) {
    // Phases of growth and of decline, so that slabs fill and empty.
    const bool grow = random() % 100 < (step / 4000 % 2 == 0 ? 60 : 40);
    if (!grow) {
      if (!blocks.empty()) check_and_free(u32(random() % blocks.size()));
      continue;
    }
    const u32 size = u32(random() % 16 == 0 ? random() % 30000 : random() % 2100);
    u8* bytes = static_cast<u8*>(heap_.Allocate(size));
    if (!bytes) {
      ++failures;
      continue;
    }
    const u8 seed = u8(random());
    for (u32 at = 0; at < size; ++at) bytes[at] = u8(seed + at * 7);
    blocks.push_back({bytes, size, seed});
    ASSERT_EQ(heap_.counters().blocks, blocks.size());
    ASSERT_EQ(heap_.counters().frames, database_.count(mm::FrameUse::kKernel));
    ASSERT_EQ(heap_.counters().frames, database_.commit().charged());
  }
  EXPECT_GT(failures, 0u);  // The range or the frames ran out now and then.
  while (!blocks.empty()) check_and_free(u32(random() % blocks.size()));
  ExpectNothingHeld();
}

TEST_F(HeapTest, ExhaustionIsNullAndRecoverable) {
  for (const u32 size : {16u, 500u, 2016u, 2017u, 5 * kPageSize}) {
    std::vector<void*> blocks;
    while (void* block = heap_.Allocate(size)) blocks.push_back(block);
    EXPECT_GE(blocks.size(), kRangePages / 5);
    EXPECT_EQ(heap_.Allocate(size), nullptr);
    for (void* block : blocks) heap_.Free(block);
    ExpectNothingHeld();
  }
  EXPECT_EQ(heap_.Allocate(std::size_t{kRangePages} * kPageSize + 1), nullptr);
  EXPECT_EQ(heap_.Allocate(~std::size_t{0}), nullptr);
}

TEST_F(HeapTest, TheChargeIsRefusedBeforeTheFrames) {
  ASSERT_TRUE(IsSuccess(database_.commit().Charge(kFrames - 2)));
  EXPECT_EQ(heap_.Allocate(3 * kPageSize), nullptr);
  void* block = heap_.Allocate(2 * kPageSize);
  EXPECT_NE(block, nullptr);
  EXPECT_EQ(heap_.Allocate(1), nullptr);
  heap_.Free(block);
  database_.commit().Uncharge(kFrames - 2);
}

TEST_F(HeapTest, AFailingTableUndoesALargeBlock) {
  for (u32 n = 0; n < 8; ++n) {
    mmu_.maps_until_failure = n;
    EXPECT_EQ(heap_.Allocate(8 * kPageSize), nullptr);
    ExpectNothingHeld();
  }
  mmu_.maps_until_failure = ~0u;
  void* block = heap_.Allocate(kRangePages * kPageSize);
  EXPECT_NE(block, nullptr);
  heap_.Free(block);
}

TEST_F(HeapTest, AnArmedFailPointFailsExactlyOnce) {
  heap_.fail_point().Arm(3);
  void* first = heap_.Allocate(16);
  void* second = heap_.Allocate(10000);
  EXPECT_FALSE(heap_.fail_point().reached());
  EXPECT_EQ(heap_.Allocate(16), nullptr);
  EXPECT_TRUE(heap_.fail_point().reached());
  void* third = heap_.Allocate(16);
  EXPECT_NE(third, nullptr);
  EXPECT_EQ(heap_.counters().failures, 1u);
  EXPECT_EQ(heap_.counters().allocations, 3u);
  for (void* block : {first, second, third}) heap_.Free(block);
}

#ifndef NDEBUG
TEST_F(HeapTest, MemoryIsFilledInDebugBuilds) {
  for (const u32 size : {64u, 2 * kPageSize}) {
    u8* block = static_cast<u8*>(heap_.Allocate(size));
    for (u32 i = 0; i < size; ++i) ASSERT_EQ(block[i], kNewMemoryFill);
    heap_.Free(block);
  }
  void* neighbour = heap_.Allocate(64);
  u8* freed = static_cast<u8*>(heap_.Allocate(64));
  heap_.Free(freed);
  for (u32 i = 0; i < 64; ++i) ASSERT_EQ(freed[i], kFreedMemoryFill);
  heap_.Free(neighbour);
}

TEST_F(HeapDeathTest, AWriteToFreedMemoryIsSeen) {
  void* neighbour = heap_.Allocate(64);
  u8* freed = static_cast<u8*>(heap_.Allocate(64));
  heap_.Free(freed);
  freed[5] = 1;
  EXPECT_DEATH(heap_.Allocate(64), "IsUntouched");
  freed[5] = kFreedMemoryFill;
  heap_.Free(neighbour);
}
#endif

TEST_F(HeapDeathTest, DoubleAndWildFreesAreSeen) {
  u8* neighbour = static_cast<u8*>(heap_.Allocate(64));
  u8* small = static_cast<u8*>(heap_.Allocate(64));
  u8* large = static_cast<u8*>(heap_.Allocate(3 * kPageSize));
  EXPECT_DEATH(heap_.Free(small + 16), "assertion failed");
  EXPECT_DEATH(heap_.Free(window_.Bytes(Pfn(kFrames / 2)).data() + 64), "kMagic");
  EXPECT_DEATH(heap_.Free(large + kPageSize), "pages != 0");
  EXPECT_DEATH(heap_.Free(large + 16), "kPageSize == 0");
  heap_.Free(small);
  EXPECT_DEATH(heap_.Free(small), "word & bit");
  heap_.Free(large);
  EXPECT_DEATH(heap_.Free(large), "pages != 0");
  heap_.Free(neighbour);
}

}  // namespace
}  // namespace fl::kernel
