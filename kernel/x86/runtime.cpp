// Runtime: what the compiler calls by name in freestanding code. The toolchain's own library is
// compiled for newer processors than the i486, so 64-bit division and bit counts are here too.
// Source: GCC manual, 2.1 "Standards" (freestanding), and GCC internals, chapter 4 "The GCC
// low-level runtime library".
#include <cstddef>

#include "kernel/base/assert.h"
#include "kernel/base/units.h"

namespace fl::x86 {
namespace {

/// (high:low) / divisor, where high < divisor: one DIV. The remainder is left in *remainder.
u32 Divide(u32 high, u32 low, u32 divisor, u32* remainder) {
  u32 quotient;
  asm("divl %4" : "=a"(quotient), "=d"(*remainder) : "0"(low), "1"(high), "rm"(divisor) : "cc");
  return quotient;
}

u64 Divide64(u64 dividend, u64 divisor, u64* remainder) {
  if (divisor >> 32 == 0) {
    const u32 d = u32(divisor);
    u32 rest;
    const u32 high = Divide(0, u32(dividend >> 32), d, &rest);  // A zero divisor traps here.
    const u32 low = Divide(rest, u32(dividend), d, &rest);
    *remainder = rest;
    return u64(high) << 32 | low;
  }
  // The quotient fits 32 bits: one bit at a time, from the highest that can be set.
  u64 rest = dividend;
  u64 quotient = 0;
  const int top = __builtin_clz(u32(divisor >> 32));
  for (int bit = top; bit >= 0; --bit) {
    const u64 shifted = divisor << bit;
    if (rest >= shifted) {
      rest -= shifted;
      quotient |= u64(1) << bit;
    }
  }
  *remainder = rest;
  return quotient;
}

u64 Magnitude(i64 value) { return value < 0 ? 0 - u64(value) : u64(value); }

}  // namespace

extern "C" {

void* memcpy(void* to, const void* from, std::size_t size) {
  void* d = to;
  std::size_t words = size / 4;
  asm volatile(
      "rep movsl\n\t"
      "mov %3, %2\n\t"
      "rep movsb"
      : "+D"(d), "+S"(from), "+c"(words)
      : "r"(size % 4)
      : "memory");
  return to;
}

void* memmove(void* to, const void* from, std::size_t size) {
  const auto* source = static_cast<const char*>(from);
  auto* target = static_cast<char*>(to);
  // One comparison for "below, or beyond its end".
  if (std::size_t(target - source) >= size) return memcpy(to, from, size);
  const char* s = source + size - 1;
  char* d = target + size - 1;
  asm volatile("std; rep movsb; cld" : "+D"(d), "+S"(s), "+c"(size) : : "memory");
  return to;
}

void* memchr(const void* at, int value, std::size_t size) {
  const auto* byte = static_cast<const unsigned char*>(at);
  for (; size != 0; --size, ++byte) {
    if (*byte == static_cast<unsigned char>(value)) return const_cast<unsigned char*>(byte);
  }
  return nullptr;
}

void* memset(void* to, int value, std::size_t size) {
  void* d = to;
  std::size_t words = size / 4;
  asm volatile(
      "rep stosl\n\t"
      "mov %3, %1\n\t"
      "rep stosb"
      : "+D"(d), "+c"(words)
      : "a"(u8(value) * 0x01010101u), "r"(size % 4)
      : "memory");
  return to;
}

int memcmp(const void* left, const void* right, std::size_t size) {
  const auto* a = static_cast<const u8*>(left);
  const auto* b = static_cast<const u8*>(right);
  for (; size != 0; --size, ++a, ++b) {
    if (*a != *b) return *a - *b;
  }
  return 0;
}

std::size_t strlen(const char* text) {
  std::size_t size = 0;
  while (text[size] != '\0') ++size;
  return size;
}

u64 __udivdi3(u64 a, u64 b) {
  u64 rest;
  return Divide64(a, b, &rest);
}
u64 __umoddi3(u64 a, u64 b) {
  u64 rest;
  Divide64(a, b, &rest);
  return rest;
}
u64 __udivmoddi4(u64 a, u64 b, u64* remainder) {
  u64 rest;
  const u64 quotient = Divide64(a, b, &rest);
  if (remainder) *remainder = rest;
  return quotient;
}
i64 __divmoddi4(i64 a, i64 b, i64* remainder) {
  u64 rest;
  const u64 quotient = Divide64(Magnitude(a), Magnitude(b), &rest);
  if (remainder) *remainder = i64(a < 0 ? 0 - rest : rest);
  return i64((a < 0) != (b < 0) ? 0 - quotient : quotient);
}
i64 __divdi3(i64 a, i64 b) { return __divmoddi4(a, b, nullptr); }
i64 __moddi3(i64 a, i64 b) {
  i64 rest;
  __divmoddi4(a, b, &rest);
  return rest;
}

int __popcountsi2(u32 value) {
  int count = 0;
  for (; value != 0; value &= value - 1) ++count;
  return count;
}
int __popcountdi2(u64 value) { return __popcountsi2(u32(value)) + __popcountsi2(u32(value >> 32)); }
int __ctzdi2(u64 value) {
  return u32(value) != 0 ? __builtin_ctz(u32(value)) : 32 + __builtin_ctz(u32(value >> 32));
}
int __clzdi2(u64 value) {
  return value >> 32 != 0 ? __builtin_clz(u32(value >> 32)) : 32 + __builtin_clz(u32(value));
}

void __cxa_pure_virtual() { AssertFailed("no pure virtual call", __FILE_NAME__, __LINE__); }
// The kernel never ends: destructors of function-local statics never run.
int atexit(void (*)()) { return 0; }

}  // extern "C"

}  // namespace fl::x86

// What std::string_view calls for a position outside of the text.
namespace std {
[[noreturn]] void __throw_out_of_range_fmt(const char* format, ...);
void __throw_out_of_range_fmt(const char* format, ...) {
  fl::AssertFailed(format, "string_view", 0);
}
}  // namespace std
