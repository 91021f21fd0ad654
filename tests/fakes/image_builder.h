// ImageBuilder: PE32 files from a description, for tests: sections, fix-ups, exports, imports,
// forwarders. Sections get their RVAs as they are added, from 0x1000 up; Build() adds .edata,
// .idata and .reloc. It shares only the structures of pe_format.h with the code under test, and may
// build malformed files.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "pe/image_file_source.h"
#include "pe/image_layout.h"

namespace fl::test {

using Bytes = std::vector<std::byte>;

inline constexpr u32 kCodeFlags = 0x60000020;  ///< Code, execute, read.
inline constexpr u32 kDataFlags = 0xC0000040;  ///< Data, read, write.
inline constexpr u32 kReadFlags = 0x40000040;  ///< Data, read.

class ImageBuilder {
 public:
  u32 base = 0x00400000;
  u32 section_alignment = 0x1000;
  u32 file_alignment = 0x200;
  u16 machine = 0x014C;
  u16 characteristics = 0x0102;  ///< Executable, 32-bit.
  u16 subsystem = 3;
  u32 entry = 0;
  u32 pe_offset = 0x80;
  u32 directory_count = 16;
  u32 ordinal_base = 1;
  std::string dll_name = "test.dll";
  u32 next_rva = 0x1000;      ///< Of the next section.
  bool lookup_tables = true;  ///< false: OriginalFirstThunk is 0.
  bool sort_exports = true;
  u32 idata_misalignment = 0;  ///< Bytes before the address tables, to make slots cross pages.

  /// Returns the section's RVA. `virtual_size` 0: as many bytes as `bytes`.
  u32 AddSection(std::string name, u32 flags, Bytes bytes, u32 virtual_size = 0);
  /// A fix-up of the field at `rva`; fix-ups keep their order within a page. `adjust`: HIGHADJ's
  /// second slot.
  ImageBuilder& Fixup(u32 rva, u32 type = 3, u16 adjust = 0);
  ImageBuilder& Export(std::string name, u32 rva);
  ImageBuilder& ExportForwarder(std::string name, std::string target);
  /// An export without a name. Ordinals count from ordinal_base in the order of the calls.
  ImageBuilder& ExportOrdinal(u32 rva);
  /// `symbols`: names, or "#12" for an ordinal.
  ImageBuilder& Import(std::string dll, std::vector<std::string> symbols);

  Bytes Build();

  /// After Build: RVA of the slot for `symbol` of `dll`.
  u32 Slot(const std::string& dll, const std::string& symbol) const;
  /// After Build: file offsets of headers, for tests that spoil them.
  u32 optional_header_offset() const { return pe_offset + 24; }
  u32 section_header_offset(u32 index) const {
    return optional_header_offset() + 96 + 8 * directory_count + 40 * index;
  }
  u32 directory_offset(u32 index) const { return optional_header_offset() + 96 + 8 * index; }
  u32 section_count() const { return u32(sections_.size()); }

 private:
  struct Section {
    std::string name;
    u32 flags;
    Bytes bytes;
    u32 virtual_size;
    u32 rva;
  };
  struct FixupEntry {
    u32 rva;
    u32 type;
    u16 adjust;
  };
  struct ExportEntry {
    std::string name;
    u32 rva;
    std::string forwarder;
  };
  struct ImportEntry {
    std::string dll;
    std::vector<std::string> symbols;
  };

  void BuildExports();
  void BuildImports();
  void BuildRelocations();

  std::vector<Section> sections_;
  std::vector<FixupEntry> fixups_;
  std::vector<ExportEntry> exports_;
  std::vector<ImportEntry> imports_;
  std::map<std::string, u32> slots_;
  pe::DataDirectory directories_[16] = {};
};

/// Little-endian fields in byte vectors.
void Put32(Bytes& bytes, u32 offset, u32 value);
void Put16(Bytes& bytes, u32 offset, u16 value);
u32 Get32(const Bytes& bytes, u32 offset);

/// A file in memory.
class MemoryFile final : public pe::FileBytes {
 public:
  explicit MemoryFile(const Bytes& bytes) : bytes_(bytes) {}
  Status ReadAt(u64 offset, std::span<std::byte> out) override;

 private:
  const Bytes& bytes_;
};

/// A flat run of bytes as an image view: RVA == index.
class MemorySource final : public pe::ByteSource {
 public:
  explicit MemorySource(const Bytes& bytes) : bytes_(bytes) {}
  Status Read(u32 offset, std::span<std::byte> out) override;

 private:
  const Bytes& bytes_;
};

/// What the whole image looks like before it is relocated, straight from the file (absent pages:
/// zero).
Bytes LayOut(const Bytes& file, const pe::ImageLayout& layout);

}  // namespace fl::test
