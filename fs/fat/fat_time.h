// Times of directory entries. FAT stores local time without saying of which place; it is taken as
// UTC.
#pragma once

#include "kernel/base/units.h"

namespace fl::fs::fat {

/// `date` and `time` as stored; `hundredths` of a second, 0 to 199, refine the time's two seconds.
/// Units of 100 ns since 1601-01-01; 0 if the date or the time is none.
u64 NtTimeOf(u16 date, u16 time, u8 hundredths);

}  // namespace fl::fs::fat
