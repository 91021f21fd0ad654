// Names between UTF-16 and UTF-8: total, whatever programs and disks hold.
#include "kernel/unicode.h"

#include <gtest/gtest.h>

#include <string>

namespace fl::kernel {
namespace {

std::string ToUtf8(std::u16string_view text) {
  Vector<char> out;
  EXPECT_EQ(AppendUtf8({text.data(), text.size()}, out), Status::kSuccess);
  return {out.begin(), out.end()};
}

std::u16string ToUtf16(std::string_view text) {
  Vector<char16_t> out;
  EXPECT_EQ(AppendUtf16(text, out), Status::kSuccess);
  return {out.begin(), out.end()};
}

TEST(Unicode, ConvertsBothWays) {
  const std::u16string wide = u"a\u00e9\u20ac\U0001F511";
  const std::string narrow = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x94\x91";
  EXPECT_EQ(ToUtf8(wide), narrow);
  EXPECT_EQ(ToUtf16(narrow), wide);
}

TEST(Unicode, AnUnpairedSurrogateIsReplaced) {
  const std::string replaced = "\xEF\xBF\xBD";
  const char16_t high[] = {u'a', 0xD800, u'b'};
  const char16_t low[] = {0xDC00, u'b'};
  const char16_t last[] = {u'a', 0xDBFF};
  const char16_t two[] = {0xD800, 0xD83D, 0xDD11};
  EXPECT_EQ(ToUtf8({high, 3}), "a" + replaced + "b");
  EXPECT_EQ(ToUtf8({low, 2}), replaced + "b");
  EXPECT_EQ(ToUtf8({last, 2}), "a" + replaced);
  EXPECT_EQ(ToUtf8({two, 3}), replaced + "\xF0\x9F\x94\x91");
}

TEST(Unicode, AMalformedByteIsReplaced) {
  EXPECT_EQ(ToUtf16("a\xFF"
                    "b"),
            u"a\uFFFD"
            u"b");
  EXPECT_EQ(ToUtf16("\xC3"), u"\uFFFD");
  EXPECT_EQ(ToUtf16("\x80\x80"), u"\uFFFD\uFFFD");
}

}  // namespace
}  // namespace fl::kernel
