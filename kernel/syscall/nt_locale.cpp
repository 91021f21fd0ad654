// System calls: the tables of languages and code pages, which programs map, and the language.
// Names:       files beside ntdll.dll; see Wine 8's ntdll for the types.
#include "kernel/base/format.h"
#include "kernel/kernel.h"
#include "kernel/nt/user_mode.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

constexpr u32 kEnglishUnitedStates = 0x409;

enum NlsSection : u32 {
  kSortKeys = 9,
  kCaseMap = 10,
  kCodePage = 11,
  kNormalization = 12,
};

/// Where the file's view lies in the calling process, and how long it is.
Result<mm::ByteRange> MapNlsFile(Process& process, std::string_view name) {
  Kernel& kernel = TheKernel();
  if (!kernel.volume) return Status::kObjectNameNotFound;
  char path[64];
  const fs::Opened opened =
      TRY(kernel.volume->Open(Format(path, "%.*s%.*s", int(UserMode::kDirectory.size()),
                                     UserMode::kDirectory.data(), int(name.size()), name.data())));
  if (!opened.file) return Status::kFileIsADirectory;
  const RefPtr<mm::DataSection> section = TRY(kernel.files.Acquire(opened.file));
  // Opening may have slept.
  if (!process.has_space()) return Status::kProcessIsTerminating;
  return process.space().MapView(*section, {.base = {}, .protection = mm::kPageReadOnly});
}

Result<std::string_view> NameOf(u32 type, u32 id, std::span<char> buffer) {
  switch (type) {
    case kSortKeys:
      return std::string_view("sortdefault.nls");
    case kCaseMap:
      return std::string_view("l_intl.nls");
    case kCodePage:
      if (id > 0xFFFF) return Status::kInvalidParameter2;
      return Format(buffer, "c_%03u.nls", id);
    case kNormalization:
      switch (id) {
        case 1:
          return std::string_view("normnfc.nls");
        case 2:
          return std::string_view("normnfd.nls");
        case 5:
          return std::string_view("normnfkc.nls");
        case 6:
          return std::string_view("normnfkd.nls");
        case 13:
          return std::string_view("normidna.nls");
        default:
          return Status::kInvalidParameter2;
      }
    default:
      return Status::kInvalidParameter1;
  }
}

}  // namespace

Status NtInitializeNlsFiles(const SystemCall& call) {
  const u32 base_pointer = call[0], locale_pointer = call[1], size_pointer = call[2];
  TRY_STATUS(ProbeForWrite(base_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(locale_pointer, sizeof(u32)));
  if (size_pointer) TRY_STATUS(ProbeForWrite(size_pointer, sizeof(u64)));
  const mm::ByteRange view = TRY(MapNlsFile(call.process, "locale.nls"));
  TRY_STATUS(WriteUser(base_pointer, view.base.value));
  TRY_STATUS(WriteUser(locale_pointer, kEnglishUnitedStates));
  return size_pointer ? WriteUser(size_pointer, u64(view.size)) : Status::kSuccess;
}

Status NtGetNlsSectionPtr(const SystemCall& call) {
  const u32 type = call[0], id = call[1], base_pointer = call[3], size_pointer = call[4];
  TRY_STATUS(ProbeForWrite(base_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(size_pointer, sizeof(u32)));
  char buffer[32];
  const std::string_view name = TRY(NameOf(type, id, buffer));
  const mm::ByteRange view = TRY(MapNlsFile(call.process, name));
  TRY_STATUS(WriteUser(base_pointer, view.base.value));
  return WriteUser(size_pointer, view.size);
}

Status NtQueryDefaultLocale(const SystemCall& call) {
  return WriteUser(call[1], kEnglishUnitedStates);
}

}  // namespace fl::kernel
