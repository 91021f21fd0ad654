// Unicode for names: what is well-formed, and which letters are the same.
#include "fs/unicode.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "fs/file_name.h"

namespace fl::fs {
namespace {

std::span<const u16> Units(const std::u16string& text) {
  return {reinterpret_cast<const u16*>(text.data()), text.size()};
}

TEST(Unicode, EveryCodePointGoesToUtf8AndBack) {
  for (u32 c = 0; c <= 0x10FFFF; ++c) {
    if (c == 0xD800) c = 0xE000;
    std::array<char, kMaxUtf8> bytes;
    const u32 length = PutUtf8(c, bytes);
    std::string_view text(bytes.data(), length);
    ASSERT_EQ(TakeUtf8(text), c);
    ASSERT_TRUE(text.empty());
  }
}

TEST(Unicode, IllFormedUtf8IsRefused) {
  for (std::string_view text :
       {"\x80", "\xBF", "\xC3", "\xC3\x28", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE2\x82",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80",
        "\xFF", "\xFE"}) {
    EXPECT_FALSE(TakeUtf8(text).has_value());
  }
}

TEST(Unicode, SurrogatesGoInPairs) {
  std::u16string text = u"🔑x";
  std::span<const u16> units = Units(text);
  EXPECT_EQ(TakeUtf16(units), 0x1F511u);
  EXPECT_EQ(TakeUtf16(units), u32('x'));
  EXPECT_TRUE(units.empty());
  for (const std::u16string& wrong :
       {std::u16string(1, char16_t(0xD800)), std::u16string(2, char16_t(0xD800)),
        std::u16string(1, char16_t(0xDC00))}) {
    units = Units(wrong);
    EXPECT_FALSE(TakeUtf16(units).has_value());
  }
  auto name = FileName::FromUtf16(Units(std::u16string(1, char16_t(0xD800)) + u"a"));
  EXPECT_EQ(name->view(), "\uFFFDa");
}

TEST(Unicode, LettersAreComparedWithoutCase) {
  EXPECT_TRUE(NamesEqual(Units(u"Straße ÄÖÜ Çé ÿ"), "STRAßE äöü çÉ Ÿ"));
  EXPECT_TRUE(NamesEqual(Units(u"ĀāŁłŽžĲĳ"), "āĀłŁžŽĳĲ"));
  EXPECT_TRUE(NamesEqual(Units(u"Άλφα Ώμέγα ς"), "άΛΦΑ ώΜΈΓΑ Σ"));
  EXPECT_TRUE(NamesEqual(Units(u"Съешь ЁЂџ Ѣѣ Ӂӂ"), "сЪЕШЬ ёђЏ ѣѢ ӂӁ"));
  EXPECT_FALSE(NamesEqual(Units(u"a"), "b"));
  EXPECT_FALSE(NamesEqual(Units(u"a"), "ab"));
  EXPECT_FALSE(NamesEqual(Units(u"ab"), "a"));
  EXPECT_FALSE(NamesEqual(Units(u"×"), "÷"));
  EXPECT_FALSE(NamesEqual(Units(u"ı"), "I"));
  EXPECT_FALSE(NamesEqual(Units(u"a"), "\xFF"));
  EXPECT_TRUE(NamesEqual({}, ""));
}

TEST(Unicode, UpperCaseOfUpperCaseIsItself) {
  for (u32 c = 0; c < 0x600; ++c) EXPECT_EQ(UpperCase(UpperCase(c)), UpperCase(c)) << c;
}

}  // namespace
}  // namespace fl::fs
