// Text: what a registry file's lines make, and how wrong ones are told.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "kernel/registry/text.h"
#include "tests/fakes/choices.h"
#include "tests/fakes/failing_new.h"

namespace fl::registry {
namespace {

class Errors final : public TextErrors {
 public:
  void OnError(u32 line, const char*) override { lines.push_back(line); }
  std::vector<u32> lines;
};

class RegistryText : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(tree.Init(), Status::kSuccess); }
  Status Read(std::string_view text) { return Load(tree, text, 7, errors); }
  std::vector<u8> Data(Name key, Name value, u32 type) {
    const auto found = tree.Open(tree.root(), key);
    const Value* const is = found.ok() ? (*found)->FindValue(value) : nullptr;
    if (!is) return {0xEE};
    EXPECT_EQ(is->type, type);
    return std::vector<u8>(is->data.begin(), is->data.end());
  }

  Tree tree{1 << 20};
  Errors errors;
};

using Bytes = std::vector<u8>;

TEST_F(RegistryText, EveryKindOfValue) {
  EXPECT_EQ(Read("; a comment\r\n"
                 "  [\\registry\\Machine\\Some Key]  \r\n"
                 "@=\"d\"\n"
                 "\"text\" = \"a\\\"\\\\\\n\xC3\xA4\"\n"
                 "\"expand\"=expand:\"%x%\"\n"
                 "\"multi\"=multi:\"a\", \"b\"\n"
                 "\"dword\"=dword:1F\n"
                 "\"qword\"=qword:123456789abcdef0\n"
                 "\"hex\"=hex:01, 2,ff\n"
                 "\"none\"=hex:\n"
                 "\"typed\"=hex(80000001):aa"),
            Status::kSuccess);
  EXPECT_TRUE(errors.lines.empty());
  constexpr Name kKey = u"Machine\\Some Key";
  EXPECT_EQ(Data(kKey, u"", 1), (Bytes{'d', 0, 0, 0}));
  EXPECT_EQ(Data(kKey, u"text", 1), (Bytes{'a', 0, '"', 0, '\\', 0, '\n', 0, 0xE4, 0, 0, 0}));
  EXPECT_EQ(Data(kKey, u"expand", 2), (Bytes{'%', 0, 'x', 0, '%', 0, 0, 0}));
  EXPECT_EQ(Data(kKey, u"multi", 7), (Bytes{'a', 0, 0, 0, 'b', 0, 0, 0, 0, 0}));
  EXPECT_EQ(Data(kKey, u"dword", 4), (Bytes{0x1F, 0, 0, 0}));
  EXPECT_EQ(Data(kKey, u"qword", 11), (Bytes{0xF0, 0xDE, 0xBC, 0x9A, 0x78, 0x56, 0x34, 0x12}));
  EXPECT_EQ(Data(kKey, u"hex", 3), (Bytes{1, 2, 0xFF}));
  EXPECT_EQ(Data(kKey, u"none", 3), Bytes{});
  EXPECT_EQ(Data(kKey, u"typed", 0x80000001), Bytes{0xAA});
}

TEST_F(RegistryText, WrongLinesAreNamedAndPassedOver) {
  EXPECT_EQ(Read("\"early\"=dword:1\n"      // 1: before the first key
                 "[\\Registry\\K]\n"        // 2
                 "\"a\"=dword:123456789\n"  // 3: too long
                 "\"b\"=dword:\n"           // 4: no digits
                 "\"c\"\n"                  // 5: no =
                 "\"d\"=\"open\n"           // 6: no end
                 "\"e\"=hex:0g\n"           // 7
                 "\"f\"=hex(:1\n"           // 8
                 "\"g\"=\"x\" y\n"          // 9: more behind
                 "\"h\"=string:1\n"         // 10
                 "\"i\"=\"\\q\"\n"          // 11: no such escape
                 "\"j\"=\"\xFF\"\n"         // 12: not UTF-8
                 "nonsense\n"               // 13
                 "\"good\"=dword:2\n"       // 14
                 "[\\Elsewhere\\K]\n"       // 15
                 "\"lost\"=dword:3\n"       // 16: without its key, not reported
                 "[\\Registry\\K\n"         // 17
                 "[\\Registry\\L]\n"        // 18
                 "\"good\"=dword:4\n"),     // 19
            Status::kSuccess);
  EXPECT_EQ(errors.lines, (std::vector<u32>{1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17}));
  EXPECT_EQ((*tree.Open(tree.root(), u"K"))->value_count(), 1u);
  EXPECT_EQ(Data(u"K", u"good", 4), (Bytes{2, 0, 0, 0}));
  EXPECT_EQ(Data(u"L", u"good", 4), (Bytes{4, 0, 0, 0}));
  EXPECT_EQ(tree.root().key_count(), 2u);
}

TEST_F(RegistryText, NoMemoryEndsIt) {
  constexpr std::string_view kText = "[\\Registry\\A\\B]\n\"v\"=multi:\"one\",\"two\"\n";
  int n = 1;
  for (;; ++n) {
    Tree other(1 << 20);
    ASSERT_EQ(other.Init(), Status::kSuccess);
    test::FailAllocation(n);
    const Status status = Load(other, kText, 1, errors);
    const bool failed = test::AllocationFailed();
    test::FailAllocation(0);
    if (!failed) break;
    EXPECT_EQ(status, Status::kNoMemory);
  }
  EXPECT_GT(n, 10);
  EXPECT_TRUE(errors.lines.empty());
}

/// Whatever the text is, it is read to its end: pieces of good lines put together at random.
TEST_F(RegistryText, AnyTextIsRead) {
  constexpr std::string_view kPieces[] = {
      "[\\Registry\\", "]", "\n", "\"", "=", "dword:", "hex(", "):", "1",
      "multi:",        ",", "\\", " ",  "@", "\xC3",   "name", ";"};
  test::RandomChoices choices(1);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (u32 n = choices.Below(40); n != 0; --n) {
      text += kPieces[choices.Below(u32(std::size(kPieces)))];
    }
    EXPECT_EQ(Read(text), Status::kSuccess) << text;
  }
}

}  // namespace
}  // namespace fl::registry
