// Closure: see closure.h.
#include "tools/pe_deps/closure.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "pe/exports.h"
#include "tools/pe_deps/mentions.h"

namespace fl::deps {
namespace {

namespace filesystem = std::filesystem;

constexpr int kMaxForwarderSteps = 32;

// What is mapped before the program's first instruction, or read by ntdll and kernelbase in any case.
constexpr const char* kAlwaysLoaded[] = {"ntdll.dll", "kernel32.dll"};
constexpr const char* kApiSetSchema = "apisetschema.dll";
constexpr const char* kNlsFiles[] = {
    "locale.nls",  "sortdefault.nls", "l_intl.nls",   "c_1252.nls",   "c_437.nls",   "c_20127.nls",
    "normnfc.nls", "normnfd.nls",     "normnfkc.nls", "normnfkd.nls", "normidna.nls"};

// What files of the set load by names of their own making, or by what a registry says.
struct RunTimeLoad {
  const char* user;  ///< A DLL, or a function that the program's own modules import.
  const char* file;
};
constexpr RunTimeLoad kLoadsOfDlls[] = {{"user32.dll", "imm32.dll"},
                                        {"ws2_32.dll", "iphlpapi.dll"}};
constexpr RunTimeLoad kLoadsOfFunctions[] = {
    {"system", "cmd.exe"},
    {"_wsystem", "cmd.exe"},
    {"_popen", "cmd.exe"},
    {"_wpopen", "cmd.exe"},
    {"CryptAcquireContextA", "rsaenh.dll"},
    {"CryptAcquireContextW", "rsaenh.dll"},
};

/// A whole file, mapped: most of a DLL is never looked at.
class MappedFile final : public pe::FileBytes {
 public:
  ~MappedFile() {
    if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
  }
  bool Open(const filesystem::path& path) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status;
    bool done = fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    if (done && status.st_size != 0) {
      void* mapped = mmap(nullptr, std::size_t(status.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
      done = mapped != MAP_FAILED;
      if (done) bytes_ = {static_cast<const std::byte*>(mapped), std::size_t(status.st_size)};
    }
    if (fd >= 0) close(fd);
    return done;
  }
  std::span<const std::byte> span() const { return bytes_; }
  Status ReadAt(u64 offset, std::span<std::byte> out) override {
    if (offset > bytes_.size() || out.size() > bytes_.size() - offset) return Status::kEndOfFile;
    std::memcpy(out.data(), bytes_.data() + offset, out.size());
    return Status::kSuccess;
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace

struct Closure::Image {
  std::string name;
  filesystem::path path;
  Place place = Place::kBeside;
  MappedFile file;
  pe::ImageLayout layout;
  pe::ImageFileSource source{file, layout};
};

Closure::Closure(Request request) : request_(std::move(request)) {
  for (const std::string& name : request_.system_names) system_names_.insert(CompleteName(name));
  filesystem::path own = request_.program.parent_path();
  if (own.empty()) own = ".";
  for (const auto& directory : request_.set) {
    std::error_code error;
    if (filesystem::equivalent(own, directory, error)) program_place_ = Place::kSet;
  }
  files_.AddDirectory(own, program_place_);
  for (const auto& directory : request_.beside) files_.AddDirectory(directory, Place::kBeside);
  for (const auto& directory : request_.set) files_.AddDirectory(directory, Place::kSet);
}

Closure::~Closure() = default;

int Closure::Walk() {
  const std::string key = CompleteName(request_.program.filename().string());
  if (!request_.set.empty()) StartWithSystem();
  if (exit_status_ == 0) Open(key, request_.program, program_place_);
  for (const std::string& wanted : request_.load) FindDll(wanted, "the command line");
  VisitQueue();
  is_late_ = true;
  // What is found late may add to the list.
  for (std::size_t i = 0; i < late_.size() && exit_status_ == 0; ++i) {
    const Wanted wanted = late_[i];
    FindDll(wanted.key, wanted.needed_by);
    VisitQueue();
  }
  if (request_.all) {
    for (const std::string& file : files_.KeysOf(Place::kSet)) {
      PrintPath(*files_.Find(file));
    }
  }
  return exit_status_;
}

void Closure::StartWithSystem() {
  const ModuleFile* schema = files_.Find(kApiSetSchema);
  if (!schema) return SayMissing(kApiSetSchema, "ntdll.dll");
  const Image* image = Open(kApiSetSchema, schema->path, schema->place);
  if (!image) return;
  PrintPath(*schema);
  OpenApiSets(*image);
  for (const char* name : kAlwaysLoaded) FindDll(name, "every program");
  for (const char* name : kNlsFiles) {
    const ModuleFile* file = files_.Find(name);
    if (file) {
      PrintPath(*file);
    } else {
      SayMissing(name, "ntdll.dll");
    }
  }
}

void Closure::OpenApiSets(const Image& schema) {
  for (const pe::PeSection& section : schema.layout.sections) {
    if (std::strcmp(section.name, ".apiset") != 0) continue;
    const auto map =
        pe::ApiSetMap::Open(schema.file.span().subspan(section.file_offset, section.file_bytes));
    if (map.ok()) api_sets_ = *map;
  }
  if (!api_sets_) Fail(schema.path, "has no API set map of a known version", kExitOther);
}

Closure::Image* Closure::Open(const std::string& key, const filesystem::path& path, Place place) {
  auto image = std::make_unique<Image>();
  image->name = path.filename().string();
  image->path = path;
  image->place = place;
  if (!image->file.Open(path)) {
    Fail(path, "cannot be read", kExitOther);
    return nullptr;
  }
  pe::ParseError error;
  const std::span<const std::byte> bytes = image->file.span();
  auto layout = pe::ParseImageLayout(bytes, bytes.size(), &error);
  if (!layout.ok()) {
    char text[128];
    error.Format(text);
    const bool wrong_machine = error.kind == pe::ParseError::Kind::kWrongMachine;
    Fail(path, text, wrong_machine ? kExitWrongMachine : kExitNotPe);
    return nullptr;
  }
  image->layout = std::move(*layout);
  Image* opened = image.get();
  images_[key] = std::move(image);
  queue_.push_back(opened);
  return opened;
}

std::optional<std::string> Closure::ThroughApiSets(const std::string& key,
                                                   const std::string& importer) {
  if (!api_sets_ || !pe::ApiSetMap::Covers(key)) return key;
  char buffer[pe::kShortStringSize];
  const auto host = api_sets_->Find(key, importer, buffer);
  // A file of that name may lie beside the program.
  if (!host.ok()) return key;
  if (host->empty()) return std::nullopt;
  return CompleteName(*host);
}

Closure::Image* Closure::FindDll(std::string_view name, const std::string& needed_by) {
  const std::string asked = CompleteName(name);
  const std::optional<std::string> key = ThroughApiSets(asked, needed_by);
  if (!key) {
    SayMissing(asked, needed_by);
    return nullptr;
  }
  if (const auto known = images_.find(*key); known != images_.end()) return known->second.get();
  if (system_names_.contains(*key)) return nullptr;
  const ModuleFile* file = files_.Find(*key);
  if (!file) {
    SayMissing(*key, needed_by);
    return nullptr;
  }
  Image* image = Open(*key, file->path, file->place);
  PrintPath(*file);
  return image;
}

void Closure::VisitQueue() {
  while (exit_status_ == 0 && !queue_.empty()) {
    Image* image = queue_.front();
    queue_.pop_front();
    Visit(*image);
  }
}

void Closure::Visit(Image& image) {
  VisitImports(image);
  for (const auto& [dll, file] : kLoadsOfDlls) {
    WantLater(file, CompleteName(image.name) == dll, image);
  }
  // The set's own DLLs speak of nearly all of the set.
  if (image.place == Place::kSet) return;
  VisitDelayed(image);
  if (request_.set.empty()) return;
  const auto known = [&](const std::string& key) { return files_.Find(key) != nullptr; };
  for (const std::string& key : FindMentions(image.file.span(), known)) {
    late_.push_back({key, image.name});
  }
}

void Closure::WantLater(const char* file, bool wanted, const Image& by) {
  if (wanted && files_.Has(file, Place::kSet)) late_.push_back({file, by.name});
}

void Closure::VisitImports(Image& image) {
  const pe::ImportTable imports(image.source, image.layout);
  for (u32 i = 0; exit_status_ == 0; ++i) {
    const auto dll = imports.Dll(i);
    if (!dll.ok()) return Fail(image.path, "malformed import table", kExitNotPe);
    if (!*dll) return;
    VisitDll(image, imports, **dll);
  }
}

void Closure::VisitDelayed(Image& image) {
  const pe::ImportTable imports(image.source, image.layout);
  for (u32 i = 0; exit_status_ == 0; ++i) {
    const auto dll = imports.DelayedDll(i);
    if (!dll.ok()) return Fail(image.path, "malformed delay-load table", kExitNotPe);
    if (!*dll) return;
    char buffer[pe::kShortStringSize];
    const auto name = pe::ReadString(image.source, (*dll)->name, buffer);
    if (!name.ok()) return Fail(image.path, "malformed DLL name in its imports", kExitNotPe);
    late_.push_back({CompleteName(*name), image.name});
  }
}

void Closure::VisitDll(Image& image, const pe::ImportTable& imports, const pe::ImportedDll& dll) {
  char buffer[pe::kShortStringSize];
  const auto name = pe::ReadString(image.source, dll.name, buffer);
  if (!name.ok()) return Fail(image.path, "malformed DLL name in its imports", kExitNotPe);
  Image* exporter = FindDll(*name, image.name);
  for (u32 i = 0; exporter && exit_status_ == 0; ++i) {
    const auto symbol = imports.Symbol(dll, i);
    if (!symbol.ok()) return Fail(image.path, "malformed import table", kExitNotPe);
    if (!*symbol) return;
    FollowForwarders(image, **symbol, exporter);
  }
}

/// Whether the symbol exists is the linker's business; here only the DLLs on its way matter.
void Closure::FollowForwarders(Image& image, const pe::ImportedSymbol& symbol, Image* exporter) {
  std::vector<char> name_buffer(pe::kSymbolSize);
  pe::SymbolRef wanted{.name = {}, .ordinal = symbol.ordinal, .hint = symbol.hint};
  if (!symbol.by_ordinal) {
    const auto name = pe::ReadString(image.source, symbol.name, name_buffer);
    if (!name.ok()) return Fail(image.path, "malformed symbol name in its imports", kExitNotPe);
    wanted.name = *name;
    if (image.place == Place::kBeside) {
      for (const auto& [function, file] : kLoadsOfFunctions)
        WantLater(file, *name == function, image);
    }
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
    exporter = FindDll(forwarder->dll, exporter->name);
  }
}

void Closure::PrintPath(const ModuleFile& file) {
  if (!printed_.insert(file.path.string()).second) return;
  std::printf("%s\t%s\n", file.place == Place::kSet ? "set" : "beside", file.path.c_str());
}

void Closure::SayMissing(const std::string& key, const std::string& needed_by) {
  if (!missing_.insert(key).second) return;
  std::printf("%s\t%s\t%s\n", is_late_ ? "late" : "missing", key.c_str(), needed_by.c_str());
}

void Closure::Fail(const filesystem::path& path, const char* what, int exit_status) {
  if (is_late_) return;  // Whoever loads it is told.
  std::fprintf(stderr, "pe-deps: %s: %s\n", path.c_str(), what);
  exit_status_ = exit_status;
}

}  // namespace fl::deps
