// ExportTable and forwarder strings.
#include "pe/exports.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/fakes/image_builder.h"

namespace fl::pe {
namespace {

using test::Bytes;
using test::ImageBuilder;

struct Fixture {
  explicit Fixture(Bytes bytes) : file(std::move(bytes)) {
    auto parsed = ParseImageLayout(file, file.size(), nullptr);
    EXPECT_TRUE(parsed.ok());
    layout = std::move(*parsed);
    image = test::LayOut(file, layout);
  }
  Bytes file;
  ImageLayout layout;
  Bytes image;
};

ImageBuilder Sample() {
  ImageBuilder builder;
  builder.ordinal_base = 10;
  builder.AddSection(".text", test::kCodeFlags, Bytes(0x100));
  builder.Export("delta", 0x1010)
      .Export("alpha", 0x1020)
      .ExportOrdinal(0x1030)
      .ExportForwarder("charlie", "GAMMA.Other")
      .Export("bravo", 0x1040);
  return builder;
}

TEST(Exports, EveryHintFindsEveryName) {
  Fixture sample(Sample().Build());
  test::MemorySource source(sample.image);
  auto table = ExportTable::Open(source, sample.layout, nullptr);
  ASSERT_TRUE(table.ok());
  for (const u16 hint : {0, 1, 2, 3, 4, 9, 0xFFFF}) {
    EXPECT_EQ(table->FindByName("alpha", hint)->rva, Rva(0x1020));
    EXPECT_EQ(table->FindByName("bravo", hint)->rva, Rva(0x1040));
    EXPECT_EQ(table->FindByName("delta", hint)->rva, Rva(0x1010));
    EXPECT_FALSE(table->FindByName("delta", hint)->forwarder);
    EXPECT_TRUE(table->FindByName("charlie", hint)->forwarder);
    EXPECT_EQ(table->FindByName("delt", hint).status(), Status::kEntryPointNotFound);
    EXPECT_EQ(table->FindByName("", hint).status(), Status::kEntryPointNotFound);
  }
}

TEST(Exports, LowerBoundIsThatOfTheSortedNames) {
  ImageBuilder builder;
  builder.AddSection(".text", test::kCodeFlags, Bytes(0x100));
  std::vector<std::string> names;
  for (int i = 0; i < 60; ++i) names.push_back("n" + std::to_string(i * 37 % 97));
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) builder.Export(name, 0x1010);
  Fixture sample(builder.Build());
  test::MemorySource source(sample.image);
  auto table = ExportTable::Open(source, sample.layout, nullptr);
  ASSERT_TRUE(table.ok());
  for (u32 from = 0; from <= names.size(); ++from) {
    for (int i = 0; i < 100; ++i) {
      const std::string name = "n" + std::to_string(i);
      const auto expected = std::lower_bound(names.begin() + from, names.end(), name);
      const u32 at = u32(expected - names.begin());
      EXPECT_EQ(*table->LowerBound(name, from), at) << name << " from " << from;
      const auto found = table->FindAt(at, name);
      ASSERT_TRUE(found.ok());
      EXPECT_EQ(found->has_value(), expected != names.end() && *expected == name) << name;
    }
  }
}

TEST(Exports, OrdinalsCountFromTheBase) {
  Fixture sample(Sample().Build());
  test::MemorySource source(sample.image);
  auto table = ExportTable::Open(source, sample.layout, nullptr);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->FindByOrdinal(10)->rva, Rva(0x1010));
  EXPECT_EQ(table->FindByOrdinal(12)->rva, Rva(0x1030));
  EXPECT_EQ(table->FindByOrdinal(9).status(), Status::kOrdinalNotFound);
  EXPECT_EQ(table->FindByOrdinal(15).status(), Status::kOrdinalNotFound);
}

TEST(Exports, UnsortedNamesAreFoundTooAndUnusedOrdinalsAreNot) {
  ImageBuilder builder = Sample();
  builder.sort_exports = false;
  builder.ExportOrdinal(0);
  Fixture sample(builder.Build());
  test::MemorySource source(sample.image);
  auto table = ExportTable::Open(source, sample.layout, nullptr);
  ASSERT_TRUE(table.ok());
  for (const char* name : {"alpha", "bravo", "charlie", "delta"}) {
    EXPECT_TRUE(table->FindByName(name, 7).ok()) << name;
  }
  EXPECT_EQ(table->FindByOrdinal(15).status(), Status::kOrdinalNotFound);
}

TEST(Exports, ForwarderStringIsReadable) {
  Fixture sample(Sample().Build());
  test::MemorySource source(sample.image);
  auto table = ExportTable::Open(source, sample.layout, nullptr);
  ASSERT_TRUE(table.ok());
  char buffer[kShortStringSize];
  EXPECT_EQ(*ReadString(source, table->FindByName("charlie", 0)->rva, buffer), "GAMMA.Other");
}

TEST(Exports, ImageWithoutExportsHasAnEmptyTable) {
  ImageBuilder builder;
  builder.AddSection(".text", test::kCodeFlags, Bytes(0x100));
  Fixture sample(builder.Build());
  test::MemorySource source(sample.image);
  auto table = ExportTable::Open(source, sample.layout, nullptr);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->FindByName("x", 0).status(), Status::kEntryPointNotFound);
  EXPECT_EQ(table->FindByOrdinal(0).status(), Status::kOrdinalNotFound);
}

TEST(Exports, RefusesTablesOutsideTheImage) {
  for (const auto& [field, value] : std::initializer_list<std::pair<u32, u32>>{{20, 0x10001},
                                                                               {20, 0x4000},
                                                                               {24, 0x4000},
                                                                               {28, 0x3000},
                                                                               {32, 0xFFFFFFFC},
                                                                               {36, 0x2FFF}}) {
    Fixture sample(Sample().Build());
    test::Put32(sample.image, 0x2000 + field, value);  // .edata is at 0x2000.
    test::MemorySource source(sample.image);
    ParseError error;
    EXPECT_EQ(ExportTable::Open(source, sample.layout, &error).status(),
              Status::kInvalidImageFormat)
        << field;
    EXPECT_NE(std::string(error.reason), "");
  }
}

TEST(Exports, ForwardersAreCutAtTheLastDot) {
  const auto plain = ParseForwarder("NTDLL.RtlAllocateHeap");
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->dll, "NTDLL");
  EXPECT_EQ(plain->symbol.name, "RtlAllocateHeap");
  const auto ordinal = ParseForwarder("my.lib.#65535");
  ASSERT_TRUE(ordinal.ok());
  EXPECT_EQ(ordinal->dll, "my.lib");
  EXPECT_TRUE(ordinal->symbol.by_ordinal());
  EXPECT_EQ(ordinal->symbol.ordinal, 65535);
  for (const char* bad : {"", ".", "a", "a.", ".b", "a.#", "a.#x", "a.#65536", "a.#99999999999"}) {
    EXPECT_EQ(ParseForwarder(bad).status(), Status::kInvalidImageFormat) << bad;
  }
}

}  // namespace
}  // namespace fl::pe
