// FaultInjection: makes the n-th disk read, frame allocation, heap allocation or commit charge of a run
// fail (fail=SPEC on the command line; runpe --fail). The hooks are FailPoints at the seams: the disk under
// the volume, the frame database, its commit account, the heap.
// Counting: from the moment when the first program is about to be started, whoever causes the attempt;
//   what happens before (boot, mounting drive C:) is not counted. Runs of one program on one disk count
//   the same as long as threads do not race.
#pragma once

#include "kernel/base/fail_point.h"
#include "kernel/fail_spec.h"

namespace fl::kernel {

class FaultInjection {
 public:
  FaultInjection(FailPoint& disk, FailPoint& frame, FailPoint& heap, FailPoint& commit)
      : points_{&disk, &frame, &heap, &commit} {}

  /// Counting begins; what `spec` does not name is only counted.
  void Arm(const FailSpec& spec) {
    for (u32 i = 0; i < kFailKinds; ++i) {
      const FailSpec::One& one = spec.kinds[i];
      if (one.n == 0) {
        points_[i]->Disarm();
      } else {
        points_[i]->Arm(one.n, one.and_after ? FailPoint::kForGood : 1);
      }
    }
  }
  void Disarm() { Arm({}); }
  /// Until its end nothing fails and nothing is counted.
  class Pause {
   public:
    explicit Pause(FaultInjection& injection) : injection_(injection) {
      for (u32 i = 0; i < kFailKinds; ++i) kept_[i] = *injection.points_[i];
      injection.Disarm();
    }
    ~Pause() {
      for (u32 i = 0; i < kFailKinds; ++i) *injection_.points_[i] = kept_[i];
    }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    FaultInjection& injection_;
    FailPoint kept_[kFailKinds];
  };
  const FailPoint& point(FailKind kind) const { return *points_[u32(kind)]; }

 private:
  FailPoint* points_[kFailKinds];
};

}  // namespace fl::kernel
