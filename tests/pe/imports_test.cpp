// ImportTable: descriptors and thunks.
#include "pe/imports.h"

#include <gtest/gtest.h>

#include "tests/fakes/image_builder.h"

namespace fl::pe {
namespace {

using test::Bytes;
using test::ImageBuilder;

class Imports : public testing::Test {
 protected:
  void Load(ImageBuilder& builder) {
    builder.AddSection(".text", test::kCodeFlags, Bytes(0x100));
    const Bytes file = builder.Build();
    auto parsed = ParseImageLayout(file, file.size(), nullptr);
    ASSERT_TRUE(parsed.ok());
    layout = std::move(*parsed);
    image = test::LayOut(file, layout);
  }
  std::string Text(Rva rva) {
    test::MemorySource source(image);
    char buffer[kShortStringSize];
    return std::string(*ReadString(source, rva, buffer));
  }
  ImageLayout layout;
  Bytes image;
};

TEST_F(Imports, ListsDllsAndSymbolsInOrder) {
  for (const bool lookup_tables : {true, false}) {
    ImageBuilder builder;
    builder.lookup_tables = lookup_tables;
    builder.Import("beta.dll", {"One", "#12", "Two"}).Import("gamma.dll", {"Three"});
    Load(builder);
    test::MemorySource source(image);
    const ImportTable table(source, layout);
    const auto beta = *table.Dll(0);
    ASSERT_TRUE(beta);
    EXPECT_EQ(Text(beta->name), "beta.dll");
    const auto one = *table.Symbol(*beta, 0);
    ASSERT_TRUE(one);
    EXPECT_EQ(Text(one->name), "One");
    EXPECT_EQ(one->slot.value, builder.Slot("beta.dll", "One"));
    const auto twelve = *table.Symbol(*beta, 1);
    ASSERT_TRUE(twelve);
    EXPECT_TRUE(twelve->by_ordinal);
    EXPECT_EQ(twelve->ordinal, 12);
    EXPECT_EQ((*table.Symbol(*beta, 2))->hint, 1);
    EXPECT_FALSE(*table.Symbol(*beta, 3));
    const auto gamma = *table.Dll(1);
    ASSERT_TRUE(gamma);
    EXPECT_EQ(Text(gamma->name), "gamma.dll");
    EXPECT_FALSE(*table.Dll(2));
  }
}

TEST_F(Imports, ImageWithoutImportsHasNone) {
  ImageBuilder builder;
  Load(builder);
  test::MemorySource source(image);
  EXPECT_FALSE(*ImportTable(source, layout).Dll(0));
  EXPECT_FALSE(*ImportTable(source, layout).DelayedDll(0));
}

TEST_F(Imports, RefusesThunksAndTablesOutsideTheImage) {
  ImageBuilder builder;
  builder.Import("beta.dll", {"One"});
  Load(builder);
  const u32 idata = 0x2000;
  const u32 lookup = test::Get32(image, idata);
  Bytes good = image;
  test::MemorySource source(image);
  const ImportTable table(source, layout);
  test::Put32(image, lookup, 0x7FFFFFFF);
  EXPECT_EQ(table.Symbol(**table.Dll(0), 0).status(), Status::kInvalidImageFormat);
  image = good;
  test::Put32(image, idata + 16, 0x2FFE);
  EXPECT_EQ(table.Symbol(**table.Dll(0), 0).status(), Status::kInvalidImageFormat);
  test::Put32(image, idata, 0xFFFFFFFE);
  EXPECT_EQ(table.Symbol(**table.Dll(0), 5).status(), Status::kInvalidImageFormat);
}

TEST_F(Imports, DelayedDllsAreReadWithRvasAndWithAddresses) {
  for (const u32 attributes : {1u, 0u}) {
    ImageBuilder builder;
    builder.Import("beta.dll", {"One"});
    Load(builder);
    const u32 bias = attributes == 1 ? 0 : 0x400000;
    const u32 idata = 0x2000;
    const u32 lookup = test::Get32(image, idata);
    const u32 thunk = test::Get32(image, lookup);
    test::Put32(image, 0x1000, attributes);
    test::Put32(image, 0x1004, test::Get32(image, idata + 12) + bias);
    test::Put32(image, 0x100C, test::Get32(image, idata + 16) + bias);
    test::Put32(image, 0x1010, lookup + bias);
    test::Put32(image, lookup, thunk + bias);
    layout.directories[13] = {Rva(0x1000), 64};
    test::MemorySource source(image);
    const ImportTable table(source, layout);
    const auto dll = *table.DelayedDll(0);
    ASSERT_TRUE(dll);
    EXPECT_EQ(Text(dll->name), "beta.dll");
    EXPECT_EQ(Text((*table.Symbol(*dll, 0))->name), "One");
    EXPECT_FALSE(*table.DelayedDll(1));
  }
}

}  // namespace
}  // namespace fl::pe
