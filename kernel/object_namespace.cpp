// ObjectNamespace: see object_namespace.h.
#include "kernel/object_namespace.h"

namespace fl::kernel {
namespace {

constexpr u32 kLongestPath = 0x20000;

constexpr std::string_view kDirectories[] = {
    "\\BaseNamedObjects",   "\\Device",    "\\Driver",      "\\GLOBAL??",
    "\\KernelObjects",      "\\KnownDlls", "\\ObjectTypes", "\\RPC Control",
    "\\Security",           "\\Sessions",  "\\Sessions\\1", "\\Sessions\\1\\BaseNamedObjects",
    "\\Sessions\\BNOLINKS",
};
struct Link {
  std::string_view path, target;
};
constexpr Link kLinks[] = {
    {"\\??", "\\GLOBAL??"},
    {"\\DosDevices", "\\??"},
    {"\\BaseNamedObjects\\Global", "\\BaseNamedObjects"},
    {"\\BaseNamedObjects\\Local", "\\BaseNamedObjects"},
    {"\\BaseNamedObjects\\Session", "\\Sessions\\BNOLINKS"},
    {"\\Sessions\\BNOLINKS\\1", "\\Sessions\\1\\BaseNamedObjects"},
    {"\\Sessions\\1\\BaseNamedObjects\\Global", "\\BaseNamedObjects"},
    {"\\Sessions\\1\\BaseNamedObjects\\Local", "\\Sessions\\1\\BaseNamedObjects"},
    {"\\Sessions\\1\\BaseNamedObjects\\Session", "\\Sessions\\BNOLINKS"},
    // Names of devices; those of files are taken apart elsewhere (paths.h).
    {"\\GLOBAL??\\C:", "\\Device\\HarddiskVolume1"},
    {"\\GLOBAL??\\NUL", "\\Device\\Null"},
    {"\\GLOBAL??\\PIPE", "\\Device\\NamedPipe"},
};

}  // namespace

ObjectNamespace::~ObjectNamespace() {
  if (root_) root_->RemovePermanent();
}

Status ObjectNamespace::Init() {
  root_ = AdoptRef(new (std::nothrow) ObjectDirectory);
  if (!root_) return Status::kNoMemory;
  for (const std::string_view path : kDirectories) TRY_STATUS(MakeDirectory(path));
  for (const Link& link : kLinks) TRY_STATUS(MakeLink(link.path, link.target));
  return Status::kSuccess;
}

Status ObjectNamespace::MakeDirectory(std::string_view path) {
  const NamePlace place = TRY(Resolve(nullptr, path, NameCase::kExact, LastLink::kTake));
  const auto directory = AdoptRef(new (std::nothrow) ObjectDirectory);
  if (!directory) return Status::kNoMemory;
  TRY_STATUS(directory->SetName({place.name.data(), place.name.size()}));
  place.directory->AddPermanent(directory);
  return Status::kSuccess;
}

Status ObjectNamespace::MakeLink(std::string_view path, std::string_view target) {
  const NamePlace place = TRY(Resolve(nullptr, path, NameCase::kExact, LastLink::kTake));
  Vector<char> text;
  TRY_STATUS(text.Append(target));
  const auto link = AdoptRef(new (std::nothrow) SymbolicLink(std::move(text)));
  if (!link) return Status::kNoMemory;
  TRY_STATUS(link->SetName({place.name.data(), place.name.size()}));
  place.directory->AddPermanent(link);
  return Status::kSuccess;
}

Result<NamePlace> ObjectNamespace::Resolve(ObjectDirectory* start, std::string_view path,
                                           NameCase name_case, LastLink last_link) {
  if (path.starts_with('\\') == (start != nullptr)) return Status::kObjectPathSyntaxBad;
  RefPtr<ObjectDirectory> directory(start ? start : root_.get());
  Vector<char> substituted;
  std::string_view rest = path;
  bool from_root = !start;
  for (u32 links = 0;;) {
    if (std::exchange(from_root, false)) {
      directory = root_;
      rest.remove_prefix(1);
      if (rest.empty()) return NamePlace{nullptr, {}, root_};
    }
    const std::size_t end = rest.find('\\');
    const std::string_view component = rest.substr(0, end);
    if (component.empty()) return Status::kObjectNameInvalid;
    const bool last = end == rest.npos;
    std::string_view behind = last ? std::string_view() : rest.substr(end);

    const RefPtr<NamedObject> found = directory->Find(component, name_case);
    const bool is_link = found && found->type() == ObjectType::kSymbolicLink;
    if (last && (!is_link || last_link == LastLink::kTake)) {
      NamePlace place{directory, {}, found};
      TRY_STATUS(place.name.Append(component));
      return place;
    }
    if (!found) return Status::kObjectPathNotFound;
    if (is_link) {
      if (++links > kMostLinks) return Status::kTooManyLinks;
      // A link to a directory may be written like one.
      if (behind == "\\") behind = {};
      std::string_view target = static_cast<SymbolicLink&>(*found).target();
      if (!target.starts_with('\\')) return Status::kObjectPathSyntaxBad;
      if (target.ends_with('\\') && !behind.empty()) target.remove_suffix(1);
      if (target.size() + behind.size() > kLongestPath) return Status::kNameTooLong;
      Vector<char> whole;
      TRY_STATUS(whole.Append(target));
      TRY_STATUS(whole.Append(behind));
      substituted = std::move(whole);
      rest = {substituted.data(), substituted.size()};
      from_root = true;
    } else if (found->type() == ObjectType::kDirectory) {
      directory = RefPtr<ObjectDirectory>(static_cast<ObjectDirectory*>(found.get()));
      rest = behind.substr(1);
    } else {
      return Status::kObjectTypeMismatch;
    }
  }
}

}  // namespace fl::kernel
