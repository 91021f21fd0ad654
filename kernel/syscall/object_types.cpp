// ObjectTypes: see object_types.h.
#include "kernel/syscall/object_types.h"

#include <iterator>

#include "kernel/syscall/directory_rights.h"
#include "kernel/syscall/key_rights.h"
#include "kernel/syscall/sync_rights.h"
#include "kernel/syscall/token_rights.h"

namespace fl::kernel {
namespace {

struct Entry {
  ObjectType type;
  ObjectTypeInfo info;
};
constexpr Entry kTypes[] = {
    {ObjectType::kProcess, {u"Process", {0x20410, 0x20BEB, 0x121001, 0x1FFFFF}}},
    {ObjectType::kThread, {u"Thread", {0x20048, 0x20437, 0x121800, 0x1FFFFF}}},
    {ObjectType::kSection, {u"Section", {0x20005, 0x20002, 0x20008, 0xF001F}}},
    {ObjectType::kFile, {u"File", {0x120089, 0x120116, 0x1200A0, 0x1F01FF}}},
    {ObjectType::kEvent, {u"Event", kEventMapping}},
    {ObjectType::kSemaphore, {u"Semaphore", kSemaphoreMapping}},
    {ObjectType::kMutant, {u"Mutant", kMutantMapping}},
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
