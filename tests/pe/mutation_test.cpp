// A smoke fuzz: thousands of damaged copies of a valid image go through every function of pe/.
// Nothing is expected but that each ends, and that the sanitizers and the assertions stay silent.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "pe/linker.h"
#include "pe/relocation.h"
#include "tests/fakes/image_builder.h"

namespace fl::pe {
namespace {

using test::Bytes;

Bytes ValidImage() {
  test::ImageBuilder builder;
  builder.dll_name = "self.dll";
  builder.AddSection(".text", test::kCodeFlags, Bytes(0x400, std::byte(0xC3)));
  builder.AddSection(".data", test::kDataFlags, Bytes(0x200, std::byte(1)), 0x1800);
  builder.Fixup(0x1010).Fixup(0x1FFE).Fixup(0x2020, 1).Fixup(0x2030, 4, 0x1234).Fixup(0x2040, 2);
  builder.Export("One", 0x1000).Export("Two", 0x1004).ExportForwarder("Three", "self.One");
  builder.Import("self.dll", {"One", "Two", "Three", "#1"}).Import("other.dll", {"Three"});
  builder.idata_misalignment = 1;
  return builder.Build();
}

class SelfModule final : public Module, public ModuleProvider {
 public:
  SelfModule(const Bytes& file, const ImageLayout& layout)
      : file_(file), source_(file_, layout), layout_(layout) {}
  std::string_view Name() const override { return "self.dll"; }
  ByteSource& Image() override { return source_; }
  const ImageLayout& Layout() const override { return layout_; }
  VirtAddr Base() const override { return VirtAddr(0x10000000); }
  Result<Module*> Load(Module&, std::string_view) override { return this; }

 private:
  test::MemoryFile file_;
  ImageFileSource source_;
  const ImageLayout& layout_;
};

/// How far a file came: 0 refused, 1 laid out, 2 indexed, 3 linked.
int Exercise(const Bytes& file) {
  ParseError error;
  if (!HeaderBytesNeeded(file, file.size(), &error).ok()) return 0;
  const auto layout = ParseImageLayout(file, file.size(), &error);
  if (!layout.ok()) return 0;
  SelfModule module(file, *layout);
  const auto index = RelocationIndex::Build(module.Image(), *layout, &error);
  LinkError link_error;
  Linker linker(module);
  const bool linked = IsSuccess(linker.Link(module, &link_error));
  char text[512];
  EXPECT_LT(link_error.Format(text).size(), sizeof(text));
  EXPECT_LT(error.Format(text).size(), sizeof(text));
  if (!index.ok()) return 1;

  Bytes page(kPageSize);
  const PageBytes bytes(page.data(), kPageSize);
  PageTail tail = {};
  const u32 pages = layout->pages < 32 ? layout->pages : 32;
  for (u32 i = 0; i < pages; ++i) {
    const PageContent content = layout->Page(PageIndex(i));
    EXPECT_LE(u64(content.file_offset) + content.file_bytes, file.size());
    EXPECT_LE(content.file_bytes, kPageSize);
    std::fill(page.begin(), page.end(), std::byte(0));
    if (content.file_bytes != 0) {
      std::memcpy(page.data(), file.data() + content.file_offset, content.file_bytes);
    }
    index->Apply(PageIndex(i), bytes, tail, 0x00120000);
    if (linked) ApplyBindings(PageIndex(i), bytes, linker.load_order()[0]->bindings.span());
    PatchImageBase(PageIndex(i), bytes, *layout, VirtAddr(0x10000000));
    tail = index->OriginalTail(PageIndex(i), bytes, 0x00120000);
  }
  return linked ? 3 : 2;
}

TEST(Mutation, TheUndamagedImageGoesAllTheWay) { EXPECT_EQ(Exercise(ValidImage()), 3); }

TEST(Mutation, DamagedImagesNeverDoHarm) {
  const Bytes valid = ValidImage();
  std::mt19937 random(20240501);
  const u32 interesting[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFF, 0x1000, 0x1001};
  u32 reached[4] = {};
  for (int round = 0; round < 20000; ++round) {
    Bytes file = valid;
    const u32 damages = 1 + u32(random() % 4);
    for (u32 i = 0; i < damages; ++i) {
      // Half of the damage goes to the headers, which are a small part of the file.
      const u32 reach = random() % 2 ? 0x300 : u32(file.size()) - 4;
      const u32 at = u32(random()) % reach;
      switch (random() % 3) {
        case 0:
          file[at] = std::byte(random());
          break;
        case 1:
          test::Put32(file, at & ~3u, interesting[random() % 8]);
          break;
        default:
          test::Put32(file, at & ~3u, u32(random()) >> (random() % 32));
          break;
      }
    }
    if (random() % 16 == 0) file.resize(random() % file.size());
    ++reached[Exercise(file)];
  }
  for (const u32 count : reached) EXPECT_GT(count, 100u);
}

}  // namespace
}  // namespace fl::pe
