// JsonWriter: what comes out, byte for byte.
#include "kernel/json_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace fl::kernel {
namespace {

class JsonWriterTest : public testing::Test {
 protected:
  std::string Taken() { return std::exchange(text_, {}); }
  std::string Written(std::string_view text) {
    json_.String(text);
    return Taken();
  }
  std::string Written(std::u16string_view text) {
    json_.String(text);
    return Taken();
  }
  static void Append(void* context, std::string_view bytes) {
    auto* self = static_cast<JsonWriterTest*>(context);
    EXPECT_LE(bytes.size(), JsonWriter::kBufferSize);
    self->text_ += bytes;
    ++self->pieces_;
  }

  std::string text_;
  u32 pieces_ = 0;
  JsonWriter json_{Append, this};
};
using JsonWriterDeathTest = JsonWriterTest;

TEST_F(JsonWriterTest, OneObjectIsOneLine) {
  json_.BeginObject().Field("event", "exit").Field("status", -1).Field("ok", true);
  json_.Key("none").Null().HexField("va", 0x40100C);
  json_.Key("list").BeginArray().Number(1u).BeginArray().EndArray().Bool(false);
  json_.BeginObject().EndObject().EndArray();
  json_.Key("o").BeginObject().Field("a", u64{2}).EndObject();
  EXPECT_EQ(text_, "");  // Short lines leave in one piece.
  json_.EndObject();
  EXPECT_EQ(Taken(), R"({"event":"exit","status":-1,"ok":true,"none":null,"va":"0x0040100c",)"
                     R"("list":[1,[],false,{}],"o":{"a":2}})"
                     "\n");
  EXPECT_EQ(pieces_, 1u);
  json_.BeginObject().EndObject();
  EXPECT_EQ(Taken(), "{}\n");
}

TEST_F(JsonWriterTest, NumbersAreWrittenInFull) {
  json_.BeginArray();
  json_.Number(std::numeric_limits<u64>::max()).Number(std::numeric_limits<i64>::min());
  json_.Number(std::numeric_limits<i64>::max()).Number(u8{255}).Number(0);
  json_.Hex(0).Hex(0xFFFFFFFFFFFFFFFF);
  json_.EndArray();
  EXPECT_EQ(Taken(),
            "[18446744073709551615,-9223372036854775808,9223372036854775807,255,0,"
            "\"0x00000000\",\"0xffffffffffffffff\"]\n");
}

TEST_F(JsonWriterTest, SpecialCharactersAreEscaped) {
  EXPECT_EQ(Written(std::string_view("a\"b\\c/\n\t\0\x7F", 10)),
            "\"a\\\"b\\\\c/\\n\\u0009\\u0000\\u007f\"\n");
  json_.BeginObject().Field("a\"", "").EndObject();
  EXPECT_EQ(Taken(), "{\"a\\\"\":\"\"}\n");
}

TEST_F(JsonWriterTest, ValidUtf8PassesThrough) {
  const char text[] = "\u0080\u00e9\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff";
  EXPECT_EQ(Written(std::string_view(text)), "\"" + std::string(text) + "\"\n");
}

TEST_F(JsonWriterTest, BytesThatAreNotUtf8AreReplaced) {
  const std::string bad = "\xEF\xBF\xBD";
  for (const char* text : {"\x80", "\xBF", "\xC3", "\xFF", "\xFE"}) {
    EXPECT_EQ(Written(std::string_view(text)), "\"" + bad + "\"\n");
  }
  for (const char* text : {"\xC0\xAF", "\xC1\xBF", "\xE2\x82", "\xF5\x80"}) {
    EXPECT_EQ(Written(std::string_view(text)), "\"" + bad + bad + "\"\n");
  }
  // Overlong, a surrogate, and a value past the end of Unicode.
  for (const char* text : {"\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x9F\x98"}) {
    EXPECT_EQ(Written(std::string_view(text)), "\"" + bad + bad + bad + "\"\n");
  }
  EXPECT_EQ(Written(std::string_view("\xF4\x90\x80\x80")), "\"" + bad + bad + bad + bad + "\"\n");
  EXPECT_EQ(Written(std::string_view("\xC3\"")), "\"" + bad + "\\\"\"\n");
}

TEST_F(JsonWriterTest, Utf16IsConverted) {
  EXPECT_EQ(Written(u"C:\\\u00e9\u4e2d\U0001F600"), "\"C:\\\\\u00e9\u4e2d\U0001F600\"\n");
  const char16_t lone[] = {0xD83D, u'x', 0xDE00, 0xD83D};
  EXPECT_EQ(Written(std::u16string_view(lone, 4)), "\"\\ud83dx\\ude00\\ud83d\"\n");
}

TEST_F(JsonWriterTest, LongLinesLeaveInPieces) {
  for (const u32 size : {253u, 254u, 255u, 256u, 1000u}) {
    pieces_ = 0;
    EXPECT_EQ(Written(std::string(size, 'x')), "\"" + std::string(size, 'x') + "\"\n");
    EXPECT_EQ(pieces_, (size + 3 + 255) / 256) << size;
  }
}

TEST_F(JsonWriterDeathTest, CallsOutOfOrderAreSeen) {
  EXPECT_DEATH(json_.EndObject(), "depth_");
  EXPECT_DEATH(json_.Key("a"), "kObject");
  json_.BeginObject();
  EXPECT_DEATH(json_.Number(1), "after_key_");
  EXPECT_DEATH(json_.EndArray(), "inside");
  json_.Key("a");
  EXPECT_DEATH(json_.EndObject(), "after_key_");
  json_.Number(1).EndObject();
}

}  // namespace
}  // namespace fl::kernel
