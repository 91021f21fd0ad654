// See failing_new.h. Only the nothrow form: it is the one that the rooms use, and the tests do not.
#include "tests/fakes/failing_new.h"

#include <cstdlib>
#include <new>

namespace {

int allocations_until_failure = 0;

}  // namespace

namespace fl::test {

void FailAllocation(int n) { allocations_until_failure = n; }
bool AllocationFailed() { return allocations_until_failure == 0; }

}  // namespace fl::test

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  if (allocations_until_failure != 0 && --allocations_until_failure == 0) return nullptr;
  return ::operator new(size);
}
