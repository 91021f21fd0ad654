// ObjectTypes: see object_types.h.
#include "kernel/syscall/object_types.h"

#include <iterator>

#include "kernel/syscall/directory_rights.h"
#include "kernel/syscall/key_rights.h"
#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/sync_rights.h"
#include "kernel/syscall/thread_handle.h"
#include "kernel/syscall/token_rights.h"

namespace fl::kernel {
namespace {

struct Entry {
  ObjectType type;
  ObjectTypeInfo info;
};
constexpr Entry kTypes[] = {
    {ObjectType::kProcess, {u"Process", kProcessMapping}},
    {ObjectType::kThread, {u"Thread", kThreadMapping}},
    {ObjectType::kSection, {u"Section", {0x20005, 0x20002, 0x20008, 0xF001F}}},
    {ObjectType::kFile, {u"File", {0x120089, 0x120116, 0x1200A0, 0x1F01FF}}},
    {ObjectType::kEvent, {u"Event", kEventMapping}},
    {ObjectType::kSemaphore, {u"Semaphore", kSemaphoreMapping}},
    {ObjectType::kMutant, {u"Mutant", kMutantMapping}},
    {ObjectType::kTimer, {u"Timer", kTimerMapping}},
    {ObjectType::kKeyedEvent, {u"KeyedEvent", kKeyedEventMapping}},
    {ObjectType::kIoCompletion, {u"IoCompletion", kIoCompletionMapping}},
    {ObjectType::kDirectory, {u"Directory", kDirectoryMapping}},
    {ObjectType::kSymbolicLink, {u"SymbolicLink", kSymbolicLinkMapping}},
    {ObjectType::kKey, {u"Key", kKeyMapping}},
    {ObjectType::kToken, {u"Token", kTokenMapping}},
};
static_assert(std::size(kTypes) == u32(ObjectType::kCount));

}  // namespace

const ObjectTypeInfo& TypeInfo(ObjectType type) {
  for (const Entry& entry : kTypes) {
    if (entry.type == type) return entry.info;
  }
  KASSERT(false);
  __builtin_unreachable();
}

}  // namespace fl::kernel
