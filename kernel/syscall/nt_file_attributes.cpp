// System calls: what a file is, asked by name.
#include "kernel/syscall/file_lookup.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

/// FILE_NETWORK_OPEN_INFORMATION
struct NetworkOpenInformation {
  u64 creation_time, last_access_time, last_write_time, change_time;
  u64 allocation_size, end_of_file;
  u32 attributes, padding;
};
static_assert(sizeof(NetworkOpenInformation) == 56);

}  // namespace

Status NtQueryAttributesFile(const SystemCall& call) {
  TRY_STATUS(ProbeForWrite(call[1], sizeof(FileBasicInformation)));
  const fs::Opened opened = TRY(LookupFile(call, call[0]));
  return WriteUser(call[1], BasicInformationOf(opened.info));
}

Status NtQueryFullAttributesFile(const SystemCall& call) {
  TRY_STATUS(ProbeForWrite(call[1], sizeof(NetworkOpenInformation)));
  const fs::Opened opened = TRY(LookupFile(call, call[0]));
  const fs::DirectoryEntryInfo& info = opened.info;
  return WriteUser(call[1],
                   NetworkOpenInformation{.creation_time = info.times.creation,
                                          .last_access_time = info.times.last_access,
                                          .last_write_time = info.times.last_write,
                                          .change_time = info.times.last_write,
                                          .allocation_size = AlignUp(info.size, u64(kSectorSize)),
                                          .end_of_file = info.size,
                                          .attributes = AttributesOf(info),
                                          .padding = 0});
}

}  // namespace fl::kernel
