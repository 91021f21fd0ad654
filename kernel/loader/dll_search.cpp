// DllSearch: see dll_search.h.
#include "kernel/loader/dll_search.h"

#include "kernel/base/format.h"
#include "kernel/kernel.h"
#include "kernel/paths.h"

namespace fl::kernel {
namespace {

constexpr std::string_view kSystemDirectory = "windows\\system32";
constexpr std::string_view kSeparators = "\\/:";

std::string_view View(const Vector<char>& text) { return {text.data(), text.size()}; }

}  // namespace

bool IsNotFound(Status status) {
  return status == Status::kObjectNameNotFound || status == Status::kObjectPathNotFound ||
         status == Status::kObjectNameInvalid;
}

bool IsPath(std::string_view name) { return name.find_first_of(kSeparators) != name.npos; }

Status DllSearch::Init(std::string_view program, std::string_view current_directory) {
  const std::size_t slash = program.rfind('\\');
  if (slash != program.npos) TRY_STATUS(program_directory_.Append(program.substr(0, slash)));
  return current_directory_.Append(current_directory);
}

Result<RefPtr<fs::File>> DllSearch::Open(std::string_view directory, std::string_view name) const {
  char path[512];
  const std::string_view full =
      Format(path, "%.*s%s%.*s", int(directory.size()), directory.data(),
             directory.empty() ? "" : "\\", int(name.size()), name.data());
  if (full.size() + 1 >= sizeof(path)) return Status::kDllNotFound;
  const Result<fs::Opened> opened = TheKernel().volume->Open(full);
  if (!opened.ok()) return IsNotFound(opened.error()) ? Status::kDllNotFound : opened.error();
  if (!opened->file) return Status::kDllNotFound;
  return opened->file;
}

Result<RefPtr<fs::File>> DllSearch::Find(std::string_view name, std::string_view path) const {
  if (IsPath(name)) {
    const bool from_root =
        name.front() == '\\' || name.front() == '/' || (name.size() >= 2 && name[1] == ':');
    if (!from_root) return Open(View(current_directory_), name);
    const Result<std::string_view> on_volume = VolumePath(name);
    return on_volume.ok() ? Open("", *on_volume) : Status::kDllNotFound;
  }
  if (path.empty()) {
    for (const std::string_view directory :
         {View(program_directory_), kSystemDirectory, View(current_directory_)}) {
      Result<RefPtr<fs::File>> file = Open(directory, name);
      if (file.ok() || file.error() != Status::kDllNotFound) return file;
    }
    return Status::kDllNotFound;
  }
  while (!path.empty()) {
    const std::string_view item = path.substr(0, path.find(';'));
    path.remove_prefix(item.size() < path.size() ? item.size() + 1 : item.size());
    const Result<std::string_view> directory = VolumePath(item);
    if (!directory.ok()) continue;
    Result<RefPtr<fs::File>> file = Open(*directory, name);
    if (file.ok() || file.error() != Status::kDllNotFound) return file;
  }
  return Status::kDllNotFound;
}

}  // namespace fl::kernel
