// ImageBuilder: see image_builder.h.
#include "tests/fakes/image_builder.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace fl::test {
namespace {

u32 RoundUp(u32 value, u32 to) { return (value + to - 1) / to * to; }

void Append(Bytes& bytes, const void* data, std::size_t size) {
  const auto* begin = static_cast<const std::byte*>(data);
  bytes.insert(bytes.end(), begin, begin + size);
}
void Append32(Bytes& bytes, u32 value) {
  for (int i = 0; i < 4; ++i) bytes.push_back(std::byte(value >> (8 * i)));
}
void Append16(Bytes& bytes, u16 value) {
  for (int i = 0; i < 2; ++i) bytes.push_back(std::byte(value >> (8 * i)));
}
void AppendString(Bytes& bytes, const std::string& text) {
  Append(bytes, text.c_str(), text.size() + 1);
}

}  // namespace

void Put32(Bytes& bytes, u32 offset, u32 value) {
  for (u32 i = 0; i < 4; ++i) bytes.at(offset + i) = std::byte(value >> (8 * i));
}
void Put16(Bytes& bytes, u32 offset, u16 value) {
  for (u32 i = 0; i < 2; ++i) bytes.at(offset + i) = std::byte(value >> (8 * i));
}
u32 Get32(const Bytes& bytes, u32 offset) {
  u32 value = 0;
  for (u32 i = 0; i < 4; ++i) value |= u32(bytes.at(offset + i)) << (8 * i);
  return value;
}

Status MemoryFile::ReadAt(u64 offset, std::span<std::byte> out) {
  if (offset + out.size() > bytes_.size()) return Status::kEndOfFile;
  std::memcpy(out.data(), bytes_.data() + offset, out.size());
  return Status::kSuccess;
}

Status MemorySource::Read(u32 offset, std::span<std::byte> out) {
  if (u64(offset) + out.size() > bytes_.size()) return Status::kInvalidImageFormat;
  if (!out.empty()) std::memcpy(out.data(), bytes_.data() + offset, out.size());
  return Status::kSuccess;
}

Bytes LayOut(const Bytes& file, const pe::ImageLayout& layout) {
  Bytes image(layout.mapped_size());
  for (u32 page = 0; page < layout.pages; ++page) {
    const pe::PageContent content = layout.Page(PageIndex(page));
    if (content.file_bytes == 0) continue;
    std::memcpy(image.data() + page * kPageSize, file.data() + content.file_offset,
                content.file_bytes);
  }
  return image;
}

u32 ImageBuilder::AddSection(std::string name, u32 flags, Bytes bytes, u32 virtual_size) {
  const u32 rva = RoundUp(next_rva, section_alignment);
  if (virtual_size == 0) virtual_size = u32(bytes.size());
  next_rva = rva + RoundUp(virtual_size, section_alignment);
  sections_.push_back({std::move(name), flags, std::move(bytes), virtual_size, rva});
  return rva;
}

ImageBuilder& ImageBuilder::Fixup(u32 rva, u32 type, u16 adjust) {
  fixups_.push_back({rva, type, adjust});
  return *this;
}
ImageBuilder& ImageBuilder::Export(std::string name, u32 rva) {
  exports_.push_back({std::move(name), rva, {}});
  return *this;
}
ImageBuilder& ImageBuilder::ExportForwarder(std::string name, std::string target) {
  exports_.push_back({std::move(name), 0, std::move(target)});
  return *this;
}
ImageBuilder& ImageBuilder::ExportOrdinal(u32 rva) { return Export({}, rva); }
ImageBuilder& ImageBuilder::Import(std::string dll, std::vector<std::string> symbols) {
  imports_.push_back({std::move(dll), std::move(symbols)});
  return *this;
}

u32 ImageBuilder::Slot(const std::string& dll, const std::string& symbol) const {
  return slots_.at(dll + "!" + symbol);
}

void ImageBuilder::BuildExports() {
  if (exports_.empty()) return;
  const u32 rva = RoundUp(next_rva, section_alignment);
  std::vector<u32> named;
  for (u32 i = 0; i < exports_.size(); ++i) {
    if (!exports_[i].name.empty()) named.push_back(i);
  }
  if (sort_exports) {
    std::sort(named.begin(), named.end(),
              [&](u32 a, u32 b) { return exports_[a].name < exports_[b].name; });
  }
  const u32 functions = rva + u32(sizeof(pe::ExportDirectory));
  const u32 names = functions + 4 * u32(exports_.size());
  const u32 ordinals = names + 4 * u32(named.size());
  const u32 strings = ordinals + 2 * u32(named.size());
  Bytes text;
  pe::ExportDirectory directory = {};
  directory.dll_name = strings;
  AppendString(text, dll_name);
  directory.ordinal_base = ordinal_base;
  directory.function_count = u32(exports_.size());
  directory.name_count = u32(named.size());
  directory.functions = functions;
  directory.names = names;
  directory.name_ordinals = ordinals;
  Bytes bytes;
  Append(bytes, &directory, sizeof(directory));
  for (const ExportEntry& exported : exports_) {
    if (exported.forwarder.empty()) {
      Append32(bytes, exported.rva);
    } else {
      Append32(bytes, strings + u32(text.size()));
      AppendString(text, exported.forwarder);
    }
  }
  for (const u32 i : named) {
    Append32(bytes, strings + u32(text.size()));
    AppendString(text, exports_[i].name);
  }
  for (const u32 i : named) Append16(bytes, u16(i));
  bytes.insert(bytes.end(), text.begin(), text.end());
  directories_[0].rva = rva;
  directories_[0].size = u32(bytes.size());
  AddSection(".edata", kReadFlags, std::move(bytes));
}

void ImageBuilder::BuildImports() {
  if (imports_.empty()) return;
  const u32 rva = RoundUp(next_rva, section_alignment);
  u32 thunks = 0;
  for (const ImportEntry& imported : imports_) thunks += 4 * (u32(imported.symbols.size()) + 1);
  // Descriptors, then the address tables, then the lookup tables, then the text.
  const u32 iat = 20 * (u32(imports_.size()) + 1) + idata_misalignment;
  const u32 lookup = iat + thunks;
  const u32 text_start = lookup + thunks;
  Bytes bytes(text_start);
  u32 thunk = 0;
  u32 descriptor = 0;
  for (const ImportEntry& imported : imports_) {
    if (lookup_tables) Put32(bytes, descriptor, rva + lookup + thunk);
    Put32(bytes, descriptor + 12, rva + u32(bytes.size()));
    Put32(bytes, descriptor + 16, rva + iat + thunk);
    AppendString(bytes, imported.dll);
    descriptor += 20;
    u16 hint = 0;
    for (const std::string& symbol : imported.symbols) {
      u32 value = rva + u32(bytes.size());
      if (symbol[0] == '#') {
        value = 0x80000000u | u32(std::stoul(symbol.substr(1)));
      } else {
        Append16(bytes, hint++);
        AppendString(bytes, symbol);
      }
      Put32(bytes, iat + thunk, value);
      Put32(bytes, lookup + thunk, value);
      slots_[imported.dll + "!" + symbol] = rva + iat + thunk;
      thunk += 4;
    }
    thunk += 4;
  }
  directories_[1].rva = rva;
  directories_[1].size = descriptor + 20;
  AddSection(".idata", kDataFlags, std::move(bytes));
}

void ImageBuilder::BuildRelocations() {
  if (fixups_.empty()) return;
  const u32 rva = RoundUp(next_rva, section_alignment);
  Bytes bytes;
  for (std::size_t i = 0; i < fixups_.size();) {
    // A new block wherever the page changes: fix-ups added out of order make unsorted, duplicate
    // blocks.
    const u32 page = fixups_[i].rva / kPageSize;
    const u32 start = u32(bytes.size());
    Append32(bytes, page * kPageSize);
    Append32(bytes, 0);
    for (; i < fixups_.size() && fixups_[i].rva / kPageSize == page; ++i) {
      Append16(bytes, u16(fixups_[i].type << 12 | fixups_[i].rva % kPageSize));
      if (fixups_[i].type == 4) Append16(bytes, fixups_[i].adjust);
    }
    if (bytes.size() % 4 != 0) Append16(bytes, 0);
    Put32(bytes, start + 4, u32(bytes.size()) - start);
  }
  directories_[5].rva = rva;
  directories_[5].size = u32(bytes.size());
  AddSection(".reloc", 0x42000040, std::move(bytes));
}

Bytes ImageBuilder::Build() {
  BuildExports();
  BuildImports();
  BuildRelocations();

  const u32 headers_end = section_header_offset(section_count());
  const u32 header_size = RoundUp(headers_end, file_alignment);
  Bytes file(header_size);
  Put16(file, 0, 0x5A4D);
  Put32(file, 0x3C, pe_offset);

  pe::FileHeader header = {};
  header.signature = 0x4550;
  header.machine = machine;
  header.section_count = u16(sections_.size());
  header.optional_header_size = u16(96 + 8 * directory_count);
  header.characteristics = characteristics;
  std::memcpy(file.data() + pe_offset, &header, sizeof(header));

  pe::OptionalHeader optional = {};
  optional.magic = 0x010B;
  optional.entry_point = entry;
  optional.image_base = base;
  optional.section_alignment = section_alignment;
  optional.file_alignment = file_alignment;
  optional.subsystem_major = 4;
  optional.size_of_image = RoundUp(next_rva, section_alignment);
  optional.size_of_headers = header_size;
  optional.subsystem = subsystem;
  optional.stack_reserve = 0x100000;
  optional.stack_commit = 0x1000;
  optional.heap_reserve = 0x100000;
  optional.heap_commit = 0x1000;
  optional.directory_count = directory_count;
  std::memcpy(file.data() + optional_header_offset(), &optional, sizeof(optional));
  std::memcpy(file.data() + directory_offset(0), directories_, 8 * directory_count);

  for (u32 i = 0; i < sections_.size(); ++i) {
    const Section& section = sections_[i];
    pe::SectionHeader entry_header = {};
    std::memcpy(entry_header.name, section.name.data(),
                std::min<std::size_t>(8, section.name.size()));
    entry_header.virtual_size = section.virtual_size;
    entry_header.rva = section.rva;
    entry_header.characteristics = section.flags;
    if (!section.bytes.empty()) {
      if (section_alignment < kPageSize && file.size() < section.rva) file.resize(section.rva);
      entry_header.raw_offset = u32(file.size());
      entry_header.raw_size = RoundUp(u32(section.bytes.size()), file_alignment);
      file.insert(file.end(), section.bytes.begin(), section.bytes.end());
      file.resize(RoundUp(u32(file.size()), file_alignment));
    }
    std::memcpy(file.data() + section_header_offset(i), &entry_header, sizeof(entry_header));
  }
  return file;
}

}  // namespace fl::test
