// FaultLog: see fault_log.h.
#include "kernel/fault_log.h"

#include "kernel/base/log.h"
#include "kernel/kernel.h"
#include "kernel/trace.h"
#include "kernel/x86/cpu.h"

namespace fl::kernel {

const char* AccessName(mm::Access access) {
  switch (access) {
    case mm::Access::kRead:
      return "read";
    case mm::Access::kWrite:
      return "write";
    case mm::Access::kExecute:
      return "execute";
  }
  return "?";
}

namespace {

/// Sections may have gone since the fault.
std::string_view NameOf(const FaultRecord& record) {
  std::string_view name;
  if (record.section == 0) return name;
  name = "(memory)";
  const auto look = [&](const mm::Section& section) {
    if (section.serial() == record.section) name = section.file()->Name();
  };
  TheKernel().images.ForEach(look);
  TheKernel().files.ForEach(look);
  return name;
}

}  // namespace

const FaultRecord& FaultLog::Record(const mm::PageFault& fault, const mm::FaultResult& result,
                                    VirtAddr eip, u32 process, u64 cycles) {
  ++counts_[u32(result.fault_case)];
  if (result.hard) ++hard_;
  cycles_ += cycles;
  FaultRecord& record = ring_[total_++ % kRing];
  record.address = fault.address;
  record.eip = eip;
  record.access = fault.access;
  record.mode = fault.mode;
  record.fault_case = result.fault_case;
  record.status = result.status;
  record.hard = result.hard;
  record.process = process;
  record.cycles = cycles;
  record.page = result.section_page;
  record.section = result.section ? result.section->serial() : 0;
  return record;
}

void FaultLog::Trace(const FaultRecord& record) const {
  HostLine line(TheKernel().host, HostStream::kTrace);
  line->Field("n", total_);
  line->Field("time", x86::ReadCycles());
  line->Field("kind", mm::FaultCaseName(record.fault_case));
  line->Field("address", record.address.value);
  line->Field("eip", record.eip.value);
  line->Field("access", AccessName(record.access));
  line->Field("mode", record.mode == mm::FaultMode::kUser ? "user" : "kernel");
  line->Field("pid", record.process);
  if (record.section != 0) {
    line->Field("image", NameOf(record));
    line->Field("page", record.page.value);
    line->Field("section", record.section);
  }
  line->Field("hard", record.hard);
  line->Field("cycles", record.cycles);
  line->Field("status", Code(record.status));
}

void FaultLog::Print() const {
  const u32 first = total_ > kRing ? total_ - kRing : 0;
  Log(LogLevel::kError, "the last %u of %u faults, newest last:", total_ - first, total_);
  for (u32 i = first; i < total_; ++i) {
    const FaultRecord& r = ring_[i % kRing];
    const std::string_view name = NameOf(r);
    Log(LogLevel::kError, "  %-18s %-7s %08x from %08x (%s, process %u) %.*s%s",
        FaultCaseName(r.fault_case), AccessName(r.access), r.address.value, r.eip.value,
        r.mode == mm::FaultMode::kUser ? "user" : "kernel", r.process, int(name.size()),
        name.data(), r.hard ? ", hard" : "");
  }
}

}  // namespace fl::kernel
