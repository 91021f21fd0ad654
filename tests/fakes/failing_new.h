// Heap allocations that fail on demand, in test programs that link failing_new.cpp.
#pragma once

namespace fl::test {

/// The n-th nothrow allocation from now on fails; 0: none does.
void FailAllocation(int n);
/// Has the failure that was asked for happened?
bool AllocationFailed();

}  // namespace fl::test
