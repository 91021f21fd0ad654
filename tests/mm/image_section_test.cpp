// ImageSection: every page holds what the file, the base and the bindings make of it, in whatever
// order the pages come in; and the protections that NT shows.
#include "mm/image_section.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "tests/mm/image_fixture.h"

namespace fl::mm {
namespace {

using test::AcquireImage;
using test::Bytes;
using test::FakeMachine;
using test::kSampleShared;
using test::MakeFile;
using test::MakeSample;
using test::SampleImage;

Bytes ReadPage(Section& section, u32 index) {
  Bytes bytes(kPageSize);
  EXPECT_EQ(section.ReadBytes(u64(index) << kPageShift, bytes), Status::kSuccess);
  return bytes;
}

bool SamePage(const Bytes& page, const Bytes& image, u32 index) {
  return std::memcmp(page.data(), image.data() + index * kPageSize, kPageSize) == 0;
}

TEST(ImageSection, EveryPageIsWhatFileAndBaseMakeOfIt) {
  for (u32 seed = 0; seed < 6; ++seed) {
    for (const u32 cluster : {1u, 8u}) {
      FakeMachine machine(1024, seed, cluster);
      const SampleImage sample = MakeSample({.seed = seed, .shared_section = seed % 2 == 1});
      const auto section = AcquireImage(machine, MakeFile(sample.file, seed));
      const Bytes expected = sample.At(section->base());
      std::vector<u32> order(section->pages());
      for (u32 i = 0; i < order.size(); ++i) order[i] = i;
      std::shuffle(order.begin(), order.end(), std::mt19937(seed));
      for (const u32 i : order) {
        if (!section->layout().Page(PageIndex(i)).present()) continue;
        EXPECT_TRUE(SamePage(ReadPage(*section, i), expected, i)) << "page " << i << " of " << seed;
      }
    }
  }
}

TEST(ImageSection, FixupAcrossAPageEdgeAtEachOffsetInEitherOrder) {
  for (u32 offset = 0xFFD; offset <= 0xFFF; ++offset) {
    for (const bool upper_first : {false, true}) {
      // 0x1000: the upper page is nothing but zeros and the fix-up's end.
      for (const u32 file_bytes : {0x2000u, 0x1000u}) {
        test::ImageBuilder builder;
        builder.base = 0x10000000;
        builder.AddSection(".data", test::kDataFlags, Bytes(file_bytes, std::byte(0xFF)), 0x2000);
        builder.Fixup(0x1000 + offset);
        SampleImage sample;
        sample.file = builder.Build();
        sample.fixups = {0x1000 + offset};
        sample.image_base_field = builder.optional_header_offset() + 28;
        FakeMachine machine(256, 0x55);
        const auto section = AcquireImage(machine, MakeFile(sample.file, 1));
        ASSERT_TRUE(section->relocated());
        const Bytes expected = sample.At(section->base());
        for (const u32 i : {upper_first ? 2u : 1u, upper_first ? 1u : 2u}) {
          EXPECT_TRUE(SamePage(ReadPage(*section, i), expected, i)) << offset;
        }
      }
    }
  }
}

TEST(ImageSection, TailOfAPresentPageIsNotReadAgain) {
  FakeMachine machine(256, 7);
  const auto file = MakeFile(MakeSample().file, 1);
  const auto section = AcquireImage(machine, file);
  const u64 metadata = section->counters().metadata_bytes_read;
  ReadPage(*section, 1);
  ReadPage(*section, 2);
  EXPECT_EQ(section->counters().metadata_bytes_read, metadata);
  EXPECT_EQ(section->counters().bytes_read, 2 * kPageSize);
  EXPECT_EQ(file->bytes_read, metadata + 2 * kPageSize);
}

TEST(ImageSection, TailOfAnAbsentPageCostsASector) {
  FakeMachine machine(256, 7);
  const auto file = MakeFile(MakeSample().file, 1);
  const auto section = AcquireImage(machine, file);
  const u64 metadata = section->counters().metadata_bytes_read;
  ReadPage(*section, 2);
  EXPECT_EQ(section->counters().metadata_bytes_read, metadata + kSectorSize);
}

TEST(ImageSection, TailOfAPageThatProgramsWroteComesFromTheFile) {
  FakeMachine machine(256, 7);
  const SampleImage sample = MakeSample({.shared_section = true});
  const auto section = AcquireImage(machine, MakeFile(sample.file, 1));
  const auto process = machine.Process();
  const VirtAddr base = test::MapWhole(*process, *section);
  // As if the fix-up had carried into the next page, which it does not: the file has zeros here.
  ASSERT_NE((section->base() - section->layout().preferred_base) >> 16 & 0xFF, 0u);
  ASSERT_TRUE(machine.Write(*process, base + kSampleShared + 0xFFF, 0));
  const u32 next = kSampleShared / kPageSize + 1;
  EXPECT_TRUE(
      SamePage(machine.Page(*process, base + next * kPageSize), sample.At(section->base()), next));
}

TEST(ImageSection, AReadIsOnePageAndEndsWithTheRawData) {
  FakeMachine machine(256);
  const SampleImage sample = MakeSample();
  const auto file = MakeFile(sample.file, 1);
  const auto section = AcquireImage(machine, file);
  const u32 reads = file->reads;
  const u64 bytes = file->bytes_read;
  // .text's last page: 0x456 bytes of the section, and zeros.
  EXPECT_TRUE(SamePage(ReadPage(*section, 4), sample.At(section->base()), 4));
  EXPECT_EQ(file->reads, reads + 1);
  EXPECT_EQ(section->counters().bytes_read, file->bytes_read - bytes);
  EXPECT_LT(section->counters().bytes_read, kPageSize);
  EXPECT_EQ(section->counters().pages_read, 1u);
  ReadPage(*section, 4);
  EXPECT_EQ(file->reads, reads + 1);
}

TEST(ImageSection, ZeroPageNeedsNoReadUnlessAFixupChangesIt) {
  FakeMachine machine(256, 7);
  const auto section = AcquireImage(machine, MakeFile(MakeSample().file, 1));
  // .data: 0x5000 and 0x6000 come from the file; 0x7000 and 0x8000 are zeros but for the ends of
  // fix-ups that cross.
  EXPECT_FALSE(section->IsUntouchedZero(PageIndex(6)));
  EXPECT_FALSE(section->IsUntouchedZero(PageIndex(7)));
  EXPECT_FALSE(section->IsUntouchedZero(PageIndex(8)));
  FakeMachine unmoved(256);
  const auto at_home = AcquireImage(unmoved, MakeFile(MakeSample().file, 1));
  EXPECT_TRUE(at_home->IsUntouchedZero(PageIndex(7)));
  EXPECT_TRUE(at_home->IsUntouchedZero(PageIndex(8)));
}

TEST(ImageSection, WriteToAnAbsentZeroPageWithAFixupKeepsTheFixup) {
  FakeMachine machine(256, 7);
  const SampleImage sample = MakeSample();
  const auto section = AcquireImage(machine, MakeFile(sample.file, 1));
  const auto process = machine.Process();
  const VirtAddr base = test::MapWhole(*process, *section);
  Bytes expected = sample.At(section->base());
  for (const u32 page : {8u, 7u}) {
    ASSERT_TRUE(machine.Write(*process, base + page * kPageSize + 0x800, 0x99));
    expected[page * kPageSize + 0x800] = std::byte(0x99);
    EXPECT_TRUE(SamePage(machine.Page(*process, base + page * kPageSize), expected, page));
  }
}

// ---- Bindings ----------------------------------------------------------------------------------

void Bind(ImageSection& section, const std::vector<pe::Binding>& all) {
  Vector<pe::Binding> bindings;
  for (const pe::Binding& binding : all) ASSERT_EQ(bindings.Push(binding), Status::kSuccess);
  section.Bind(std::move(bindings));
}

TEST(ImageSection, BindingsReachPagesThatAreHereAndPagesThatComeLater) {
  for (const u32 seed : {0u, 5u}) {
    FakeMachine machine(256, seed);
    const SampleImage sample = MakeSample();
    const auto section = AcquireImage(machine, MakeFile(sample.file, 1));
    Bytes expected = sample.At(section->base());
    const std::vector<pe::Binding> bindings = {{Rva(0x1010), 0x11223344},
                                               {Rva(0x1200), 0x55667788},
                                               {Rva(0x5FFE), 0x99AABBCC},
                                               {Rva(0x7800), 0xDDEEFF00}};
    ReadPage(*section, 1);
    ReadPage(*section, 6);
    Bind(*section, bindings);
    for (const pe::Binding& b : bindings) test::Put32(expected, b.slot.value, b.value);
    EXPECT_FALSE(section->IsUntouchedZero(PageIndex(7)));
    for (u32 i = 0; i < section->pages(); ++i) {
      if (!section->layout().Page(PageIndex(i)).present()) continue;
      EXPECT_TRUE(SamePage(ReadPage(*section, i), expected, i)) << i;
    }
  }
}

TEST(ImageSection, BindingOverACrossingFixupDoesNotSpoilTheNextPage) {
  // One of the two values looks as if the fix-up carried, the other as if it did not.
  for (const u32 value : {0x00FEBABEu, 0xFFFEBABEu}) {
    FakeMachine machine(256, 5);
    const SampleImage sample = MakeSample();
    const auto section = AcquireImage(machine, MakeFile(sample.file, 1));
    // A fix-up crosses at 0x1FFD; the slot covers its bytes in page 1.
    Bind(*section, {{Rva(0x1FFC), value}});
    Bytes expected = sample.At(section->base());
    test::Put32(expected, 0x1FFC, value);
    EXPECT_TRUE(SamePage(ReadPage(*section, 1), expected, 1));
    EXPECT_TRUE(SamePage(ReadPage(*section, 2), expected, 2));
  }
}

TEST(ImageSection, BindDuringAReadIsInTime) {
  FakeMachine machine(256, 5);
  const SampleImage sample = MakeSample();
  const auto file = MakeFile(sample.file, 1);
  const auto section = AcquireImage(machine, file);
  bool bound = false;
  file->during_read = [&] {
    if (!bound) Bind(*section, {{Rva(0x1010), 0xCAFEBABE}});
    bound = true;
  };
  Bytes expected = sample.At(section->base());
  test::Put32(expected, 0x1010, 0xCAFEBABE);
  EXPECT_TRUE(SamePage(ReadPage(*section, 1), expected, 1));
}

// ---- Protections -------------------------------------------------------------------------------

TEST(ImageSection, ProtectionsAsNtShowsThem) {
  struct Case {
    u32 flags;
    u32 protection;
  };
  const Case cases[] = {
      {0x40000040, 0x02}, {0xC0000040, 0x08}, {0x80000040, 0x08}, {0x60000020, 0x20},
      {0x20000020, 0x10}, {0xE0000020, 0x80}, {0x00000040, 0x01}, {0xD0000040, 0x04},
      {0xF0000020, 0x40}, {0x50000040, 0x02}, {0x70000020, 0x20},
  };
  test::ImageBuilder builder;
  for (const Case& c : cases) builder.AddSection(".x", c.flags, Bytes(0x200, std::byte(1)));
  builder.next_rva += 0x2000;
  builder.AddSection(".y", test::kReadFlags, Bytes(0x200, std::byte(1)));
  FakeMachine machine(256);
  const auto section = AcquireImage(machine, MakeFile(builder.Build(), 1));
  const auto process = machine.Process();
  const VirtAddr base = test::MapWhole(*process, *section);
  const auto protection = [&](u32 page) {
    return process->space.Query(base + page * kPageSize)->protection.bits;
  };
  constexpr u32 kCases = u32(std::size(cases));
  EXPECT_EQ(protection(0), 0x02u);
  for (u32 i = 0; i < kCases; ++i) EXPECT_EQ(protection(i + 1), cases[i].protection) << i;
  EXPECT_EQ(protection(kCases + 1), 0x01u);  // The hole.
  EXPECT_EQ(protection(kCases + 2), 0x01u);
  EXPECT_EQ(protection(kCases + 3), 0x02u);
  const auto info = process->space.Query(base + 0x1000);
  EXPECT_EQ(info->allocation_protection, kPageExecuteWriteCopy);
  EXPECT_EQ(info->type, kMemImage);
  EXPECT_EQ(info->allocation_base, base);
}

TEST(ImageSection, FlatImageIsExecuteWriteCopyThroughout) {
  test::ImageBuilder builder;
  builder.section_alignment = 0x200;
  builder.next_rva = 0x400;
  builder.AddSection(".text", test::kCodeFlags, test::PatternBytes(0x1800, 3));
  const Bytes bytes = builder.Build();
  FakeMachine machine(256);
  const auto section = AcquireImage(machine, MakeFile(bytes, 1));
  ASSERT_TRUE(section);
  ASSERT_TRUE(section->layout().flat);
  const auto run = section->ProtectionFrom(PageIndex(0), {});
  EXPECT_EQ(run.protection, kPageExecuteWriteCopy);
  EXPECT_EQ(run.pages, section->pages());
  for (u32 i = 0; i < section->pages(); ++i) {
    const std::size_t start = std::min<std::size_t>(bytes.size(), i * kPageSize);
    const std::size_t end = std::min<std::size_t>(bytes.size(), (i + 1) * kPageSize);
    Bytes expected(bytes.begin() + start, bytes.begin() + end);
    expected.resize(kPageSize);
    EXPECT_EQ(ReadPage(*section, i), expected) << i;
  }
}

}  // namespace
}  // namespace fl::mm
