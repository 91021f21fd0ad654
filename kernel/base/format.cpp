// Format: see format.h.
// Invariant: never writes past `out`, always ends it with a zero.
#include "kernel/base/format.h"

#include "kernel/base/units.h"

namespace fl {
namespace {

class Writer {
 public:
  explicit Writer(std::span<char> out) : out_(out) {}
  void Put(char c) {
    if (size_ + 1 < out_.size()) out_[size_++] = c;
  }
  void Fill(char c, int count) {
    while (count-- > 0) Put(c);
  }
  std::string_view Finish() {
    if (out_.empty()) return {};
    out_[size_] = '\0';
    return {out_.data(), size_};
  }

 private:
  std::span<char> out_;
  std::size_t size_ = 0;
};

struct Spec {
  bool left = false;
  bool zero = false;
  int width = 0;
  int precision = -1;
  int length = 0;  // -2 hh, -1 h, 0 int, 1 l, 2 ll, 3 z
};

void PutText(Writer& writer, const Spec& spec, std::string_view text) {
  const int pad = spec.width - int(text.size());
  if (!spec.left) writer.Fill(' ', pad);
  for (char c : text) writer.Put(c);
  if (spec.left) writer.Fill(' ', pad);
}

void PutNumber(Writer& writer, const Spec& spec, u64 value, bool negative, unsigned base,
               char ten) {
  char digits[24];
  int count = 0;
  while (value != 0) {
    const unsigned remainder = unsigned(value % base);
    digits[count++] = char(remainder < 10 ? '0' + remainder : ten + (remainder - 10));
    value /= base;
  }
  if (count == 0) digits[count++] = '0';
  const int zeros = spec.precision > count ? spec.precision - count : 0;
  int pad = spec.width - count - zeros - (negative ? 1 : 0);
  const bool zero_fill = spec.zero && !spec.left && spec.precision < 0;
  if (!spec.left && !zero_fill) writer.Fill(' ', pad);
  if (negative) writer.Put('-');
  if (zero_fill) writer.Fill('0', pad);
  writer.Fill('0', zeros);
  while (count > 0) writer.Put(digits[--count]);
  if (spec.left) writer.Fill(' ', pad);
}

}  // namespace

std::string_view FormatV(std::span<char> out, const char* format, std::va_list arguments) {
  std::va_list list;
  va_copy(list, arguments);
  Writer writer(out);
  for (const char* p = format; *p != '\0'; ++p) {
    if (*p != '%') {
      writer.Put(*p);
      continue;
    }
    Spec spec;
    for (++p; *p == '-' || *p == '0'; ++p) (*p == '-' ? spec.left : spec.zero) = true;
    if (*p == '*') {
      spec.width = va_arg(list, int);
      ++p;
    } else {
      for (; *p >= '0' && *p <= '9'; ++p) spec.width = spec.width * 10 + (*p - '0');
    }
    if (*p == '.') {
      spec.precision = 0;
      if (*++p == '*') {
        spec.precision = va_arg(list, int);
        ++p;
      } else {
        for (; *p >= '0' && *p <= '9'; ++p) spec.precision = spec.precision * 10 + (*p - '0');
      }
    }
    for (; *p == 'h' || *p == 'l' || *p == 'z'; ++p) {
      spec.length = *p == 'z' ? 3 : spec.length + (*p == 'l' ? 1 : -1);
    }
    const auto unsigned_argument = [&]() -> u64 {
      if (spec.length == 2) return va_arg(list, unsigned long long);
      if (spec.length == 1) return va_arg(list, unsigned long);
      if (spec.length == 3) return va_arg(list, std::size_t);
      return va_arg(list, unsigned);
    };
    switch (*p) {
      case 'd':
      case 'i': {
        i64 value = 0;
        if (spec.length == 2) {
          value = va_arg(list, long long);
        } else if (spec.length == 1) {
          value = va_arg(list, long);
        } else {
          value = va_arg(list, int);
        }
        PutNumber(writer, spec, value < 0 ? 0 - u64(value) : u64(value), value < 0, 10, 'a');
        break;
      }
      case 'u':
        PutNumber(writer, spec, unsigned_argument(), false, 10, 'a');
        break;
      case 'x':
      case 'X':
        PutNumber(writer, spec, unsigned_argument(), false, 16, *p == 'x' ? 'a' : 'A');
        break;
      case 'p':
        PutNumber(writer, spec, reinterpret_cast<std::size_t>(va_arg(list, void*)), false, 16, 'a');
        break;
      case 'c': {
        const char c = char(va_arg(list, int));
        PutText(writer, spec, {&c, 1});
        break;
      }
      case 's': {
        const char* text = va_arg(list, const char*);
        if (!text) text = "(null)";
        std::size_t size = 0;
        while ((spec.precision < 0 || size < std::size_t(spec.precision)) && text[size] != '\0')
          ++size;
        PutText(writer, spec, {text, size});
        break;
      }
      case '\0':
        --p;
        break;
      default:
        writer.Put(*p);
    }
  }
  va_end(list);
  return writer.Finish();
}

std::string_view Format(std::span<char> out, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const std::string_view text = FormatV(out, format, arguments);
  va_end(arguments);
  return text;
}

}  // namespace fl
