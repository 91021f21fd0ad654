// NamePattern: stars, question marks, and what DOS patterns become.
#include "kernel/name_pattern.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace fl::kernel {
namespace {

bool Matches(std::u16string_view name, std::u16string_view pattern) {
  return MatchesPattern({name.data(), name.size()}, {pattern.data(), pattern.size()});
}

TEST(NamePattern, Stars) {
  EXPECT_TRUE(Matches(u"name.txt", u"*"));
  EXPECT_TRUE(Matches(u"name.txt", u"*.txt"));
  EXPECT_TRUE(Matches(u"NAME.TXT", u"n*.t*"));
  EXPECT_TRUE(Matches(u"a.b.txt", u"*.txt"));
  EXPECT_TRUE(Matches(u"abcabc", u"*abc"));
  EXPECT_FALSE(Matches(u"name.txt", u"*.tx"));
  EXPECT_FALSE(Matches(u"name", u"*z*"));
}

TEST(NamePattern, QuestionMarks) {
  EXPECT_TRUE(Matches(u"abc", u"a?c"));
  EXPECT_FALSE(Matches(u"ac", u"a?c"));
  EXPECT_FALSE(Matches(u"abcd", u"???"));
}

TEST(NamePattern, ADotAndAStarBehindANameNeedNotBeThere) {
  EXPECT_TRUE(Matches(u"name", u"*.*"));
  EXPECT_TRUE(Matches(u"name", u"*.*.*"));
  EXPECT_TRUE(Matches(u"ab", u"??.*"));
  EXPECT_TRUE(Matches(u"name", u"name."));
  EXPECT_FALSE(Matches(u"abc", u"??.*"));
  EXPECT_FALSE(Matches(u"name", u"*.t*"));
}

TEST(NamePattern, WhatDosPatternsBecome) {
  EXPECT_TRUE(Matches(u"a.b.txt", u"<.txt"));
  EXPECT_TRUE(Matches(u"ab.txt", u"ab>>>.txt"));
  EXPECT_TRUE(Matches(u"ab", u"ab\"*"));
  EXPECT_FALSE(Matches(u"ab.txt", u"<\""));
}

TEST(NamePattern, LongNamesAndManyStarsEnd) {
  const std::u16string name(255, u'a'), pattern = std::u16string(120, u'*') + u"b";
  EXPECT_FALSE(Matches(name, pattern));
}

}  // namespace
}  // namespace fl::kernel
