// Names that are given to new files: short ones of our making, case bits, and what is left to a long one.
#include "fs/fat/new_name.h"

#include <string>

#include "tests/fs/fs_test_support.h"

namespace fl::fs {
namespace {

using namespace test;

fat::NameBasis Basis(const std::u16string& name) {
  std::vector<u16> units(name.begin(), name.end());
  return fat::BasisOf(units);
}

std::string Raw(const std::u16string& name) {
  const fat::NameBasis basis = Basis(name);
  return std::string(reinterpret_cast<const char*>(basis.raw), sizeof(basis.raw));
}

TEST(NameBasis, ShortNamesNeedNothingElse) {
  for (const char16_t* name : {u"README.TXT", u"readme.txt", u"readme.TXT", u"README", u"A",
                               u"12345678.123", u"~$%'-_@"}) {
    EXPECT_TRUE(Basis(name).is_whole_name);
    EXPECT_FALSE(Basis(name).needs_tail);
  }
  EXPECT_EQ(Raw(u"readme.txt"), "README  TXT");
  EXPECT_EQ(Basis(u"README.TXT").case_bits, 0);
  EXPECT_EQ(Basis(u"readme.TXT").case_bits, fat::kLowerCaseBase);
  EXPECT_EQ(Basis(u"README.txt").case_bits, fat::kLowerCaseExtension);
  EXPECT_EQ(Basis(u"readme.txt").case_bits, fat::kLowerCaseBase | fat::kLowerCaseExtension);
  EXPECT_EQ(Basis(u"1.txt").case_bits, fat::kLowerCaseExtension);
}

TEST(NameBasis, MixedCaseNeedsALongNameButNoTail) {
  EXPECT_FALSE(Basis(u"ReadMe.txt").is_whole_name);
  EXPECT_FALSE(Basis(u"ReadMe.txt").needs_tail);
  EXPECT_EQ(Raw(u"ReadMe.txt"), "README  TXT");
}

TEST(NameBasis, WhatDoesNotFitIsLeftOut) {
  for (const char16_t* name : {u"123456789", u"a.html", u"a b", u"a.b.c", u".profile", u"größe",
                               u"a+b", u"[x]", u"\U0001F600"}) {
    EXPECT_TRUE(Basis(name).needs_tail);
    EXPECT_FALSE(Basis(name).is_whole_name);
  }
  EXPECT_EQ(Raw(u"A rather long name.text"), "ARATHERLTEX");
  EXPECT_EQ(Raw(u".profile"), "PROFILE    ");
  EXPECT_EQ(Raw(u"a.b.c"), "A       C  ");
  EXPECT_EQ(Raw(u"a+b;c.x=y"), "A_B_C   X_Y");
  EXPECT_EQ(Raw(u"größe"), "GR__E      ");
}

TEST(NameBasis, TailsTakeThePlaceOfTheLastCharacters) {
  const auto with_tail = [](const char16_t* name, u32 number) {
    fat::NameBasis basis = Basis(name);
    fat::PutTail(basis.raw, number);
    return std::string(reinterpret_cast<const char*>(basis.raw), sizeof(basis.raw));
  };
  EXPECT_EQ(with_tail(u"a rather long name.text", 1), "ARATHE~1TEX");
  EXPECT_EQ(with_tail(u"a rather long name.text", 10), "ARATH~10TEX");
  EXPECT_EQ(with_tail(u"a rather long name.text", 999999), "A~999999TEX");
  EXPECT_EQ(with_tail(u"a.b.c", 7), "A~7     C  ");
}

TEST(NewName, TailsCountOnPastThoseInUse) {
  FatImage::Options options;
  options.clusters = 1000;
  options.root_entries = 2048;
  Mounted mounted(FatImage{options});
  Volume& volume = *mounted.volume;
  for (int i = 1; i <= 600; ++i) {
    const std::string name = "the same beginning " + std::to_string(i);
    ASSERT_EQ(volume.Create(name, EntryKind::kFile, 0).status(), Status::kSuccess) << i;
  }
  EXPECT_EQ(volume.Open("THESAM~1")->info.name.view(), "the same beginning 1");
  EXPECT_EQ(volume.Open("THESA~42")->info.name.view(), "the same beginning 42");
  EXPECT_EQ(volume.Open("THES~600")->info.name.view(), "the same beginning 600");
  // A gap is filled.
  ASSERT_EQ(volume.Remove("THESA~42"), Status::kSuccess);
  ASSERT_EQ(volume.Create("the same but not quite", EntryKind::kFile, 0).status(),
            Status::kSuccess);
  EXPECT_EQ(volume.Open("THESA~42")->info.name.view(), "the same but not quite");
  // A short name that was made up is a name like any other.
  EXPECT_EQ(volume.Create("thesam~1", EntryKind::kFile, 0).status(), Status::kObjectNameCollision);
}

TEST(NewName, CaseIsKept) {
  Mounted mounted(FatImage{FatImage::Options{}});
  const std::vector<std::string> names = {"lower.txt",  "UPPER.TXT", "mixed.TXT",
                                          "MiXed2.txt", "grüße.txt", "no dot"};
  for (const std::string& name : names) {
    ASSERT_EQ(mounted.volume->Create(name, EntryKind::kFile, 0).status(), Status::kSuccess);
  }
  EXPECT_EQ(Names(*mounted.volume, ""), names);
}

TEST(NewName, DotsAndSpacesAtTheEndDoNotCount) {
  Mounted mounted(FatImage{FatImage::Options{}});
  Volume& volume = *mounted.volume;
  EXPECT_EQ(volume.Create("name. . ", EntryKind::kFile, 0)->info.name.view(), "name");
  EXPECT_EQ(volume.Open("NAME...").status(), Status::kSuccess);
  EXPECT_EQ(volume.Create("name.", EntryKind::kFile, 0).status(), Status::kObjectNameCollision);
  EXPECT_EQ(volume.Create("...", EntryKind::kFile, 0).status(), Status::kObjectNameInvalid);
  EXPECT_EQ(volume.Create(" ", EntryKind::kFile, 0).status(), Status::kObjectNameInvalid);
  EXPECT_EQ(volume.Create("a*", EntryKind::kFile, 0).status(), Status::kObjectNameInvalid);
  EXPECT_EQ(volume.Create(std::string(256, 'x'), EntryKind::kFile, 0).status(),
            Status::kObjectNameInvalid);
  EXPECT_EQ(volume.Create(std::string(255, 'x'), EntryKind::kFile, 0).status(), Status::kSuccess);
}

}  // namespace
}  // namespace fl::fs
