// Dates, times and time zones: conversions, which know no clock.
#include "check.h"

static void Show(const char* what, const SYSTEMTIME* t) {
  printf("%s: %04d-%02d-%02d (%d) %02d:%02d:%02d.%03d\n", what, t->wYear, t->wMonth, t->wDay,
         t->wDayOfWeek, t->wHour, t->wMinute, t->wSecond, t->wMilliseconds);
}

static void FileTimes(void) {
  static const struct {
    const char* name;
    uint64_t time;
  } times[] = {{"the beginning", 0},
               {"Unix's", 116444736000000000},
               {"a leap day", 125962175999990000},
               {"the end of a year", 132539327999999999},
               {"far away", 0x7FFF35F4F06C58F0}};
  for (unsigned i = 0; i < sizeof(times) / sizeof(*times); ++i) {
    FILETIME file = {(DWORD)times[i].time, (DWORD)(times[i].time >> 32)}, back;
    SYSTEMTIME system;
    WORD date = 0, time = 0;
    Is(times[i].name, FileTimeToSystemTime(&file, &system), 1);
    Show("  is", &system);
    Is("  and back", SystemTimeToFileTime(&system, &back), 1);
    printf("  the same to a millisecond: %s\n",
           times[i].time / 10000 ==
                   (((uint64_t)back.dwHighDateTime << 32) | back.dwLowDateTime) / 10000
               ? "yes"
               : "NO");
    const BOOL dos = FileTimeToDosDateTime(&file, &date, &time);
    printf("  for DOS: %d 0x%04x 0x%04x\n", dos, dos ? date : 0, dos ? time : 0);
  }
  FILETIME file = {0, 0x80000000}, file2;
  SYSTEMTIME system;
  Is("out of range", FileTimeToSystemTime(&file, &system), 0);
  Is("  error", GetLastError(), ERROR_INVALID_PARAMETER);
  file = (FILETIME){1, 2};
  file2 = (FILETIME){0, 3};
  Is("earlier", (uint32_t)CompareFileTime(&file, &file2), (uint32_t)-1);
  Is("from DOS", DosDateTimeToFileTime(0x5365, 0x6C20, &file), 1);
  FileTimeToSystemTime(&file, &system);
  Show("  is", &system);
}

static void Zones(void) {
  // Berlin's rules.
  const TIME_ZONE_INFORMATION zone = {.Bias = -60,
                                      .StandardDate = {0, 10, 0, 5, 3, 0, 0, 0},
                                      .DaylightDate = {0, 3, 0, 5, 2, 0, 0, 0},
                                      .DaylightBias = -60};
  static const SYSTEMTIME times[] = {{2021, 1, 0, 15, 12, 0, 0, 0},   {2021, 7, 0, 15, 12, 0, 0, 0},
                                     {2021, 3, 0, 28, 0, 59, 59, 0},  {2021, 3, 0, 28, 1, 0, 0, 0},
                                     {2021, 10, 0, 31, 0, 59, 59, 0}, {2021, 10, 0, 31, 1, 0, 0, 0},
                                     {2021, 12, 0, 31, 23, 30, 0, 0}};
  for (unsigned i = 0; i < sizeof(times) / sizeof(*times); ++i) {
    SYSTEMTIME local, back;
    Is("to a zone's time", SystemTimeToTzSpecificLocalTime(&zone, &times[i], &local), 1);
    Show("  is", &local);
    Is("and back", TzSpecificLocalTimeToSystemTime(&zone, &local, &back), 1);
    Show("  is", &back);
  }
  TIME_ZONE_INFORMATION here;
  Is("this machine's zone has no summer", GetTimeZoneInformation(&here) <= TIME_ZONE_ID_STANDARD,
     1);
  Is("  it is that of Greenwich", (uint32_t)here.Bias, 0);
  printf("  %ls, %ls\n", here.StandardName, here.DaylightName);
}

static void Texts(void) {
  const SYSTEMTIME time = {2021, 7, 0, 4, 15, 8, 9, 0};
  WCHAR text[100];
  const struct {
    const WCHAR* format;
    int is_time;
  } formats[] = {{L"dddd, d MMMM yyyy", 0}, {L"ddd dd.MM.yy", 0}, {L"'quoted' d gg", 0},
                 {L"h:mm:ss tt", 1},        {L"HH'h'mm", 1},      {L"hh:m:s t", 1}};
  for (unsigned i = 0; i < sizeof(formats) / sizeof(*formats); ++i) {
    const int length = formats[i].is_time
                           ? GetTimeFormatW(0x409, 0, &time, formats[i].format, text, 100)
                           : GetDateFormatW(0x409, 0, &time, formats[i].format, text, 100);
    printf("%ls: %d, %ls\n", formats[i].format, length, length ? text : L"");
  }
  GetDateFormatW(0x409, DATE_SHORTDATE, &time, NULL, text, 100);
  printf("short: %ls\n", text);
  GetDateFormatW(0x409, DATE_LONGDATE, &time, NULL, text, 100);
  printf("long: %ls\n", text);
  GetTimeFormatW(0x409, TIME_NOSECONDS, &time, NULL, text, 100);
  printf("without seconds: %ls\n", text);
}

static void Clocks(void) {
  FILETIME one, two;
  LARGE_INTEGER frequency, before, after;
  GetSystemTimeAsFileTime(&one);
  Is("a frequency", QueryPerformanceFrequency(&frequency), 1);
  QueryPerformanceCounter(&before);
  const DWORD ticks = GetTickCount();
  Sleep(50);
  QueryPerformanceCounter(&after);
  GetSystemTimeAsFileTime(&two);
  const int64_t counted = (after.QuadPart - before.QuadPart) * 1000 / frequency.QuadPart;
  True("50 ms by the counter", counted >= 45 && counted < 5000);
  True("  by ticks", GetTickCount() - ticks >= 30);
  True("  by the date", CompareFileTime(&one, &two) < 0);
  True("the date is of this age",
       one.dwHighDateTime > 0x01D80000 && one.dwHighDateTime < 0x02200000);
}

int main(void) {
  FileTimes();
  Zones();
  Texts();
  Clocks();
  return Finish();
}
