// DirectMap: grown from the page tables that boot/entry.asm made.
#include "kernel/base/assert.h"
#include "kernel/x86/control_registers.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/direct_map_image.h"
#include "kernel/x86/pte.h"

namespace fl::x86 {

// boot/entry.asm and boot/linker.ld.
extern "C" u32 boot_tables[];
extern "C" const char boot_stack_guard[];
extern "C" const char kTextStart[];
extern "C" const char kTextEnd[];
extern "C" const char kRodataStart[];
extern "C" const char kRodataEnd[];

namespace {

using Format = TwoLevelFormat;

constexpr u32 kTablePages = Format::kTableEntries;
constexpr u32 kTableSpan = kTablePages * kPageSize;
constexpr u32 kBootTables = 2;
constexpr u32 kFirstEntry = kDirectMapBase / kTableSpan;
/// The window is the first page of the top 4 MiB, which is nobody else's.
constexpr u32 kWindowBase = kSystemSpaceEnd;
constexpr u32 kWindowEntry = kWindowBase / kTableSpan;

alignas(kPageSize) constinit u32 g_window_table[Format::kTableEntries] = {};
constinit Pfn g_unneeded[kBootTables + 1];
constinit u32 g_unneeded_count = 0;

/// Directory entries that map RAM up to `end`.
u32 EntriesFor(Pfn end) { return (end.value + kTablePages - 1) / kTablePages; }

/// [start, end): from the kernel image.
bool LiesIn(Pfn pfn, const char* start, const char* end) {
  return pfn >= FrameAt(start) && pfn < FrameAt(end + kPageMask);
}

void NoteUnneeded(const void* frame) { g_unneeded[g_unneeded_count++] = FrameAt(frame); }

void FillTable(mm::PageBytes bytes, u32 directory_entry) {
  auto* entries = reinterpret_cast<u32*>(bytes.data());
  const u32 first = directory_entry * kTablePages;
  for (u32 i = 0; i < kTablePages; ++i) {
    entries[i] = EntryFor(Pfn(first + i), kPtePresent | kPteWrite | GlobalBit());
  }
}

void FinishBootTables(u32 entries) {
  for (Pfn pfn(0); pfn.value < kBootTables * kTablePages; ++pfn) {
    const u32 bits = DescribeDirectMapPage(pfn).bits;
    boot_tables[pfn.value] = bits == 0 ? 0 : EntryFor(pfn, bits);
  }
  // Little RAM: the later tables map nothing that exists.
  for (u32 i = entries; i < kBootTables; ++i) {
    boot_directory[kFirstEntry + i] = 0;
    NoteUnneeded(boot_tables + i * kTablePages);
  }
}

void InitTwoLevelDirectMap(Pfn end, Pfn tables) {
  const u32 entries = EntriesFor(end);
  for (u32 i = kBootTables; i < entries; ++i) {
    u32& entry = boot_directory[kFirstEntry + i];
    if (Features().pse) {
      entry = EntryFor(Pfn(i * kTablePages), kPtePresent | kPteWrite | kPdeLarge | GlobalBit());
    } else {
      FillTable(MapBootWindow(tables), i);
      entry = EntryFor(tables, kPtePresent | kPteWrite);
      ++tables;
    }
  }
  FinishBootTables(entries);
  boot_directory[kWindowEntry] = 0;
  // No translation was global until now: all of them are forgotten.
  WriteCr3(ReadCr3());
}

}  // namespace

u32 GlobalBit() { return Features().pge ? kPteGlobal : 0; }

DirectMapPage DescribeDirectMapPage(Pfn pfn) {
  const u32 bits = kPtePresent | GlobalBit();
  if (LiesIn(pfn, kTextStart, kTextEnd)) return {bits, true};
  if (LiesIn(pfn, kRodataStart, kRodataEnd)) return {bits, false};
  if (pfn == FrameAt(boot_stack_guard)) return {0, false};
  return {bits | kPteWrite, false};
}

mm::PageBytes MapBootWindow(Pfn pfn) {
  g_window_table[0] = EntryFor(pfn, kPtePresent | kPteWrite);
  boot_directory[kWindowEntry] = EntryFor(FrameAt(g_window_table), kPtePresent | kPteWrite);
  InvalidatePage(PageOf(VirtAddr(kWindowBase)));
  return mm::PageBytes(reinterpret_cast<std::byte*>(kWindowBase), kPageSize);
}

u32 DirectMapTables(Pfn end, NoExecute no_execute) {
  if (no_execute == NoExecute::kOn) return PaeDirectMapTables();
  const u32 entries = EntriesFor(end);
  return Features().pse || entries <= kBootTables ? 0 : entries - kBootTables;
}

void InitDirectMap(Pfn end, Pfn tables, NoExecute no_execute) {
  KASSERT(end.value <= kDirectMapFrames);
  if (no_execute == NoExecute::kOn) {
    InitPaeDirectMap(end, tables);
    for (u32 i = 0; i < kBootTables; ++i) NoteUnneeded(boot_tables + i * kTablePages);
  } else {
    InitTwoLevelDirectMap(end, tables);
  }
  NoteUnneeded(g_window_table);
}

std::span<const Pfn> UnneededBootFrames() { return {g_unneeded, g_unneeded_count}; }

}  // namespace fl::x86
