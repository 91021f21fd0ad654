// FaultLog: every way out of the fault path, counted; the last ones kept for a bugcheck; each one reported
// to the host if it asked (trace=1).
// Invariant: costs no memory that grows; the ring holds the last kRing faults, oldest overwritten.
#pragma once

#include <string_view>

#include "mm/page_fault.h"

namespace fl::kernel {

struct FaultRecord {
  VirtAddr address;
  VirtAddr eip;
  mm::Access access = mm::Access::kRead;
  mm::FaultMode mode = mm::FaultMode::kUser;
  mm::FaultCase fault_case = mm::FaultCase::kAlreadyResolved;
  Status status = Status::kSuccess;
  bool hard = false;
  u32 process = 0;  ///< 0: none.
  u64 cycles = 0;   ///< From the handler to the resolution, sleeps included.
  u32 section = 0;  ///< Its serial number, or 0; its name is looked up when somebody reads it.
  PageIndex page;   ///< Of the section.
};

class FaultLog {
 public:
  /// What it returns is overwritten some faults later.
  const FaultRecord& Record(const mm::PageFault& fault, const mm::FaultResult& result, VirtAddr eip,
                            u32 process, u64 cycles);
  /// To the host.
  void Trace(const FaultRecord& record) const;
  u32 count(mm::FaultCase fault_case) const { return counts_[u32(fault_case)]; }
  u32 total() const { return total_; }
  u32 hard() const { return hard_; }
  u64 cycles() const { return cycles_; }
  /// A fault that needed no page: see zero_fill.h.
  void CountZeroFill(u32 bytes) {
    ++zero_fills_;
    zero_fill_bytes_ += bytes;
  }
  u32 zero_fills() const { return zero_fills_; }
  u64 zero_fill_bytes() const { return zero_fill_bytes_; }
  /// To the log, the newest last.
  void Print() const;

 private:
  static constexpr u32 kRing = 64;

  u32 counts_[mm::kFaultCases] = {};
  u32 total_ = 0;
  u32 hard_ = 0;
  u64 cycles_ = 0;
  u32 zero_fills_ = 0;
  u64 zero_fill_bytes_ = 0;
  FaultRecord ring_[kRing];
};

const char* AccessName(mm::Access access);

}  // namespace fl::kernel
