// System calls: the registry: opening and changing keys. What they hold: nt_registry_query.cpp.
// Semantics:   ZwCreateKey and its kin (Microsoft Learn). Keys are volatile, all of them; those that were
//              created to last are told apart only as NT does it.
#include <new>

#include "kernel/syscall/key_handle.h"
#include "kernel/syscall/named_handle.h"
#include "kernel/syscall/new_handle.h"

namespace fl::kernel {
namespace {

constexpr u32 kOptionVolatile = 1;    // REG_OPTION_VOLATILE
constexpr u32 kOptionCreateLink = 2;  // REG_OPTION_CREATE_LINK
constexpr u32 kCreatedNewKey = 1;     // REG_CREATED_NEW_KEY
constexpr u32 kOpenedExistingKey = 2;
constexpr u32 kWriteTimeInformation = 0;

u64 Now() { return TheKernel().clock.SystemTime(); }

registry::Name TextOf(const Vector<char16_t>& text) { return {text.data(), text.size()}; }

/// Where a name begins, and what is left of it to follow from there.
struct Place {
  RefPtr<registry::Key> start;
  registry::Name path;
};

/// Relative to a key, or from \Registry down.
Result<Place> FindPlace(const SystemCall& call, const CapturedUtf16Attributes& attributes) {
  registry::Name path = TextOf(attributes.name);
  if (attributes.root_directory != 0) {
    if (path.starts_with(u'\\')) return Status::kObjectPathInvalid;
    return Place{TRY(FindKey(call, attributes.root_directory, 0)), path};
  }
  if (!path.starts_with(u'\\')) return Status::kObjectPathSyntaxBad;
  registry::Key& root = TheKernel().registry.root();
  if (registry::CompareNames(registry::TakeComponent(path), root.name()) != 0) {
    return Status::kObjectNameNotFound;
  }
  return Place{RefPtr<registry::Key>(&root), path};
}

Result<NewHandle> InsertKey(const SystemCall& call, RefPtr<registry::Key> key, u32 access,
                            u8 attributes) {
  const auto object = AdoptRef(new (std::nothrow) KeyObject(std::move(key)));
  if (!object) return Status::kNoMemory;
  return NewHandle::Insert(call, object, GrantedAccess(access, kKeyMapping), attributes);
}

Result<CapturedUtf16Attributes> CaptureKeyName(u32 object_attributes) {
  if (object_attributes == 0) return Status::kAccessViolation;
  return CaptureUtf16Attributes(object_attributes);
}

Status Open(const SystemCall& call) {
  const u32 handle_pointer = call[0];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  const CapturedUtf16Attributes attributes = TRY(CaptureKeyName(call[2]));
  const Place place = TRY(FindPlace(call, attributes));
  RefPtr<registry::Key> key = TRY(TheKernel().registry.Open(*place.start, place.path));
  return TRY(InsertKey(call, std::move(key), call[1], attributes.ForHandle()))
      .Deliver(handle_pointer);
}

/// NtCreateKey's answers: the handle and whether the key is new.
Status Tell(const SystemCall& call, const registry::Tree::Created& created, u8 attributes) {
  const u32 handle_pointer = call[0], disposition_pointer = call[6];
  NewHandle handle = TRY(InsertKey(call, created.key, call[1], attributes));
  if (disposition_pointer) {
    TRY_STATUS(
        WriteUser(disposition_pointer, created.is_new ? kCreatedNewKey : kOpenedExistingKey));
  }
  return handle.Deliver(handle_pointer);
}

}  // namespace

Status NtOpenKey(const SystemCall& call) { return Open(call); }

/// The options are for links and for back-up programs.
Status NtOpenKeyEx(const SystemCall& call) { return Open(call); }

Status NtCreateKey(const SystemCall& call) {
  const u32 handle_pointer = call[0], class_pointer = call[4], options = call[5];
  const u32 disposition_pointer = call[6];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  if (disposition_pointer) TRY_STATUS(ProbeForWrite(disposition_pointer, sizeof(u32)));
  const CapturedUtf16Attributes attributes = TRY(CaptureKeyName(call[2]));
  Vector<char16_t> class_name;
  if (class_pointer) class_name = TRY(ReadUnicodeString(class_pointer));
  if ((options & kOptionCreateLink) != 0) return Status::kNotImplemented;
  const Place place = TRY(FindPlace(call, attributes));
  registry::Tree& registry = TheKernel().registry;
  const auto lasting =
      (options & kOptionVolatile) != 0 ? registry::Lasting::kVolatile : registry::Lasting::kStable;
  const registry::Tree::Created created =
      TRY(registry.Create(*place.start, place.path, TextOf(class_name), lasting, Now()));
  const Status told = Tell(call, created, attributes.ForHandle());
  // Unless somebody has put keys below it meanwhile.
  if (IsFailure(told) && created.is_new) (void)registry.Delete(*created.key, Now());
  return told;
}

Status NtDeleteKey(const SystemCall& call) {
  const auto key = TRY(FindKey(call, call[0], kDelete));
  return TheKernel().registry.Delete(*key, Now());
}

Status NtRenameKey(const SystemCall& call) {
  const Vector<char16_t> name = TRY(ReadUnicodeString(call[1]));
  const auto key = TRY(FindKey(call, call[0], kKeySetValue | kKeyCreateSubKey));
  return TheKernel().registry.Rename(*key, TextOf(name), Now());
}

Status NtSetValueKey(const SystemCall& call) {
  const u32 data_pointer = call[4], size = call[5];
  const Vector<char16_t> name = TRY(ReadUnicodeString(call[1]));
  // Before memory is taken that the key could never have.
  TRY(FindKey(call, call[0], kKeySetValue));
  if (size > TheKernel().registry.limit()) return Status::kRegistryQuotaLimit;
  Vector<u8> data;
  TRY_STATUS(data.ResizeForOverwrite(size));
  TRY_STATUS(CopyFromUser(data.data(), data_pointer, size));
  // The copy may have slept.
  const auto key = TRY(FindKey(call, call[0], kKeySetValue));
  return TheKernel().registry.SetValue(*key, TextOf(name), call[3], std::move(data), Now());
}

Status NtDeleteValueKey(const SystemCall& call) {
  const Vector<char16_t> name = TRY(ReadUnicodeString(call[1]));
  const auto key = TRY(FindKey(call, call[0], kKeySetValue));
  return TheKernel().registry.DeleteValue(*key, TextOf(name), Now());
}

Status NtSetInformationKey(const SystemCall& call) {
  const u32 what = call[1], in = call[2], length = call[3];
  if (what != kWriteTimeInformation) return Status::kInvalidInfoClass;
  if (length != sizeof(u64)) return Status::kInfoLengthMismatch;
  const u64 time = TRY(ReadUser<u64>(in));
  const auto key = TRY(FindKey(call, call[0], kKeySetValue));
  return TheKernel().registry.SetWriteTime(*key, time);
}

/// There is nothing behind the registry that it could be written to.
Status NtFlushKey(const SystemCall& call) {
  TRY(FindKey(call, call[0], 0));
  return Status::kSuccess;
}

}  // namespace fl::kernel
