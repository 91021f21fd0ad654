// System calls: the registry: what keys and values hold.
// Semantics:   ZwQueryKey and its kin (Microsoft Learn): a buffer that has room for the fixed part of the answer
//              gets that much and kBufferOverflow, a shorter one kBufferTooSmall; both are told the length needed.
#include "kernel/syscall/answer.h"
#include "kernel/syscall/key_handle.h"

namespace fl::kernel {
namespace {

enum KeyInformationClass : u32 {
  kKeyBasic = 0,
  kKeyNode = 1,
  kKeyFull = 2,
  kKeyName = 3,
  kKeyCached = 4,
  kKeyHandleTags = 7,
};
enum ValueInformationClass : u32 { kValueBasic = 0, kValueFull = 1, kValuePartial = 2 };
constexpr u32 kNone = 0xFFFFFFFF;

// Whose names or data follow at once.
struct [[gnu::packed]] BasicKey {
  u64 write_time;
  u32 title_index, name_length;
};
struct [[gnu::packed]] NodeKey {
  u64 write_time;
  u32 title_index, class_offset, class_length, name_length;
};
struct [[gnu::packed]] FullKey {
  u64 write_time;
  u32 title_index, class_offset, class_length;
  u32 keys, longest_key_name, longest_class;
  u32 values, longest_value_name, longest_data;
};
struct [[gnu::packed]] CachedKey {
  u64 write_time;
  u32 title_index;
  u32 keys, longest_key_name;
  u32 values, longest_value_name, longest_data;
  u32 name_length;
};
static_assert(sizeof(BasicKey) == 16 && sizeof(NodeKey) == 24 && sizeof(FullKey) == 44 &&
              sizeof(CachedKey) == 36);
struct BasicValue {
  u32 title_index, type, name_length;
};
struct FullValue {
  u32 title_index, type, data_offset, data_length, name_length;
};
struct PartialValue {
  u32 title_index, type, data_length;
};

/// KEY_VALUE_ENTRY
struct ValueEntry {
  u32 name, data_length, data_offset, type;
};

u32 Bytes(registry::Name name) { return u32(name.size() * 2); }

/// Puts what the class wants to know; the size of its fixed part.
Result<u32> PutKey(Answer& answer, const registry::Key& key, u32 what) {
  const registry::Name name = key.name(), class_name = key.class_name();
  const u32 class_length = Bytes(class_name);
  switch (what) {
    case kKeyBasic:
      TRY_STATUS(answer.Put(BasicKey{key.write_time(), 0, Bytes(name)}));
      TRY_STATUS(answer.PutText(name));
      return u32(sizeof(BasicKey));
    case kKeyNode: {
      const u32 offset = AlignUp(u32(sizeof(NodeKey)) + Bytes(name), u32(sizeof(u32)));
      TRY_STATUS(answer.Put(NodeKey{key.write_time(), 0, class_length != 0 ? offset : kNone,
                                    class_length, Bytes(name)}));
      TRY_STATUS(answer.PutText(name));
      if (class_length != 0) TRY_STATUS(answer.Align(sizeof(u32)));
      TRY_STATUS(answer.PutText(class_name));
      return u32(sizeof(NodeKey));
    }
    case kKeyFull: {
      const registry::Key::Longest longest = key.FindLongest();
      TRY_STATUS(
          answer.Put(FullKey{.write_time = key.write_time(),
                             .title_index = 0,
                             .class_offset = class_length != 0 ? u32(sizeof(FullKey)) : kNone,
                             .class_length = class_length,
                             .keys = key.key_count(),
                             .longest_key_name = longest.key_name * 2,
                             .longest_class = longest.class_name * 2,
                             .values = key.value_count(),
                             .longest_value_name = longest.value_name * 2,
                             .longest_data = longest.data}));
      TRY_STATUS(answer.PutText(class_name));
      return u32(sizeof(FullKey));
    }
    case kKeyName: {
      Vector<char16_t> path;
      TRY_STATUS(key.AppendPath(path));
      TRY_STATUS(answer.Put(u32(path.size() * 2)));
      TRY_STATUS(answer.PutText({path.data(), path.size()}));
      return u32(sizeof(u32));
    }
    case kKeyCached: {
      const registry::Key::Longest longest = key.FindLongest();
      TRY_STATUS(answer.Put(CachedKey{.write_time = key.write_time(),
                                      .title_index = 0,
                                      .keys = key.key_count(),
                                      .longest_key_name = longest.key_name * 2,
                                      .values = key.value_count(),
                                      .longest_value_name = longest.value_name * 2,
                                      .longest_data = longest.data,
                                      .name_length = Bytes(name)}));
      return u32(sizeof(CachedKey));
    }
    case kKeyHandleTags:
      TRY_STATUS(answer.Put(u32(0)));
      return u32(sizeof(u32));
    default:
      return Status::kInvalidParameter;
  }
}

Result<u32> PutValue(Answer& answer, const registry::Value& value, u32 what) {
  const registry::Name name = value.Text();
  switch (what) {
    case kValueBasic:
      TRY_STATUS(answer.Put(BasicValue{0, value.type, Bytes(name)}));
      TRY_STATUS(answer.PutText(name));
      return u32(sizeof(BasicValue));
    case kValueFull: {
      const u32 offset = AlignUp(u32(sizeof(FullValue)) + Bytes(name), u32(sizeof(u32)));
      TRY_STATUS(answer.Put(FullValue{0, value.type, offset, value.data.size(), Bytes(name)}));
      TRY_STATUS(answer.PutText(name));
      TRY_STATUS(answer.Align(sizeof(u32)));
      TRY_STATUS(answer.Append(value.data.span()));
      return u32(sizeof(FullValue));
    }
    case kValuePartial:
      TRY_STATUS(answer.Put(PartialValue{0, value.type, value.data.size()}));
      TRY_STATUS(answer.Append(value.data.span()));
      return u32(sizeof(PartialValue));
    default:
      return Status::kInvalidParameter;
  }
}

Status GiveKey(const registry::Key& key, u32 what, u32 out, u32 length, u32 returned) {
  Answer answer(out);
  const u32 head = TRY(PutKey(answer, key, what));
  return answer.GivePart(head, length, returned);
}

Status GiveValue(const registry::Value& value, u32 what, u32 out, u32 length, u32 returned) {
  Answer answer(out);
  const u32 head = TRY(PutValue(answer, value, what));
  return answer.GivePart(head, length, returned);
}

}  // namespace

Status NtQueryKey(const SystemCall& call) {
  const u32 what = call[1], returned = call[4];
  TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  // The name alone is no secret of the key's.
  const u32 access = what == kKeyName || what == kKeyHandleTags ? 0 : kKeyQueryValue;
  const auto key = TRY(FindKey(call, call[0], access));
  return GiveKey(*key, what, call[2], call[3], returned);
}

Status NtEnumerateKey(const SystemCall& call) {
  const u32 index = call[1], what = call[2], returned = call[5];
  TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  if (what > kKeyFull) return Status::kInvalidParameter;
  const auto key = TRY(FindKey(call, call[0], kKeyEnumerateSubKeys));
  if (index >= key->key_count()) return Status::kNoMoreEntries;
  return GiveKey(key->key(index), what, call[3], call[4], returned);
}

Status NtEnumerateValueKey(const SystemCall& call) {
  const u32 index = call[1], returned = call[5];
  TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const auto key = TRY(FindKey(call, call[0], kKeyQueryValue));
  if (index >= key->value_count()) return Status::kNoMoreEntries;
  return GiveValue(key->value(index), call[2], call[3], call[4], returned);
}

Status NtQueryValueKey(const SystemCall& call) {
  const u32 returned = call[5];
  TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const Vector<char16_t> name = TRY(ReadUnicodeString(call[1]));
  const auto key = TRY(FindKey(call, call[0], kKeyQueryValue));
  const registry::Value* const value = key->FindValue({name.data(), name.size()});
  if (!value) return Status::kObjectNameNotFound;
  return GiveValue(*value, call[2], call[3], call[4], returned);
}

/// Each entry names a value and is told where in the buffer it lies. All or nothing but the length.
Status NtQueryMultipleValueKey(const SystemCall& call) {
  constexpr u32 kMostValues = 0x10000;
  const u32 list = call[1], count = call[2], out = call[3], length_pointer = call[4];
  const u32 required_pointer = call[5];
  if (count > kMostValues) return Status::kInsufficientResources;
  const u32 length = TRY(ReadInOut<u32>(length_pointer));
  if (required_pointer) TRY_STATUS(ProbeForWrite(required_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(list, count * u32(sizeof(ValueEntry))));
  Vector<ValueEntry> entries;
  TRY_STATUS(entries.Resize(count));
  TRY_STATUS(CopyFromUser(entries.data(), list, count * u32(sizeof(ValueEntry))));
  Answer answer(out);
  for (ValueEntry& entry : entries) {
    const Vector<char16_t> name = TRY(ReadUnicodeString(entry.name));
    // Reading the name may have slept.
    const auto key = TRY(FindKey(call, call[0], kKeyQueryValue));
    const registry::Value* const value = key->FindValue({name.data(), name.size()});
    if (!value) return Status::kObjectNameNotFound;
    TRY_STATUS(answer.Align(sizeof(u32)));
    entry.data_offset = answer.size();
    entry.data_length = value->data.size();
    entry.type = value->type;
    if (u64(answer.size()) + value->data.size() > TheKernel().registry.limit()) {
      return Status::kInsufficientResources;
    }
    TRY_STATUS(answer.Append(value->data.span()));
  }
  TRY_STATUS(answer.Give(length, required_pointer, Status::kBufferOverflow));
  TRY_STATUS(CopyToUser(list, entries.data(), count * u32(sizeof(ValueEntry))));
  return WriteUser(length_pointer, answer.size());
}

}  // namespace fl::kernel
