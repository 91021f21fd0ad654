// phase_counter: a plugin for QEMU that counts a start's instructions, from the kernel's first one to a given place,
// by what the kernel is doing: its phase.
//
//   -plugin file=...,out=FILE,until=ADDRESS,fault=ADDRESS,call=ADDRESS,interrupt=ADDRESS,page_in=ADDRESS
//
// An instruction of a program's (below 0x80000000, once the kernel is there) is of the phase "user". Who comes by an
// address given as fault=, call= or interrupt= is in that phase from then on, but an interrupt counts as one only where
// it interrupts a program: else it is part of what waits for it. page_in= changes any of the kernel's phases. All before
// the first program's first instruction is "start". An option may come several times.
//
// FILE, when `until` is reached: a line "PHASE ADDRESS COUNT" for each address in each phase. HLT costs one instruction,
// a `rep` string instruction one for each iteration.
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string_view>
#include <unordered_map>

#include "tools/instruction_counter/qemu_plugin.h"

extern "C" {
[[gnu::visibility("default")]] int qemu_plugin_version = 1;
[[gnu::visibility("default")]] int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info,
                                                       int argc, char** argv);
}

namespace {

enum Phase : uint8_t { kNone, kStart, kUser, kFault, kCall, kInterrupt, kPageIn, kPhases };
constexpr const char* kNames[kPhases] = {"none", "start",     "user",   "fault",
                                         "call", "interrupt", "page_in"};

// Nothing but a kernel runs in the first: the BIOS stays below 1 MiB, at the end of memory and of the addresses.
constexpr uint64_t kKernelFirst = 0x100000, kKernelEnd = 0x1000000, kKernelBase = 0x80000000,
                   kBios = 0xF0000000;

struct AtAddress {
  uint64_t executed[kPhases] = {};
  Phase enters = kNone;  ///< Of the kernel's.
  bool is_program = false;
  bool ends = false;
};

FILE* out;
uint64_t until;
Phase phase = kNone;
bool ended, kernel_is_up;
std::unordered_map<uint64_t, Phase> entries;
// Never destroyed: QEMU says that it ends when this library's destructors have run.
auto& index_of = *new std::unordered_map<uint64_t, size_t>;  ///< By address; into `addresses`.
auto& addresses = *new std::deque<AtAddress>;                ///< Which stay where they are.

void Report() {
  for (const auto& [address, index] : index_of) {
    for (unsigned i = kStart; i < kPhases; ++i) {
      const uint64_t count = addresses[index].executed[i];
      if (count) std::fprintf(out, "%s 0x%08" PRIx64 " %" PRIu64 "\n", kNames[i], address, count);
    }
  }
  std::fclose(out);
}

void OnInstruction(unsigned, void* user) {
  auto& at = *static_cast<AtAddress*>(user);
  if (ended) return;
  if (at.is_program) {
    if (kernel_is_up) phase = kUser;
  } else {
    kernel_is_up = true;
    if (phase == kNone) phase = kStart;
    const bool changes = at.enters == kPageIn      ? phase != kStart
                         : at.enters == kInterrupt ? phase == kUser
                                                   : at.enters != kNone;
    if (changes && phase != kStart) phase = at.enters;
  }
  ++at.executed[phase];
  if (at.ends) {
    ended = true;
    Report();
  }
}

/// The kernel's first instructions are at its physical addresses.
void OnFirst(unsigned, void* user) {
  if (phase == kNone) phase = kStart;
  if (phase == kStart) ++static_cast<AtAddress*>(user)->executed[phase];
}

void OnTranslation(qemu_plugin_id_t, qemu_plugin_tb* block) {
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(block, i);
    const uint64_t address = qemu_plugin_insn_vaddr(insn);
    const auto [found, added] = index_of.try_emplace(address, addresses.size());
    if (added) {
      AtAddress& at = addresses.emplace_back();
      at.is_program = address < kKernelBase;
      at.ends = address == until;
      if (const auto entry = entries.find(address); entry != entries.end())
        at.enters = entry->second;
    }
    AtAddress& at = addresses[found->second];
    const bool first = !kernel_is_up && address >= kKernelFirst && address < kKernelEnd;
    if (!first && (address >= kBios || (at.is_program && !kernel_is_up))) continue;  // The BIOS.
    qemu_plugin_register_vcpu_insn_exec_cb(insn, first ? OnFirst : OnInstruction,
                                           QEMU_PLUGIN_CB_NO_REGS, &at);
  }
}

}  // namespace

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t*, int argc, char** argv) {
  for (int i = 0; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const char* const value = argv[i] + equals + 1;
    if (name == "out") out = std::fopen(value, "w");
    const uint64_t address = std::strtoull(value, nullptr, 16);
    if (name == "until") until = address;
    for (unsigned phase = kFault; phase < kPhases; ++phase) {
      if (name == kNames[phase]) entries[address] = Phase(phase);
    }
  }
  if (!out || until == 0) {
    std::fputs("phase_counter: out=FILE or until=ADDRESS is missing, or cannot be used\n", stderr);
    return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, OnTranslation);
  return 0;
}
