// System calls: what an open file is.
// Layouts:     Microsoft Learn, "FILE_ALL_INFORMATION" and the structures in it.
#include "kernel/file_object.h"
#include "kernel/syscall/file_lookup.h"
#include "kernel/syscall/pipe_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

enum InformationClass : u32 {
  kBasicInformation = 4,
  kStandardInformation = 5,
  kInternalInformation = 6,
  kEaInformation = 7,
  kAccessInformation = 8,
  kPositionInformation = 14,
  kModeInformation = 16,
  kAlignmentInformation = 17,
  kAllInformation = 18,
  kNetworkOpenInformation = 34,
  kAttributeTagInformation = 35,
};

struct StandardInformation {
  u64 allocation_size, end_of_file;
  u32 links;
  u8 delete_pending, directory;
  u16 padding;
};
static_assert(sizeof(StandardInformation) == 24);

struct AllInformation {
  FileBasicInformation basic;
  StandardInformation standard;
  u64 internal;
  u32 ea_size, access;
  u64 position;
  u32 mode, alignment;
  u32 name_length;
  char16_t name[2];  ///< As much of it as always has room.
};
static_assert(sizeof(AllInformation) == 0x68);

struct AttributeTagInformation {
  u32 attributes, reparse_tag;
};

// FILE_WRITE_THROUGH, _SEQUENTIAL_ONLY, _NO_INTERMEDIATE_BUFFERING, _SYNCHRONOUS_IO_*, _DELETE_ON_CLOSE.
constexpr u32 kModeOptions = 0x0000103E;

StandardInformation StandardOf(const fs::DirectoryEntryInfo* info) {
  const u64 size = info && !info->is_directory ? info->size : 0;
  return {.allocation_size = AlignUp(size, u64(kSectorSize)),
          .end_of_file = size,
          .links = 1,
          .delete_pending = 0,
          .directory = u8(info && info->is_directory),
          .padding = 0};
}

u64 PositionOf(FileObject& file) {
  const Turn turn(file);
  const u64* position = file.position();
  return position ? *position : 0;
}

AllInformation AllOf(FileObject& file, u32 access) {
  const fs::DirectoryEntryInfo& info = *file.info();
  return {.basic = BasicInformationOf(info),
          .standard = StandardOf(&info),
          .internal = info.id.file,
          .ea_size = 0,
          .access = access,
          .position = PositionOf(file),
          .mode = file.options() & kModeOptions,
          .alignment = 0,
          .name_length = 0,
          .name = {}};
}

}  // namespace

Status NtQueryInformationFile(const SystemCall& call) {
  const u32 io_pointer = call[1], out = call[2], length = call[3], what = call[4];
  const HandleTable::Found found = TRY(call.process.handles().Find(call[0]));
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  if (PipeEnd* const pipe = file->pipe()) return QueryPipe(call, *pipe);
  const auto answer = [&](const auto& value) {
    if (length < sizeof(value)) return Status::kInfoLengthMismatch;
    TRY_STATUS(WriteUser(out, value));
    return WriteUser(io_pointer, IoStatusBlock{Code(Status::kSuccess), sizeof(value)});
  };
  const fs::DirectoryEntryInfo* info = file->info();
  switch (what) {
    case kStandardInformation:
      return answer(StandardOf(info));
    case kPositionInformation:
      return answer(PositionOf(*file));
    case kAccessInformation:
      return answer(found.access);
    case kModeInformation:
      return answer(file->options() & kModeOptions);
    case kAlignmentInformation:
    case kEaInformation:
      return answer(u32(0));
    default:
      break;
  }
  // What only a file of a volume has.
  switch (what) {
    case kBasicInformation:
      return info ? answer(BasicInformationOf(*info)) : Status::kInvalidDeviceRequest;
    case kInternalInformation:
      return info ? answer(info->id.file) : Status::kInvalidDeviceRequest;
    case kNetworkOpenInformation:
      return info ? answer(NetworkOpenInformationOf(*info)) : Status::kInvalidDeviceRequest;
    case kAttributeTagInformation:
      return info ? answer(AttributeTagInformation{AttributesOf(*info), 0})
                  : Status::kInvalidDeviceRequest;
    case kAllInformation:
      return info ? answer(AllOf(*file, found.access)) : Status::kInvalidDeviceRequest;
    default:
      return Status::kInvalidInfoClass;
  }
}

}  // namespace fl::kernel
