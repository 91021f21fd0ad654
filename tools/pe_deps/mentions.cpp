// FindMentions: see mentions.h.
#include "tools/pe_deps/mentions.h"

#include <cstring>

namespace fl::deps {
namespace {

constexpr std::size_t kExtension = 4;
constexpr std::size_t kLongestName = 64;

/// Characters of `width` bytes each; what is no plain character reads as 0.
class Text {
 public:
  Text(std::span<const std::byte> bytes, std::size_t width) : bytes_(bytes), width_(width) {}

  char Lower(std::size_t byte) const {
    if (byte + width_ > bytes_.size()) return 0;
    if (width_ == 2 && bytes_[byte + 1] != std::byte(0)) return 0;
    const char c = char(bytes_[byte]);
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  }

  /// The name characters around the dot at `dot`: as many as there may be before it, and the extension.
  std::string NameAround(std::size_t dot) const {
    std::size_t start = dot;
    for (std::size_t n = 0; n < kLongestName && start >= width_; ++n) {
      if (!IsNameCharacter(Lower(start - width_))) break;
      start -= width_;
    }
    std::string name;
    for (std::size_t at = start; at < dot + kExtension * width_; at += width_) {
      name.push_back(Lower(at));
    }
    return name;
  }

 private:
  static bool IsNameCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  }

  std::span<const std::byte> bytes_;
  std::size_t width_;
};

}  // namespace

std::set<std::string> FindMentions(std::span<const std::byte> bytes,
                                   const std::function<bool(const std::string&)>& known) {
  std::set<std::string> found;
  const auto* begin = reinterpret_cast<const char*>(bytes.data());
  const auto* end = begin + bytes.size();
  for (const char* at = begin; at < end; ++at) {
    at = static_cast<const char*>(std::memchr(at, '.', std::size_t(end - at)));
    if (!at) break;
    const auto dot = std::size_t(at - begin);
    for (const std::size_t width : {1u, 2u}) {
      std::string name = Text(bytes, width).NameAround(dot);
      if (!name.ends_with(".dll") && !name.ends_with(".exe")) continue;
      while (name.size() > kExtension && !known(name)) name.erase(0, 1);
      if (name.size() > kExtension) found.insert(name);
    }
  }
  return found;
}

}  // namespace fl::deps
