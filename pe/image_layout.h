// ImageLayout: what a PE32 (i386) file says about the image that it becomes: page by page, which
// bytes of the file a page holds and what may be done with it. Built once from the headers, then
// never changed. Invariants (of a layout that ParseImageLayout gave): sections are in ascending
// order, do not overlap one another or the headers, map at least one byte, and lie within `pages`;
// every file range lies within the file; the image at its preferred base lies in the lower half of
// the address space.
// Source: Microsoft Learn, "PE Format". Where the text and NT's loader differ, the loader's rule is
//   kept.
#pragma once

#include <span>

#include "kernel/base/result.h"
#include "kernel/base/vector.h"
#include "pe/parse_error.h"
#include "pe/pe_format.h"

namespace fl::pe {

using PageBytes = std::span<std::byte, kPageSize>;

struct PeSection {
  char name[9] = {};  ///< Zero-terminated.
  bool readable = false;
  bool writable = false;
  bool executable = false;
  bool shared = false;
  bool discardable = false;
  Rva rva;
  u32 virtual_size = 0;  ///< Bytes, not rounded; never 0.
  u32 file_offset = 0;   ///< A multiple of 512, unless the image is flat.
  u32 file_bytes = 0;  ///< Bytes that come from the file; the rest of the section's pages is zero.
};

enum class PageKind : u8 {
  kAbsent,  ///< No section covers the page: an access is an access violation.
  kZero,    ///< Nothing comes from the file.
  kFile,    ///< All of the page comes from the file.
  kMixed,   ///< file_bytes come from the file, zeros follow.
};

struct PageContent {
  PageKind kind = PageKind::kAbsent;
  bool readable = false;
  bool writable = false;  ///< Copy on write unless `shared`.
  bool executable = false;
  bool shared = false;
  u32 file_offset = 0;
  u32 file_bytes = 0;  ///< 0 to kPageSize.
  constexpr bool present() const { return kind != PageKind::kAbsent; }
};

struct DirectoryEntry {
  Rva rva;
  u32 size = 0;
};

struct Version {
  u16 major = 0;
  u16 minor = 0;
};

struct ImageLayout {
  VirtAddr preferred_base;
  u32 pages = 0;          ///< SizeOfImage, rounded up.
  u32 size_of_image = 0;  ///< As the header says, bytes.
  u32 header_bytes = 0;   ///< SizeOfHeaders, but at least up to the end of the section table.
  u32 header_file_bytes = 0;
  Rva entry;  ///< 0: none. Unchecked: may lie anywhere.
  u16 characteristics = 0;
  u16 dll_characteristics = 0;
  u16 subsystem = 0;
  Version linker_version;
  Version os_version;
  Version subsystem_version;
  Version image_version;
  u32 time_stamp = 0;
  u32 checksum = 0;
  u32 size_of_code = 0;
  u32 stack_reserve = 0;
  u32 stack_commit = 0;
  u32 heap_reserve = 0;
  u32 heap_commit = 0;
  Rva image_base_field;          ///< Where the header itself holds the base.
  bool relocs_stripped = false;  ///< The image may only lie at its preferred base.
  bool flat = false;             ///< Section alignment below a page: file offset == RVA throughout.
  bool shares_writes = false;    ///< Some section is writable and shared.
  u64 file_size = 0;
  DirectoryEntry directories[kDirectoryCount];
  Vector<PeSection> sections;  ///< Those that map something.

  bool is_dll() const { return (characteristics & kFileDll) != 0; }
  /// Bytes that the image spans when mapped.
  u32 mapped_size() const { return pages << kPageShift; }
  /// {0, 0} if the file has none.
  DirectoryEntry directory(Directory which) const { return directories[u32(which)]; }
  /// O(log sections). A page past the end is kAbsent.
  PageContent Page(PageIndex page) const;
  /// How many pages from `page` (which is none past the end) on are alike but for the bytes that they come from: at
  /// least 1.
  u32 PagesAlike(PageIndex page) const;
};

/// How many bytes from the file's start ParseImageLayout needs, as far as `start` shows. If that is
/// more than start.size(), read that many and ask again; two questions suffice. Fails as
/// ParseImageLayout does.
Result<u32> HeaderBytesNeeded(std::span<const std::byte> start, u64 file_size, ParseError* error);

/// `headers` are the first bytes of the file, as many as HeaderBytesNeeded asks for, or all of a
/// shorter file. kInvalidImageNotMz, kInvalidImageWin16 and kInvalidImageProtect (no PE signature)
/// mean kNotPe; kInvalidImageFormat is kWrongMachine or kMalformed, as `error` (which may be null)
/// says; kNoMemory.
Result<ImageLayout> ParseImageLayout(std::span<const std::byte> headers, u64 file_size,
                                     ParseError* error);

/// The headers of a mapped image hold the base where it really lies: writes that field's bytes that
/// lie in `page`. To be called after the page is relocated.
void PatchImageBase(PageIndex page, PageBytes bytes, const ImageLayout& layout,
                    VirtAddr actual_base);

}  // namespace fl::pe
