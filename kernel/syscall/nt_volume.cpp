// System calls: what volume a file lies on.
// Layouts:     FILE_FS_VOLUME_INFORMATION and so on. Source: Microsoft Learn.
#include "kernel/file_object.h"
#include "kernel/kernel.h"
#include "kernel/syscall/answer.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/unicode.h"

namespace fl::kernel {
namespace {

enum InformationClass : u32 {
  kFsVolumeInformation = 1,
  kFsSizeInformation = 3,
  kFsDeviceInformation = 4,
  kFsAttributeInformation = 5,
  kFsFullSizeInformation = 7,
};

constexpr u32 kDeviceIsMounted = 0x20;
// FILE_CASE_PRESERVED_NAMES, FILE_UNICODE_ON_DISK.
constexpr u32 kFatAttributes = 0x00000006;
constexpr u32 kLongestName = 255;

Result<u32> PutVolume(Answer& answer, fs::Volume& volume) {
  const fs::VolumeIdentity identity = TRY(volume.Identity());
  Vector<char16_t> label;
  TRY_STATUS(AppendUtf16(identity.label, label));
  TRY_STATUS(answer.Put(u64(0)));
  TRY_STATUS(answer.Put(identity.serial));
  TRY_STATUS(answer.Put(label.size() * 2));
  TRY_STATUS(answer.Put(u16(0)));
  TRY_STATUS(answer.PutText({label.data(), label.size()}));
  return 18u;
}

Result<u32> PutSize(Answer& answer, fs::Volume& volume, bool full) {
  const fs::VolumeSpace space = TRY(volume.Space());
  TRY_STATUS(answer.Put(space.total_clusters));
  TRY_STATUS(answer.Put(space.free_clusters));
  if (full) TRY_STATUS(answer.Put(space.free_clusters));
  TRY_STATUS(answer.Put(space.sectors_per_cluster));
  TRY_STATUS(answer.Put(space.bytes_per_sector));
  return answer.size();
}

Result<u32> PutAttributes(Answer& answer) {
  constexpr std::u16string_view kName = u"FAT32";
  TRY_STATUS(answer.Put(kFatAttributes));
  TRY_STATUS(answer.Put(kLongestName));
  TRY_STATUS(answer.Put(u32(kName.size() * 2)));
  TRY_STATUS(answer.PutText(kName));
  return 12u;
}

/// The part that every buffer must have room for, in bytes.
Result<u32> Put(Answer& answer, u32 what, const FileObject& file) {
  const bool on_volume = file.device_type() == kDeviceDisk;
  if (what == kFsDeviceInformation) {
    TRY_STATUS(answer.Put(file.device_type()));
    TRY_STATUS(answer.Put(on_volume ? kDeviceIsMounted : 0));
    return answer.size();
  }
  const bool known = what == kFsVolumeInformation || what == kFsSizeInformation ||
                     what == kFsAttributeInformation || what == kFsFullSizeInformation;
  if (!known) return Status::kInvalidInfoClass;
  if (!on_volume) return Status::kInvalidDeviceRequest;
  fs::Volume& volume = *TheKernel().volume;
  if (what == kFsVolumeInformation) return PutVolume(answer, volume);
  if (what == kFsAttributeInformation) return PutAttributes(answer);
  return PutSize(answer, volume, what == kFsFullSizeInformation);
}

}  // namespace

/// (file, io status block, out, length, class)
Status NtQueryVolumeInformationFile(const SystemCall& call) {
  const u32 io_pointer = call[1], out = call[2], length = call[3];
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  Answer answer(out);
  const u32 head = TRY(Put(answer, call[4], *file));
  if (length < head) return Status::kInfoLengthMismatch;
  const bool fits = answer.size() <= length;
  const u32 given = fits ? answer.size() : length;
  TRY_STATUS(CopyToUser(out, answer.bytes().data(), given));
  const Status status = fits ? Status::kSuccess : Status::kBufferOverflow;
  TRY_STATUS(WriteUser(io_pointer, IoStatusBlock{Code(status), given}));
  return status;
}

}  // namespace fl::kernel
