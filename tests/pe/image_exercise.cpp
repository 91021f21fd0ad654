// ExerciseImage: see image_exercise.h.
#include "tests/pe/image_exercise.h"

#include <gtest/gtest.h>

#include <cstring>

#include "pe/linker.h"
#include "pe/relocation.h"

namespace fl::test {
namespace {

using namespace fl::pe;

constexpr u32 kSomePages = 32;
constexpr u32 kSomeSymbols = 64;
constexpr u32 kDelta = 0x00120000;

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
  MemoryFile file_;
  ImageFileSource source_;
  const ImageLayout& layout_;
};

void CheckPage(const ImageLayout& layout, PageIndex page, u64 file_size) {
  const PageContent content = layout.Page(page);
  EXPECT_LE(u64(content.file_offset) + content.file_bytes, file_size);
  EXPECT_EQ(content.kind == PageKind::kFile, content.file_bytes == kPageSize);
  EXPECT_EQ(content.kind == PageKind::kMixed,
            content.file_bytes != 0 && content.file_bytes < kPageSize);
  EXPECT_TRUE(content.present() || !content.readable);
  if (page.value >= layout.pages) {
    EXPECT_FALSE(content.present());
  }
}

/// The invariants in the head of image_layout.h.
void CheckLayout(const ImageLayout& layout, u64 file_size) {
  EXPECT_LE(u64(layout.preferred_base.value) + layout.mapped_size(), 0x80000000u);
  EXPECT_EQ(layout.pages, PagesFor(layout.size_of_image));
  EXPECT_LE(layout.header_file_bytes, file_size);
  u64 end = layout.header_bytes;
  for (const PeSection& section : layout.sections) {
    EXPECT_NE(section.virtual_size, 0u);
    EXPECT_GE(section.rva.value, end);
    end = u64(section.rva.value) + section.virtual_size;
    EXPECT_LE(u64(section.file_offset) + section.file_bytes, file_size);
    EXPECT_TRUE(layout.flat || section.file_offset % kSectorSize == 0);
    EXPECT_LT(std::strlen(section.name), sizeof(section.name));
    const PageIndex last = PageOf(section.rva + (section.virtual_size - 1));
    for (const PageIndex page : {PageOf(section.rva), last, last + 1}) {
      CheckPage(layout, page, file_size);
    }
    EXPECT_TRUE(layout.flat || layout.Page(last).present());
  }
  EXPECT_LE(end, layout.mapped_size());
  for (u32 page = 0; page <= layout.pages && page < kSomePages; ++page) {
    CheckPage(layout, PageIndex(page), file_size);
  }
}

/// Finds each export by its number and again by its name.
void ReadExports(ByteSource& image, const ImageLayout& layout) {
  ParseError error;
  Result<ExportTable> table = ExportTable::Open(image, layout, &error);
  if (!table.ok()) return;
  char name[kShortStringSize];
  (void)ReadString(image, table->dll_name(), name);
  for (u32 i = 0; i < table->function_count() && i < kSomeSymbols; ++i) {
    const Result<Export> found = table->FindByOrdinal(table->ordinal_base() + i);
    if (!found.ok()) continue;
    EXPECT_LT(found->rva.value, layout.mapped_size());
    if (!found->forwarder) continue;
    const Result<std::string_view> text = ReadString(image, found->rva, name);
    if (!text.ok()) continue;
    const Result<Forwarder> forwarder = ParseForwarder(*text);
    if (!forwarder.ok()) continue;
    EXPECT_FALSE(forwarder->dll.empty());
    EXPECT_TRUE(forwarder->symbol.by_ordinal() || !forwarder->symbol.name.empty());
  }
  for (const char* wanted : {"One", "Two", "Zero", ""}) {
    for (const u16 hint : {u16(0), u16(1), u16(0xFFFF)}) (void)table->FindByName(wanted, hint);
  }
}

void ReadSymbols(const ImportTable& table, const ImageLayout& layout, const ImportedDll& dll) {
  for (u32 i = 0; i < kSomeSymbols; ++i) {
    const Result<std::optional<ImportedSymbol>> symbol = table.Symbol(dll, i);
    if (!symbol.ok() || !*symbol) return;
    EXPECT_LE(u64((*symbol)->slot.value) + 4, layout.mapped_size());
  }
}

void ReadImports(ByteSource& image, const ImageLayout& layout) {
  const ImportTable table(image, layout);
  for (u32 i = 0; i < kSomeSymbols; ++i) {
    const Result<std::optional<ImportedDll>> dll = table.Dll(i);
    if (!dll.ok() || !*dll) break;
    ReadSymbols(table, layout, **dll);
  }
  for (u32 i = 0; i < kSomeSymbols; ++i) {
    const Result<std::optional<ImportedDll>> dll = table.DelayedDll(i);
    if (!dll.ok() || !*dll) break;
    ReadSymbols(table, layout, **dll);
  }
}

/// Builds pages as the pager does, each with the tail of the one before.
void BuildPages(const Bytes& file, const ImageLayout& layout, const RelocationIndex& index,
                std::span<const Binding> bindings) {
  Bytes page(kPageSize);
  const PageBytes bytes(page.data(), kPageSize);
  PageTail tail = {};
  for (u32 i = 0; i < layout.pages && i < kSomePages; ++i) {
    const PageContent content = layout.Page(PageIndex(i));
    std::fill(page.begin(), page.end(), std::byte(0));
    if (content.file_bytes != 0) {
      std::memcpy(page.data(), file.data() + content.file_offset, content.file_bytes);
    }
    index.Apply(PageIndex(i), bytes, tail, kDelta);
    ApplyBindings(PageIndex(i), bytes, bindings);
    PatchImageBase(PageIndex(i), bytes, layout, VirtAddr(0x10000000));
    tail = index.OriginalTail(PageIndex(i), bytes, kDelta);
  }
}

}  // namespace

ImageStage ExerciseImage(const Bytes& file) {
  ParseError error;
  const Result<u32> needed = HeaderBytesNeeded(file, file.size(), &error);
  const Result<ImageLayout> layout = ParseImageLayout(file, file.size(), &error);
  if (!layout.ok()) return ImageStage::kRefused;
  EXPECT_TRUE(needed.ok());
  CheckLayout(*layout, file.size());
  SelfModule module(file, *layout);
  ReadExports(module.Image(), *layout);
  ReadImports(module.Image(), *layout);
  const Result<RelocationIndex> index = RelocationIndex::Build(module.Image(), *layout, &error);
  LinkError link_error;
  Linker linker(module);
  const bool linked = IsSuccess(linker.Link(module, &link_error));
  char text[512];
  EXPECT_LT(link_error.Format(text).size(), sizeof(text));
  EXPECT_LT(error.Format(text).size(), sizeof(text));
  if (!index.ok()) return ImageStage::kLaidOut;
  std::span<const Binding> bindings;
  if (linked) bindings = linker.load_order()[0]->bindings.span();
  for (std::size_t i = 1; i < bindings.size(); ++i) {
    EXPECT_LE(bindings[i - 1].slot, bindings[i].slot);
  }
  BuildPages(file, *layout, *index, bindings);
  return linked ? ImageStage::kLinked : ImageStage::kIndexed;
}

Bytes SelfImportingImage() {
  ImageBuilder builder;
  builder.dll_name = "self.dll";
  builder.AddSection(".text", kCodeFlags, Bytes(0x400, std::byte(0xC3)));
  builder.AddSection(".data", kDataFlags, Bytes(0x200, std::byte(1)), 0x1800);
  builder.Fixup(0x1010).Fixup(0x1FFE).Fixup(0x2020, 1).Fixup(0x2030, 4, 0x1234).Fixup(0x2040, 2);
  builder.Export("One", 0x1000).Export("Two", 0x1004).ExportForwarder("Three", "self.One");
  builder.Import("self.dll", {"One", "Two", "Three", "#1"}).Import("other.dll", {"Three"});
  builder.idata_misalignment = 1;
  return builder.Build();
}

}  // namespace fl::test
