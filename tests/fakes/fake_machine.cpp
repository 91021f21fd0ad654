// FakeMachine: see fake_machine.h.
#include "tests/fakes/fake_machine.h"

#include <gtest/gtest.h>

#include <cstring>

namespace fl::test {

FakeMachine::FakeMachine(u32 frame_count, u32 seed, u32 cluster_pages)
    : ram(frame_count),
      window(frame_count),
      records(frame_count),
      frames(records, window),
      pager{frames, threads, cluster_pages},
      system_mmu(&frames, FakeMmu::Tables::kCharged),
      system(pager, system_mmu, kSystemFirst, kSystemEnd, mm::SpaceKind::kSystem),
      images(pager, seed, kUserFirst, kUserEnd),
      data(pager) {
  frames.AddRam(Pfn(0), frame_count, mm::FrameUse::kFree);
}

FakeMachine::~FakeMachine() {
  RestoreMemory();
  system.Clear();
  EXPECT_EQ(charged(), 0u);
  EXPECT_EQ(frames.count(mm::FrameUse::kFree) + frames.count(mm::FrameUse::kZeroed), ram);
}

mm::FaultResult FakeMachine::Access(FakeProcess& process, VirtAddr address, mm::Access access,
                                    mm::UserStack* stack) {
  // A resolved fault makes the processor try again; another thread may have undone it meanwhile,
  // but not for ever.
  for (int tries = 0; tries < 8; ++tries) {
    const mm::Pte pte = process.mmu.Query(PageOf(address));
    const bool permitted = pte.resident && (access == mm::Access::kRead    ? pte.access.read
                                            : access == mm::Access::kWrite ? pte.access.write
                                                                           : pte.access.execute);
    if (permitted) return {};
    last_fault = mm::ResolvePageFault(
        {.address = address, .access = access, .mode = mm::FaultMode::kUser, .stack = stack},
        &process.space, system);
    if (last_fault.outcome != mm::FaultOutcome::kResolved) return last_fault;
  }
  ADD_FAILURE() << "the fault at " << std::hex << address.value << " is never resolved";
  return last_fault;
}

bool FakeMachine::Read(FakeProcess& process, VirtAddr address, std::span<std::byte> out) {
  while (!out.empty()) {
    if (Access(process, address, mm::Access::kRead).outcome != mm::FaultOutcome::kResolved) {
      return false;
    }
    const u32 within = address.value & kPageMask;
    const std::size_t count = std::min<std::size_t>(out.size(), kPageSize - within);
    const Pfn pfn = process.mmu.Query(PageOf(address)).pfn;
    std::memcpy(out.data(), window.Bytes(pfn).data() + within, count);
    out = out.subspan(count);
    address += u32(count);
  }
  return true;
}

bool FakeMachine::Write(FakeProcess& process, VirtAddr address, std::span<const std::byte> in) {
  while (!in.empty()) {
    if (Access(process, address, mm::Access::kWrite).outcome != mm::FaultOutcome::kResolved) {
      return false;
    }
    const u32 within = address.value & kPageMask;
    const std::size_t count = std::min<std::size_t>(in.size(), kPageSize - within);
    const Pfn pfn = process.mmu.Query(PageOf(address)).pfn;
    std::memcpy(window.Bytes(pfn).data() + within, in.data(), count);
    in = in.subspan(count);
    address += u32(count);
  }
  return true;
}

int FakeMachine::Byte(FakeProcess& process, VirtAddr address) {
  std::byte byte;
  return Read(process, address, {&byte, 1}) ? int(byte) : -1;
}

Bytes FakeMachine::Page(FakeProcess& process, VirtAddr address) {
  Bytes bytes(kPageSize);
  EXPECT_TRUE(Read(process, address, bytes)) << std::hex << address.value;
  return bytes;
}

void FakeMachine::TakeMemory(u32 left) {
  while (frames.commit().limit() - charged() > left) {
    taken_.push_back(*frames.AllocateCharged(mm::FrameUse::kKernel));
  }
}

void FakeMachine::RestoreMemory() {
  for (const Pfn pfn : taken_) frames.FreeCharged(pfn);
  taken_.clear();
}

VirtAddr MapWhole(FakeProcess& process, mm::Section& section, mm::Protection protection) {
  mm::ViewRequest request;
  request.protection = protection;
  if (section.kind() == mm::SectionKind::kImage) {
    request.base = static_cast<mm::ImageSection&>(section).base();
  }
  const Result<mm::ByteRange> view = process.space.MapView(section, request);
  EXPECT_TRUE(view.ok()) << std::hex << Code(view.status());
  return view.ok() ? view->base : VirtAddr();
}

}  // namespace fl::test
