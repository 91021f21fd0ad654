// The two functions that libFuzzer calls.
#include "tests/fuzz/fuzz_target.h"

#include <cstdlib>

namespace {

/// Comes behind GoogleTest's own printer, which has said what failed.
class AbortOnFailure final : public testing::EmptyTestEventListener {
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (result.failed()) std::abort();
  }
};

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  testing::UnitTest::GetInstance()->listeners().Append(new AbortOnFailure);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fl::fuzz::RunInput({data, size});
  return 0;
}
