// Rtc: the date in the CMOS clock as NT time: 100 ns units since 1601-01-01 00:00 UTC.
// Invariant: the clock is taken to hold UTC, never local time. Interrupts of the clock are not
// used.
// Source: Motorola MC146818A datasheet; IBM PC/AT Technical Reference (ports); the century's place
// is the convention of BIOSes since.
#pragma once

#include "drivers/port_io.h"
#include "kernel/base/result.h"

namespace fl::drivers {

struct CalendarTime {
  u32 year, month, day;  ///< month and day count from 1.
  u32 hour, minute, second;
};

/// `time` is a date of the Gregorian calendar from 1601 on.
u64 NtTimeOf(const CalendarTime& time);

class Rtc {
 public:
  explicit Rtc(PortIo& ports) : ports_(ports) {}

  /// kDeviceNotReady: the clock does not settle, or holds no date (empty battery).
  Result<u64> ReadNtTime();

 private:
  struct Raw {
    u8 second, minute, hour, day, month, year, century, format;
    bool operator==(const Raw&) const = default;
  };
  u8 ReadRegister(u8 index);
  bool WaitWhileUpdating();
  Raw ReadRaw();
  static Result<CalendarTime> Decode(const Raw& raw);

  PortIo& ports_;
};

}  // namespace fl::drivers
