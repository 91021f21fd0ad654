// The CMOS clock.
// Source: Motorola MC146818A datasheet, "Time, calendar and alarm locations".
#include "drivers/rtc.h"

namespace fl::drivers {
namespace {

/// Bit 7 of the index port disables the NMI; it stays clear.
constexpr u16 kIndex = 0x70;
constexpr u16 kData = 0x71;

constexpr u8 kSecond = 0x00;
constexpr u8 kMinute = 0x02;
constexpr u8 kHour = 0x04;
constexpr u8 kDay = 0x07;
constexpr u8 kMonth = 0x08;
constexpr u8 kYear = 0x09;
constexpr u8 kStatusA = 0x0A;
constexpr u8 kStatusB = 0x0B;
constexpr u8 kCentury = 0x32;

constexpr u8 kUpdateInProgress = 0x80;
constexpr u8 k24Hours = 0x02;
constexpr u8 kBinary = 0x04;
constexpr u8 kAfternoon = 0x80;

/// An update takes 2 ms; a read of a port, about 1 us.
constexpr u32 kUpdatePolls = 20000;
constexpr u32 kReadAttempts = 10;

constexpr u32 kFirstYear = 1601;
constexpr u32 kSecondsPerDay = 86400;
constexpr u32 kUnitsPerSecond = 10'000'000;

constexpr bool IsLeapYear(u32 year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr u32 DaysInMonth(u32 year, u32 month) {
  constexpr u8 kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + u32(month == 2 && IsLeapYear(year));
}

constexpr u32 FromBcd(u8 value) { return (value >> 4) * 10u + (value & 0xF); }
constexpr bool IsBcd(u8 value) { return (value >> 4) <= 9 && (value & 0xF) <= 9; }

}  // namespace

u64 NtTimeOf(const CalendarTime& time) {
  const u32 years = time.year - kFirstYear;
  u32 days = years * 365 + years / 4 - years / 100 + years / 400 + time.day - 1;
  for (u32 month = 1; month < time.month; ++month) days += DaysInMonth(time.year, month);
  const u32 second_of_day = (time.hour * 60 + time.minute) * 60 + time.second;
  return (u64(days) * kSecondsPerDay + second_of_day) * kUnitsPerSecond;
}

Result<u64> Rtc::ReadNtTime() {
  for (u32 attempt = 0; attempt < kReadAttempts; ++attempt) {
    if (!WaitWhileUpdating()) return Status::kDeviceNotReady;
    const Raw first = ReadRaw();
    if (!WaitWhileUpdating()) return Status::kDeviceNotReady;
    // Equal readings prove that no update tore one of them.
    if (first == ReadRaw()) return NtTimeOf(TRY(Decode(first)));
  }
  return Status::kDeviceNotReady;
}

u8 Rtc::ReadRegister(u8 index) {
  ports_.Out8(kIndex, index);
  return ports_.In8(kData);
}

bool Rtc::WaitWhileUpdating() {
  for (u32 poll = 0; poll < kUpdatePolls; ++poll) {
    if (!(ReadRegister(kStatusA) & kUpdateInProgress)) return true;
  }
  return false;
}

Rtc::Raw Rtc::ReadRaw() {
  Raw raw;
  raw.second = ReadRegister(kSecond);
  raw.minute = ReadRegister(kMinute);
  raw.hour = ReadRegister(kHour);
  raw.day = ReadRegister(kDay);
  raw.month = ReadRegister(kMonth);
  raw.year = ReadRegister(kYear);
  raw.century = ReadRegister(kCentury);
  raw.format = ReadRegister(kStatusB);
  return raw;
}

Result<CalendarTime> Rtc::Decode(const Raw& raw) {
  const bool binary = raw.format & kBinary;
  const u8 hour_digits = raw.format & k24Hours ? raw.hour : u8(raw.hour & ~kAfternoon);
  const auto number = [binary](u8 value) { return binary ? u32(value) : FromBcd(value); };
  if (!binary) {
    for (u8 value : {raw.second, raw.minute, hour_digits, raw.day, raw.month, raw.year}) {
      if (!IsBcd(value)) return Status::kDeviceNotReady;
    }
  }

  CalendarTime time;
  time.second = number(raw.second);
  time.minute = number(raw.minute);
  time.hour = number(hour_digits);
  time.day = number(raw.day);
  time.month = number(raw.month);
  time.year = number(raw.year);
  if (!(raw.format & k24Hours)) {
    // Midnight and noon are hour 12.
    if (time.hour < 1 || time.hour > 12) return Status::kDeviceNotReady;
    time.hour = time.hour % 12 + (raw.hour & kAfternoon ? 12 : 0);
  }
  // Some machines keep other things where most keep the century.
  const u32 century = binary || IsBcd(raw.century) ? number(raw.century) : 0;
  if (time.year > 99) return Status::kDeviceNotReady;
  if (century >= 19 && century <= 21) {
    time.year += century * 100;
  } else {
    time.year += time.year >= 80 ? 1900 : 2000;
  }
  if (time.second > 59 || time.minute > 59 || time.hour > 23 || time.month < 1 || time.month > 12 ||
      time.day < 1 || time.day > DaysInMonth(time.year, time.month)) {
    return Status::kDeviceNotReady;
  }
  return time;
}

}  // namespace fl::drivers
