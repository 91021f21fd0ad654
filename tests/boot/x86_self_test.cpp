// A kernel of its own that tests the processor's room where it runs: traps, page tables, the direct
// map, contexts, user mode, interrupts, a double fault. x86_self_test.py boots it on several
// machines.
// Invariant: ends QEMU with 0 after "self-test passed", with 0x7F after the first check that
//   failed.
#include <cstring>
#include <new>
#include <utility>

#include "kernel/base/log.h"
#include "kernel/memory.h"
#include "kernel/x86/context.h"
#include "kernel/x86/control_registers.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/port_io.h"
#include "kernel/x86/trap.h"
#include "kernel/x86/user_copy.h"

namespace fl {
namespace {

constexpr u16 kSerial = 0x3F8;
constexpr u16 kExit = 0xF4;

constinit x86::PortIoX86 g_ports;

[[noreturn]] void Exit(u8 code) {
  g_ports.Out8(kExit, code);
  x86::Halt();
}

void Print(std::string_view text) {
  for (char c : text) g_ports.Out8(kSerial, u8(c));
}

}  // namespace

void LogSink(LogLevel, std::string_view line) {
  Print(line);
  Print("\n");
}

void AssertFailed(const char* expression, const char* file, int line) {
  Log(LogLevel::kError, "assertion failed: %s (%s:%d)", expression, file, line);
  Exit(0x7F);
}

namespace kernel {

void TestRuntime();  // x86_self_test_runtime.cpp

extern "C" const char boot_stack_guard[];  // boot/entry.asm

namespace {

#define CHECK(expression) KASSERT(expression)

constexpr u16 kPic1 = 0x20;
constexpr u16 kPic2 = 0xA0;
constexpr u8 kEndOfInterrupt = 0x20;

constexpr u32 kCodeAt = 0x00400000;
constexpr u32 kStackAt = 0x00500000;
constexpr u32 kTebAt = 0x7FFDE000;
constexpr u32 kDemandAt = 0x00600000;

constinit u32 g_main_stack_pointer = 0;
constinit u32 g_thread_stack_pointer = 0;
constinit int g_steps = 0;
constinit bool g_expect_double_fault = false;
/// Where the next page fault of the kernel's ordinary code continues; 0: it is a failure.
constinit u32 g_resume = 0;
Memory* g_memory = nullptr;
x86::UserPageTable* g_user = nullptr;
alignas(16) std::byte g_thread_stack[8192];
alignas(16) std::byte g_user_stack[8192];
x86::FpuState g_fpu_a;
x86::FpuState g_fpu_b;

constexpr mm::PteAccess kReadWrite{.read = true, .write = true};
constexpr u32 kAlignmentCheck = 1u << 18;

u32 Eflags() {
  u32 flags;
  asm volatile("pushf\n\tpop %0" : "=r"(flags));
  return flags;
}

class Handler final : public x86::TrapHandler {
 public:
  void OnPageFault(x86::TrapFrame& frame, mm::PageFault& fault) override {
    ++faults;
    last = fault;
    if (PageOf(fault.address) == PageOf(VirtAddr(kDemandAt))) {
      const Result<Pfn> pfn = g_memory->frames.AllocateZeroed(mm::FrameUse::kPrivate);
      CHECK(pfn && IsSuccess(g_user->Map(PageOf(fault.address), *pfn, kReadWrite)));
      return;
    }
    if (x86::FixUpKernelFault(frame, Status::kAccessViolation)) return;
    if (frame.FromUser()) return SkipUser(frame);
    if (g_resume != 0) {
      CHECK(!x86::MayFault(frame));
      frame.eip = g_resume;
      g_resume = 0;
      return;
    }
    Die("page fault", frame);
  }
  void OnSystemCall(x86::TrapFrame& frame) override {
    Log(LogLevel::kInfo, "system call %u: edx %x, cs %x, ss %x, fs %x, eflags %x", frame.eax,
        frame.edx, frame.cs, frame.user_ss, frame.fs, frame.eflags);
    ++calls;
    if (frame.eax == 7) {
      CHECK(frame.edx == 0x1234 && frame.user_esp == kStackAt + 0x1000);
      CHECK(frame.ds == x86::kUserData && frame.es == 0 && frame.fs == x86::kUserTeb);
      CHECK(frame.gs == x86::kUserData && frame.ebp == 0xB0B);
      // The program set AC, which would lift SMAP.
      CHECK((frame.eflags & kAlignmentCheck) != 0);
      CHECK(!x86::Features().smap || (Eflags() & kAlignmentCheck) == 0);
      // No IOPL, NT or VM; interrupts enabled.
      CHECK((frame.eflags & 0x27200) == 0x200);
      frame.eax = 0x600D;
      return;
    }
    CHECK(frame.eax == 8);
    CHECK(frame.edx == 0xFEED);  // What the program read through FS.
    CHECK(frame.ebx == 0x600D);
    CHECK((frame.eflags & 0x400) != 0 && exceptions == 4);
    u32 unused;
    x86::SwitchContext(&unused, g_main_stack_pointer);
  }
  void OnInterrupt(x86::TrapFrame&, u32 irq) override {
    CHECK(irq == 0);
    ++interrupts;
    g_ports.Out8(kPic1, kEndOfInterrupt);
  }
  void OnException(x86::TrapFrame& frame) override {
    if (frame.vector == x86::kVectorDoubleFault && g_expect_double_fault) {
      Log(LogLevel::kInfo, "double fault at %x, stack %x, address %x: as expected", frame.eip,
          frame.StackPointer(), x86::ReadCr2());
      Log(LogLevel::kInfo, "self-test passed");
      Exit(0);
    }
    if (frame.FromUser()) return SkipUser(frame);
    Die("exception", frame);
  }

  int faults = 0;
  int calls = 0;
  int exceptions = 0;
  int interrupts = 0;
  mm::PageFault last;

 private:
  // The program's refused instructions are two bytes long.
  void SkipUser(x86::TrapFrame& frame) {
    Log(LogLevel::kInfo, "user exception %u, error %x, at %x", frame.vector, frame.error_code,
        frame.eip);
    ++exceptions;
    if (frame.vector != x86::kVectorBreakpoint) frame.eip += 2;
  }
  [[noreturn]] void Die(const char* what, const x86::TrapFrame& frame) {
    Log(LogLevel::kError, "%s: vector %u error %x eip %x cs %x cr2 %x", what, frame.vector,
        frame.error_code, frame.eip, frame.cs, x86::ReadCr2());
    Exit(0x7F);
  }
};

constinit Handler g_handler;

u32 ReadUser(u32 address, Status* status) {
  u32 value = 0;
  *status = x86::CopySafely(&value, reinterpret_cast<const void*>(address), sizeof(value));
  return value;
}

u32 Peek(VirtPage page) {
  Status status;
  const u32 value = ReadUser(AddressOf(page).value, &status);
  CHECK(IsSuccess(status));
  return value;
}
void Poke(VirtPage page, u32 value) {
  void* to = reinterpret_cast<void*>(AddressOf(page).value);
  CHECK(IsSuccess(x86::CopySafely(to, &value, sizeof(value))));
}

/// Does ordinary code of the kernel fault when it reads, or jumps, there?
bool ReadFaults(u32 address) {
  asm volatile("movl $1f, %0\n\tmovl (%1), %%eax\n1:" : "=m"(g_resume) : "r"(address) : "eax");
  return std::exchange(g_resume, 0) == 0;
}
bool JumpFaults(u32 address) {
  asm volatile("movl $1f, %%ecx\n\tmovl %%ecx, %0\n\tjmp *%1\n1:"
               : "=m"(g_resume)
               : "r"(address)
               : "ecx");
  return std::exchange(g_resume, 0) == 0;
}
constexpr u32 kJumpBack = 0x9090E1FF;  // jmp *%ecx

/// What the processor keeps the kernel itself from.
void TestProtection() {
  mm::PfnDatabase& frames = g_memory->frames;
  x86::UserPageTable& table = **x86::UserPageTable::Create(g_memory->system_table);
  table.Activate();
  const VirtPage page(0x12345);
  const Pfn pfn = *frames.AllocateZeroed(mm::FrameUse::kPrivate);
  CHECK(IsSuccess(table.Map(page, pfn, {.read = true, .write = true, .execute = true})));
  Poke(page, kJumpBack);
  const x86::CpuFeatures& f = x86::Features();
  CHECK(ReadFaults(AddressOf(page).value) == f.smap);
  CHECK(JumpFaults(AddressOf(page).value) == f.smep);
  table.Unmap(page);
  frames.Free(pfn);
  g_memory->system_table.Activate();
  delete &table;

  // Data of the kernel, and free memory in the direct map.
  auto* data = reinterpret_cast<u32*>(g_user_stack);
  *data = kJumpBack;
  CHECK(JumpFaults(reinterpret_cast<u32>(data)) == x86::NoExecuteIsOn());
  CHECK(!x86::NoExecuteIsOn() || g_handler.last.access == mm::Access::kExecute);
  *reinterpret_cast<u32*>(frames.Bytes(pfn).data()) = kJumpBack;
  CHECK(JumpFaults(reinterpret_cast<u32>(frames.Bytes(pfn).data())) == x86::NoExecuteIsOn());
  // Text, constants: not even the kernel writes there. The null page and the guard are not there.
  static const u32 constant = 1;
  for (const void* at :
       {reinterpret_cast<const void*>(&TestProtection), static_cast<const void*>(&constant)}) {
    CHECK(x86::ProbeSafely(const_cast<void*>(at)) == Status::kAccessViolation);
    CHECK(!ReadFaults(reinterpret_cast<u32>(at)));
  }
  CHECK(ReadFaults(0) && ReadFaults(0xFFFF) && ReadFaults(reinterpret_cast<u32>(boot_stack_guard)));
  Log(LogLevel::kInfo, "protection: good (smep %d smap %d no-execute %d)", f.smep, f.smap,
      x86::NoExecuteIsOn());
}

void TestPageTables() {
  mm::PfnDatabase& frames = g_memory->frames;
  const u32 free_before = frames.available();
  const u32 charged_before = frames.commit().charged();
  const Result<x86::UserPageTable*> made = x86::UserPageTable::Create(g_memory->system_table);
  CHECK(made);
  x86::UserPageTable& table = **made;
  CHECK(table.TablePages() == (x86::NoExecuteIsOn() ? 512 : 1024));
  table.Activate();
  const VirtPage page(0x12345);
  const Pfn a = *frames.AllocateZeroed(mm::FrameUse::kPrivate);
  const Pfn b = *frames.AllocateZeroed(mm::FrameUse::kPrivate);
  CHECK(IsSuccess(table.Map(page, a, kReadWrite)));
  CHECK(!table.Query(page).dirty);
  Poke(page, 1);
  CHECK(table.Query(page).dirty && table.Query(page).access == kReadWrite);
  table.Replace(page, b, kReadWrite);
  CHECK(Peek(page) == 0 && !table.Query(page).dirty);
  table.Replace(page, a, {.read = true});
  CHECK(Peek(page) == 1);
  Status status = x86::CopySafely(reinterpret_cast<void*>(AddressOf(page).value), &free_before, 4);
  CHECK(status == Status::kAccessViolation && g_handler.last.access == mm::Access::kWrite);
  table.Replace(page, a, {});
  CHECK(table.Query(page).resident && table.Query(page).access == mm::PteAccess{});
  ReadUser(AddressOf(page).value, &status);
  CHECK(status == Status::kAccessViolation && g_handler.last.access == mm::Access::kRead);
  CHECK(table.NextResident(VirtPage(0x10), VirtPage(0x70000)) == page);
  CHECK(table.NextResident(page + 1, VirtPage(0x70000)) == VirtPage(0x70000));
  CHECK(table.Unmap(page).pfn == a && !table.Unmap(page).resident);
  ReadUser(AddressOf(page).value, &status);
  CHECK(status == Status::kAccessViolation);

  // System space, seen through a process's directory.
  const VirtPage system_page = PageOf(VirtAddr(0xD0000000));
  CHECK(IsSuccess(g_memory->system_table.Map(system_page, a, kReadWrite)));
  auto* system_bytes = reinterpret_cast<volatile u32*>(0xD0000000);
  CHECK(*system_bytes == 1);
  g_memory->system_table.Replace(system_page, b, kReadWrite);
  CHECK(*system_bytes == 0);
  CHECK(g_memory->system_table.Unmap(system_page).pfn == b);
  ReadUser(0xD0000000, &status);
  CHECK(status == Status::kAccessViolation);

  frames.Free(a);
  frames.Free(b);
  g_memory->system_table.Activate();
  delete *made;
  CHECK(frames.available() == free_before && frames.commit().charged() == charged_before);
  Log(LogLevel::kInfo, "page tables: good");
}

void TestDirectMap() {
  mm::PfnDatabase& frames = g_memory->frames;
  u32 checked = 0;
  for (u32 i = 0; i < frames.frame_count(); ++i) {
    const Pfn pfn(i);
    const mm::FrameUse use = frames.IsRam(pfn) ? frames.frame(pfn).use : mm::FrameUse::kNotRam;
    if (use != mm::FrameUse::kFree) continue;
    auto* words = reinterpret_cast<volatile u32*>(frames.Bytes(pfn).data());
    words[0] = i;
    words[1023] = ~i;
    ++checked;
  }
  for (u32 i = 0; i < frames.frame_count(); ++i) {
    if (!frames.IsRam(Pfn(i)) || frames.frame(Pfn(i)).use != mm::FrameUse::kFree) continue;
    auto* words = reinterpret_cast<volatile u32*>(frames.Bytes(Pfn(i)).data());
    CHECK(words[0] == i && words[1023] == ~i);
  }
  CHECK(checked == frames.available());
  Status status = Status::kSuccess;
  ReadUser(0, &status);
  CHECK(status == Status::kAccessViolation);
  Log(LogLevel::kInfo, "direct map: %u free frames good", checked);
}

void Thread(void* argument) {
  CHECK(argument == &g_steps);
  while (true) {
    ++g_steps;
    x86::SwitchContext(&g_thread_stack_pointer, g_main_stack_pointer);
  }
}

void TestSwitch() {
  g_thread_stack_pointer =
      x86::PrepareStack(g_thread_stack + sizeof(g_thread_stack), Thread, &g_steps);
  for (int i = 1; i <= 3; ++i) {
    x86::SwitchContext(&g_main_stack_pointer, g_thread_stack_pointer);
    CHECK(g_steps == i);
  }
  Log(LogLevel::kInfo, "threads: good");
}

void TestFpu() {
  if (!x86::Features().fpu) return;
  x86::InitFpuState(g_fpu_a);
  x86::InitFpuState(g_fpu_b);
  u32 seven = 7;
  u32 out = 0;
  u16 control = 0;
  x86::RestoreFpu(g_fpu_a);
  asm volatile("fnstcw %0" : "=m"(control));
  CHECK(control == 0x27F);
  asm volatile("fildl %0" : : "m"(seven));
  x86::SaveFpu(g_fpu_a);
  x86::RestoreFpu(g_fpu_b);
  asm volatile("fldz; fldz; fldz");
  x86::SaveFpu(g_fpu_b);
  x86::SanitizeFpuState(g_fpu_a);
  x86::RestoreFpu(g_fpu_a);
  asm volatile("fistpl %0" : "=m"(out));
  CHECK(out == 7);
  Log(LogLevel::kInfo, "fpu: good (fxsr %d)", x86::Features().fxsr);
}

// Two-byte instructions where one is to be refused, and NOPs after INT3's byte.
constexpr u8 kProgram[] = {
    0xB8, 7,    0,    0,    0,                    // mov eax, 7
    0xBA, 0x34, 0x12, 0,    0,                    // mov edx, 0x1234
    0xCD, 0x2E,                                   // int 0x2E
    0x89, 0xC3,                                   // mov ebx, eax
    0xCC,                                         // int3
    0xCD, 0x21,                                   // int 0x21: refused
    0xFA, 0x90,                                   // cli: refused
    0xB9, 0x10, 0,    0,    0,                    // mov ecx, kKernelData
    0x8E, 0xD9,                                   // mov ds, ecx: refused
    0xC7, 0x05, 0,    0,    0x60, 0, 1, 0, 0, 0,  // mov dword [kDemandAt], 1
    0x31, 0xC9,                                   // xor ecx, ecx
    0x8E, 0xE9,                                   // mov gs, ecx
    0x64, 0x8B, 0x15, 0x18, 0,    0, 0,           // mov edx, fs:[0x18]
    0xFD,                                         // std
    0xB8, 8,    0,    0,    0,                    // mov eax, 8
    0xCD, 0x2E,                                   // int 0x2E
    0xF4,
};

void UserThread(void*) {
  x86::TrapFrame frame = x86::UserFrame(VirtAddr(kCodeAt), VirtAddr(kStackAt + 0x1000));
  // What a program could hand to NtContinue. (TF would stop at each instruction.)
  frame.cs = x86::kKernelCode;
  frame.user_ss = x86::kKernelData;
  frame.ds = 0x12345678;
  frame.es = 3;
  frame.fs = x86::kUserTeb & ~3u;
  frame.gs = 0x30;
  frame.eflags = ~0x100u;
  frame.ebp = 0xB0B;
  x86::EnterUserMode(frame);
}

Pfn MapUser(u32 address, mm::PteAccess access) {
  const Result<Pfn> pfn = g_memory->frames.AllocateZeroed(mm::FrameUse::kPrivate);
  CHECK(pfn && IsSuccess(g_user->Map(PageOf(VirtAddr(address)), *pfn, access)));
  return *pfn;
}

void TestUserMode() {
  const u32 free_before = g_memory->frames.available();
  g_user = *x86::UserPageTable::Create(g_memory->system_table);
  g_user->Activate();
  const Pfn code = MapUser(kCodeAt, {.read = true, .execute = true});
  const Pfn teb = MapUser(kTebAt, kReadWrite);
  MapUser(kStackAt, kReadWrite);
  for (u32 i = 0; i < sizeof(kProgram); ++i) {
    g_memory->frames.Bytes(code)[i] = std::byte(kProgram[i]);
  }
  reinterpret_cast<u32*>(g_memory->frames.Bytes(teb).data())[6] = 0xFEED;
  std::byte* top = g_user_stack + sizeof(g_user_stack);
  x86::SetKernelStack(top);
  x86::SetTeb(VirtAddr(kTebAt));
  x86::SwitchContext(&g_main_stack_pointer, x86::PrepareStack(top, UserThread, nullptr));
  CHECK(g_handler.calls == 2);
  CHECK(g_handler.last.mode == mm::FaultMode::kUser && g_handler.last.access == mm::Access::kWrite);
  for (VirtPage p = g_user->NextResident(VirtPage(0), VirtPage(0x80000)); p < VirtPage(0x80000);
       p = g_user->NextResident(p + 1, VirtPage(0x80000))) {
    g_memory->frames.Free(g_user->Unmap(p).pfn);
  }
  g_memory->system_table.Activate();
  delete g_user;
  CHECK(g_memory->frames.available() == free_before);
  Log(LogLevel::kInfo, "user mode: good");
}

void TestInterrupts() {
  // The four words that initialise the PIC: edge-triggered and cascaded, vectors, cascade line,
  // 8086 mode.
  g_ports.Out8(kPic1, 0x11);
  g_ports.Out8(kPic1 + 1, u8(x86::kVectorFirstIrq));
  g_ports.Out8(kPic1 + 1, 4);
  g_ports.Out8(kPic1 + 1, 1);
  // Only the timer, which the BIOS left running.
  g_ports.Out8(kPic1 + 1, 0xFE);
  x86::WaitForInterrupt();
  CHECK(g_handler.interrupts == 1);
  for (int i = 0; i < 100000000 && g_handler.interrupts < 3; ++i) x86::TakePendingInterrupts();
  CHECK(g_handler.interrupts == 3);
  g_ports.Out8(kPic1 + 1, 0xFF);
  Log(LogLevel::kInfo, "interrupts: good");
}

void Overflow(void*) {
  // The stack below is in a hole: the fault's own frame cannot be pushed.
  g_expect_double_fault = true;
  asm volatile("mov $0xE0000100, %%esp\n\tpush $0\n\t" : : : "memory");
}

}  // namespace

extern "C" void KernelMain(u32 magic, u32 multiboot_info) {
  Print("faultline: start\n");
  // All interrupts of the PICs masked: their vectors are still the BIOS's.
  g_ports.Out8(kPic1 + 1, 0xFF);
  g_ports.Out8(kPic2 + 1, 0xFF);
  x86::InitCpu();
  x86::InitTraps(g_handler);
  const boot::BootInfo& info = ReadBootInfo(magic, multiboot_info);
  CHECK(info.valid);
  for (const boot::FrameRange& range : info.ram.span()) {
    Log(LogLevel::kInfo, "ram: frames %x to %x", range.first.value, range.end().value);
  }
  Log(LogLevel::kInfo, "command line: %.200s", info.command_line);
  if (info.has_module) {
    Log(LogLevel::kInfo, "module: %x, %u bytes, \"%s\"", u32(info.module.start.value),
        info.module.size, info.module_name);
  }
  const x86::CpuFeatures& f = x86::Features();
  Log(LogLevel::kInfo, "cpu: fpu %d pse %d tsc %d pge %d fxsr %d sse %d sep %d", f.fpu, f.pse,
      f.tsc, f.pge, f.fxsr, f.sse, f.sep);
  const bool two_level = std::string_view(info.command_line).find("nx=0") != std::string_view::npos;
  g_memory = &InitMemory(info, two_level ? x86::NoExecute::kOff : x86::NoExecute::kOn);
  CHECK(x86::NoExecuteIsOn() == (f.nx && !two_level));
  for (u32 i = 0; i < mm::kFrameUses; ++i) {
    Log(LogLevel::kInfo, "frames of use %u: %u", i, g_memory->frames.count(mm::FrameUse(i)));
  }
  TestDirectMap();
  TestPageTables();
  TestProtection();
  TestSwitch();
  TestFpu();
  TestUserMode();
  TestInterrupts();
  TestRuntime();
  g_thread_stack_pointer = 0;
  x86::SwitchContext(&g_main_stack_pointer,
                     x86::PrepareStack(g_thread_stack + sizeof(g_thread_stack), Overflow, nullptr));
}

}  // namespace kernel
}  // namespace fl
