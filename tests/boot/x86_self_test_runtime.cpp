// The self-test's language run-time: tests of the kernel's own, and a stand-in for its heap, blocks in a row of
// which none comes back.
#include <cstddef>
#include <cstring>
#include <new>

#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "kernel/base/units.h"

namespace fl::kernel {

void TestRuntime() {
  char text[32] = "0123456789abcdefghijklmnopqrst";
  std::memmove(text + 3, text, 20);
  KASSERT(std::memcmp(text, "0120123456789abcdefghijnopqrst", 30) == 0);
  std::memmove(text + 1, text + 4, 19);
  KASSERT(std::memcmp(text, "0123456789abcdefghij", 20) == 0);
  std::memset(text + 1, 'x', 7);
  KASSERT(std::memcmp(text, "0xxxxxxx89", 10) == 0 && std::memcmp("b", "a", 1) > 0);
  volatile u64 big = 0x123456789ABCDEFull;
  volatile u64 divisor = 0x123456789ull;
  volatile i64 negative = -1000000000007;
  KASSERT(big / divisor == 0x1000000u && big % divisor == 0xABCDEFu);
  KASSERT(big / 10u == 8198552921648689u && big % 10u == 5);
  KASSERT(negative / 1000 == -1000000000 && negative % 1000 == -7);
  KASSERT(__builtin_popcountll(big) == 32 && __builtin_ctzll(u64(big) << 40) == 40);
  Log(LogLevel::kInfo, "runtime: good");
}

}  // namespace fl::kernel

namespace std {
const nothrow_t nothrow{};
}
namespace {
alignas(16) char g_heap[4096];
constinit std::size_t g_heap_used = 0;
}  // namespace
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  void* memory = g_heap + g_heap_used;
  g_heap_used += (size + 15) & ~std::size_t(15);
  return memory;
}
void operator delete(void*) noexcept {}
void operator delete(void*, std::size_t) noexcept {}
