// RelocationIndex: each page relocated on its own equals the whole image relocated at once by
// Relocate() below, which knows nothing of pages.
#include "pe/relocation.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "tests/fakes/image_builder.h"

namespace fl::pe {
namespace {

using test::Bytes;
using test::ImageBuilder;

struct Fix {
  u32 rva;
  u32 type;
  u16 adjust;
};

/// The fix-ups of the PE specification, over a whole image, with plain loads and stores.
void Relocate(Bytes& image, const std::vector<Fix>& fixes, u32 delta) {
  for (const Fix& fix : fixes) {
    std::uint16_t half;
    std::uint32_t word;
    std::byte* field = image.data() + fix.rva;
    std::memcpy(&half, field, 2);
    if (fix.type == 1) {
      word = (u32(half) << 16) + delta;
      half = u16(word >> 16);
      std::memcpy(field, &half, 2);
    } else if (fix.type == 2) {
      half = u16(half + delta);
      std::memcpy(field, &half, 2);
    } else if (fix.type == 3) {
      std::memcpy(&word, field, 4);
      word += delta;
      std::memcpy(field, &word, 4);
    } else if (fix.type == 4) {
      const std::int32_t low = std::int16_t(fix.adjust);
      word = (u32(half) << 16) + u32(low) + delta + 0x8000;
      half = u16(word >> 16);
      std::memcpy(field, &half, 2);
    }
  }
}

struct Case {
  Bytes file;
  std::vector<Fix> fixes;
};

Case MakeCase(std::vector<Fix> fixes, u32 pages, u32 seed) {
  std::mt19937 random(seed);
  Bytes data(pages * kPageSize);
  for (std::byte& byte : data) byte = std::byte(random());
  ImageBuilder builder;
  builder.AddSection(".data", test::kDataFlags, data);
  for (const Fix& fix : fixes) builder.Fixup(fix.rva, fix.type, fix.adjust);
  return {builder.Build(), std::move(fixes)};
}

void ExpectEveryPageRight(const Case& sample, u32 delta) {
  const auto layout = ParseImageLayout(sample.file, sample.file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  const Bytes original = test::LayOut(sample.file, *layout);
  test::MemorySource source(original);
  ParseError error;
  const auto index = RelocationIndex::Build(source, *layout, &error);
  ASSERT_TRUE(index.ok()) << error.reason;
  Bytes expected = original;
  Relocate(expected, sample.fixes, delta);

  std::vector<Bytes> pages;
  for (u32 page = layout->pages; page-- > 0;) {  // Backwards: order must not matter.
    Bytes bytes(original.begin() + page * kPageSize, original.begin() + (page + 1) * kPageSize);
    PageTail before = {};
    before.fill(std::byte(0xA5));
    if (index->NeedsPrevious(PageIndex(page))) {
      std::memcpy(before.data(), original.data() + page * kPageSize - 4, 4);
    }
    index->Apply(PageIndex(page), PageBytes(bytes.data(), kPageSize), before, delta);
    EXPECT_EQ(std::memcmp(bytes.data(), expected.data() + page * kPageSize, kPageSize), 0)
        << "page " << page << " delta " << std::hex << delta;
    const bool changed =
        std::memcmp(bytes.data(), original.data() + page * kPageSize, kPageSize) != 0;
    EXPECT_TRUE(!changed || index->HasFixups(PageIndex(page)));
    if (index->NeedsPrevious(PageIndex(page + 1))) {
      // Recovered from the relocated page, the tail serves the next page as the original does.
      const PageTail tail = index->OriginalTail(
          PageIndex(page), std::span<const std::byte, kPageSize>(bytes.data(), kPageSize), delta);
      Bytes next(original.begin() + (page + 1) * kPageSize,
                 original.begin() + (page + 2) * kPageSize);
      index->Apply(PageIndex(page + 1), PageBytes(next.data(), kPageSize), tail, delta);
      EXPECT_EQ(std::memcmp(next.data(), expected.data() + (page + 1) * kPageSize, kPageSize), 0);
    }
  }
}

constexpr u32 kDeltas[] = {0,          0x10000,    0xFFFF0000, 0x00FF0000, 0x12345678,
                           0x00000001, 0xFFFFFFFF, 0x7FFF8000, 0x0000FFFF};

TEST(Relocation, HighLowAddsTheDelta) {
  Case sample = MakeCase({{0x1010, 3, 0}}, 1, 1);
  const auto layout = ParseImageLayout(sample.file, sample.file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  Bytes image = test::LayOut(sample.file, *layout);
  test::Put32(image, 0x1010, 0x00401234);
  test::MemorySource source(image);
  const auto index = RelocationIndex::Build(source, *layout, nullptr);
  ASSERT_TRUE(index.ok());
  EXPECT_EQ(index->fixup_count(), 1u);
  index->Apply(PageIndex(1), PageBytes(image.data() + 0x1000, kPageSize), PageTail{}, 0x00120000);
  EXPECT_EQ(test::Get32(image, 0x1010), 0x00521234u);
}

TEST(Relocation, EveryTypeMatchesTheSpecification) {
  const Case sample = MakeCase(
      {{0x1000, 3, 0}, {0x1006, 1, 0}, {0x1009, 2, 0}, {0x1010, 4, 0x7FFF}, {0x1020, 4, 0x8000}}, 1,
      2);
  for (const u32 delta : kDeltas) ExpectEveryPageRight(sample, delta);
}

TEST(Relocation, FixUpsAcrossThePageEdgeComeOutRightInBothHalves) {
  for (u32 seed = 0; seed < 8; ++seed) {
    for (u32 inside = 1; inside <= 3; ++inside) {
      for (const u32 delta : kDeltas) {
        ExpectEveryPageRight(MakeCase({{0x2000 - inside, 3, 0}}, 2, seed), delta);
      }
    }
    for (const u32 type : {1u, 2u, 4u}) {
      for (const u32 delta : kDeltas) {
        ExpectEveryPageRight(MakeCase({{0x1FFF, type, u16(seed * 0x2345)}}, 2, seed), delta);
      }
    }
  }
}

TEST(Relocation, NeighboursOfACrossingFixUpDoNotDisturbIt) {
  for (const u32 delta : kDeltas) {
    ExpectEveryPageRight(
        MakeCase({{0x1FFD - 2, 1, 0}, {0x1FFD, 3, 0}, {0x2001, 3, 0}, {0x2FFF, 3, 0}}, 3, 7),
        delta);
  }
}

TEST(Relocation, UnsortedAndRepeatedBlocksWork) {
  const Case sample = MakeCase({{0x3010, 3, 0},
                                {0x1010, 3, 0},
                                {0x2010, 3, 0},
                                {0x1FFE, 3, 0},
                                {0x3000, 2, 0},
                                {0x1000, 4, 0x1234}},
                               4, 3);
  for (const u32 delta : kDeltas) ExpectEveryPageRight(sample, delta);
}

TEST(Relocation, ThousandsOfRandomFixUpsMatchTheWholeImage) {
  std::mt19937 random(42);
  std::vector<Fix> fixes;
  for (u32 rva = 0x1000 + random() % 8; rva + 4 < 0x1000 + 64 * kPageSize;) {
    fixes.push_back({rva, 1 + u32(random() % 4), u16(random())});
    rva += 4 + u32(random() % 24);
  }
  ASSERT_GT(fixes.size(), 10000u);
  const Case sample = MakeCase(fixes, 64, 9);
  ExpectEveryPageRight(sample, 0x00450000);
  ExpectEveryPageRight(sample, 0xFEDC1234);
}

/// The reason for which a builder's image is refused.
std::string Reason(const Bytes& file) {
  const auto layout = ParseImageLayout(file, file.size(), nullptr);
  EXPECT_TRUE(layout.ok());
  const Bytes image = test::LayOut(file, *layout);
  test::MemorySource source(image);
  ParseError error;
  const auto index = RelocationIndex::Build(source, *layout, &error);
  EXPECT_EQ(index.status(), Status::kInvalidImageFormat);
  return error.reason;
}

TEST(Relocation, RefusesOverlappingFixUps) {
  EXPECT_EQ(Reason(MakeCase({{0x1010, 3, 0}, {0x1013, 3, 0}}, 1, 1).file),
            "overlapping fix-ups at");
  EXPECT_EQ(Reason(MakeCase({{0x1FFF, 3, 0}, {0x2002, 3, 0}}, 2, 1).file),
            "overlapping fix-ups at");
  EXPECT_EQ(Reason(MakeCase({{0x2002, 1, 0}, {0x1FFF, 3, 0}}, 2, 1).file),
            "overlapping fix-ups at");
}

TEST(Relocation, RefusesUnknownTypesAndFieldsOutsideTheImage) {
  EXPECT_EQ(Reason(MakeCase({{0x1010, 5, 0}}, 1, 1).file), "unknown type of fix-up at");
  EXPECT_EQ(Reason(MakeCase({{0x1010, 10, 0}}, 1, 1).file), "unknown type of fix-up at");
  // .data is page 1, .reloc page 2 and the last.
  EXPECT_EQ(Reason(MakeCase({{0x2FFE, 3, 0}}, 1, 1).file),
            "fix-up crosses into a page that no section covers");
  EXPECT_EQ(Reason(MakeCase({{0x9000, 3, 0}}, 1, 1).file), "bad page of the relocation block at");
  EXPECT_EQ(Reason(MakeCase({{0x80 + 0x33, 3, 0}}, 1, 1).file), "fix-up in the ImageBase field");
}

TEST(Relocation, RefusesBadBlocks) {
  const Case sample = MakeCase({{0x1010, 3, 0}, {0x1020, 3, 0}}, 1, 1);
  const u32 reloc = 0x200 + 0x1000;  // File offset: the headers, .data, then .reloc.
  ASSERT_EQ(test::Get32(sample.file, reloc), 0x1000u);
  for (const u32 size : {0u, 4u, 7u, 11u, 14u, 0x7FFFFFFEu, 0xFFFFFFFEu}) {
    Bytes file = sample.file;
    test::Put32(file, reloc + 4, size);
    EXPECT_EQ(Reason(file), "bad size of the relocation block at") << size;
  }
  Bytes file = sample.file;
  test::Put32(file, reloc, 0x1004);
  EXPECT_EQ(Reason(file), "bad page of the relocation block at");
  file = sample.file;
  test::Put16(file, reloc + 10, 0x4020);
  EXPECT_EQ(Reason(file), "HIGHADJ fix-up without its second half in the block at");
}

TEST(Relocation, StrippedImageHasNoFixUps) {
  ImageBuilder builder;
  builder.characteristics |= 1;
  builder.AddSection(".data", test::kDataFlags, Bytes(0x100));
  builder.Fixup(0x1010);
  const Bytes file = builder.Build();
  const auto layout = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  EXPECT_TRUE(layout->relocs_stripped);
  const Bytes image = test::LayOut(file, *layout);
  test::MemorySource source(image);
  const auto index = RelocationIndex::Build(source, *layout, nullptr);
  ASSERT_TRUE(index.ok());
  EXPECT_FALSE(index->HasFixups(PageIndex(1)));
}

}  // namespace
}  // namespace fl::pe
