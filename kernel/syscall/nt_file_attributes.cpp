// System calls: what a file is, asked by name.
#include "kernel/syscall/file_lookup.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
Status NtQueryAttributesFile(const SystemCall& call) {
  TRY_STATUS(ProbeForWrite(call[1], sizeof(FileBasicInformation)));
  const fs::Opened opened = TRY(LookupFile(call, call[0]));
  return WriteUser(call[1], BasicInformationOf(opened.info));
}

Status NtQueryFullAttributesFile(const SystemCall& call) {
  TRY_STATUS(ProbeForWrite(call[1], sizeof(NetworkOpenInformation)));
  const fs::Opened opened = TRY(LookupFile(call, call[0]));
  return WriteUser(call[1], NetworkOpenInformationOf(opened.info));
}

}  // namespace fl::kernel
