// JsonWriter: JSON for the host, one value in a line, through a small buffer of its own.
// Invariants: needs no heap; a line is complete when its outermost value ends, and is flushed then,
//   with a line end. What is written is valid JSON in valid UTF-8, whatever the strings hold. Calls
//   out of order (a value without a key in an object, say) are KASSERTed. The sink gets the bytes
//   in pieces of at most kBufferSize; a line is not one piece.
#pragma once

#include <concepts>
#include <string_view>

#include "kernel/base/units.h"

namespace fl::kernel {

class JsonWriter {
 public:
  static constexpr u32 kBufferSize = 256;
  static constexpr u32 kMaxDepth = 16;
  using Sink = void (*)(void* context, std::string_view bytes);

  explicit JsonWriter(Sink sink, void* context = nullptr) : sink_(sink), context_(context) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;
  /// Every value has ended.
  ~JsonWriter();

  JsonWriter& BeginObject() { return Begin('{', Inside::kObject); }
  JsonWriter& EndObject() { return End('}', Inside::kObject); }
  JsonWriter& BeginArray() { return Begin('[', Inside::kArray); }
  JsonWriter& EndArray() { return End(']', Inside::kArray); }
  /// Inside an object, before each value.
  JsonWriter& Key(std::string_view name);

  /// Bytes that are not UTF-8 become U+FFFD.
  JsonWriter& String(std::string_view text);
  /// UTF-16; a surrogate without its partner stays one, escaped.
  JsonWriter& String(std::u16string_view text);
  /// In full, also where a reader that keeps numbers as floating point loses digits (above 2^53).
  template <std::integral T>
  requires(!std::same_as<T, bool>) JsonWriter& Number(T value) {
    if constexpr (std::signed_integral<T>) return Signed(value);
    return Unsigned(value);
  }
  /// A string: "0x" and at least eight digits.
  JsonWriter& Hex(u64 value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();

  /// Key and value in one, for the common kinds.
  JsonWriter& Field(std::string_view name, std::string_view text) { return Key(name).String(text); }
  JsonWriter& Field(std::string_view name, const char* text) { return Key(name).String(text); }
  template <std::integral T>
  JsonWriter& Field(std::string_view name, T value) {
    if constexpr (std::same_as<T, bool>)
      return Key(name).Bool(value);
    else
      return Key(name).Number(value);
  }
  JsonWriter& HexField(std::string_view name, u64 value) { return Key(name).Hex(value); }

 private:
  enum class Inside : u8 { kNothing, kObject, kArray };
  JsonWriter& Begin(char bracket, Inside inside);
  JsonWriter& End(char bracket, Inside inside);
  JsonWriter& Signed(i64 value);
  JsonWriter& Unsigned(u64 value);
  JsonWriter& Literal(std::string_view text);
  void BeforeValue();
  void AfterValue();
  void Comma();
  void Quoted(std::string_view text);
  void PutCodePoint(u32 code_point);
  void PutUnitEscape(u32 unit);
  void Put(char c);
  void Put(std::string_view text);
  void Flush();

  Sink sink_;
  void* context_;
  u32 depth_ = 0;
  Inside inside_[kMaxDepth + 1] = {};  ///< By depth.
  bool has_values_[kMaxDepth + 1] = {};
  bool after_key_ = false;
  u32 size_ = 0;
  char buffer_[kBufferSize];
};

}  // namespace fl::kernel
