// The C library as msvcrt.dll has it: printing, scanning, sorting, numbers, time, jumps.
#define __USE_MINGW_ANSI_STDIO 0  // Not the compiler's own printf.
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <time.h>

#include "check.h"

#define P(...) (printf(__VA_ARGS__), printf("|\n"))

static void Printing(void) {
  P("%d %i %u %x %X %o %c %s %%", -1, 2, 3u, 0xAB, 0xCD, 8, 'c', "s");
  P("%5d|%-5d|%05d|%+d|% d|%#x|%#o|%5.3d", 42, 42, 42, 42, 42, 42, 42, 42);
  P("%10s|%-10s|%.2s|%10.3s|%*s|%-*s", "text", "text", "text", "text", 6, "w", 6, "w");
  P("%f %e %g %G %E", 1234.5678, 1234.5678, 1234.5678, 1e-10, 0.0);
  P("%.0f %.1f %.10f %+.2e %#.0f %010.3f", 2.5, 0.05, 1.0 / 3, 123456.0, 3.0, -3.14159);
  P("%g %g %g %g %g", 100000.0, 1000000.0, 0.0001, 0.00001, 1e100);
  P("%f %f %f", HUGE_VAL, -HUGE_VAL, nan(""));
  P("%I64d %I64x %I32d", -1234567890123456789LL, 0xFEDCBA9876543210ULL, 7);
  P("%hd %ld %hx", 70000, 70000L, 0x12345);
  P("%S %ls", L"wide", L"wide");
  P("%p", (void*)0x1234ABCD);
  const char* volatile nothing = NULL;
  P("%s", nothing);
  wprintf(L"%s %S %d|\n", L"wide", "narrow", 5);
  char buffer[10];
  Is("too long for its buffer", (uint32_t)_snprintf(buffer, 5, "123456789"), (uint32_t)-1);
  Is("just", (uint32_t)_snprintf(buffer, 10, "%d", 123456789), 9);
  Is("put a number to its place", (uint32_t)sprintf(buffer, "abc"), 3);
}

static void Scanning(void) {
  int a = 0, b = 0, count = 0;
  unsigned x = 0;
  double d = 0;
  char word[20] = "", set[20] = "", c = 0;
  Is("scanned",
     (uint32_t)sscanf(" 12 -7 ff 2.5e3 word [abc] z", "%d %d %x %lf %19s [%19[a-c]] %c%n", &a, &b,
                      &x, &d, word, set, &c, &count),
     7);
  P("%d %d %x %f %s %s %c %d", a, b, x, d, word, set, c, count);
  Is("stopped", (uint32_t)sscanf("1,x", "%d,%d", &a, &b), 1);
  Is("nothing", (uint32_t)sscanf("", "%d", &a), (uint32_t)-1);
  Is("skipped", (uint32_t)sscanf("5 6", "%*d %d", &a), 1);
  Is("  the second", (uint32_t)a, 6);
  Is("a width", (uint32_t)sscanf("12345", "%2d%d", &a, &b), 2);
  P("%d %d", a, b);
}

static void Numbers(void) {
  char* end;
  P("%ld %ld %ld %lu", strtol("  -42x", &end, 10), strtol("0x1F", NULL, 0),
    strtol("99999999999", NULL, 10), strtoul("-1", NULL, 10));
  P("%c %g %g %g", *end, strtod("1e-5z", &end), strtod("inf", NULL), atof(".5"));
  P("%s %s %s", _itoa(-255, (char[20]){0}, 16), _i64toa(1234567890123LL, (char[30]){0}, 10),
    _gcvt(3.25, 5, (char[30]){0}));
  P("%d %d %d", abs(-5), div(-7, 2).quot, div(-7, 2).rem);
  P("%.15g %.15g %.15g", sin(1), exp(1), pow(2, 0.5));
  P("%.15g %.15g %.15g", floor(-1.5), fmod(7.5, 2), log10(1000));
  srand(1);
  const int first = rand();
  P("%d %d %d", first, rand(), rand());
}

static int Compare(const void* a, const void* b) { return *(const int*)a - *(const int*)b; }
static void Sorting(void) {
  static int numbers[1000];
  unsigned seed = 1, wrong = 0;
  for (int i = 0; i < 1000; ++i) numbers[i] = (int)((seed = seed * 69069 + 1) >> 8 & 0xFFFF);
  const int wanted = numbers[500];
  qsort(numbers, 1000, sizeof(int), Compare);
  for (int i = 1; i < 1000; ++i) wrong += numbers[i - 1] > numbers[i];
  Is("out of order", wrong, 0);
  const int* found = bsearch(&wanted, numbers, 1000, sizeof(int), Compare);
  True("found", found && *found == wanted);
}

static void Texts(void) {
  char text[] = "one,two;;three", copy[20];
  for (char* p = strtok(text, ",;"); p; p = strtok(NULL, ",;")) P("%s", p);
  P("%d %d %d", (int)strspn("aabc", "ab"), (int)strcspn("hello", "l"), strcmp("a", "b") < 0);
  P("%s %s %s", strchr("hello", 'l'), strrchr("hello", 'l'), strstr("needle in hay", "in"));
  P("%s %d", strncpy(copy, "abc", 20), (int)strlen(strcat(copy, "def")));
  P("%s %s", _strupr((char[]){"MiXed"}), _strrev((char[]){"abc"}));
  P("%d %d", _stricmp("ABC", "abd") < 0, _strnicmp("ABC", "abd", 2));
  P("%s", strerror(2));
  P("%s", setlocale(LC_ALL, NULL));
}

static void Times(void) {
  struct tm when = {.tm_year = 121,
                    .tm_mon = 6,
                    .tm_mday = 4,
                    .tm_hour = 15,
                    .tm_min = 8,
                    .tm_sec = 9,
                    .tm_isdst = 0};
  char text[100];
  const time_t time = mktime(&when);
  P("%ld %d %d", (long)time, when.tm_wday, when.tm_yday);
  strftime(text, 100, "%Y-%m-%d %H:%M:%S %a %A %b %B %j %U %p %y %%", &when);
  P("%s", text);
  P("%s", asctime(gmtime(&(time_t){86400 * 366})));
  P("%.0f", difftime(time, time - 90));
}

static jmp_buf target;
static void Leave(int value) { longjmp(target, value); }
static void Jumps(void) {
  volatile int count = 0;
  const int value = setjmp(target);
  ++count;
  if (value < 3) Leave(value + 1);
  Is("came back", (uint32_t)value, 3);
  Is("times", (uint32_t)count, 4);
}

int main(void) {
  Printing();
  Scanning();
  Numbers();
  Sorting();
  Texts();
  Times();
  Jumps();
  return Finish();
}
