// The structures of a PE32 file as they lie on the disk: little-endian, alignment 1, no behaviour.
// Source: Microsoft Learn, "PE Format"; the section of that text is named at each structure.
#pragma once

#include "kernel/base/little_endian.h"

namespace fl::pe {

inline constexpr u16 kDosMagic = 0x5A4D;     ///< "MZ"
inline constexpr u16 kNeMagic = 0x454E;      ///< "NE", a 16-bit Windows program.
inline constexpr u32 kPeSignature = 0x4550;  ///< "PE\0\0"
inline constexpr u16 kMachineI386 = 0x014C;
inline constexpr u16 kOptionalMagicPe32 = 0x010B;
inline constexpr u32 kDirectoryCount = 16;

/// "MS-DOS Stub": only the magic number and the place of the PE signature matter.
struct DosHeader {
  LeU16 magic;
  u8 unused[58];
  LeU32 pe_offset;
};
static_assert(sizeof(DosHeader) == 64);

/// "Signature" and "COFF File Header".
struct FileHeader {
  LeU32 signature;
  LeU16 machine;
  LeU16 section_count;
  LeU32 time_stamp;
  LeU32 symbol_table;
  LeU32 symbol_count;
  LeU16 optional_header_size;
  LeU16 characteristics;
};
static_assert(sizeof(FileHeader) == 24);

inline constexpr u16 kFileRelocsStripped = 0x0001;
inline constexpr u16 kFileExecutableImage = 0x0002;
inline constexpr u16 kFileDll = 0x2000;

/// "Optional Header": standard and Windows-specific fields, without the data directories.
struct OptionalHeader {
  LeU16 magic;
  u8 linker_major;
  u8 linker_minor;
  LeU32 size_of_code;
  LeU32 size_of_initialized_data;
  LeU32 size_of_uninitialized_data;
  LeU32 entry_point;
  LeU32 base_of_code;
  LeU32 base_of_data;
  LeU32 image_base;
  LeU32 section_alignment;
  LeU32 file_alignment;
  LeU16 os_major;
  LeU16 os_minor;
  LeU16 image_major;
  LeU16 image_minor;
  LeU16 subsystem_major;
  LeU16 subsystem_minor;
  LeU32 win32_version;
  LeU32 size_of_image;
  LeU32 size_of_headers;
  LeU32 checksum;
  LeU16 subsystem;
  LeU16 dll_characteristics;
  LeU32 stack_reserve;
  LeU32 stack_commit;
  LeU32 heap_reserve;
  LeU32 heap_commit;
  LeU32 loader_flags;
  LeU32 directory_count;
};
static_assert(sizeof(OptionalHeader) == 96);

/// "Optional Header Data Directories".
struct DataDirectory {
  LeU32 rva;
  LeU32 size;
};
static_assert(sizeof(DataDirectory) == 8);

enum class Directory : u8 {
  kExport = 0,
  kImport = 1,
  kResource = 2,
  kException = 3,
  kSecurity = 4,
  kRelocation = 5,
  kDebug = 6,
  kArchitecture = 7,
  kGlobalPointer = 8,
  kTls = 9,
  kLoadConfig = 10,
  kBoundImport = 11,
  kImportAddresses = 12,
  kDelayImport = 13,
  kClrHeader = 14,
};

/// "Section Table (Section Headers)".
struct SectionHeader {
  char name[8];
  LeU32 virtual_size;
  LeU32 rva;
  LeU32 raw_size;
  LeU32 raw_offset;
  LeU32 relocations;
  LeU32 line_numbers;
  LeU16 relocation_count;
  LeU16 line_number_count;
  LeU32 characteristics;
};
static_assert(sizeof(SectionHeader) == 40);

inline constexpr u32 kSectionDiscardable = 0x02000000;
inline constexpr u32 kSectionShared = 0x10000000;
inline constexpr u32 kSectionExecute = 0x20000000;
inline constexpr u32 kSectionRead = 0x40000000;
inline constexpr u32 kSectionWrite = 0x80000000;

/// "Export Directory Table".
struct ExportDirectory {
  LeU32 flags;
  LeU32 time_stamp;
  LeU16 major;
  LeU16 minor;
  LeU32 dll_name;
  LeU32 ordinal_base;
  LeU32 function_count;
  LeU32 name_count;
  LeU32 functions;      ///< RVA of function_count RVAs.
  LeU32 names;          ///< RVA of name_count RVAs of names, in ascending order.
  LeU32 name_ordinals;  ///< RVA of name_count u16 indices into the functions.
};
static_assert(sizeof(ExportDirectory) == 40);

/// "Import Directory Table"; a descriptor without a name ends the table.
struct ImportDescriptor {
  LeU32 lookup_table;
  LeU32 time_stamp;
  LeU32 forwarder_chain;
  LeU32 dll_name;
  LeU32 address_table;
};
static_assert(sizeof(ImportDescriptor) == 20);

/// "Delay-Load Directory Table"; a descriptor without a name ends the table.
struct DelayImportDescriptor {
  LeU32 attributes;  ///< Bit 0 clear (Visual C++ 6): addresses stand where RVAs should.
  LeU32 dll_name;
  LeU32 module_handle;
  LeU32 address_table;
  LeU32 name_table;
  LeU32 bound_table;
  LeU32 unload_table;
  LeU32 time_stamp;
};
static_assert(sizeof(DelayImportDescriptor) == 32);

/// "Import Lookup Table": bit 31 says that the low 16 bits are an ordinal.
inline constexpr u32 kThunkOrdinalFlag = 0x80000000;

/// ".reloc Section: Base Relocation Block", followed by u16 entries: type << 12 | offset.
struct RelocationBlock {
  LeU32 page_rva;
  LeU32 block_size;  ///< Bytes, with this header.
};
static_assert(sizeof(RelocationBlock) == 8);

/// "Base Relocation Types", those that the i386 has.
enum class FixupType : u8 { kAbsolute = 0, kHigh = 1, kLow = 2, kHighLow = 3, kHighAdj = 4 };

/// "The TLS Directory"; all but the sizes are addresses, not RVAs.
struct TlsDirectory {
  LeU32 raw_data_start;
  LeU32 raw_data_end;
  LeU32 index_address;
  LeU32 callbacks;
  LeU32 zero_fill;
  LeU32 characteristics;
};
static_assert(sizeof(TlsDirectory) == 24);

}  // namespace fl::pe
