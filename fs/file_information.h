// What a volume knows of a file or directory beside its bytes.
// Units: NT's times: 100 ns since 1601-01-01 UTC; 0 where the volume does not say.
#pragma once

#include "kernel/base/units.h"

namespace fl::fs {

struct FileId {
  u32 volume = 0;
  u64 file = 0;
  constexpr bool operator==(const FileId&) const = default;
};

struct FileTimes {
  u64 creation = 0;
  u64 last_access = 0;
  u64 last_write = 0;
  constexpr bool operator==(const FileTimes&) const = default;
};

// FILE_ATTRIBUTE_...: NT's bits are FAT's.
inline constexpr u32 kAttributeReadOnly = 0x01;
inline constexpr u32 kAttributeHidden = 0x02;
inline constexpr u32 kAttributeSystem = 0x04;
inline constexpr u32 kAttributeIsDirectory = 0x10;
inline constexpr u32 kAttributeArchive = 0x20;
inline constexpr u32 kAttributeNormal = 0x80;  ///< Said of a file with none of the others.

/// Read: as they are. As a change: a time of 0, and one that is negative as NT's LARGE_INTEGER,
/// stays what it was; so do attributes of 0, while kAttributeNormal alone takes all away.
struct BasicInformation {
  FileTimes times;
  u32 attributes = 0;
};

}  // namespace fl::fs
