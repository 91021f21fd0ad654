// JsonWriter: see json_writer.h.
// Sources: RFC 8259 for the syntax, RFC 3629 for which bytes are UTF-8.
#include "kernel/json_writer.h"

#include "kernel/base/assert.h"
#include "kernel/base/format.h"

namespace fl::kernel {
namespace {

constexpr u32 kReplacement = 0xFFFD;

struct Decoded {
  u32 code_point = kReplacement;
  u32 size = 1;  ///< Bytes or units that it took.
};

Decoded DecodeUtf8(std::string_view text) {
  const u8 first = u8(text[0]);
  if (first < 0x80) return {first, 1};
  const u32 size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {};
  u32 value = first & (0x7F >> size);
  for (u32 i = 1; i < size; ++i) {
    const u8 byte = u8(text[i]);
    if ((byte & 0xC0) != 0x80) return {};
    value = value << 6 | (byte & 0x3F);
  }
  constexpr u32 kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  if (value < kSmallest[size] || value > 0x10FFFF || surrogate) return {};
  return {value, size};
}

/// A lone surrogate is its own value.
Decoded DecodeUtf16(std::u16string_view text) {
  const u32 first = text[0];
  if (first < 0xD800 || first >= 0xDC00 || text.size() < 2) return {first, 1};
  const u32 second = text[1];
  if (second < 0xDC00 || second >= 0xE000) return {first, 1};
  return {0x10000 + ((first - 0xD800) << 10 | (second - 0xDC00)), 2};
}

}  // namespace

JsonWriter::~JsonWriter() { KASSERT(depth_ == 0 && !after_key_ && size_ == 0); }

JsonWriter& JsonWriter::Begin(char bracket, Inside inside) {
  BeforeValue();
  Put(bracket);
  KASSERT(depth_ < kMaxDepth);
  ++depth_;
  inside_[depth_] = inside;
  has_values_[depth_] = false;
  return *this;
}

JsonWriter& JsonWriter::End(char bracket, Inside inside) {
  KASSERT(depth_ != 0 && inside_[depth_] == inside && !after_key_);
  Put(bracket);
  --depth_;
  AfterValue();
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  KASSERT(inside_[depth_] == Inside::kObject && !after_key_);
  Comma();
  Quoted(name);
  Put(':');
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  BeforeValue();
  Quoted(text);
  AfterValue();
  return *this;
}

JsonWriter& JsonWriter::String(std::u16string_view text) {
  BeforeValue();
  Put('"');
  while (!text.empty()) {
    const Decoded decoded = DecodeUtf16(text);
    PutCodePoint(decoded.code_point);
    text.remove_prefix(decoded.size);
  }
  Put('"');
  AfterValue();
  return *this;
}

JsonWriter& JsonWriter::Signed(i64 value) {
  char text[24];
  return Literal(Format(text, "%lld", static_cast<long long>(value)));
}

JsonWriter& JsonWriter::Unsigned(u64 value) {
  char text[24];
  return Literal(Format(text, "%llu", static_cast<unsigned long long>(value)));
}

JsonWriter& JsonWriter::Hex(u64 value) {
  char text[24];
  return Literal(Format(text, "\"0x%08llx\"", static_cast<unsigned long long>(value)));
}

JsonWriter& JsonWriter::Bool(bool value) { return Literal(value ? "true" : "false"); }

JsonWriter& JsonWriter::Null() { return Literal("null"); }

JsonWriter& JsonWriter::Literal(std::string_view text) {
  BeforeValue();
  Put(text);
  AfterValue();
  return *this;
}

void JsonWriter::BeforeValue() {
  if (inside_[depth_] == Inside::kObject) {
    KASSERT(after_key_);
    after_key_ = false;
  } else if (inside_[depth_] == Inside::kArray) {
    Comma();
  }
}

void JsonWriter::AfterValue() {
  if (depth_ != 0) return;
  Put('\n');
  Flush();
}

void JsonWriter::Comma() {
  if (has_values_[depth_]) Put(',');
  has_values_[depth_] = true;
}

void JsonWriter::Quoted(std::string_view text) {
  Put('"');
  while (!text.empty()) {
    const Decoded decoded = DecodeUtf8(text);
    PutCodePoint(decoded.code_point);
    text.remove_prefix(decoded.size);
  }
  Put('"');
}

void JsonWriter::PutCodePoint(u32 code_point) {
  if (code_point == '"' || code_point == '\\') {
    Put('\\');
    Put(char(code_point));
  } else if (code_point == '\n') {
    Put("\\n");
  } else if (code_point < 0x20 || code_point == 0x7F ||
             (code_point >= 0xD800 && code_point < 0xE000)) {
    PutUnitEscape(code_point);
  } else if (code_point < 0x80) {
    Put(char(code_point));
  } else if (code_point < 0x800) {
    Put(char(0xC0 | code_point >> 6));
    Put(char(0x80 | (code_point & 0x3F)));
  } else {
    if (code_point < 0x10000) {
      Put(char(0xE0 | code_point >> 12));
    } else {
      Put(char(0xF0 | code_point >> 18));
      Put(char(0x80 | (code_point >> 12 & 0x3F)));
    }
    Put(char(0x80 | (code_point >> 6 & 0x3F)));
    Put(char(0x80 | (code_point & 0x3F)));
  }
}

void JsonWriter::PutUnitEscape(u32 unit) {
  char text[8];
  Put(Format(text, "\\u%04x", unit));
}

void JsonWriter::Put(char c) {
  if (size_ == kBufferSize) Flush();
  buffer_[size_++] = c;
}

void JsonWriter::Put(std::string_view text) {
  for (const char c : text) Put(c);
}

void JsonWriter::Flush() {
  if (size_ == 0) return;
  sink_(context_, {buffer_, size_});
  size_ = 0;
}

}  // namespace fl::kernel
