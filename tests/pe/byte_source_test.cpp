// Strings and structures out of a ByteSource; ImageFileSource.
#include "pe/byte_source.h"

#include <gtest/gtest.h>

#include "tests/fakes/image_builder.h"

namespace fl::pe {
namespace {

using test::Bytes;

Bytes WithText(u32 size, u32 at, const std::string& text) {
  Bytes bytes(size, std::byte('x'));
  for (u32 i = 0; i < text.size(); ++i) bytes.at(at + i) = std::byte(text[i]);
  return bytes;
}

TEST(ByteSource, ReadsAStringThatEndsWithTheImage) {
  const Bytes bytes = WithText(128, 123, std::string("beta\0", 5));
  test::MemorySource source(bytes);
  char buffer[5];
  const auto text = ReadString(source, Rva(123), buffer);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, "beta");
}

TEST(ByteSource, RefusesAStringThatDoesNotEndInTheBufferOrTheImage) {
  const Bytes bytes = WithText(128, 60, std::string("beta\0", 5));
  test::MemorySource source(bytes);
  char buffer[4];
  EXPECT_EQ(ReadString(source, Rva(60), buffer).status(), Status::kInvalidImageFormat);
  char large[256];
  EXPECT_EQ(ReadString(source, Rva(70), large).status(), Status::kInvalidImageFormat);
  EXPECT_EQ(ReadString(source, Rva(0xFFFFFFFF), large).status(), Status::kInvalidImageFormat);
}

TEST(ByteSource, ComparesByteByByte) {
  const Bytes bytes = WithText(128, 62, std::string("beta\0", 5));
  test::MemorySource source(bytes);
  EXPECT_EQ(*CompareString(source, Rva(62), "beta"), 0);
  EXPECT_GT(*CompareString(source, Rva(62), "bet"), 0);
  EXPECT_LT(*CompareString(source, Rva(62), "betas"), 0);
  EXPECT_LT(*CompareString(source, Rva(62), "b\xC3"), 0);
  EXPECT_GT(*CompareString(source, Rva(62), "alpha"), 0);
}

TEST(ImageFileSource, ShowsFileBytesZerosAndNothingElse) {
  test::ImageBuilder builder;
  builder.AddSection(".data", test::kDataFlags, Bytes(0x200, std::byte(7)), 0x1800);
  const Bytes file = builder.Build();
  const auto layout = ParseImageLayout(file, file.size(), nullptr);
  ASSERT_TRUE(layout.ok());
  test::MemoryFile bytes(file);
  ImageFileSource source(bytes, *layout);
  Bytes out(0x2000);
  ASSERT_EQ(source.Read(0x1000, out), Status::kSuccess);
  EXPECT_EQ(out[0x1FF], std::byte(7));
  EXPECT_EQ(out[0x200], std::byte(0));
  EXPECT_EQ(out[0x1FFF], std::byte(0));
  EXPECT_EQ(source.Read(0x1001, out), Status::kInvalidImageFormat);
  EXPECT_EQ(source.Read(0xFFFFFFFF, out), Status::kInvalidImageFormat);
}

}  // namespace
}  // namespace fl::pe
