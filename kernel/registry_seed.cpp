// RegistrySeed: see registry_seed.h.
#include "kernel/registry_seed.h"

#include "kernel/base/log.h"
#include "kernel/kernel.h"
#include "kernel/key_object.h"
#include "kernel/loader/dll_search.h"
#include "kernel/registry/text.h"

namespace fl::kernel {
namespace {

constexpr std::string_view kPath = "windows\\registry.txt";
constexpr u64 kLargestFile = 1024 * 1024;
constexpr u32 kMostTold = 20;
class LogErrors final : public registry::TextErrors {
 public:
  void OnError(u32 line, const char* message) override {
    if (++count_ <= kMostTold) Log(LogLevel::kWarning, "registry.txt:%u: %s", line, message);
  }
  u32 count() const { return count_; }

 private:
  u32 count_ = 0;
};

/// The root is a name among those of all objects.
Status NameRoot(Kernel& kernel) {
  const auto object =
      AdoptRef(new (std::nothrow) KeyObject(RefPtr<registry::Key>(&kernel.registry.root())));
  if (!object) return Status::kNoMemory;
  TRY_STATUS(object->SetName("REGISTRY"));
  kernel.names.root().AddPermanent(object);
  return Status::kSuccess;
}

}  // namespace

Status SeedRegistry(Kernel& kernel) {
  TRY_STATUS(NameRoot(kernel));
  const Result<fs::Opened> opened = kernel.volume->Open(kPath);
  if (!opened.ok()) return IsNotFound(opened.error()) ? Status::kSuccess : opened.error();
  if (!opened->file) return Status::kFileIsADirectory;
  const u64 size = opened->file->Size();
  if (size > kLargestFile) return Status::kSectionTooBig;
  Vector<char> text;
  TRY_STATUS(text.ResizeForOverwrite(u32(size)));
  TRY_STATUS(opened->file->ReadAt(0, std::as_writable_bytes(text.span())));
  LogErrors errors;
  const std::string_view all(text.data(), text.size());
  TRY_STATUS(registry::Load(kernel.registry, all, kernel.clock.SystemTime(), errors));
  if (errors.count() > kMostTold) {
    Log(LogLevel::kWarning, "registry.txt: %u more lines are not understood",
        errors.count() - kMostTold);
  }
  Log(LogLevel::kInfo, "the registry begins with %u bytes", kernel.registry.bytes());
  return Status::kSuccess;
}

}  // namespace fl::kernel
