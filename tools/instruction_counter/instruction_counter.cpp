// instruction_counter: a plugin for QEMU that counts the guest's instructions, whoever executes them,
// and knows a few no-ops by which a program marks what is to be counted (tests/bench/guest/system.h).
// HLT costs one instruction, however long it lasts: so the device's own time is in no figure.
//
//   -plugin file=...,out=FILE[,profile=on]
//
// FILE gets a line for each event:
//   sample COUNT    instructions between MARK_BEGIN and MARK_END
//   boot COUNT      from the kernel's first instruction to the first MARK_PROGRAM
// and with profile=on, at the end:
//   samples COUNT     of both kinds: ended by MARK_END, or by MARK_TIMED, which gives no line
//   at ADDRESS COUNT  instructions at one address, within samples
//
// A `rep` string instruction counts once for each iteration, as in QEMU's own -icount.
#include <cinttypes>
#include <cstdio>
#include <cstring>
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

enum Mark : uint32_t { kBegin = 1, kEnd = 2, kProgram = 3, kTimed = 4 };
// nop dword [eax + disp32], whose displacement is "FL\0\0" with the mark in the place of the zeros.
constexpr uint8_t kMarkCode[] = {0x0F, 0x1F, 0x80};
constexpr size_t kMarkSize = 7;
constexpr uint32_t kMarkBase = 0x464C0000;

// Nothing but a kernel runs here: the BIOS stays below 1 MiB and at the end of memory.
constexpr uint64_t kKernelFirst = 0x100000, kKernelEnd = 0x1000000;

struct AtAddress {
  uint64_t executed = 0;  ///< Since the start.
  uint64_t at_begin = 0;  ///< `executed` when the sample began.
  uint64_t in_samples = 0;
};

FILE* out;
bool profiling;
uint64_t executed;  ///< Unless profiling.
uint64_t at_begin, at_kernel, samples;
bool in_sample, entry_watched, booted;
// Never destroyed: QEMU says that it ends when this library's destructors have run.
auto& index_of = *new std::unordered_map<uint64_t, size_t>;  ///< By address; into `addresses`.
auto& addresses = *new std::deque<AtAddress>;                ///< Which stay where they are.

AtAddress& CounterFor(uint64_t address) {
  const auto [found, added] = index_of.try_emplace(address, addresses.size());
  if (added) addresses.emplace_back();
  return addresses[found->second];
}

/// All that has been executed so far.
uint64_t Executed() {
  if (!profiling) return executed;
  uint64_t sum = 0;
  for (const AtAddress& at : addresses) sum += at.executed;
  return sum;
}

void OnMark(unsigned, void* user) {
  const auto mark = Mark(reinterpret_cast<uintptr_t>(user));
  if (mark == kBegin) {
    for (AtAddress& at : addresses) at.at_begin = at.executed;
    in_sample = true;
    at_begin = Executed();
  } else if ((mark == kEnd || mark == kTimed) && in_sample) {
    if (mark == kEnd) std::fprintf(out, "sample %" PRIu64 "\n", Executed() - at_begin);
    ++samples;
    for (AtAddress& at : addresses) at.in_samples += at.executed - at.at_begin;
    in_sample = false;
  } else if (mark == kProgram && !booted) {
    std::fprintf(out, "boot %" PRIu64 "\n", Executed() - at_kernel);
    booted = true;
  }
}

void OnKernelEntry(unsigned, void*) {
  if (at_kernel == 0) at_kernel = Executed();
}

/// The mark that the instruction is, or 0.
uint32_t MarkOf(const qemu_plugin_insn* insn) {
  if (qemu_plugin_insn_size(insn) != kMarkSize) return 0;
  const auto* code = static_cast<const uint8_t*>(qemu_plugin_insn_data(insn));
  uint32_t displacement;
  std::memcpy(&displacement, code + sizeof(kMarkCode), sizeof(displacement));
  const uint32_t mark = displacement - kMarkBase;
  return std::memcmp(code, kMarkCode, sizeof(kMarkCode)) == 0 && mark <= kTimed ? mark : 0;
}

void OnTranslation(qemu_plugin_id_t, qemu_plugin_tb* block) {
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(block, i);
    const uint64_t address = qemu_plugin_insn_vaddr(insn);
    // One counter for an instruction: of several, QEMU 7.2 adds to the first alone.
    uint64_t& counter = profiling ? CounterFor(address).executed : executed;
    qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &counter, 1);
    if (!entry_watched && address >= kKernelFirst && address < kKernelEnd) {
      entry_watched = true;
      qemu_plugin_register_vcpu_insn_exec_cb(insn, OnKernelEntry, QEMU_PLUGIN_CB_NO_REGS, nullptr);
    }
    if (const uint32_t mark = MarkOf(insn)) {
      qemu_plugin_register_vcpu_insn_exec_cb(insn, OnMark, QEMU_PLUGIN_CB_NO_REGS,
                                             reinterpret_cast<void*>(uintptr_t(mark)));
    }
  }
}

void OnExit(qemu_plugin_id_t, void*) {
  if (profiling) std::fprintf(out, "samples %" PRIu64 "\n", samples);
  for (const auto& [address, index] : index_of) {
    const uint64_t count = addresses[index].in_samples;
    if (count) std::fprintf(out, "at 0x%08" PRIx64 " %" PRIu64 "\n", address, count);
  }
  std::fclose(out);
}

}  // namespace

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t*, int argc, char** argv) {
  for (int i = 0; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("out=")) out = std::fopen(argv[i] + 4, "w");
    if (argument == "profile=on") profiling = true;
  }
  if (!out) {
    std::fputs("instruction_counter: out=FILE is missing, or cannot be written\n", stderr);
    return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, OnTranslation);
  qemu_plugin_register_atexit_cb(id, OnExit, nullptr);
  return 0;
}
