// FakeMachine: RAM, a scheduler, system space, the caches, and a processor that reads and writes
// through page tables and faults as the real one does; all that tests of mm/ need, on the host.
// Invariant: when it dies, every frame and every charge must be back.
#pragma once

#include <memory>
#include <vector>

#include "mm/data_cache.h"
#include "mm/image_cache.h"
#include "mm/page_fault.h"
#include "mm/shared_memory_section.h"
#include "tests/fakes/fake_file.h"
#include "tests/fakes/fake_frames.h"
#include "tests/fakes/fake_mmu.h"
#include "tests/fakes/fake_threads.h"

namespace fl::test {

inline constexpr VirtPage kUserFirst{0x10};
inline constexpr VirtPage kUserEnd{0x7FFE0};
inline constexpr VirtPage kSystemFirst{0xC0000};
inline constexpr VirtPage kSystemEnd{0xD0000};

/// A process, as far as memory goes.
struct FakeProcess {
  explicit FakeProcess(mm::Pager& pager, u32 table_pages = 1024)
      : mmu(&pager.frames, FakeMmu::Tables::kPromised, table_pages),
        space(pager, mmu, kUserFirst, kUserEnd, mm::SpaceKind::kUser) {}
  FakeMmu mmu;
  mm::AddressSpace space;
};

class FakeMachine {
 public:
  explicit FakeMachine(u32 frame_count = 1024, u32 seed = 0, u32 cluster_pages = 1);
  /// Checks that nothing is lost.
  ~FakeMachine();

  std::unique_ptr<FakeProcess> Process(u32 table_pages = 1024) {
    return std::make_unique<FakeProcess>(pager, table_pages);
  }

  /// One access as the processor makes it: through the entry, or by a fault. kResolved: it went
  /// through.
  mm::FaultResult Access(FakeProcess& process, VirtAddr address, mm::Access access,
                         mm::UserStack* stack = nullptr);
  /// Whole-page reads and writes in the process; false on the first fault that is not resolved.
  bool Read(FakeProcess& process, VirtAddr address, std::span<std::byte> out);
  bool Write(FakeProcess& process, VirtAddr address, std::span<const std::byte> in);
  bool Write(FakeProcess& process, VirtAddr address, u8 value) {
    const std::byte byte{value};
    return Write(process, address, {&byte, 1});
  }
  /// The byte at `address`; -1 if the read faults.
  int Byte(FakeProcess& process, VirtAddr address);
  Bytes Page(FakeProcess& process, VirtAddr address);

  u32 charged() { return frames.commit().charged(); }
  u32 in_use() { return ram - frames.available(); }
  /// Takes away all but `left` of the frames that can be promised, and those behind them; until
  /// Restore.
  void TakeMemory(u32 left);
  void RestoreMemory();

  const u32 ram;
  FakeFrames window;
  std::vector<mm::Frame> records;
  mm::PfnDatabase frames;
  FakeThreads threads;
  mm::Pager pager;
  FakeMmu system_mmu;
  mm::AddressSpace system;
  mm::ImageCache images;
  mm::DataCache data;
  mm::FaultResult last_fault;

 private:
  std::vector<Pfn> taken_;
};

/// Maps all of a section where it likes (an image: at its base).
VirtAddr MapWhole(FakeProcess& process, mm::Section& section,
                  mm::Protection protection = mm::kPageReadOnly);

}  // namespace fl::test
