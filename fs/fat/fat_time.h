// Times of directory entries. FAT stores local time without saying of which place; it is taken as
// UTC.
#pragma once

#include <optional>

#include "kernel/base/units.h"

namespace fl::fs::fat {

/// `date` and `time` as stored; `hundredths` of a second, 0 to 199, refine the time's two seconds.
/// Units of 100 ns since 1601-01-01; 0 if the date or the time is none.
u64 NtTimeOf(u16 date, u16 time, u8 hundredths);

struct FatTime {
  u16 date = 0;
  u16 time = 0;
  u8 hundredths = 0;
};
/// Cut to what FAT can say; nothing if it lies outside 1980 to 2107.
std::optional<FatTime> FatTimeOf(u64 nt_time);

}  // namespace fl::fs::fat
