// ParseImageLayout: what is accepted, what is refused and why, and what each page holds.
#include "pe/image_layout.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/fakes/image_builder.h"

namespace fl::pe {
namespace {

using test::Bytes;
using test::ImageBuilder;
using test::Put16;
using test::Put32;

struct Refusal {
  Status status;
  ParseError error;
};

Refusal Refused(const Bytes& file) {
  Refusal refusal{Status::kSuccess, {}};
  refusal.status = ParseImageLayout(file, file.size(), &refusal.error).status();
  return refusal;
}

/// .text: 0x1234 bytes at 0x1000; .data: 0x10 bytes of 0x3000 at 0x3000; .bss: 0x1000 at 0x6000.
ImageBuilder ThreeSections() {
  ImageBuilder builder;
  builder.AddSection(".text", test::kCodeFlags, Bytes(0x1234, std::byte(0xCC)));
  builder.AddSection(".data", test::kDataFlags, Bytes(0x10, std::byte(0xDD)), 0x3000);
  builder.AddSection(".bss", test::kDataFlags, {}, 0x1000);
  return builder;
}

TEST(ImageLayout, DescribesEachKindOfPage) {
  ImageBuilder builder = ThreeSections();
  const Bytes file = builder.Build();
  const auto layout = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->pages, 7u);
  ASSERT_EQ(layout->sections.size(), 3u);
  EXPECT_STREQ(layout->sections[0].name, ".text");

  const PageContent header = layout->Page(PageIndex(0));
  EXPECT_EQ(header.kind, PageKind::kMixed);
  EXPECT_EQ(header.file_offset, 0u);
  EXPECT_EQ(header.file_bytes, 0x200u);
  EXPECT_TRUE(header.readable && !header.writable && !header.executable);

  const PageContent text = layout->Page(PageIndex(1));
  EXPECT_EQ(text.kind, PageKind::kFile);
  EXPECT_EQ(text.file_offset, 0x200u);
  EXPECT_TRUE(text.readable && !text.writable && text.executable);
  const PageContent text_end = layout->Page(PageIndex(2));
  EXPECT_EQ(text_end.kind, PageKind::kMixed);
  EXPECT_EQ(text_end.file_offset, 0x1200u);
  EXPECT_EQ(text_end.file_bytes, 0x400u);

  EXPECT_EQ(layout->Page(PageIndex(3)).file_bytes, 0x200u);
  EXPECT_TRUE(layout->Page(PageIndex(3)).writable);
  EXPECT_EQ(layout->Page(PageIndex(4)).kind, PageKind::kZero);
  EXPECT_EQ(layout->Page(PageIndex(6)).kind, PageKind::kZero);
  EXPECT_FALSE(layout->Page(PageIndex(7)).present());
  EXPECT_FALSE(layout->Page(PageIndex(0xFFFFFFFF)).present());
}

/// Every run ends where the next page is of another kind, and is as long as it can be within a section or a gap.
void ExpectRunsAlike(const ImageLayout& layout) {
  for (u32 i = 0; i < layout.pages;) {
    const u32 alike = layout.PagesAlike(PageIndex(i));
    ASSERT_TRUE(alike != 0 && alike <= layout.pages - i) << i;
    const PageContent first = layout.Page(PageIndex(i));
    for (u32 j = 0; j < alike; ++j) {
      EXPECT_EQ(layout.PagesAlike(PageIndex(i + j)), alike - j);
      const PageContent page = layout.Page(PageIndex(i + j));
      EXPECT_EQ(page.present(), first.present()) << i + j;
      EXPECT_EQ(page.writable, first.writable) << i + j;
      EXPECT_EQ(page.executable, first.executable) << i + j;
    }
    i += alike;
  }
}

TEST(ImageLayout, PagesAlikeAreThoseOfOneSectionOrGap) {
  ImageBuilder builder = ThreeSections();
  Bytes file = builder.Build();
  auto layout = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  ExpectRunsAlike(*layout);
  EXPECT_EQ(layout->PagesAlike(PageIndex(0)), 1u);
  EXPECT_EQ(layout->PagesAlike(PageIndex(1)), 2u);
  Put32(file, builder.section_header_offset(1) + 8, 0x1000);
  layout = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  ExpectRunsAlike(*layout);
  EXPECT_EQ(layout->PagesAlike(PageIndex(3)), 1u);
}

TEST(ImageLayout, GapBetweenSectionsIsAbsent) {
  ImageBuilder builder = ThreeSections();
  Bytes file = builder.Build();
  Put32(file, builder.section_header_offset(1) + 8, 0x1000);
  const auto layout = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  EXPECT_TRUE(layout->Page(PageIndex(3)).present());
  EXPECT_FALSE(layout->Page(PageIndex(4)).present());
}

TEST(ImageLayout, VirtualSizeZeroMeansRawSize) {
  ImageBuilder builder = ThreeSections();
  Bytes file = builder.Build();
  Put32(file, builder.section_header_offset(0) + 8, 0);
  const auto layout = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->sections[0].virtual_size, 0x1400u);
}

TEST(ImageLayout, SectionWithoutSizeIsLeftOut) {
  ImageBuilder builder = ThreeSections();
  Bytes file = builder.Build();
  Put32(file, builder.section_header_offset(2) + 8, 0);
  const auto layout = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->sections.size(), 2u);
}

TEST(ImageLayout, RawPointerIsRoundedDownToASector) {
  ImageBuilder builder = ThreeSections();
  Bytes file = builder.Build();
  Put32(file, builder.section_header_offset(0) + 20, 0x3FF);
  const auto layout = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->sections[0].file_offset, 0x200u);
}

TEST(ImageLayout, RawSizeIsRoundedUpAndCutToTheMappedSizeAndTheFile) {
  ImageBuilder builder = ThreeSections();
  Bytes file = builder.Build();
  Put32(file, builder.section_header_offset(0) + 16, 0x1234);
  Put32(file, builder.section_header_offset(1) + 16, 0x10);
  Bytes cut(file.begin(), file.begin() + 0x1610);  // .data's raw bytes begin at 0x1600.
  const auto layout = ParseImageLayout(cut, cut.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->sections[0].file_bytes, 0x1400u);
  EXPECT_EQ(layout->sections[1].file_bytes, 0x10u);

  Put32(file, builder.section_header_offset(0) + 8, 0x800);
  const auto shorter = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(shorter.ok());
  EXPECT_EQ(shorter->sections[0].file_bytes, 0x1000u);
}

TEST(ImageLayout, OverlayAfterTheLastSectionIsIgnored) {
  ImageBuilder builder = ThreeSections();
  Bytes file = builder.Build();
  file.resize(file.size() + 12345, std::byte(0xEE));
  EXPECT_TRUE(ParseImageLayout(file, file.size(), nullptr).ok());
}

TEST(ImageLayout, AcceptsMoreThan96Sections) {
  ImageBuilder builder;
  builder.next_rva = 0x3000;
  for (int i = 0; i < 200; ++i) builder.AddSection("s", test::kReadFlags, Bytes(1));
  const Bytes file = builder.Build();
  const std::span<const std::byte> page(file.data(), kPageSize);
  const auto needed = HeaderBytesNeeded(page, file.size(), nullptr);
  ASSERT_TRUE(needed.ok());
  EXPECT_EQ(*needed, 0x80u + 24 + 224 + 200 * 40);
  const auto layout = ParseImageLayout(std::span(file).first(*needed), file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  EXPECT_EQ(layout->sections.size(), 200u);
  EXPECT_EQ(layout->Page(PageIndex(202)).file_offset, layout->sections[199].file_offset);
}

TEST(ImageLayout, SaysHowManyHeaderBytesItNeedsWhenThePeHeaderLiesFarOff) {
  ImageBuilder builder;
  builder.pe_offset = 0x1F80;
  builder.next_rva = 0x3000;
  builder.AddSection(".text", test::kCodeFlags, Bytes(1));
  const Bytes file = builder.Build();
  const auto first = HeaderBytesNeeded(std::span(file).first(4096), file.size(), nullptr);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(*first, 0x1F80u + 120);
  const auto second = HeaderBytesNeeded(std::span(file).first(*first), file.size(), nullptr);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(*second, 0x1F80u + 24 + 224 + 40);
  EXPECT_TRUE(ParseImageLayout(std::span(file).first(*second), file.size(), nullptr).ok());
}

TEST(ImageLayout, RefusesHeadersThatAreTooFarOffOrCutOff) {
  ImageBuilder builder;
  builder.pe_offset = 0x10000;
  builder.next_rva = 0x20000;
  builder.AddSection(".text", test::kCodeFlags, Bytes(1));
  EXPECT_STREQ(Refused(builder.Build()).error.reason, "PE header too far from the file's start");

  Bytes file = ThreeSections().Build();
  file.resize(ImageBuilder().section_header_offset(2) + 39);
  const Refusal refusal = Refused(file);
  EXPECT_EQ(refusal.status, Status::kInvalidImageFormat);
  EXPECT_STREQ(refusal.error.reason, "file ends inside the headers");
}

TEST(ImageLayout, FlatImageIsMappedAsItLiesInTheFile) {
  ImageBuilder builder;
  builder.section_alignment = builder.file_alignment = 0x200;
  const u32 rva = builder.AddSection(".text", test::kCodeFlags, Bytes(0x300, std::byte(1)));
  const Bytes file = builder.Build();
  const auto layout = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  EXPECT_TRUE(layout->flat);
  EXPECT_EQ(rva, 0x1000u);
  const PageContent content = layout->Page(PageIndex(1));
  EXPECT_EQ(content.file_offset, 0x1000u);
  EXPECT_EQ(content.file_bytes, 0x400u);
  EXPECT_TRUE(content.readable && content.writable && content.executable && !content.shared);
}

TEST(ImageLayout, RefusesAFlatSectionInTheHeaders) {
  ImageBuilder builder;
  builder.section_alignment = builder.file_alignment = 0x20;
  builder.AddSection(".text", test::kCodeFlags, Bytes(0x300, std::byte(1)));
  Bytes file = builder.Build();
  const u32 section = builder.pe_offset + 24 + 224;
  Put32(file, section + 12, 0x100);
  Put32(file, section + 20, 0x100);
  EXPECT_STREQ(Refused(file).error.reason, "overlaps what stands before it: section");
}

TEST(ImageLayout, RefusesWhatIsNoPe) {
  EXPECT_EQ(Refused({}).status, Status::kInvalidImageNotMz);
  EXPECT_EQ(Refused(Bytes(4096)).error.kind, ParseError::Kind::kNotPe);
  EXPECT_STREQ(Refused(Bytes(4096)).error.reason, "no MZ signature");
  ImageBuilder builder = ThreeSections();
  Bytes file = builder.Build();
  Put16(file, builder.pe_offset, 0x454E);
  EXPECT_EQ(Refused(file).status, Status::kInvalidImageWin16);
  Put16(file, builder.pe_offset, 0);
  EXPECT_EQ(Refused(file).status, Status::kInvalidImageProtect);
  EXPECT_EQ(Refused(file).error.kind, ParseError::Kind::kNotPe);
}

TEST(ImageLayout, RefusesOtherMachines) {
  ImageBuilder builder = ThreeSections();
  builder.machine = 0x8664;
  const Refusal refusal = Refused(builder.Build());
  EXPECT_EQ(refusal.status, Status::kInvalidImageFormat);
  EXPECT_EQ(refusal.error.kind, ParseError::Kind::kWrongMachine);
  char text[64];
  EXPECT_EQ(refusal.error.Format(text), "machine is not i386: 0x8664");
}

/// One 32-bit field of the optional header or of section 1 is spoiled; the reason is expected.
struct Spoiled {
  bool section;
  u32 offset;
  u32 value;
  const char* reason;
};

TEST(ImageLayout, RefusesMalformedFieldsWithTheReason) {
  const Spoiled cases[] = {
      {false, 56, 0, "bad SizeOfImage"},
      {false, 56, 0x7FFF0001, "bad SizeOfImage"},
      {false, 28, 0x00401000, "ImageBase is not a multiple of 64 KiB"},
      {false, 28, 0x80000000, "image does not fit in the user half at its ImageBase"},
      {false, 28, 0xFFFF0000, "image does not fit in the user half at its ImageBase"},
      {false, 32, 0, "bad SectionAlignment"},
      {false, 32, 0x1001, "bad SectionAlignment"},
      {false, 36, 0x300, "bad FileAlignment"},
      {false, 36, 0x100, "bad FileAlignment"},
      {false, 60, 0x10000, "headers outside SizeOfImage"},
      {false, 60, 0x1001, "overlaps what stands before it: section"},
      {true, 12, 0x3001, "not on a page boundary: section"},
      {true, 12, 0x2000, "overlaps what stands before it: section"},
      {true, 12, 0x5000, "outside SizeOfImage: section"},
      {true, 12, 0xFFFFF000, "outside SizeOfImage: section"},
      {true, 8, 0xFFFFFFFF, "outside SizeOfImage: section"},
      {true, 8, 0x3001, "overlaps what stands before it: section"},
      {true, 16, 0x1000, "file ends inside section"},
      {true, 20, 0xFFFFFE00, "file ends inside section"},
  };
  for (const Spoiled& spoiled : cases) {
    ImageBuilder builder = ThreeSections();
    Bytes file = builder.Build();
    Put32(file,
          (spoiled.section ? builder.section_header_offset(1) : builder.optional_header_offset()) +
              spoiled.offset,
          spoiled.value);
    const Refusal refusal = Refused(file);
    EXPECT_EQ(refusal.status, Status::kInvalidImageFormat) << spoiled.reason;
    EXPECT_EQ(refusal.error.kind, ParseError::Kind::kMalformed);
    EXPECT_STREQ(refusal.error.reason, spoiled.reason) << std::hex << spoiled.value;
  }
}

TEST(ImageLayout, RefusesEveryTruncationOfTheFile) {
  ImageBuilder builder;
  builder.AddSection(".text", test::kCodeFlags, Bytes(0x400, std::byte(1)));
  const Bytes file = builder.Build();
  for (std::size_t size = 0; size < file.size(); ++size) {
    const Bytes cut(file.begin(), file.begin() + std::ptrdiff_t(size));
    EXPECT_FALSE(ParseImageLayout(cut, cut.size(), nullptr).ok()) << size;
  }
}

TEST(ImageLayout, PatchesTheImageBaseFieldWhereverItLies) {
  // The field is at pe_offset + 0x34: in one page, and across the edge of pages 0 and 1.
  for (const u32 pe_offset : {0x80u, 0x1000u - 0x34 - 2}) {
    ImageBuilder builder;
    builder.pe_offset = pe_offset;
    builder.next_rva = 0x3000;
    builder.AddSection(".text", test::kCodeFlags, Bytes(1));
    const Bytes file = builder.Build();
    const auto layout = ParseImageLayout(file, file.size(), nullptr);
    ASSERT_TRUE(layout.ok());
    Bytes image = test::LayOut(file, *layout);
    Bytes expected = image;
    Put32(expected, pe_offset + 0x34, 0x12340000);
    for (u32 page = 0; page < layout->pages; ++page) {
      PatchImageBase(PageIndex(page), PageBytes(image.data() + page * kPageSize, kPageSize),
                     *layout, VirtAddr(0x12340000));
    }
    EXPECT_EQ(image, expected);
  }
}

}  // namespace
}  // namespace fl::pe
