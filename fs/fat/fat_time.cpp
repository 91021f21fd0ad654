// Times of directory entries: see fat_time.h.
#include "fs/fat/fat_time.h"

namespace fl::fs::fat {
namespace {

/// Days from 1601-01-01 to 1980-01-01, the first day that FAT can name.
constexpr u32 kDaysTo1980 = 138426;

constexpr bool IsLeapYear(u32 year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr u32 DaysInMonth(u32 year, u32 month) {
  constexpr u8 kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && IsLeapYear(year) ? 1 : 0);
}

}  // namespace

u64 NtTimeOf(u16 date, u16 time, u8 hundredths) {
  const u32 year = 1980 + (date >> 9);
  const u32 month = date >> 5 & 0xF;
  const u32 day = date & 0x1F;
  const u32 hour = time >> 11;
  const u32 minute = time >> 5 & 0x3F;
  const u32 second = (time & 0x1F) * 2;
  if (month < 1 || month > 12 || day < 1 || day > DaysInMonth(year, month)) return 0;
  if (hour > 23 || minute > 59 || second > 59 || hundredths > 199) return 0;
  // Of the years that FAT can name, 1980 to 2107, each fourth is a leap year but 2100.
  const u32 years = year - 1980;
  u32 days = kDaysTo1980 + day - 1 + years * 365 + (years + 3) / 4 - (year > 2100 ? 1 : 0);
  for (u32 m = 1; m < month; ++m) days += DaysInMonth(year, m);
  const u64 seconds = u64(days) * 86400 + hour * 3600 + minute * 60 + second;
  return seconds * 10'000'000 + hundredths * 100'000u;
}

std::optional<FatTime> FatTimeOf(u64 nt_time) {
  constexpr u32 kYears = 128;
  constexpr u64 kHundredNsPerDay = u64(86400) * 10'000'000;
  const u64 all_days = nt_time / kHundredNsPerDay;
  if (all_days < kDaysTo1980) return std::nullopt;
  u64 days = all_days - kDaysTo1980;
  u32 year = 1980;
  while (days >= (IsLeapYear(year) ? 366u : 365u)) {
    days -= IsLeapYear(year) ? 366 : 365;
    if (++year == 1980 + kYears) return std::nullopt;
  }
  u32 month = 1;
  while (days >= DaysInMonth(year, month)) days -= DaysInMonth(year, month++);
  const u32 hundredths = u32(nt_time % kHundredNsPerDay / 100'000);
  const u32 seconds = hundredths / 100;
  FatTime result;
  result.date = u16((year - 1980) << 9 | month << 5 | u32(days + 1));
  result.time = u16(seconds / 3600 << 11 | seconds / 60 % 60 << 5 | seconds % 60 / 2);
  result.hundredths = u8(hundredths % 200);
  return result;
}

}  // namespace fl::fs::fat
