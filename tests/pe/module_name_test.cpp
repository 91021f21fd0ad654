// DLL names, completed and compared.
#include "pe/module_name.h"

#include <gtest/gtest.h>

#include <string>

namespace fl::pe {
namespace {

std::string Complete(std::string_view name) {
  char buffer[64];
  const auto result = CompleteDllName(name, buffer);
  return result.ok() ? std::string(*result) : "refused";
}

TEST(ModuleName, ExtensionIsAppendedWhereThereIsNone) {
  EXPECT_EQ(Complete("NTDLL"), "NTDLL.dll");
  EXPECT_EQ(Complete("a.b"), "a.b");
  EXPECT_EQ(Complete("driver.drv"), "driver.drv");
  EXPECT_EQ(Complete("plain."), "plain");
  EXPECT_EQ(Complete("dir.d\\plain"), "dir.d\\plain.dll");
}

TEST(ModuleName, RefusesNamesThatNameNothing) {
  EXPECT_EQ(Complete(""), "refused");
  EXPECT_EQ(Complete("."), "refused");
  EXPECT_EQ(Complete("dir\\"), "refused");
  EXPECT_EQ(Complete(std::string(61, 'x')), "refused");
  EXPECT_EQ(Complete(std::string(60, 'x')), std::string(60, 'x') + ".dll");
}

TEST(ModuleName, CaseOfLettersDoesNotMatter) {
  EXPECT_TRUE(EqualIgnoringCase("Beta.DLL", "bETA.dll"));
  EXPECT_FALSE(EqualIgnoringCase("beta.dll", "beta.dl"));
  EXPECT_FALSE(EqualIgnoringCase("a[", "a{"));
}

}  // namespace
}  // namespace fl::pe
