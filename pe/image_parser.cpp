// ParseImageLayout: from untrusted headers to an ImageLayout.
// Invariant: every read of the headers goes through At(), every sum of file values is made in 64
// bits.
#include "kernel/base/checked_math.h"
#include "pe/image_layout.h"

namespace fl::pe {
namespace {

/// The headers of real images fit in a page or two; 64 KiB leave room for some 1,600 sections.
constexpr u32 kMaxHeaderBytes = 0x10000;
constexpr u32 kMaxImageSize = 0x7FFF0000;
constexpr u64 kUserHalfEnd = 0x80000000;

/// Copies the structure at `offset`; nullopt if the headers end before it does.
template <class T>
std::optional<T> At(std::span<const std::byte> headers, u64 offset) {
  if (!FitsWithin<u64>(offset, sizeof(T), headers.size())) return std::nullopt;
  T value;
  __builtin_memcpy(&value, headers.data() + offset, sizeof(T));
  return value;
}

Status Refuse(ParseError* error, ParseError::Kind kind, Status status, const char* reason,
              std::optional<u32> number = std::nullopt) {
  if (error) *error = {kind, reason, number};
  return status;
}

constexpr bool IsPowerOfTwo(u32 value) { return value != 0 && (value & (value - 1)) == 0; }

/// Places in the headers, in bytes from the file's start, and the two headers that decide about
/// them.
struct HeaderMap {
  u32 optional_header;
  u32 directories;
  u32 directory_count;
  u32 section_table;
  u32 end;  ///< Of the section table and of the directories.
  FileHeader file;
  OptionalHeader optional;
};

/// How far the headers could be followed: `map` when all the way, else `needed` bytes to go on.
struct HeaderScan {
  std::optional<HeaderMap> map;
  u32 needed = 0;
};

Status NotPe(Status status, const char* reason, ParseError* error) {
  return Refuse(error, ParseError::Kind::kNotPe, status, reason);
}

/// Is it a PE file for this machine at all?
Status CheckKind(const FileHeader& file, const OptionalHeader& optional, ParseError* error) {
  if (file.machine != kMachineI386) {
    return Refuse(error, ParseError::Kind::kWrongMachine, Status::kInvalidImageFormat,
                  "machine is not i386", file.machine.get());
  }
  if (optional.magic != kOptionalMagicPe32) {
    return Malformed(error, "optional header is not PE32", optional.magic.get());
  }
  if ((file.characteristics & kFileExecutableImage) == 0) {
    return Malformed(error, "not linked: an object file, not an image");
  }
  return Status::kSuccess;
}

Result<HeaderScan> ScanHeaders(std::span<const std::byte> headers, u64 file_size,
                               ParseError* error) {
  const std::optional<DosHeader> dos = At<DosHeader>(headers, 0);
  const std::optional<LeU16> magic = At<LeU16>(headers, 0);
  if (!magic || *magic != kDosMagic) {
    return NotPe(Status::kInvalidImageNotMz, "no MZ signature", error);
  }
  if (!dos) return NotPe(Status::kInvalidImageProtect, "shorter than an MZ header", error);

  const u32 pe_offset = dos->pe_offset;
  if (!FitsWithin<u64>(pe_offset, sizeof(u32), file_size)) {
    return NotPe(Status::kInvalidImageProtect, "an MS-DOS program: no PE signature", error);
  }
  if (pe_offset > kMaxHeaderBytes - sizeof(FileHeader) - sizeof(OptionalHeader)) {
    return Malformed(error, "PE header too far from the file's start", pe_offset);
  }
  const u32 fixed_end = pe_offset + sizeof(FileHeader) + sizeof(OptionalHeader);
  if (headers.size() < fixed_end && headers.size() < file_size) {
    return HeaderScan{.map = {}, .needed = fixed_end};
  }
  const std::optional<LeU32> signature = At<LeU32>(headers, pe_offset);
  if (!signature || *signature != kPeSignature) {
    const std::optional<LeU16> old_magic = At<LeU16>(headers, pe_offset);
    if (old_magic && *old_magic == kNeMagic) {
      return NotPe(Status::kInvalidImageWin16, "a 16-bit Windows program", error);
    }
    return NotPe(Status::kInvalidImageProtect, "an MS-DOS program: no PE signature", error);
  }
  const std::optional<FileHeader> file = At<FileHeader>(headers, pe_offset);
  if (!file) return Malformed(error, "file ends inside the headers");
  if (file->machine != kMachineI386) return CheckKind(*file, OptionalHeader{}, error);
  const std::optional<OptionalHeader> optional =
      At<OptionalHeader>(headers, pe_offset + sizeof(FileHeader));
  if (!optional) return Malformed(error, "file ends inside the headers");
  TRY_STATUS(CheckKind(*file, *optional, error));

  HeaderMap map;
  map.file = *file;
  map.optional = *optional;
  map.optional_header = pe_offset + sizeof(FileHeader);
  map.directories = fixed_end;
  const u32 count = optional->directory_count;
  map.directory_count = count < kDirectoryCount ? count : kDirectoryCount;
  map.section_table = map.optional_header + file->optional_header_size;
  const u32 directories_end = map.directories + map.directory_count * u32(sizeof(DataDirectory));
  const u32 sections_end = map.section_table + file->section_count * u32(sizeof(SectionHeader));
  map.end = sections_end > directories_end ? sections_end : directories_end;
  if (map.end > kMaxHeaderBytes) return Malformed(error, "headers longer than 64 KiB", map.end);
  if (map.end > file_size) return Malformed(error, "file ends inside the headers");
  return HeaderScan{.map = map, .needed = map.end};
}

Status CheckSizes(const OptionalHeader& optional, ParseError* error) {
  const u32 section_alignment = optional.section_alignment;
  const u32 file_alignment = optional.file_alignment;
  if (!IsPowerOfTwo(section_alignment)) {
    return Malformed(error, "bad SectionAlignment", section_alignment);
  }
  if (!IsPowerOfTwo(file_alignment) || file_alignment > section_alignment ||
      (file_alignment < kSectorSize && file_alignment != section_alignment)) {
    return Malformed(error, "bad FileAlignment", file_alignment);
  }
  const u32 base = optional.image_base;
  const u32 size = optional.size_of_image;
  if (size == 0 || size > kMaxImageSize) return Malformed(error, "bad SizeOfImage", size);
  if (base % kAllocationGranularity != 0) {
    return Malformed(error, "ImageBase is not a multiple of 64 KiB", base);
  }
  if (u64(base) + AlignUp(size, kPageSize) > kUserHalfEnd) {
    return Malformed(error, "image does not fit in the user half at its ImageBase", base);
  }
  return Status::kSuccess;
}

/// Where the section's bytes lie in the file, by NT's rules: the start is rounded down to a sector,
/// the end up to FileAlignment; what the section does not map and what the file does not have is
/// cut off.
Status PlaceInFile(const SectionHeader& header, u32 number, u32 file_alignment,
                   const ImageLayout& layout, PeSection* section, ParseError* error) {
  const u32 raw_offset = header.raw_offset;
  const u32 raw_size = header.raw_size;
  if (raw_offset == 0 || raw_size == 0) return Status::kSuccess;
  if (layout.flat && raw_offset != section->rva.value) {
    return Malformed(error, "file offset is not the RVA in an image mapped flat: section", number);
  }
  const u32 start = layout.flat ? raw_offset : AlignDown(raw_offset, kSectorSize);
  const u64 data_end = u64(raw_offset) + raw_size;
  const u64 rounded_end = layout.flat ? data_end : AlignUp<u64>(data_end, file_alignment);
  const u64 mapped_end =
      u64(start) +
      (layout.flat ? section->virtual_size : AlignUp<u64>(section->virtual_size, kPageSize));
  if ((data_end < mapped_end ? data_end : mapped_end) > layout.file_size) {
    return Malformed(error, "file ends inside section", number);
  }
  u64 end = rounded_end < mapped_end ? rounded_end : mapped_end;
  if (end > layout.file_size) end = layout.file_size;
  section->file_offset = start;
  section->file_bytes = u32(end - start);
  return Status::kSuccess;
}

Status ParseSections(std::span<const std::byte> headers, const HeaderMap& map, ImageLayout* layout,
                     ParseError* error) {
  const u32 count = map.file.section_count;
  const u32 granule = layout->flat ? 1 : kPageSize;
  u64 previous_end = AlignUp<u64>(layout->header_bytes, granule);
  for (u32 i = 0; i < count; ++i) {
    const std::optional<SectionHeader> header =
        At<SectionHeader>(headers, map.section_table + u64(i) * sizeof(SectionHeader));
    if (!header) return Malformed(error, "file ends inside the headers");
    PeSection section;
    section.rva = Rva(header->rva);
    section.virtual_size = header->virtual_size != 0 ? header->virtual_size : header->raw_size;
    if (section.virtual_size == 0) continue;
    if (section.rva.value % granule != 0) {
      return Malformed(error, "not on a page boundary: section", i);
    }
    const u64 end = section.rva.value + AlignUp<u64>(section.virtual_size, granule);
    if (end > layout->mapped_size()) return Malformed(error, "outside SizeOfImage: section", i);
    if (section.rva.value < previous_end) {
      return Malformed(error, "overlaps what stands before it: section", i);
    }
    previous_end = end;
    TRY_STATUS(PlaceInFile(*header, i, map.optional.file_alignment, *layout, &section, error));
    __builtin_memcpy(section.name, header->name, sizeof(header->name));
    const u32 flags = header->characteristics;
    section.readable = (flags & kSectionRead) != 0;
    section.writable = (flags & kSectionWrite) != 0;
    section.executable = (flags & kSectionExecute) != 0;
    section.shared = (flags & kSectionShared) != 0;
    if (section.shared && section.writable) layout->shares_writes = true;
    section.discardable = (flags & kSectionDiscardable) != 0;
    TRY_STATUS(layout->sections.Push(section));
  }
  return Status::kSuccess;
}

void CopyFields(const HeaderMap& map, u64 file_size, ImageLayout* layout) {
  const OptionalHeader& optional = map.optional;
  layout->preferred_base = VirtAddr(optional.image_base);
  layout->size_of_image = optional.size_of_image;
  layout->pages = PagesFor(optional.size_of_image.get());
  layout->entry = Rva(optional.entry_point);
  layout->characteristics = map.file.characteristics;
  layout->dll_characteristics = optional.dll_characteristics;
  layout->subsystem = optional.subsystem;
  layout->linker_version = {optional.linker_major, optional.linker_minor};
  layout->os_version = {optional.os_major, optional.os_minor};
  layout->subsystem_version = {optional.subsystem_major, optional.subsystem_minor};
  layout->image_version = {optional.image_major, optional.image_minor};
  layout->time_stamp = map.file.time_stamp;
  layout->checksum = optional.checksum;
  layout->size_of_code = optional.size_of_code;
  layout->stack_reserve = optional.stack_reserve;
  layout->stack_commit = optional.stack_commit;
  layout->heap_reserve = optional.heap_reserve;
  layout->heap_commit = optional.heap_commit;
  layout->image_base_field =
      Rva(map.optional_header + u32(__builtin_offsetof(OptionalHeader, image_base)));
  layout->relocs_stripped = (map.file.characteristics & kFileRelocsStripped) != 0;
  layout->flat = optional.section_alignment < kPageSize;
  layout->file_size = file_size;
  const u32 headers = optional.size_of_headers;
  layout->header_bytes = headers > map.end ? headers : map.end;
  layout->header_file_bytes =
      layout->header_bytes < file_size ? layout->header_bytes : u32(file_size);
}

}  // namespace

Result<u32> HeaderBytesNeeded(std::span<const std::byte> start, u64 file_size, ParseError* error) {
  const HeaderScan scan = TRY(ScanHeaders(start, file_size, error));
  return scan.needed;
}

Result<ImageLayout> ParseImageLayout(std::span<const std::byte> headers, u64 file_size,
                                     ParseError* error) {
  const HeaderScan scan = TRY(ScanHeaders(headers, file_size, error));
  if (!scan.map || scan.needed > headers.size()) {
    return Malformed(error, "file ends inside the headers");
  }
  TRY_STATUS(CheckSizes(scan.map->optional, error));
  ImageLayout layout;
  CopyFields(*scan.map, file_size, &layout);
  if (layout.header_bytes > layout.mapped_size()) {
    return Malformed(error, "headers outside SizeOfImage", layout.header_bytes);
  }
  for (u32 i = 0; i < scan.map->directory_count; ++i) {
    const std::optional<DataDirectory> entry =
        At<DataDirectory>(headers, scan.map->directories + u64(i) * sizeof(DataDirectory));
    if (!entry) return Malformed(error, "file ends inside the headers");
    layout.directories[i] = {Rva(entry->rva), entry->size};
  }
  TRY_STATUS(ParseSections(headers, *scan.map, &layout, error));
  return layout;
}

}  // namespace fl::pe
