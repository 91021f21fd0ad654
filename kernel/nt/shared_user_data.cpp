// SharedUserData: see shared_user_data.h.
#include "kernel/nt/shared_user_data.h"

#include <atomic>
#include <cstring>

#include "kernel/x86/cpu.h"

namespace fl::kernel {
namespace {

constexpr u32 kInterruptTime = 0x008;
constexpr u32 kSystemTime = 0x014;
constexpr u32 kTickCount = 0x320;
constexpr u32 kFeatures = 0x274;

/// The section's page, kept in memory by a share that nobody gives back.
Result<Pfn> Present(mm::Section& section) {
  TRY_STATUS(section.AcquirePrototype(PageIndex(0)));
  return section.Share(PageIndex(0));
}

}  // namespace

template <class T>
void SharedUserData::Put(u32 offset, T value) {
  std::memcpy(bytes_ + offset, &value, sizeof(value));
}

void SharedUserData::PutTime(u32 offset, u64 value) {
  Put(offset + 8, u32(value >> 32));
  std::atomic_signal_fence(std::memory_order_seq_cst);
  Put(offset, u32(value));
  std::atomic_signal_fence(std::memory_order_seq_cst);
  Put(offset + 4, u32(value >> 32));
}

Result<SharedUserData*> SharedUserData::Create(Kernel& kernel) {
  auto* data = new (std::nothrow) SharedUserData;
  if (!data) return Status::kNoMemory;
  const auto section = mm::SharedMemorySection::Create(kernel.pager, kPageSize);
  if (!section.ok()) {
    delete data;
    return section.error();
  }
  data->section_ = *section;
  const Result<Pfn> page = Present(*data->section_);
  if (!page.ok()) {
    delete data;
    return page.error();
  }
  data->bytes_ = kernel.pager.frames.Bytes(*page).data();
  data->Fill(kernel);
  return data;
}

void SharedUserData::Fill(Kernel& kernel) {
  const x86::CpuFeatures& cpu = x86::Features();
  Put(0x004, u32(0x01000000));  // TickCountMultiplier: ticks are milliseconds.
  constexpr char16_t kSystemRoot[] = u"C:\\windows";
  std::memcpy(bytes_ + 0x030, kSystemRoot, sizeof(kSystemRoot));
  Put(0x244, u32(0x200000));  // LargePageMinimum
  Put(0x260, u32(19045));     // NtBuildNumber
  Put(0x264, u32(1));         // NtProductType: a workstation,
  Put(0x268, u8(1));          // which is valid.
  Put(0x26C, u32(10));        // NtMajorVersion
  Put(0x2D5, u8(cpu.nx ? 2 : 0));
  Put(0x2E8, kernel.memory.frames.frame_count());
  Put(0x308, u32(1));  // SystemCall
  Put(0x3C0, u32(1));  // ActiveProcessorCount
  Put(0x3C4, u16(1));  // ActiveGroupCount
  const auto feature = [&](u32 which, bool present) { Put(kFeatures + which, u8(present)); };
  feature(2, cpu.cx8);
  feature(3, cpu.mmx);
  feature(6, cpu.sse);
  feature(8, cpu.tsc);
  feature(9, cpu.pae);
  feature(10, cpu.sse2);
  feature(12, cpu.nx);
  feature(13, cpu.sse3);
  feature(36, cpu.ssse3);
  feature(37, cpu.sse41);
  feature(38, cpu.sse42);
  const u64 now = kernel.clock.AtTick();
  SetTime(now, kernel.clock.DateOf(now));
}

void SharedUserData::SetTime(u64 since_boot, u64 date) {
  const u64 milliseconds = since_boot / kMillisecond;
  PutTime(kInterruptTime, since_boot);
  PutTime(kSystemTime, date);
  PutTime(kTickCount, milliseconds);
  Put(0x000, u32(milliseconds));
}

}  // namespace fl::kernel
