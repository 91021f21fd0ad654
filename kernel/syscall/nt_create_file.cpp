// System calls: opening, creating and removing files and directories.
#include <new>

#include "kernel/kernel.h"
#include "kernel/paths.h"
#include "kernel/syscall/device_open.h"
#include "kernel/syscall/file_lookup.h"
#include "kernel/syscall/file_options.h"
#include "kernel/syscall/new_handle.h"
#include "kernel/syscall/object_types.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"
#include "pe/module_name.h"

namespace fl::kernel {
namespace {

constexpr u32 kAnyShare = kShareRead | kShareWrite | kShareDelete;
// What a read-only file does not let anybody have.
constexpr u32 kChangesData = kFileWriteData | kFileAppendData;
// FILE_ATTRIBUTE_*: those that a file keeps.
constexpr u32 kKeptAttributes =
    fs::kAttributeReadOnly | fs::kAttributeHidden | fs::kAttributeSystem | fs::kAttributeArchive;

struct OpenRequest {
  u32 access, attributes, share, disposition, options;
  u32 granted = 0;

  bool wants(u32 option) const { return (options & option) != 0; }
  bool creates() const {
    return disposition == kCreate || disposition == kOpenIf || disposition == kOverwriteIf ||
           disposition == kSupersede;
  }
  bool empties() const {
    return disposition == kOverwrite || disposition == kOverwriteIf || disposition == kSupersede;
  }
};

Status CheckOptions(const OpenRequest& request) {
  if (request.disposition > kOverwriteIf || (request.share & ~kAnyShare) != 0) {
    return Status::kInvalidParameter;
  }
  if (request.wants(kDirectoryFile)) {
    if (request.wants(kNonDirectoryFile) || request.empties()) return Status::kInvalidParameter;
  }
  if (request.wants(kDeleteOnClose) && (request.granted & kDelete) == 0) {
    return Status::kInvalidParameter;
  }
  return request.wants(kOpenByFileId) ? Status::kNotSupported : Status::kSuccess;
}

/// May what is there be opened like this?
Status CheckFound(OpenRequest& request, const fs::DirectoryEntryInfo& info) {
  if (request.disposition == kCreate) return Status::kObjectNameCollision;
  if (request.wants(kDirectoryFile) && !info.is_directory) return Status::kNotADirectory;
  if (request.wants(kNonDirectoryFile) && info.is_directory) return Status::kFileIsADirectory;
  if (request.empties()) {
    if (info.is_directory) return Status::kObjectNameCollision;
    const u32 hides = info.attributes & (fs::kAttributeHidden | fs::kAttributeSystem);
    if ((hides & ~request.attributes) != 0) return Status::kAccessDenied;
  }
  if ((info.attributes & fs::kAttributeReadOnly) == 0 || info.is_directory) return Status::kSuccess;
  if (request.wants(kDeleteOnClose)) return Status::kCannotDelete;
  if (request.empties()) return Status::kAccessDenied;
  if ((request.granted & kChangesData) == 0) return Status::kSuccess;
  if ((request.access & kMaximumAllowed) == 0) return Status::kAccessDenied;
  request.granted &= ~kChangesData;
  return Status::kSuccess;
}

/// What others have the file open for, and what it is mapped for. Does not sleep.
Status CheckSharing(const OpenRequest& request, OpenFile& open) {
  if (open.remove_at_close || open.removed) return Status::kDeletePending;
  u32 access = request.granted;
  if (request.empties()) access |= request.disposition == kSupersede ? kDelete : kFileWriteData;
  TRY_STATUS(open.shares.Check(ShareWish(access, request.share)));
  if (!open.file) return Status::kSuccess;
  const bool writes = (access & kChangesData) != 0;
  if ((writes || request.empties()) && TheKernel().images.IsInUse(open.id)) {
    return Status::kSharingViolation;
  }
  if (request.wants(kDeleteOnClose) && open.IsMapped()) return Status::kCannotDelete;
  return Status::kSuccess;
}

/// The content goes; the attributes are those that were asked for.
Status Empty(const OpenRequest& request, OpenFile& open) {
  mm::DataSection* const pages = TRY(open.Pages());
  if (pages->in_use()) return Status::kUserMappedFile;
  TRY_STATUS(pages->SetSize(0));
  fs::BasicInformation change;
  change.attributes = (request.attributes & kKeptAttributes) | fs::kAttributeArchive;
  return open.file->SetBasic(change);
}

struct OpenedObject {
  RefPtr<FileObject> object;
  u32 information = kFileOpened;
};

Result<OpenedObject> OpenFound(OpenRequest& request, fs::Opened opened, std::string_view path,
                               bool created) {
  if (!created) TRY_STATUS(CheckFound(request, opened.info));
  Kernel& kernel = TheKernel();
  const RefPtr<OpenFile> open = TRY(kernel.open_files.FindOrAdd(opened, path));
  // Of the opening, not of emptying: whoever overwrites needs no right to write later.
  TRY_STATUS(CheckSharing(request, *open));
  const auto object = AdoptRef(
      new (std::nothrow) DiskFileObject(std::move(opened), open, {request.granted, request.share},
                                        request.options, kernel.scheduler));
  if (!object) return Status::kNoMemory;
  if (created) return OpenedObject{object, kFileCreated};
  if (!request.empties()) return OpenedObject{object, kFileOpened};
  TRY_STATUS(Empty(request, *open));
  return OpenedObject{object,
                      request.disposition == kSupersede ? kFileSuperseded : kFileOverwritten};
}

Result<OpenedObject> FindOrCreate(OpenRequest& request, std::string_view path) {
  fs::Volume& volume = *TheKernel().volume;
  for (;;) {
    Result<fs::Opened> found = volume.Open(path);
    if (found.ok()) return OpenFound(request, std::move(*found), path, false);
    if (found.error() != Status::kObjectNameNotFound || !request.creates()) return found.error();
    const bool directory = request.wants(kDirectoryFile);
    const u32 attributes = request.attributes & kKeptAttributes;
    Result<fs::Opened> made = volume.Create(
        path, directory ? fs::EntryKind::kDirectory : fs::EntryKind::kFile, attributes);
    if (made.ok()) return OpenFound(request, std::move(*made), path, true);
    // Somebody else made it meanwhile.
    if (made.error() != Status::kObjectNameCollision || request.disposition == kCreate) {
      return made.error();
    }
  }
}

Result<OpenedObject> OpenNull() {
  const auto object = AdoptRef<FileObject>(new (std::nothrow) NullObject);
  if (!object) return Status::kNoMemory;
  return OpenedObject{object, kFileOpened};
}

Status Open(const SystemCall& call, OpenRequest request) {
  const u32 handle_pointer = call[0], io_pointer = call[3];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  if (call[2] == 0) return Status::kInvalidParameter;
  request.granted = GrantedAccess(request.access, TypeInfo(ObjectType::kFile).mapping);
  TRY_STATUS(CheckOptions(request));
  const FilePath path = TRY(ReadFilePath(call, call[2]));
  const OpenedObject opened = TRY(
      pe::EqualIgnoringCase(path.view(), "nul") ? OpenNull() : FindOrCreate(request, path.view()));
  NewHandle handle =
      TRY(NewHandle::Insert(call, opened.object, request.granted, path.handle_attributes));
  TRY_STATUS(WriteUser(io_pointer, IoStatusBlock{Code(Status::kSuccess), opened.information}));
  return handle.Deliver(handle_pointer);
}

}  // namespace

Result<FilePath> ReadFilePath(const SystemCall& call, u32 object_attributes) {
  CapturedAttributes attributes = TRY(CaptureAttributes(object_attributes));
  return MakeFilePath(call, attributes.root_directory, std::move(attributes.name),
                      attributes.ForHandle());
}

Result<FilePath> MakeFilePath(const SystemCall& call, u32 root_directory, Vector<char> name,
                              u8 handle_attributes) {
  if (!TheKernel().volume) return Status::kObjectPathNotFound;
  FilePath path;
  path.handle_attributes = handle_attributes;
  const std::string_view text(name.data(), name.size());
  if (root_directory == 0) {
    TRY_STATUS(path.text.Append(TRY(VolumePath(text))));
  } else {
    const auto root = TRY(call.process.handles().FindAs<FileObject>(root_directory, 0));
    if (!root->disk()) return Status::kObjectPathNotFound;
    if (!text.empty() && text.front() == '\\') return Status::kObjectNameInvalid;
    TRY_STATUS(path.text.Append(root->disk()->open().Path()));
    if (!path.text.empty() && !text.empty()) TRY_STATUS(path.text.Push('\\'));
    TRY_STATUS(path.text.Append(text));
  }
  for (char& c : path.text) c = c == '/' ? '\\' : c;
  return path;
}

Result<fs::Opened> LookupFile(const SystemCall& call, u32 object_attributes) {
  const FilePath path = TRY(ReadFilePath(call, object_attributes));
  fs::Opened opened = TRY(TheKernel().volume->Open(path.view()));
  // What is not on the volume yet is the file's all the same.
  if (const mm::DataSection* const data = TheKernel().files.Find(opened.info.id)) {
    if (opened.file) opened.info.size = data->size();
  }
  return opened;
}

/// (handle, access, attributes, io status block, size, file attributes, share, disposition, options, ...)
Status NtCreateFile(const SystemCall& call) {
  if (TRY(OpenDevice(call, {call[0], call[1], call[2], call[3], call[8]}))) return Status::kSuccess;
  return Open(call, {.access = call[1],
                     .attributes = call[5],
                     .share = call[6],
                     .disposition = call[7],
                     .options = call[8]});
}

/// (handle, access, attributes, io status block, share, options)
Status NtOpenFile(const SystemCall& call) {
  if (TRY(OpenDevice(call, {call[0], call[1], call[2], call[3], call[5]}))) return Status::kSuccess;
  return Open(call, {.access = call[1],
                     .attributes = 0,
                     .share = call[4],
                     .disposition = kOpen,
                     .options = call[5]});
}

Status NtDeleteFile(const SystemCall& call) {
  const FilePath path = TRY(ReadFilePath(call, call[0]));
  OpenRequest request{.access = kDelete,
                      .attributes = 0,
                      .share = kAnyShare,
                      .disposition = kOpen,
                      .options = kDeleteOnClose,
                      .granted = kDelete};
  const OpenedObject opened = TRY(FindOrCreate(request, path.view()));
  // It is removed as any other: when the last handle goes, which may be this one.
  opened.object->CountHandle();
  opened.object->UncountHandle();
  return Status::kSuccess;
}

}  // namespace fl::kernel
