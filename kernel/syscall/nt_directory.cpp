// System calls: what a directory holds.
// Layouts:     FILE_DIRECTORY_INFORMATION and its kin, which differ in what lies between the attributes and the
//              name. Source: Microsoft Learn, "FILE_BOTH_DIR_INFORMATION" and so on.
#include <cstring>

#include "kernel/directory_scan.h"
#include "kernel/file_object.h"
#include "kernel/syscall/access_rights.h"
#include "kernel/syscall/file_lookup.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

/// Where the parts lie that not all classes have; 0: it has none.
struct EntryLayout {
  u32 information_class;
  u32 name;
  u32 name_length;
  bool has_times;  ///< From 8 to 60: times, sizes, attributes.
  u32 file_id;
};
constexpr EntryLayout kLayouts[] = {
    {1, 64, 60, true, 0},     // FileDirectoryInformation
    {2, 68, 60, true, 0},     // FileFullDirectoryInformation
    {3, 94, 60, true, 0},     // FileBothDirectoryInformation
    {12, 12, 8, false, 0},    // FileNamesInformation
    {37, 104, 60, true, 96},  // FileIdBothDirectoryInformation
    {38, 80, 60, true, 72},   // FileIdFullDirectoryInformation
};
constexpr u32 kLargestFixedPart = 104;

const EntryLayout* FindLayout(u32 information_class) {
  for (const EntryLayout& layout : kLayouts) {
    if (layout.information_class == information_class) return &layout;
  }
  return nullptr;
}

/// Writes one entry without its link to the next; its whole size. `room`: at least the fixed part.
Status PutEntry(const EntryLayout& layout, const fs::DirectoryEntryInfo& info,
                std::span<const char16_t> name, u32 out, u32 name_bytes) {
  std::byte fixed[kLargestFixedPart] = {};
  const auto put = [&](u32 offset, auto value) {
    std::memcpy(fixed + offset, &value, sizeof(value));
  };
  if (layout.has_times) {
    put(8, info.times.creation);
    put(16, info.times.last_access);
    put(24, info.times.last_write);
    put(32, info.times.last_write);
    put(40, info.size);
    put(48, AlignUp(info.size, u64(kSectorSize)));
    put(56, AttributesOf(info));
  }
  put(layout.name_length, u32(name.size() * 2));
  if (layout.file_id != 0) put(layout.file_id, info.id.file);
  TRY_STATUS(CopyToUser(out, fixed, layout.name));
  return CopyToUser(out + layout.name, name.data(), name_bytes);
}

struct DirectoryRequest {
  u32 out, length;
  bool single, restart;
  Vector<char16_t> pattern;
};

/// How many bytes were given; the scan's lock is held.
Result<u32> Fill(DirectoryScan& scan, const EntryLayout& layout, const DirectoryRequest& request) {
  const bool first = !scan.has_pattern();
  if (first) TRY_STATUS(scan.SetPattern(request.pattern.span()));
  if (request.restart) TRY_STATUS(scan.Rewind());
  u32 used = 0;      // Up to the last entry's end.
  u32 previous = 0;  // Where the last entry begins.
  for (;;) {
    const fs::DirectoryEntryInfo* info = TRY(scan.Peek());
    if (!info) {
      if (used != 0) return used;
      return first ? Status::kNoSuchFile : Status::kNoMoreFiles;
    }
    const u32 at = AlignUp(used, 8u);
    const u32 name_bytes = u32(scan.name().size() * 2);
    const u32 needed = layout.name + name_bytes;
    if (at > request.length || needed > request.length - at) {
      if (used != 0) return used;
      // As much of the name as there is room for, and the entry is given again.
      const u32 room = (request.length - layout.name) & ~1u;
      TRY_STATUS(PutEntry(layout, *info, scan.name(), request.out, room));
      return Status::kBufferOverflow;
    }
    TRY_STATUS(PutEntry(layout, *info, scan.name(), request.out + at, name_bytes));
    if (used != 0) TRY_STATUS(WriteUser(request.out + previous, at - previous));
    scan.Take();
    previous = at;
    used = at + needed;
    if (request.single) return used;
  }
}

}  // namespace

Status NtQueryDirectoryFile(const SystemCall& call) {
  const u32 io_pointer = call[4], what = call[7];
  const EntryLayout* layout = FindLayout(what);
  if (!layout) return Status::kInvalidInfoClass;
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], kFileReadData));
  if (call[1] != 0 || call[2] != 0) return Status::kNotImplemented;
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  DirectoryRequest request{.out = call[5],
                           .length = call[6],
                           .single = u8(call[8]) != 0,
                           .restart = u8(call[10]) != 0,
                           .pattern = {}};
  if (request.length < AlignUp(layout->name + 2, 8u)) return Status::kInfoLengthMismatch;
  TRY_STATUS(ProbeForWrite(request.out, request.length));
  if (call[9] != 0) request.pattern = TRY(ReadUnicodeString(call[9]));
  const Turn turn(*file);
  DirectoryScan* scan = TRY(file->Scan());
  const Result<u32> filled = Fill(*scan, *layout, request);
  const Status status = filled.status();
  if (IsSuccess(status) || status == Status::kBufferOverflow) {
    (void)WriteUser(io_pointer,
                    IoStatusBlock{Code(status), filled.ok() ? *filled : request.length});
  }
  return status;
}

}  // namespace fl::kernel
