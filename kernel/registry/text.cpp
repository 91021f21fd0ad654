// Text: see text.h.
#include "kernel/registry/text.h"

#include <optional>

#include "fs/unicode.h"

namespace fl::registry {
namespace {

enum ValueType : u32 {
  kSz = 1,
  kExpandSz = 2,
  kBinary = 3,
  kDword = 4,
  kMultiSz = 7,
  kQword = 11,
};

constexpr bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::optional<u32> HexDigit(char c) {
  if (c >= '0' && c <= '9') return u32(c - '0');
  if (c >= 'a' && c <= 'f') return u32(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return u32(c - 'A' + 10);
  return std::nullopt;
}

/// A line, being read from the left.
class Line {
 public:
  explicit Line(std::string_view text) : rest_(text) {}

  void SkipSpaces() {
    while (!rest_.empty() && IsSpace(rest_.front())) rest_.remove_prefix(1);
  }
  bool AtEnd() {
    SkipSpaces();
    return rest_.empty();
  }
  bool Take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  std::string_view rest() const { return rest_; }

  /// None if it has no digits, or more than `most`.
  std::optional<u64> TakeHex(u32 most) {
    u64 value = 0;
    u32 digits = 0;
    for (; !rest_.empty(); rest_.remove_prefix(1), ++digits) {
      const std::optional<u32> digit = HexDigit(rest_.front());
      if (!digit) break;
      if (digits == most) return std::nullopt;
      value = value << 4 | *digit;
    }
    return digits != 0 ? std::optional<u64>(value) : std::nullopt;
  }

  /// One character of a text, UTF-8 or escaped.
  std::optional<u32> TakeCharacter() {
    if (rest_.empty()) return std::nullopt;
    if (!Take("\\")) return fs::TakeUtf8(rest_);
    if (rest_.empty()) return std::nullopt;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    switch (c) {
      case '"':
      case '\\':
        return u32(c);
      case 'n':
        return u32('\n');
      case 't':
        return u32('\t');
      case '0':
        return 0u;
      default:
        return std::nullopt;
    }
  }

 private:
  std::string_view rest_;
};

constexpr const char* kBadText = "a text is not understood";

Status PushCharacter(Vector<char16_t>& out, u32 c) {
  if (c < 0x10000) return out.Push(char16_t(c));
  TRY_STATUS(out.Push(char16_t(0xD800 + ((c - 0x10000) >> 10))));
  return out.Push(char16_t(0xDC00 + ((c - 0x10000) & 0x3FF)));
}

/// Reads one line after the other, and makes what they say.
class Loader {
 public:
  Loader(Tree& tree, u64 now) : tree_(tree), now_(now) {}

  /// Null, or why the line is not understood.
  Result<const char*> Read(std::string_view text) {
    Line line(text);
    if (line.AtEnd() || line.Take(";")) return Fine();
    return line.Take("[") ? ReadKey(line) : ReadValue(line);
  }

 private:
  static constexpr const char* Fine() { return nullptr; }

  Result<const char*> ReadKey(Line& line) {
    key_ = nullptr;
    key_failed_ = true;
    std::string_view path = line.rest();
    while (!path.empty() && IsSpace(path.back())) path.remove_suffix(1);
    if (!path.ends_with(']')) return "a key's line does not end with ]";
    path.remove_suffix(1);
    Vector<char16_t> name;
    TRY_STATUS(name.Reserve(u32(path.size())));
    while (!path.empty()) {
      const std::optional<u32> c = fs::TakeUtf8(path);
      if (!c) return "a key's name is not UTF-8";
      TRY_STATUS(PushCharacter(name, *c));
    }
    Name below(name.data(), name.size());
    if (!below.starts_with(u'\\') || CompareNames(TakeComponent(below), tree_.root().name()) != 0) {
      return "a key's path does not begin with \\Registry";
    }
    Result<RefPtr<Key>> key = tree_.CreateAll(tree_.root(), below, now_);
    if (key.status() == Status::kInvalidParameter) return "a key's name is too long";
    key_ = TRY(std::move(key));
    key_failed_ = false;
    return Fine();
  }

  Result<const char*> ReadValue(Line& line) {
    Vector<char16_t> name;
    if (!line.Take("@")) {
      if (!line.Take("\"")) return "neither a key nor a value nor a comment";
      if (!TRY(ReadText(line, name))) return kBadText;
    }
    line.SkipSpaces();
    if (!line.Take("=")) return "a value without =";
    line.SkipSpaces();
    u32 type = 0;
    Vector<u8> data;
    if (const char* const message = TRY(ReadData(line, type, data))) return message;
    if (!line.AtEnd()) return "there is more behind the value";
    if (key_failed_) return Fine();  // That was reported.
    if (!key_) return "a value before the first key";
    const Status status =
        tree_.SetValue(*key_, {name.data(), name.size()}, type, std::move(data), now_);
    if (status == Status::kInvalidParameter) return "a value's name is too long";
    TRY_STATUS(status);
    return Fine();
  }

  /// Up to the quotation mark that ends it; the one that begins it has been taken.
  static Result<bool> ReadText(Line& line, Vector<char16_t>& out) {
    const std::size_t likely = line.rest().find('"');
    if (likely != line.rest().npos) TRY_STATUS(out.Reserve(u32(likely) + 1));
    while (!line.Take("\"")) {
      const std::optional<u32> c = line.TakeCharacter();
      if (!c) return false;
      TRY_STATUS(PushCharacter(out, *c));
    }
    return true;
  }

  static Status AppendText(Vector<u8>& data, const Vector<char16_t>& text) {
    return data.Append({reinterpret_cast<const u8*>(text.data()), text.size() * sizeof(char16_t)});
  }

  static Result<const char*> ReadData(Line& line, u32& type, Vector<u8>& data) {
    if (line.Take("\"")) return ReadTexts(line, type = kSz, data);
    if (line.Take("expand:\"")) return ReadTexts(line, type = kExpandSz, data);
    if (line.Take("multi:\"")) return ReadTexts(line, type = kMultiSz, data);
    if (line.Take("dword:")) {
      type = kDword;
      return ReadNumber(line, 4, data);
    }
    if (line.Take("qword:")) {
      type = kQword;
      return ReadNumber(line, 8, data);
    }
    type = kBinary;
    if (line.Take("hex(")) {
      const std::optional<u64> number = line.TakeHex(8);
      if (!number || !line.Take(")")) return "a type is not understood";
      type = u32(*number);
    } else if (!line.Take("hex")) {
      return "a value is of no kind that is known";
    }
    if (!line.Take(":")) return "a value is of no kind that is known";
    return ReadBytes(line, data);
  }

  /// One, or for REG_MULTI_SZ any number with commas between; each ends with a zero, and so does their list.
  static Result<const char*> ReadTexts(Line& line, u32 type, Vector<u8>& data) {
    for (;;) {
      Vector<char16_t> text;
      if (!TRY(ReadText(line, text))) return kBadText;
      TRY_STATUS(text.Push(0));
      TRY_STATUS(AppendText(data, text));
      if (type != kMultiSz) return Fine();
      line.SkipSpaces();
      if (!line.Take(",")) break;
      line.SkipSpaces();
      if (!line.Take("\"")) return kBadText;
    }
    TRY_STATUS(data.Resize(data.size() + 2));
    return Fine();
  }

  static Result<const char*> ReadNumber(Line& line, u32 size, Vector<u8>& data) {
    const std::optional<u64> number = line.TakeHex(size * 2);
    if (!number) return "a number is not understood";
    for (u32 i = 0; i < size; ++i) TRY_STATUS(data.Push(u8(*number >> (8 * i))));
    return Fine();
  }

  static Result<const char*> ReadBytes(Line& line, Vector<u8>& data) {
    if (line.AtEnd()) return Fine();
    do {
      line.SkipSpaces();
      const std::optional<u64> byte = line.TakeHex(2);
      if (!byte) return "bytes are not understood";
      TRY_STATUS(data.Push(u8(*byte)));
      line.SkipSpaces();
    } while (line.Take(","));
    return Fine();
  }

  Tree& tree_;
  const u64 now_;
  RefPtr<Key> key_;
  bool key_failed_ = false;
};

}  // namespace

Status Load(Tree& tree, std::string_view text, u64 now, TextErrors& errors) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  Loader loader(tree, now);
  for (u32 line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    const char* const message = TRY(loader.Read(text.substr(0, end)));
    if (message) errors.OnError(line, message);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return Status::kSuccess;
}

}  // namespace fl::registry
