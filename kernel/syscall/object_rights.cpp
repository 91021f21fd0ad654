// ObjectRights: see object_rights.h.
#include "kernel/syscall/object_rights.h"

#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/sync_rights.h"
#include "kernel/syscall/thread_handle.h"

namespace fl::kernel {

GenericMapping MappingOf(ObjectType type) {
  switch (type) {
    case ObjectType::kProcess:
      return {.read = 0x20410, .write = 0x20BEA, .execute = 0x121001, .all = kProcessAllAccess};
    case ObjectType::kThread:
      return kThreadMapping;
    case ObjectType::kSection:
      return {.read = 0x20005, .write = 0x20002, .execute = 0x20008, .all = 0xF001F};
    case ObjectType::kFile:
      return {.read = 0x120089, .write = 0x120116, .execute = 0x1200A0, .all = 0x1F01FF};
    case ObjectType::kEvent:
      return kEventMapping;
    case ObjectType::kSemaphore:
      return kSemaphoreMapping;
    case ObjectType::kMutant:
      return kMutantMapping;
    case ObjectType::kTimer:
      return kTimerMapping;
    case ObjectType::kKeyedEvent:
      return kKeyedEventMapping;
    case ObjectType::kIoCompletion:
      return kIoCompletionMapping;
  }
  return {.read = 0x20000, .write = 0x20000, .execute = 0x20000, .all = 0x1FFFFF};
}

}  // namespace fl::kernel
