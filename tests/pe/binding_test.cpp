// Import slots, page by page.
#include "pe/binding.h"

#include <gtest/gtest.h>

#include "tests/fakes/image_builder.h"

namespace fl::pe {
namespace {

TEST(Binding, WritesOnlyTheSlotsOfThePage) {
  const Binding bindings[] = {
      {Rva(0x0FFC), 1}, {Rva(0x1000), 0x11223344}, {Rva(0x1FFC), 0x55667788}, {Rva(0x2000), 2}};
  test::Bytes page(kPageSize);
  ApplyBindings(PageIndex(1), PageBytes(page.data(), kPageSize), bindings);
  EXPECT_EQ(test::Get32(page, 0), 0x11223344u);
  EXPECT_EQ(test::Get32(page, 4), 0u);
  EXPECT_EQ(test::Get32(page, 0xFFC), 0x55667788u);
  EXPECT_EQ(BindingsOfPage(PageIndex(1), bindings).size(), 2u);
  EXPECT_TRUE(BindingsOfPage(PageIndex(3), bindings).empty());
}

TEST(Binding, SlotAcrossThePageEdgeIsWrittenInBothPages) {
  for (u32 inside = 1; inside <= 3; ++inside) {
    const Binding bindings[] = {{Rva(0x2000 - inside), 0xA1B2C3D4}};
    test::Bytes pages(2 * kPageSize);
    for (u32 i = 0; i < 2; ++i) {
      ApplyBindings(PageIndex(1 + i), PageBytes(pages.data() + i * kPageSize, kPageSize), bindings);
    }
    EXPECT_EQ(test::Get32(pages, kPageSize - inside), 0xA1B2C3D4u);
  }
}

TEST(Binding, FirstPageHasNoPageBefore) {
  const Binding bindings[] = {{Rva(0), 5}};
  test::Bytes page(kPageSize);
  ApplyBindings(PageIndex(0), PageBytes(page.data(), kPageSize), bindings);
  EXPECT_EQ(test::Get32(page, 0), 5u);
}

}  // namespace
}  // namespace fl::pe
