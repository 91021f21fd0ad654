// The processor: features by CPUID, control registers set to what the kernel relies on.
#include "kernel/x86/cpu.h"

#include "kernel/x86/control_registers.h"

namespace fl::x86 {
namespace {

constexpr u32 kEflagsId = 1u << 21;
constexpr u32 kCpuidFeatureLeaf = 1;
constexpr u32 kCpuidStructuredLeaf = 7;
constexpr u32 kCpuidExtendedLeaf = 0x80000000;
constexpr u32 kCpuidExtendedFeatureLeaf = 0x80000001;

// Intel SDM vol. 2A, CPUID, table 3-11: EDX of leaf 1.
constexpr u32 kFeatureFpu = 1u << 0;
constexpr u32 kFeaturePse = 1u << 3;
constexpr u32 kFeatureTsc = 1u << 4;
constexpr u32 kFeaturePae = 1u << 6;
constexpr u32 kFeatureCx8 = 1u << 8;
constexpr u32 kFeatureSep = 1u << 11;
constexpr u32 kFeaturePge = 1u << 13;
constexpr u32 kFeatureMmx = 1u << 23;
constexpr u32 kFeatureFxsr = 1u << 24;
constexpr u32 kFeatureSse = 1u << 25;
constexpr u32 kFeatureSse2 = 1u << 26;
// ECX of leaf 1.
constexpr u32 kFeatureSse3 = 1u << 0;
constexpr u32 kFeatureSsse3 = 1u << 9;
constexpr u32 kFeatureSse41 = 1u << 19;
constexpr u32 kFeatureSse42 = 1u << 20;
constexpr u32 kFeatureRdrand = 1u << 30;
// EBX of leaf 7.
constexpr u32 kFeatureSmep = 1u << 7;
constexpr u32 kFeatureSmap = 1u << 20;
// EDX of leaf 0x80000001.
constexpr u32 kFeatureNx = 1u << 20;

constinit CpuFeatures g_features;
constinit bool g_no_execute = false;

struct CpuidResult {
  u32 eax, ebx, ecx, edx;
};

CpuidResult Cpuid(u32 leaf) {
  CpuidResult r;
  asm volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(0));
  return r;
}

/// Early i486 have no CPUID; there EFLAGS.ID cannot be changed.
bool HasCpuid() {
  u32 before;
  u32 after;
  asm volatile(
      "pushf\n\t"
      "pop %0\n\t"
      "mov %0, %1\n\t"
      "xor %2, %1\n\t"
      "push %1\n\t"
      "popf\n\t"
      "pushf\n\t"
      "pop %1\n\t"
      "push %0\n\t"
      "popf"
      : "=&r"(before), "=&r"(after)
      : "i"(kEflagsId));
  return ((before ^ after) & kEflagsId) != 0;
}

/// After FNINIT a present FPU stores status 0 (SDM vol. 3A, 9.2.1).
bool HasFpuWithoutCpuid() {
  u16 status = 0xFFFF;
  asm volatile("fninit; fnstsw %0" : "+m"(status));
  return status == 0;
}

/// Pentium Pro announces SYSENTER without having it (SDM vol. 2B, SYSENTER).
bool SysenterWorks(u32 signature) {
  const u32 family = signature >> 8 & 0xF;
  const u32 model = signature >> 4 & 0xF;
  const u32 stepping = signature & 0xF;
  return !(family == 6 && model < 3 && stepping < 3);
}

CpuFeatures Detect() {
  CpuFeatures f;
  if (!HasCpuid() || Cpuid(0).eax < kCpuidFeatureLeaf) {
    f.fpu = HasFpuWithoutCpuid();
    return f;
  }
  const CpuidResult id = Cpuid(kCpuidFeatureLeaf);
  f.family = u8((id.eax >> 8 & 0xF) + ((id.eax >> 8 & 0xF) == 0xF ? id.eax >> 20 & 0xFF : 0));
  f.model = u8((id.eax >> 4 & 0xF) | (f.family >= 6 ? id.eax >> 12 & 0xF0 : 0));
  f.stepping = id.eax & 0xF;
  f.fpu = (id.edx & kFeatureFpu) != 0;
  f.pse = (id.edx & kFeaturePse) != 0;
  f.tsc = (id.edx & kFeatureTsc) != 0;
  f.pge = (id.edx & kFeaturePge) != 0;
  f.fxsr = f.fpu && (id.edx & kFeatureFxsr) != 0;
  f.sse = f.fxsr && (id.edx & kFeatureSse) != 0;
  f.sep = (id.edx & kFeatureSep) != 0 && SysenterWorks(id.eax);
  f.cx8 = (id.edx & kFeatureCx8) != 0;
  f.mmx = (id.edx & kFeatureMmx) != 0;
  f.pae = (id.edx & kFeaturePae) != 0;
  f.sse2 = f.fxsr && (id.edx & kFeatureSse2) != 0;
  f.sse3 = f.sse2 && (id.ecx & kFeatureSse3) != 0;
  f.ssse3 = f.sse2 && (id.ecx & kFeatureSsse3) != 0;
  f.sse41 = f.sse2 && (id.ecx & kFeatureSse41) != 0;
  f.sse42 = f.sse2 && (id.ecx & kFeatureSse42) != 0;
  f.rdrand = (id.ecx & kFeatureRdrand) != 0;
  f.nx = (id.edx & kFeaturePae) != 0 &&
         Cpuid(kCpuidExtendedLeaf).eax >= kCpuidExtendedFeatureLeaf &&
         (Cpuid(kCpuidExtendedFeatureLeaf).edx & kFeatureNx) != 0;
  if (Cpuid(0).eax >= kCpuidStructuredLeaf) {
    const u32 structured = Cpuid(kCpuidStructuredLeaf).ebx;
    f.smep = (structured & kFeatureSmep) != 0;
    f.smap = (structured & kFeatureSmap) != 0;
  }
  return f;
}

/// As user_access.inc lists them: three bytes of text that become STAC or CLAC.
struct SmapSite {
  u8* text;
  u8 instruction[4];
};
constexpr u32 kSmapInstructionSize = 3;
extern "C" const SmapSite kSmapSitesStart[];
extern "C" const SmapSite kSmapSitesEnd[];

void PatchSmapSites() {
  for (const SmapSite* site = kSmapSitesStart; site != kSmapSitesEnd; ++site) {
    for (u32 i = 0; i < kSmapInstructionSize; ++i) site->text[i] = site->instruction[i];
  }
}

}  // namespace

void InitCpu() {
  // The loader may have left emulation on, which would hide the FPU from the probe.
  WriteCr0(ReadCr0() & ~(kCr0Emulation | kCr0TaskSwitched));
  g_features = Detect();

  u32 cr0 = ReadCr0() | kCr0WriteProtect | kCr0NumericError | kCr0MonitorFpu;
  // Programs may set EFLAGS.AC; without AM it does nothing, as on NT.
  cr0 &= ~(kCr0Emulation | kCr0TaskSwitched | kCr0AlignmentMask);
  // Without an FPU its instructions trap as vector 7 rather than do nothing.
  if (!g_features.fpu) cr0 = (cr0 | kCr0Emulation) & ~kCr0MonitorFpu;
  WriteCr0(cr0);

  u32 cr4 = 0;
  if (g_features.pse) cr4 |= kCr4PageSizeExtensions;
  if (g_features.pge) cr4 |= kCr4PageGlobal;
  if (g_features.fxsr) cr4 |= kCr4Fxsr;
  if (g_features.sse) cr4 |= kCr4SimdExceptions;
  if (g_features.smep) cr4 |= kCr4Smep;
  if (g_features.smap) {
    PatchSmapSites();
    cr4 |= kCr4Smap;
  }
  // A serialising instruction: what was patched is seen behind it.
  if (cr4 != 0) WriteCr4(cr4);
  if (g_features.fpu) asm volatile("fninit");
}

const CpuFeatures& Features() { return g_features; }

void TurnOnNoExecute() {
  WriteMsr(kMsrEfer, ReadMsr(kMsrEfer) | kEferNoExecute);
  g_no_execute = true;
}
bool NoExecuteIsOn() { return g_no_execute; }

u64 ReadCycles() {
  if (!g_features.tsc) return 0;
  u32 low;
  u32 high;
  asm volatile("rdtsc" : "=a"(low), "=d"(high));
  return u64(high) << 32 | low;
}

bool ReadRandom(u32& number) {
  // Intel's advice (SDM vol. 1, 7.3.17): ten tries that fail in a row mean that the source is broken.
  constexpr u32 kTries = 10;
  if (!g_features.rdrand) return false;
  for (u32 i = 0; i < kTries; ++i) {
    bool good;
    asm volatile("rdrand %0" : "=r"(number), "=@ccc"(good));
    if (good) return true;
  }
  return false;
}

void DisableInterrupts() { asm volatile("cli" : : : "memory"); }

// An interrupt can come no earlier than after the instruction behind STI (SDM vol. 2B, STI): none
// is lost between STI and HLT, and a NOP gives a pending one its chance.
void WaitForInterrupt() { asm volatile("sti; hlt; cli" : : : "memory"); }
void TakePendingInterrupts() { asm volatile("sti; nop; cli" : : : "memory"); }

void Halt() {
  for (;;) asm volatile("cli; hlt" : : : "memory");
}

}  // namespace fl::x86
