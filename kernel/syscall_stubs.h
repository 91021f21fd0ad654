// SyscallStubs: the page of code behind the virtual ntdll.dll: one stub for each system call, made when it
// is first touched, shared by all processes at one address.
// Invariants:  the same bytes each time, so the page can be dropped and made anew; stubs are 16 bytes apart,
//              in the order of the table; before them lies the code that a thread's start routine and the
//              routines that the loader calls return to.
#pragma once

#include "mm/section.h"
#include "pe/linker.h"

namespace fl::kernel {

inline constexpr VirtAddr kStubsBase{0x7FFC0000};
/// The numbers that the stubs here use begin with this one; those of a DLL of NT's user mode lie below.
inline constexpr u32 kOwnCallNumbers = 0x4000;
/// What the loader's routines return with; no name leads to it.
inline constexpr u32 kLoaderReturnNumber = 0x10000;

class SyscallStubs final : public mm::Section {
 public:
  static Result<RefPtr<SyscallStubs>> Create(mm::Pager& pager);

  /// Where the stub of system call `number` lies.
  static VirtAddr AddressOf(u32 number);
  static VirtAddr AddressOf(std::string_view name);
  /// Code that stubs call with the number in EAX, and the arguments behind two return addresses. Those here
  /// do so where there is SYSENTER, those of NT's user mode always.
  static VirtAddr FastCall();
  /// Calls RtlExitUserThread with what the start routine returned (EAX).
  static VirtAddr ThreadReturnAddress() { return kStubsBase; }
  /// Where routines that the loader calls return to; see loader_call.h.
  static VirtAddr LoaderReturnAddress() { return kStubsBase + 16; }
  /// Where a program goes on after SYSENTER, which its stubs use if the processor has it.
  static VirtAddr FastCallReturn();

 private:
  explicit SyscallStubs(mm::Pager& pager) : Section(pager, mm::SectionKind::kData, nullptr) {}
  mm::PageSource SourceOf(PageIndex) const override { return {}; }
  bool NeedsFinish(PageIndex) const override { return true; }
  Status FinishPage(PageIndex index, mm::PageBytes bytes) override;
};

/// ntdll.dll as the kernel linker sees it: exports, and nothing else.
class VirtualNtdll final : public pe::Module, private pe::ByteSource {
 public:
  static constexpr std::string_view kName = "ntdll.dll";
  std::string_view Name() const override { return kName; }
  pe::ByteSource& Image() override { return *this; }
  const pe::ImageLayout& Layout() const override { return layout_; }
  VirtAddr Base() const override { return kStubsBase; }
  /// `Zw*` names are answered as `Nt*`.
  Result<pe::Export> FindExport(const pe::SymbolRef& symbol, pe::ParseError* error) override;

 private:
  Status Read(u32, std::span<std::byte>) override { return Status::kInvalidImageFormat; }
  const pe::ImageLayout layout_;  ///< Empty: imports nothing.
};

}  // namespace fl::kernel
