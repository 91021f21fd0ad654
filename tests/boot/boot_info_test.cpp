// BootInfo: the Multiboot information, honest and hostile.
#include "boot/boot_info.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>

namespace fl::boot {
namespace {

constexpr u32 kMagic = 0x2BADB002;
constexpr u32 kInfoAt = 0x9000;
constexpr u32 kMapAt = 0xA000;
constexpr u32 kModulesAt = 0xB000;
constexpr u32 kTextAt = 0xC000;

/// RAM with holes: only bytes that were written can be read.
class FakeMemory final : public PhysicalMemory {
 public:
  bool Read(PhysAddr address, std::span<std::byte> bytes) override {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (!bytes_.contains(address.value + i)) return false;
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = bytes_[address.value + i];
    return true;
  }
  void Put(u64 address, const void* data, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      bytes_[address + i] = static_cast<const std::byte*>(data)[i];
    }
  }
  void Put32(u64 address, u32 value) { Put(address, &value, 4); }
  void PutText(u64 address, const std::string& text) {
    Put(address, text.c_str(), text.size() + 1);
  }

 private:
  std::map<u64, std::byte> bytes_;
};

class BootInfoTest : public ::testing::Test {
 protected:
  BootInfoTest() {
    for (u32 i = 0; i < 13; ++i) memory_.Put32(kInfoAt + 4 * i, 0);
  }
  void SetField(u32 flag, u32 offset, u32 value) {
    flags_ |= flag;
    memory_.Put32(kInfoAt, flags_);
    memory_.Put32(kInfoAt + offset, value);
  }
  void AddMapEntry(u64 base, u64 length, u32 type, u32 size = 20) {
    memory_.Put32(kMapAt + map_size_, size);
    memory_.Put(kMapAt + map_size_ + 4, &base, 8);
    memory_.Put(kMapAt + map_size_ + 12, &length, 8);
    memory_.Put32(kMapAt + map_size_ + 20, type);
    map_size_ += size + 4;
    SetField(1 << 6, 44, map_size_);
    SetField(1 << 6, 48, kMapAt);
  }
  const BootInfo& Read(u32 magic = kMagic) {
    info_ = std::make_unique<BootInfo>();
    ReadMultiboot(magic, PhysAddr(kInfoAt), memory_, *info_);
    return *info_;
  }
  std::vector<FrameRange> Ram() {
    const auto span = Read().ram.span();
    return {span.begin(), span.end()};
  }

  FakeMemory memory_;
  u32 flags_ = 0;
  u32 map_size_ = 0;
  std::unique_ptr<BootInfo> info_;
};

TEST_F(BootInfoTest, AnotherMagicGivesNothing) {
  AddMapEntry(0, 0x9F000, 1);
  EXPECT_FALSE(Read(0x36D76289).valid);
  EXPECT_TRUE(info_->ram.empty());
}

TEST_F(BootInfoTest, InformationThatCannotBeReadGivesNothing) {
  BootInfo info;
  ReadMultiboot(kMagic, PhysAddr(0xFFFFFFF0), memory_, info);
  EXPECT_FALSE(info.valid);
}

TEST_F(BootInfoTest, RangesAreRoundedInwardAndSorted) {
  AddMapEntry(0x100000, 0x300800, 1);
  AddMapEntry(0x9FC00, 0x400, 2);
  AddMapEntry(0x10, 0x9FBF0, 1);
  EXPECT_EQ(Ram(), (std::vector<FrameRange>{{Pfn(1), 0x9E}, {Pfn(0x100), 0x300}}));
}

TEST_F(BootInfoTest, NeighboursBecomeOne) {
  AddMapEntry(0x200000, 0x100000, 1);
  AddMapEntry(0x100000, 0x100000, 1);
  AddMapEntry(0x280000, 0x100000, 1);
  EXPECT_EQ(Ram(), (std::vector<FrameRange>{{Pfn(0x100), 0x280}}));
}

TEST_F(BootInfoTest, AReservedEntryWinsOverRamAndIsRoundedOutward) {
  AddMapEntry(0x180800, 0x1000, 3);
  AddMapEntry(0x100000, 0x100000, 1);
  EXPECT_EQ(Ram(), (std::vector<FrameRange>{{Pfn(0x100), 0x80}, {Pfn(0x182), 0x7E}}));
}

TEST_F(BootInfoTest, EntriesOfOtherSizesAreSteppedOver) {
  AddMapEntry(0x100000, 0x1000, 1, 24);
  memory_.Put32(kMapAt + 24, 0);
  AddMapEntry(0x200000, 0x1000, 1);
  EXPECT_EQ(Ram(), (std::vector<FrameRange>{{Pfn(0x100), 1}, {Pfn(0x200), 1}}));
}

TEST_F(BootInfoTest, RamAboveFourGibibytesIsCut) {
  AddMapEntry(0xFFFF0000, 0x20000, 1);
  AddMapEntry(u64(1) << 32, 0x100000, 1);
  AddMapEntry(~u64(0) - 0x2000, 0x1000, 1);
  EXPECT_EQ(Ram(), (std::vector<FrameRange>{{Pfn(0xFFFF0), 0x10}}));
}

TEST_F(BootInfoTest, LengthsThatOverflowAreCut) {
  AddMapEntry(0xFFFFE000, ~u64(0), 1);
  EXPECT_EQ(Ram(), (std::vector<FrameRange>{{Pfn(0xFFFFE), 2}}));
}

TEST_F(BootInfoTest, AnEntrySizeOfZeroDoesNotLoop) {
  AddMapEntry(0x100000, 0x1000, 1, 0);
  SetField(1 << 6, 44, 0xFFFFFFFF);
  EXPECT_EQ(Ram(), (std::vector<FrameRange>{{Pfn(0x100), 1}}));
}

TEST_F(BootInfoTest, AMapThatEndsEarlyKeepsWhatWasRead) {
  AddMapEntry(0x100000, 0x1000, 1);
  SetField(1 << 6, 44, 24 * 5);
  EXPECT_EQ(Ram(), (std::vector<FrameRange>{{Pfn(0x100), 1}}));
}

TEST_F(BootInfoTest, MoreRangesThanFitAreLeftOut) {
  for (u32 i = 0; i < 100; ++i) AddMapEntry(0x100000 + u64(i) * 0x2000, 0x1000, 1);
  EXPECT_EQ(Ram().size(), FrameRanges::kCapacity);
}

TEST_F(BootInfoTest, WithoutAMapTheTwoSizesServe) {
  SetField(1, 4, 639);
  SetField(1, 8, 3 * 1024);
  EXPECT_EQ(Ram(), (std::vector<FrameRange>{{Pfn(0), 0x9F}, {Pfn(0x100), 0x300}}));
}

TEST_F(BootInfoTest, AHugeLowerSizeStopsAtTheDisplay) {
  SetField(1, 4, 0xFFFFFFFF);
  EXPECT_EQ(Ram(), (std::vector<FrameRange>{{Pfn(0), 0xA0}}));
}

TEST_F(BootInfoTest, CommandLineIsCopied) {
  memory_.PutText(kTextAt, "faultline.elf seed=1 -- demo.exe");
  SetField(1 << 2, 16, kTextAt);
  EXPECT_STREQ(Read().command_line, "faultline.elf seed=1 -- demo.exe");
}

TEST_F(BootInfoTest, ALongCommandLineIsCutAndStillEnds) {
  memory_.PutText(kTextAt, std::string(9000, 'x'));
  SetField(1 << 2, 16, kTextAt);
  EXPECT_EQ(std::strlen(Read().command_line), BootInfo::kCommandLineSize - 1);
}

TEST_F(BootInfoTest, ACommandLineThatRunsOutOfMemoryEndsThere) {
  memory_.Put(kTextAt, "ab", 2);
  SetField(1 << 2, 16, kTextAt);
  EXPECT_STREQ(Read().command_line, "ab");
}

TEST_F(BootInfoTest, TheFirstModuleIsTaken) {
  memory_.Put32(kModulesAt, 0x200000);
  memory_.Put32(kModulesAt + 4, 0x200801);
  memory_.Put32(kModulesAt + 8, kTextAt);
  memory_.Put32(kModulesAt + 12, 0);
  memory_.PutText(kTextAt, "demo.img");
  SetField(1 << 3, 20, 1);
  SetField(1 << 3, 24, kModulesAt);
  ASSERT_TRUE(Read().has_module);
  EXPECT_EQ(info_->module.start, PhysAddr(0x200000));
  EXPECT_EQ(info_->module.size, 0x801u);
  EXPECT_EQ(info_->module.frames(), (FrameRange{Pfn(0x200), 1}));
  EXPECT_STREQ(info_->module_name, "demo.img");
}

TEST_F(BootInfoTest, AModuleThatEndsBeforeItBeginsIsNone) {
  memory_.Put32(kModulesAt, 0x200000);
  memory_.Put32(kModulesAt + 4, 0x200000);
  memory_.Put32(kModulesAt + 8, 0);
  memory_.Put32(kModulesAt + 12, 0);
  SetField(1 << 3, 20, 1);
  SetField(1 << 3, 24, kModulesAt);
  EXPECT_FALSE(Read().has_module);
}

TEST(BootModule, FramesReachToTheTopOfTheAddresses) {
  const BootModule module{PhysAddr(0xFFFFF800), 0x7FF};
  EXPECT_EQ(module.frames(), (FrameRange{Pfn(0xFFFFF), 1}));
}

TEST_F(BootInfoTest, AnyBytesGiveSortedDisjointRanges) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    FakeMemory memory;
    for (u32 at = 0; at < 0x800; at += 4) {
      // Small values meet the checks more often than random words do.
      memory.Put32(at, random() % 3 == 0 ? random() : random() % 0x800);
    }
    auto info = std::make_unique<BootInfo>();
    ReadMultiboot(kMagic, PhysAddr(random() % 0x700), memory, *info);
    Pfn previous_end(0);
    bool first = true;
    for (const FrameRange& range : info->ram.span()) {
      EXPECT_GT(range.count, 0u);
      if (!first) {
        EXPECT_GT(range.first, previous_end);
      }
      first = false;
      previous_end = range.end();
      EXPECT_LE(previous_end, Pfn(0x100000));
    }
    EXPECT_LT(std::strlen(info->command_line), BootInfo::kCommandLineSize);
  }
}

}  // namespace
}  // namespace fl::boot
