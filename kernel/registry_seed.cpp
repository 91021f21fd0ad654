// RegistrySeed: see registry_seed.h.
#include "kernel/registry_seed.h"

#include "kernel/base/log.h"
#include "kernel/kernel.h"
#include "kernel/key_object.h"
#include "kernel/registry/text.h"
#include "kernel/seed_file.h"

namespace fl::kernel {
namespace {

constexpr std::string_view kPath = "windows\\registry.txt";
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

Status LoadSeed(Kernel& kernel) {
  Vector<char> text;
  if (!TRY(ReadSeedFile(kernel, kPath, text))) return Status::kSuccess;
  LogErrors errors;
  const std::string_view all(text.data(), text.size());
  TRY_STATUS(registry::Load(kernel.registry, all, kernel.clock.SystemTime(), errors));
  if (errors.count() > kMostTold) {
    Log(LogLevel::kWarning, "registry.txt: %u more lines are not understood",
        errors.count() - kMostTold);
  }
  kernel.registry.MarkUnchanged();
  return Status::kSuccess;
}

}  // namespace

Status SeedRegistry(Kernel& kernel) {
  TRY_STATUS(NameRoot(kernel));
  TRY_STATUS(LoadSeed(kernel));
  if (kernel.registry.bytes() != 0) {
    Log(LogLevel::kInfo, "the registry begins with %u bytes", kernel.registry.bytes());
  }
  return Status::kSuccess;
}

Status RestoreRegistry(Kernel& kernel) {
  if (!kernel.registry.changed()) return Status::kSuccess;
  kernel.registry.Clear();
  return LoadSeed(kernel);
}

}  // namespace fl::kernel
