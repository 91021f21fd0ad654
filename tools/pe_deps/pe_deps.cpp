// pe-deps [--system NAME]... program.exe: prints the path of each DLL file beside the program that
// the program needs, directly or through another: imports, delay-load imports, and the targets of
// forwarders that those imports meet. Names that are not beside it go to stderr, unless --system
// says that the system provides them. Exit status: 0 done, 3 not a PE file, 4 for another machine,
// 1 anything else.
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "pe/exports.h"
#include "pe/image_file_source.h"
#include "pe/imports.h"
#include "pe/module_name.h"

namespace fl {

void AssertFailed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "pe-deps: assertion failed: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

void LogSink(LogLevel, std::string_view line) {
  std::fprintf(stderr, "%.*s\n", int(line.size()), line.data());
}

}  // namespace fl

namespace {

using namespace fl;
namespace filesystem = std::filesystem;

constexpr int kExitOther = 1;
constexpr int kExitNotPe = 3;
constexpr int kExitWrongMachine = 4;
constexpr int kMaxForwarderSteps = 32;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  }
  return lower;
}

class WholeFile final : public pe::FileBytes {
 public:
  bool Load(const filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(stream), {});
    return stream.is_open() && !stream.bad();
  }
  std::span<const std::byte> span() const { return std::as_bytes(std::span(bytes_)); }
  Status ReadAt(u64 offset, std::span<std::byte> out) override {
    if (offset > bytes_.size() || out.size() > bytes_.size() - offset) return Status::kEndOfFile;
    __builtin_memcpy(out.data(), bytes_.data() + offset, out.size());
    return Status::kSuccess;
  }

 private:
  std::vector<char> bytes_;
};

struct Image {
  std::string name;
  filesystem::path path;
  WholeFile file;
  pe::ImageLayout layout;
  pe::ImageFileSource source{file, layout};
};

/// Says on stderr what is wrong with a file, and returns the exit status for it.
int Complain(const filesystem::path& path, const char* what, int exit_status) {
  std::fprintf(stderr, "pe-deps: %s: %s\n", path.c_str(), what);
  return exit_status;
}

class Closure {
 public:
  explicit Closure(std::vector<std::string> system_names) {
    for (const std::string& name : system_names) system_names_[Complete(name)] = true;
  }

  /// Walks everything that `program` needs; returns the exit status.
  int Walk(const filesystem::path& program) {
    directory_ = program.parent_path().empty() ? filesystem::path(".") : program.parent_path();
    std::error_code error;
    for (const auto& entry : filesystem::directory_iterator(directory_, error)) {
      files_[Lower(entry.path().filename().string())] = entry.path();
    }
    Open(program);
    while (exit_status_ == 0 && !queue_.empty()) {
      Image* image = queue_.front();
      queue_.pop_front();
      Visit(*image);
    }
    return exit_status_;
  }

 private:
  /// A DLL name as Windows completes it, in lower case.
  static std::string Complete(std::string_view name) {
    std::vector<char> buffer(name.size() + 4);
    const auto complete = pe::CompleteDllName(name, buffer);
    return Lower(complete.ok() ? *complete : name);
  }

  Image* Open(const filesystem::path& path) {
    auto image = std::make_unique<Image>();
    image->name = path.filename().string();
    image->path = path;
    if (!filesystem::is_regular_file(path) || !image->file.Load(path)) {
      exit_status_ = Complain(path, "cannot be read", kExitOther);
      return nullptr;
    }
    pe::ParseError error;
    const std::span<const std::byte> bytes = image->file.span();
    auto layout = pe::ParseImageLayout(bytes, bytes.size(), &error);
    if (!layout.ok()) {
      char text[128];
      error.Format(text);
      const bool wrong_machine = error.kind == pe::ParseError::Kind::kWrongMachine;
      exit_status_ = Complain(path, text, wrong_machine ? kExitWrongMachine : kExitNotPe);
      return nullptr;
    }
    image->layout = std::move(*layout);
    images_[Lower(image->name)] = std::move(image);
    Image* opened = images_[Lower(path.filename().string())].get();
    queue_.push_back(opened);
    return opened;
  }

  /// The image that `name` names, null if it is not a file beside the program.
  Image* FindDll(std::string_view name, const Image& needed_by) {
    const std::string key = Complete(name);
    if (const auto known = images_.find(key); known != images_.end()) return known->second.get();
    if (system_names_.contains(key)) return nullptr;
    if (const auto file = files_.find(key); file != files_.end()) {
      Image* image = Open(file->second);
      if (image) std::printf("%s\n", image->path.c_str());
      return image;
    }
    bool& said = missing_[key];
    if (!said) {
      std::fprintf(stderr, "missing: %s (needed by %s)\n", key.c_str(), needed_by.name.c_str());
    }
    said = true;
    return nullptr;
  }

  void Visit(Image& image) {
    const pe::ImportTable imports(image.source, image.layout);
    for (u32 i = 0; exit_status_ == 0; ++i) {
      const auto dll = imports.Dll(i);
      if (!VisitDll(image, imports, dll)) break;
    }
    for (u32 i = 0; exit_status_ == 0; ++i) {
      const auto dll = imports.DelayedDll(i);
      if (!VisitDll(image, imports, dll)) break;
    }
  }

  /// False at the table's end.
  bool VisitDll(Image& image, const pe::ImportTable& imports,
                const Result<std::optional<pe::ImportedDll>>& dll) {
    if (!dll.ok()) {
      exit_status_ = Complain(image.path, "malformed import table", kExitNotPe);
      return false;
    }
    if (!*dll) return false;
    char buffer[pe::kShortStringSize];
    const auto name = pe::ReadString(image.source, (*dll)->name, buffer);
    if (!name.ok()) {
      exit_status_ = Complain(image.path, "malformed DLL name in its imports", kExitNotPe);
      return false;
    }
    Image* exporter = FindDll(*name, image);
    for (u32 i = 0; exporter; ++i) {
      const auto symbol = imports.Symbol(**dll, i);
      if (!symbol.ok()) {
        exit_status_ = Complain(image.path, "malformed import table", kExitNotPe);
        return false;
      }
      if (!*symbol) break;
      FollowForwarders(image, **symbol, exporter);
    }
    return exit_status_ == 0;
  }

  /// Whether the symbol exists is the linker's business; here only the DLLs on its way matter.
  void FollowForwarders(Image& image, const pe::ImportedSymbol& symbol, Image* exporter) {
    std::vector<char> name_buffer(pe::kSymbolSize);
    pe::SymbolRef wanted{.name = {}, .ordinal = symbol.ordinal, .hint = symbol.hint};
    if (!symbol.by_ordinal) {
      const auto name = pe::ReadString(image.source, symbol.name, name_buffer);
      if (!name.ok()) {
        exit_status_ = Complain(image.path, "malformed symbol name in its imports", kExitNotPe);
        return;
      }
      wanted.name = *name;
    }
    char text_buffer[pe::kShortStringSize];
    for (int step = 0; step < kMaxForwarderSteps && exporter; ++step) {
      auto table = pe::ExportTable::Open(exporter->source, exporter->layout, nullptr);
      if (!table.ok()) return;
      const auto found = table->Find(wanted);
      if (!found.ok() || !found->forwarder) return;
      const auto text = pe::ReadString(exporter->source, found->rva, text_buffer);
      if (!text.ok()) return;
      const auto forwarder = pe::ParseForwarder(*text);
      if (!forwarder.ok()) return;
      wanted = forwarder->symbol;
      exporter = FindDll(forwarder->dll, *exporter);
    }
  }

  filesystem::path directory_;
  std::map<std::string, filesystem::path> files_;  // By name in lower case.
  std::map<std::string, bool> system_names_;
  std::map<std::string, bool> missing_;
  std::map<std::string, std::unique_ptr<Image>> images_;
  std::deque<Image*> queue_;
  int exit_status_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> system_names;
  std::string program;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--system" && i + 1 < argc) {
      system_names.push_back(argv[++i]);
    } else if (program.empty() && argument != "--system") {
      program = argument;
    } else {
      program.clear();
      break;
    }
  }
  if (program.empty()) {
    std::fprintf(stderr, "usage: pe-deps [--system NAME]... program.exe\n");
    return kExitOther;
  }
  return Closure(std::move(system_names)).Walk(program);
}
