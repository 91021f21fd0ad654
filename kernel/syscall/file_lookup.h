// File look-up: from what OBJECT_ATTRIBUTES name to a file or directory of the volume.
#pragma once

#include "fs/volume.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

/// Where on the volume something lies: as fs::Volume wants it, and with '\\' alone.
struct FilePath {
  Vector<char> text;
  u8 handle_attributes = 0;
  std::string_view view() const { return {text.data(), text.size()}; }
};
/// kObjectPathNotFound where there is no volume.
Result<FilePath> ReadFilePath(const SystemCall& call, u32 object_attributes);
/// `root_directory`: the handle of a directory that `name` lies in, or 0.
Result<FilePath> MakeFilePath(const SystemCall& call, u32 root_directory, Vector<char> name,
                              u8 handle_attributes);

/// The volume's statuses; kObjectPathNotFound also where there is no volume. May sleep.
Result<fs::Opened> LookupFile(const SystemCall& call, u32 object_attributes);

inline u32 AttributesOf(const fs::DirectoryEntryInfo& info) {
  constexpr u32 kNormal = 0x80;
  return info.attributes != 0 ? info.attributes : kNormal;
}

/// FILE_BASIC_INFORMATION
struct FileBasicInformation {
  u64 creation_time, last_access_time, last_write_time, change_time;
  u32 attributes, padding;
};
static_assert(sizeof(FileBasicInformation) == 40);

inline FileBasicInformation BasicInformationOf(const fs::DirectoryEntryInfo& info) {
  return {.creation_time = info.times.creation,
          .last_access_time = info.times.last_access,
          .last_write_time = info.times.last_write,
          .change_time = info.times.last_write,
          .attributes = AttributesOf(info),
          .padding = 0};
}

/// FILE_NETWORK_OPEN_INFORMATION
struct NetworkOpenInformation {
  u64 creation_time, last_access_time, last_write_time, change_time;
  u64 allocation_size, end_of_file;
  u32 attributes, padding;
};
static_assert(sizeof(NetworkOpenInformation) == 56);

inline NetworkOpenInformation NetworkOpenInformationOf(const fs::DirectoryEntryInfo& info) {
  return {.creation_time = info.times.creation,
          .last_access_time = info.times.last_access,
          .last_write_time = info.times.last_write,
          .change_time = info.times.last_write,
          .allocation_size = AlignUp(info.size, u64(kSectorSize)),
          .end_of_file = info.size,
          .attributes = AttributesOf(info),
          .padding = 0};
}

}  // namespace fl::kernel
