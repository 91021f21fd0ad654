// DirectMap: grown from the page tables that boot/entry.asm made.
#include "kernel/x86/direct_map.h"

#include "kernel/base/assert.h"
#include "kernel/x86/control_registers.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/pte.h"

namespace fl::x86 {

// boot/entry.asm and boot/linker.ld.
extern "C" u32 boot_directory[kTableEntries];
extern "C" u32 boot_tables[];
extern "C" const char boot_stack_guard[];
extern "C" const char kTextStart[];
extern "C" const char kTextEnd[];
extern "C" const char kRodataStart[];
extern "C" const char kRodataEnd[];

namespace {

constexpr u32 kBootTables = 2;
constexpr u32 kFirstEntry = kDirectMapBase / kTableSpan;
/// The window is the first page of the top 4 MiB, which is nobody else's.
constexpr u32 kWindowBase = kSystemSpaceEnd;
constexpr u32 kWindowEntry = kWindowBase / kTableSpan;

alignas(kPageSize) constinit u32 g_window_table[kTableEntries] = {};
constinit Pfn g_unneeded[kBootTables + 1];
constinit u32 g_unneeded_count = 0;

Pfn FrameAt(const void* pointer) { return Pfn(u32(PhysicalOf(pointer).value >> kPageShift)); }

/// Directory entries that map RAM up to `end`.
u32 EntriesFor(Pfn end) { return (end.value + kTablePages - 1) / kTablePages; }

u32 GlobalBit() { return Features().pge ? kPteGlobal : 0; }

/// [start, end): from the kernel image.
void ProtectImage(const char* start, const char* end) {
  for (Pfn pfn = FrameAt(start); pfn < FrameAt(end + kPageMask); ++pfn) {
    boot_tables[pfn.value] &= ~kPteWrite;
  }
}

void FillTable(mm::PageBytes bytes, u32 directory_entry) {
  auto* entries = reinterpret_cast<u32*>(bytes.data());
  const u32 first = directory_entry * kTablePages;
  for (u32 i = 0; i < kTableEntries; ++i) {
    entries[i] = EntryFor(Pfn(first + i), kPtePresent | kPteWrite | GlobalBit());
  }
}

void FinishBootTables(u32 entries) {
  for (u32 i = 0; i < kBootTables * kTableEntries; ++i) boot_tables[i] |= GlobalBit();
  ProtectImage(kTextStart, kTextEnd);
  ProtectImage(kRodataStart, kRodataEnd);
  boot_tables[FrameAt(boot_stack_guard).value] = 0;
  // Little RAM: the later tables map nothing that exists.
  for (u32 i = entries; i < kBootTables; ++i) {
    boot_directory[kFirstEntry + i] = 0;
    g_unneeded[g_unneeded_count++] = FrameAt(boot_tables + i * kTableEntries);
  }
}

}  // namespace

mm::PageBytes MapBootWindow(Pfn pfn) {
  g_window_table[0] = EntryFor(pfn, kPtePresent | kPteWrite);
  boot_directory[kWindowEntry] = EntryFor(FrameAt(g_window_table), kPtePresent | kPteWrite);
  InvalidatePage(PageOf(VirtAddr(kWindowBase)));
  return mm::PageBytes(reinterpret_cast<std::byte*>(kWindowBase), kPageSize);
}

u32 DirectMapTables(Pfn end) {
  const u32 entries = EntriesFor(end);
  return Features().pse || entries <= kBootTables ? 0 : entries - kBootTables;
}

void InitDirectMap(Pfn end, Pfn tables) {
  KASSERT(end.value <= kDirectMapFrames);
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
  g_unneeded[g_unneeded_count++] = FrameAt(g_window_table);
  // No translation was global until now: all of them are forgotten.
  WriteCr3(ReadCr3());
}

Pfn BootDirectory() { return FrameAt(boot_directory); }
std::span<const Pfn> UnneededBootFrames() { return {g_unneeded, g_unneeded_count}; }

}  // namespace fl::x86
