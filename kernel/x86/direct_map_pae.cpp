// The direct map in the PAE format: 2 MiB pages, which this format always has, but for the spans that hold the
// kernel's image.
// How the processor changes formats: it takes the new one up with the write to CR4, while paging is on (SDM
//   vol. 3A, 4.1.2), and reads the new root from where CR3 points all the time. So the new root is made in the
//   old directory: its four entries are the old format's first eight, of addresses that nobody uses. Both
//   formats map the kernel to the same place, so that nothing else moves, and CR3 stays the same.
#include "kernel/base/assert.h"
#include "kernel/x86/control_registers.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/direct_map_image.h"
#include "kernel/x86/pte.h"

namespace fl::x86 {
namespace {

using Format = PaeFormat;
using Entry = Format::Entry;

constexpr u32 kEntries = Format::kTableEntries;

u32 SpanOf(Pfn pfn) { return pfn.value >> Format::kTableShift; }
u32 FirstImageSpan() { return SpanOf(FrameAt(kKernelStart)); }
u32 LastImageSpan() { return SpanOf(Pfn(FrameAt(kKernelEnd).value - 1)); }

Entry* InWindow(Pfn table) { return reinterpret_cast<Entry*>(MapBootWindow(table).data()); }

void FillTable(Entry* entries, u32 span) {
  for (u32 i = 0; i < kEntries; ++i) {
    const Pfn pfn(span * kEntries + i);
    const DirectMapPage page = DescribeDirectMapPage(pfn);
    Format::Store(entries[i], page.bits == 0
                                  ? 0
                                  : EntryFor(pfn, page.bits) |
                                        (page.executable ? Entry(0) : Format::kNoExecute));
  }
}

}  // namespace

/// The two directories of the kernel's half, and the tables of its image.
u32 PaeDirectMapTables() { return 2 + LastImageSpan() - FirstImageSpan() + 1; }

void InitPaeDirectMap(Pfn end, Pfn tables) {
  const Pfn direct = tables, system = tables + 1, image = tables + 2;
  Entry* entries = InWindow(system);
  for (u32 i = 0; i < kEntries; ++i) Format::Store(entries[i], 0);
  for (u32 span = FirstImageSpan(); span <= LastImageSpan(); ++span) {
    FillTable(InWindow(image + (span - FirstImageSpan())), span);
  }
  entries = InWindow(direct);
  for (u32 span = 0; span < kEntries; ++span) {
    const Pfn first(span * kEntries);
    const u32 bits = kPtePresent | kPteWrite;
    if (span >= FirstImageSpan() && span <= LastImageSpan()) {
      Format::Store(entries[span], EntryFor(image + (span - FirstImageSpan()), bits));
    } else if (first < end) {
      Format::Store(entries[span],
                    EntryFor(first, bits | kPdeLarge | GlobalBit()) | Format::kNoExecute);
    } else {
      Format::Store(entries[span], 0);
    }
  }

  auto* root = reinterpret_cast<Entry*>(boot_directory);
  Format::Store(root[2], EntryFor(direct, kPtePresent));
  Format::Store(root[3], EntryFor(system, kPtePresent));
  TurnOnNoExecute();
  WriteCr4(ReadCr4() | kCr4PhysicalAddressExtension);
  // What is left of the old format.
  for (u32 i = Format::kDirectories; i < kEntries; ++i) root[i] = 0;
}

}  // namespace fl::x86
