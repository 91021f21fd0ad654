// NewName: the directory entries that give a file its name: the short name alone where that can say
// it, as NT does ("README.TXT", "readme.txt" by the case bits), else parts of a long name and a short
// name of our making ("ARATHE~1.DLL").
// Source: Microsoft, "FAT: General Overview of On-Disk Format" 1.03, "Name Limits and Character Sets",
//   "The Basis-Name Generation Algorithm", "The Numeric-Tail Generation Algorithm".
// Invariant: a short name of our making is ASCII; what it cannot have becomes '_'. It is no other
//   entry's of the directory.
#pragma once

#include "fs/fat/directory.h"

namespace fl::fs::fat {

/// The short name that a long one suggests.
struct NameBasis {
  u8 raw[kShortNameBytes];
  u8 case_bits = 0;
  bool is_whole_name = false;  ///< Nothing else is needed.
  bool needs_tail = false;     ///< Something was left out: "~1" and so on.
};

/// `name`: UTF-16, not empty, not dots and spaces alone.
NameBasis BasisOf(std::span<const u16> name);
/// `raw` with "~number" at the end of its first eight bytes; `number` has at most six digits.
void PutTail(std::span<u8, kShortNameBytes> raw, u32 number);

/// What is looked up in a directory while another name there goes away: those entries do not count.
using LeavingPlaces = std::span<const EntryPlace>;

/// The entries for `name` (UTF-8, checked), in their order on the disk; the last one is `entry` with
/// its name. `reader` is before the directory's first entry. kCannotMake: no short name is left.
/// May sleep.
Result<Vector<ShortEntry>> MakeEntries(std::string_view name, const ShortEntry& entry,
                                       DirectoryReader& reader, LeavingPlaces leaving);

}  // namespace fl::fs::fat
