// System calls: what an open file is to become: its size, its times, its name, whether it is to be removed.
// Layouts:     FILE_BASIC_INFORMATION and so on. Source: Microsoft Learn.
#include "kernel/kernel.h"
#include "kernel/syscall/file_lookup.h"
#include "kernel/syscall/file_options.h"
#include "kernel/syscall/file_port.h"
#include "kernel/syscall/pipe_calls.h"
#include "kernel/unicode.h"

namespace fl::kernel {
namespace {

enum InformationClass : u32 {
  kBasicInformation = 4,
  kRenameInformation = 10,
  kDispositionInformation = 13,
  kPositionInformation = 14,
  kAllocationInformation = 19,
  kEndOfFileInformation = 20,
  kPipeInformation = 23,
  kCompletionInformation = 30,
  kCompletionModes = 41,
  kDispositionInformationEx = 64,
  kRenameInformationEx = 65,
};

// FILE_DISPOSITION_*, of the Ex class.
constexpr u32 kDispositionDelete = 0x01;
constexpr u32 kDispositionPosix = 0x02;
constexpr u32 kDispositionOnClose = 0x08;
constexpr u32 kDispositionIgnoreReadOnly = 0x10;
// FILE_RENAME_*, of the Ex class; the other one has just the first.
constexpr u32 kRenameReplace = 0x01;
constexpr u32 kRenamePosix = 0x02;
constexpr u32 kRenameIgnoreReadOnly = 0x40;

struct RenameInformation {
  u32 flags;
  u32 root_directory;
  u32 name_bytes;
};
constexpr u32 kLongestNameBytes = 0x8000;

/// One call, with what its handle names.
struct Request {
  const SystemCall& call;
  FileObject& file;
  u32 access, in, length;

  Status Needs(u32 right) const {
    return (access & right) != 0 ? Status::kSuccess : Status::kAccessDenied;
  }
};

template <class T>
Result<T> ReadValue(const Request& request) {
  if (request.length < sizeof(T)) return Status::kInfoLengthMismatch;
  return ReadUser<T>(request.in);
}

/// The file or directory of the volume that the handle names.
Result<DiskFileObject*> FindDisk(const Request& request) {
  if (!request.file.disk()) return Status::kInvalidDeviceRequest;
  return request.file.disk();
}

Status SetBasic(const Request& request) {
  const auto wanted = TRY(ReadValue<FileBasicInformation>(request));
  // FILE_WRITE_ATTRIBUTES is what NT wants; Wine's SetFileAttributes opens without it, and nobody here is kept
  // from anything.
  DiskFileObject* const disk = TRY(FindDisk(request));
  fs::BasicInformation change;
  change.times = {.creation = wanted.creation_time,
                  .last_access = wanted.last_access_time,
                  .last_write = wanted.last_write_time};
  change.attributes = wanted.attributes;
  if (!disk->file()) change.attributes &= ~fs::kAttributeNormal;
  if (disk->open().Path().empty()) return Status::kInvalidParameter;
  return disk->SetBasic(change);
}

Status SetPosition(const Request& request) {
  const u64 position = TRY(ReadValue<u64>(request));
  if (i64(position) < 0) return Status::kInvalidParameter;
  if (!request.file.position()) return Status::kInvalidDeviceRequest;
  const Turn turn(request.file);
  *request.file.position() = position;
  return Status::kSuccess;
}

Status SetEndOfFile(const Request& request) {
  const u64 size = TRY(ReadValue<u64>(request));
  TRY_STATUS(request.Needs(kFileWriteData));
  DiskFileObject* const disk = TRY(FindDisk(request));
  if (i64(size) < 0 || !disk->file()) return Status::kInvalidParameter;
  mm::DataSection* const pages = TRY(disk->open().Pages());
  return pages->SetSize(size);
}

/// Less than there is cuts the file; more is kept free for it as long as it is open.
Status SetAllocation(const Request& request) {
  const u64 size = TRY(ReadValue<u64>(request));
  TRY_STATUS(request.Needs(kFileWriteData));
  DiskFileObject* const disk = TRY(FindDisk(request));
  if (i64(size) < 0 || !disk->file()) return Status::kInvalidParameter;
  mm::DataSection* const pages = TRY(disk->open().Pages());
  if (size < pages->size()) return pages->SetSize(size);
  return disk->file()->Reserve(size);
}

Status CheckEmpty(OpenFile& open) {
  const fs::Opened directory = TRY(TheKernel().volume->Open(open.Path()));
  if (!directory.directory) return Status::kSuccess;
  fs::DirectoryEntryInfo entry;
  while (TRY(directory.directory->Next(&entry))) {
    if (entry.name.view() != "." && entry.name.view() != "..") return Status::kDirectoryNotEmpty;
  }
  return Status::kSuccess;
}

Status SetDisposition(const Request& request, u32 flags) {
  TRY_STATUS(request.Needs(kDelete));
  DiskFileObject* const disk = TRY(FindDisk(request));
  OpenFile& open = disk->open();
  if (open.removed) return Status::kFileDeleted;
  if ((flags & kDispositionDelete) == 0) {
    open.remove_at_close = false;
    return Status::kSuccess;
  }
  if (open.Path().empty()) return Status::kCannotDelete;
  if ((disk->info()->attributes & fs::kAttributeReadOnly) != 0) {
    if ((flags & kDispositionIgnoreReadOnly) == 0) return Status::kCannotDelete;
    fs::BasicInformation change;
    change.attributes = fs::kAttributeNormal;
    TRY_STATUS(disk->SetBasic(change));
  }
  if (open.IsMapped()) return Status::kCannotDelete;
  if (!disk->file()) TRY_STATUS(CheckEmpty(open));
  open.remove_at_close = true;
  return Status::kSuccess;
}

Status SetDispositionEx(const Request& request) {
  const u32 flags = TRY(ReadValue<u32>(request));
  if ((flags & kDispositionOnClose) != 0) return Status::kNotSupported;
  return SetDisposition(request, flags);
}

/// What a rename would replace: may it?
Status CheckReplaced(std::string_view to, const OpenFile& renamed, u32 flags) {
  Kernel& kernel = TheKernel();
  const Result<fs::Opened> there = kernel.volume->Open(to);
  if (!there.ok()) return Status::kSuccess;  // Whatever is wrong, the volume says so.
  if (there->info.id == renamed.id) return Status::kSuccess;
  if ((flags & kRenameReplace) == 0) return Status::kObjectNameCollision;
  if (!there->file) return Status::kAccessDenied;
  const OpenFile* const open = kernel.open_files.Find(there->info.id);
  if (open && open->handles != 0) return Status::kAccessDenied;
  const mm::DataSection* const data = kernel.files.Find(there->info.id);
  if ((data && data->in_use()) || kernel.images.IsInUse(there->info.id))
    return Status::kAccessDenied;
  return Status::kSuccess;
}

/// The last component of a path is what counts where a new name comes without a directory.
std::string_view DirectoryOf(std::string_view path) {
  const std::size_t at = path.rfind('\\');
  return at == path.npos ? std::string_view() : path.substr(0, at);
}

Result<FilePath> NewPath(const Request& request, const RenameInformation& information,
                         const OpenFile& open) {
  Vector<char16_t> name;
  TRY_STATUS(name.Resize(information.name_bytes / 2));
  TRY_STATUS(CopyFromUser(name.data(), request.in + sizeof(information), information.name_bytes));
  Vector<char> text;
  TRY_STATUS(AppendUtf8(name.span(), text));
  bool has_directory = information.root_directory != 0;
  for (const char c : text) has_directory = has_directory || c == '\\' || c == '/';
  if (has_directory) {
    return MakeFilePath(request.call, information.root_directory, std::move(text), 0);
  }
  FilePath path;
  TRY_STATUS(path.text.Append(DirectoryOf(open.Path())));
  if (!path.text.empty()) TRY_STATUS(path.text.Push('\\'));
  TRY_STATUS(path.text.Append(text.span()));
  return path;
}

Status Rename(const Request& request, bool has_flags) {
  auto information = TRY(ReadValue<RenameInformation>(request));
  if (!has_flags) information.flags = u8(information.flags) != 0 ? kRenameReplace : 0;
  if (information.name_bytes == 0 || information.name_bytes % 2 != 0 ||
      information.name_bytes > kLongestNameBytes) {
    return Status::kInvalidParameter;
  }
  if (information.name_bytes > request.length - sizeof(information)) {
    return Status::kInfoLengthMismatch;
  }
  TRY_STATUS(request.Needs(kDelete));
  DiskFileObject* const disk = TRY(FindDisk(request));
  OpenFile& open = disk->open();
  if (open.removed) return Status::kFileDeleted;
  if (open.Path().empty()) return Status::kInvalidParameter;
  FilePath to = TRY(NewPath(request, information, open));
  Kernel& kernel = TheKernel();
  if (!disk->file() && kernel.open_files.AnyBelow(open.Path())) return Status::kAccessDenied;
  TRY_STATUS(CheckReplaced(to.view(), open, information.flags));
  const fs::Replace replace =
      (information.flags & kRenameReplace) != 0 ? fs::Replace::kYes : fs::Replace::kNo;
  TRY_STATUS(kernel.volume->Rename(open.Path(), to.view(), replace));
  while (!to.text.empty() && to.text.back() == '\\') to.text.Pop();
  open.path = std::move(to.text);
  return Status::kSuccess;
}

Status Set(const Request& request, u32 what) {
  switch (what) {
    case kBasicInformation:
      return SetBasic(request);
    case kRenameInformation:
      return Rename(request, false);
    case kRenameInformationEx:
      return Rename(request, true);
    case kDispositionInformation: {
      const u8 remove = TRY(ReadValue<u8>(request));
      return SetDisposition(request, remove != 0 ? kDispositionDelete : 0);
    }
    case kDispositionInformationEx:
      return SetDispositionEx(request);
    case kPositionInformation:
      return SetPosition(request);
    case kAllocationInformation:
      return SetAllocation(request);
    case kEndOfFileInformation:
      return SetEndOfFile(request);
    case kCompletionInformation:
      return BindToPort(request.call, request.file);
    case kCompletionModes:
      return SetPortModes(request.call, request.file);
    case kPipeInformation:
      return request.file.pipe() ? SetPipe(request.call, *request.file.pipe())
                                 : Status::kInvalidDeviceRequest;
    default:
      return Status::kInvalidInfoClass;
  }
}

}  // namespace

/// (file, io status block, in, length, class)
Status NtSetInformationFile(const SystemCall& call) {
  const u32 io_pointer = call[1];
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  const u32 access = TRY(call.process.handles().Find(call[0])).access;
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  TRY_STATUS(Set({call, *file, access, call[2], call[3]}, call[4]));
  return WriteUser(io_pointer, IoStatusBlock{});
}

}  // namespace fl::kernel
