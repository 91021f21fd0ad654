// System calls: the tree of names: directories of objects, symbolic links, and how long names last.
#include "kernel/syscall/answer.h"
#include "kernel/syscall/any_handle.h"
#include "kernel/syscall/directory_rights.h"
#include "kernel/syscall/named_handle.h"
#include "kernel/syscall/object_types.h"
#include "kernel/unicode.h"

namespace fl::kernel {
namespace {

/// OBJECT_DIRECTORY_INFORMATION
struct DirectoryInformation {
  UserUnicodeString name, type;
};
static_assert(sizeof(DirectoryInformation) == 16);

struct Listed {
  Vector<char16_t> name;
  std::u16string_view type;
  /// With a zero behind each text.
  u32 text_size() const { return (name.size() + u32(type.size()) + 2) * 2; }
};

UserUnicodeString StringOf(u32 characters, u32 address) {
  return {u16(characters * 2), u16(characters * 2 + 2), address};
}

/// As many of the directory's objects, from `first` on, as `length` bytes have room for: entries, one that is
/// zero, texts. `needed`: the bytes that the first one that did not fit would have taken.
Status List(ObjectDirectory& directory, u32 first, u32 most, u32 length, Vector<Listed>& listed,
            u32& needed, bool& more) {
  u32 used = sizeof(DirectoryInformation), index = 0;
  more = false;
  for (NamedObject& object : directory.objects()) {
    if (index++ < first) continue;
    more = true;
    if (listed.size() == most) return Status::kSuccess;
    Listed one;
    one.type = TypeInfo(object.type()).name;
    TRY_STATUS(AppendUtf16(object.name(), one.name));
    needed = used + u32(sizeof(DirectoryInformation)) + one.text_size();
    if (needed > length) return Status::kSuccess;
    used = needed;
    TRY_STATUS(listed.Push(std::move(one)));
    more = false;
  }
  return Status::kSuccess;
}

Status PutList(Answer& answer, const Vector<Listed>& listed) {
  u32 text = answer.end() + (listed.size() + 1) * u32(sizeof(DirectoryInformation));
  for (const Listed& one : listed) {
    const u32 type = text + one.name.size() * 2 + 2;
    TRY_STATUS(answer.Put(DirectoryInformation{StringOf(one.name.size(), text),
                                               StringOf(u32(one.type.size()), type)}));
    text += one.text_size();
  }
  TRY_STATUS(answer.Put(DirectoryInformation{}));
  for (const Listed& one : listed) {
    TRY_STATUS(answer.PutText({one.name.data(), one.name.size()}));
    TRY_STATUS(answer.Put(u16(0)));
    TRY_STATUS(answer.PutText(one.type));
    TRY_STATUS(answer.Put(u16(0)));
  }
  return Status::kSuccess;
}

}  // namespace

// ---- Directories ----------------------------------------------------------------------------------------

Status NtCreateDirectoryObject(const SystemCall& call) {
  const u32 handle_pointer = call[0];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  const CapturedAttributes attributes = TRY(CaptureAttributes(call[2]));
  const RefPtr<NamedObject> directory = AdoptRef(new (std::nothrow) ObjectDirectory);
  if (!directory) return Status::kNoMemory;
  return InsertNamed(call, handle_pointer, directory, attributes,
                     GrantedAccess(call[1], kDirectoryMapping));
}

Status NtOpenDirectoryObject(const SystemCall& call) {
  return OpenNamed(call, call[0], ObjectType::kDirectory, call[2],
                   GrantedAccess(call[1], kDirectoryMapping));
}

Status NtQueryDirectoryObject(const SystemCall& call) {
  const u32 out = call[1], length = call[2], context_pointer = call[5], returned = call[6];
  const bool single = (call[3] & 0xFF) != 0, restart = (call[4] & 0xFF) != 0;
  const u32 context = TRY(ReadInOut<u32>(context_pointer));
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const auto directory =
      TRY(call.process.handles().FindAs<ObjectDirectory>(call[0], kDirectoryQuery));
  const u32 first = restart ? 0 : context;
  Vector<Listed> listed;
  u32 needed = 0;
  bool more = false;
  TRY_STATUS(List(*directory, first, single ? 1 : 0xFFFFFFFF, length, listed, needed, more));
  if (listed.empty()) {
    if (returned) TRY_STATUS(WriteUser(returned, needed));
    return more ? Status::kBufferTooSmall : Status::kNoMoreEntries;
  }
  Answer answer(out);
  TRY_STATUS(PutList(answer, listed));
  TRY_STATUS(answer.Give(length, returned, Status::kBufferTooSmall));
  TRY_STATUS(WriteUser(context_pointer, first + listed.size()));
  return more && !single ? Status::kMoreEntries : Status::kSuccess;
}

// ---- Symbolic links -------------------------------------------------------------------------------------

Status NtCreateSymbolicLinkObject(const SystemCall& call) {
  const u32 handle_pointer = call[0];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  const CapturedAttributes attributes = TRY(CaptureAttributes(call[2]));
  const Vector<char16_t> text = TRY(ReadUnicodeString(call[3]));
  if (text.empty()) return Status::kInvalidParameter;
  Vector<char> target;
  TRY_STATUS(AppendUtf8(text.span(), target));
  const RefPtr<NamedObject> link = AdoptRef(new (std::nothrow) SymbolicLink(std::move(target)));
  if (!link) return Status::kNoMemory;
  return InsertNamed(call, handle_pointer, link, attributes,
                     GrantedAccess(call[1], kSymbolicLinkMapping));
}

Status NtOpenSymbolicLinkObject(const SystemCall& call) {
  return OpenNamed(call, call[0], ObjectType::kSymbolicLink, call[2],
                   GrantedAccess(call[1], kSymbolicLinkMapping));
}

Status NtQuerySymbolicLinkObject(const SystemCall& call) {
  const u32 string_pointer = call[1], returned = call[2];
  UserUnicodeString string = TRY(ReadInOut<UserUnicodeString>(string_pointer));
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const auto link = TRY(call.process.handles().FindAs<SymbolicLink>(call[0], kSymbolicLinkQuery));
  Vector<char16_t> target;
  TRY_STATUS(AppendUtf16(link->target(), target));
  const u32 size = target.size() * 2;
  TRY_STATUS(target.Push(0));
  Answer answer(string.buffer);
  TRY_STATUS(answer.PutText({target.data(), target.size()}));
  TRY_STATUS(answer.Give(string.maximum_length, returned, Status::kBufferTooSmall));
  string.length = u16(size);
  return WriteUser(string_pointer, string);
}

// ---- How long names last --------------------------------------------------------------------------------

/// What is permanent is the kernel's.
Status NtMakeTemporaryObject(const SystemCall& call) {
  const HandleTable::Found found = TRY(call.process.handles().Find(call[0]));
  if ((found.access & kDelete) == 0 || found.object->permanent()) return Status::kAccessDenied;
  return Status::kSuccess;
}

/// Takes SeCreatePermanentPrivilege, which no token here has.
Status NtMakePermanentObject(const SystemCall& call) {
  TRY(call.process.handles().Find(call[0]));
  return Status::kPrivilegeNotHeld;
}

}  // namespace fl::kernel
