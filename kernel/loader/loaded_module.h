// LoadedModule: an image of one process, as the linker reads it and as the loader keeps it.
// Reads:       until it is mapped in the process: its section's own pages, through a view in system space.
//              The linker needs import slots as the file has them; bytes in slots that are bound already
//              (another process linked the image) come from the file instead. From then on: its process'
//              memory, where the program may have written anything.
// Lives:       from its loading to its unloading or the process' end.
#pragma once

#include "mm/address_space.h"
#include "mm/image_section.h"
#include "pe/image_file_source.h"
#include "pe/linker.h"

namespace fl::kernel {

enum class ModuleState : u8 {
  kLinked,     ///< Nothing of it has run yet.
  kAttaching,  ///< Its attach routines run.
  kAttached,
  kFailed,  ///< It did not want to be attached.
  kDoomed,  ///< Nothing needs it: it is being detached, then it goes.
};

/// Static thread-local storage as the image describes it; addresses are the program's.
struct TlsTemplate {
  static constexpr u32 kNone = ~0u;
  u32 index = kNone;
  u32 start = 0;      ///< Of the initial bytes...
  u32 raw_size = 0;   ///< ...and how many there are; zeros follow
  u32 size = 0;       ///< up to this many in all.
  u32 alignment = 0;  ///< A power of two.
  u32 index_address = 0;
  u32 callbacks = 0;  ///< An array that ends with 0; 0: none.
  bool present() const { return index != kNone; }
};

class LoadedModule final : public RefCounted<LoadedModule>,
                           public pe::Module,
                           private pe::ByteSource,
                           private pe::FileBytes {
 public:
  LoadedModule(mm::AddressSpace& system, RefPtr<mm::ImageSection> section)
      : system_(system), section_(std::move(section)), file_source_(*this, section_->layout()) {}
  ~LoadedModule() { DropView(); }

  /// Maps the view in system space; once.
  Status MapView();
  /// From now on bytes come from the current process.
  void DropView();

  std::string_view Name() const override { return section_->file()->Name(); }
  pe::ByteSource& Image() override { return *this; }
  const pe::ImageLayout& Layout() const override { return section_->layout(); }
  VirtAddr Base() const override { return section_->base(); }
  const RefPtr<mm::ImageSection>& section() const { return section_; }
  /// DllMain, or 0.
  u32 Entry() const;
  /// One load less; a program may ask for it more often than it loaded, its DllMain included.
  void GiveBackLoad() {
    if (loads != 0) --loads;
  }

  // The loader's; see module_list.h.
  ModuleState state = ModuleState::kLinked;
  bool is_program = false;
  bool started = false;      ///< Its attach routines were called, so it hears of its end.
  bool thread_calls = true;  ///< Its DllMain hears of threads.
  bool marked = false;       ///< Scratch of ModuleList.
  u32 order = 0;             ///< Of initialisation, in its process; never used twice.
  u32 loads = 0;             ///< By LdrLoadDll.
  const void* doomed_by = nullptr;
  Vector<LoadedModule*> needs;  ///< Of the same process.
  TlsTemplate tls;
  mm::ByteRange tls_block;  ///< What the threads got that were there before it; empty: none.

 private:
  Status Read(u32 offset, std::span<std::byte> out) override;
  Status ReadAt(u64 offset, std::span<std::byte> out) override {
    return section_->file()->ReadAt(offset, out);
  }

  mm::AddressSpace& system_;
  const RefPtr<mm::ImageSection> section_;
  pe::ImageFileSource file_source_;
  VirtAddr view_;
};

}  // namespace fl::kernel
