// FakeSystem: a date that a test sets, and threads that never have to wait: a test that would sleep
// here has met itself.
#pragma once

#include <functional>

#include "fs/system.h"
#include "kernel/base/assert.h"

namespace fl::test {

class FakeSystem final : public fs::System {
 public:
  u64 Now() override { return now; }
  void Sleep(const void* channel) override {
    KASSERT(sleep);
    sleep(channel);
  }
  void WakeAll(const void* channel) override {
    if (wake) wake(channel);
  }

  /// 2024-02-29 13:37:58 UTC.
  u64 now = (1709213878u + 11644473600u) * u64(10'000'000);
  std::function<void(const void*)> sleep;
  std::function<void(const void*)> wake;
};

}  // namespace fl::test
