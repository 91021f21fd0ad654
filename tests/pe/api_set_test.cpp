// ApiSetMap: names found by set and version, hosts by importer, and nothing believed.
#include "pe/api_set.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/fakes/image_builder.h"

namespace fl::pe {
namespace {

using test::Bytes;
using test::Put32;

/// Puts the text behind `bytes` as UTF-16 and its place and size where `entry` and `entry` + 4 are.
void PutText(Bytes& bytes, u32 entry, std::string_view text) {
  Put32(bytes, entry, u32(bytes.size()));
  Put32(bytes, entry + 4, u32(2 * text.size()));
  for (const char c : text) {
    bytes.push_back(std::byte(c));
    bytes.push_back(std::byte(0));
  }
}

constexpr u32 kHeader = 28;
constexpr u32 kSet = 24;
constexpr u32 kHost = 20;

/// Three sets: one with one host, one with another host for "odd.dll", one that nothing serves.
Bytes Sample() {
  constexpr u32 kHosts = kHeader + 3 * kSet;
  Bytes bytes(kHosts + 3 * kHost);
  const u32 header[] = {6, 0, 0, 3, kHeader, 0, 31};
  for (u32 i = 0; i < 7; ++i) Put32(bytes, 4 * i, header[i]);
  const auto set = [&](u32 index, std::string_view name, u32 hosts, u32 count) {
    const u32 entry = kHeader + index * kSet;
    PutText(bytes, entry + 4, name);
    Put32(bytes, entry + 12, u32(2 * name.rfind('-')));
    Put32(bytes, entry + 16, hosts);
    Put32(bytes, entry + 20, count);
  };
  const auto host = [&](u32 index, std::string_view importer, std::string_view name) {
    PutText(bytes, kHosts + index * kHost + 4, importer);
    PutText(bytes, kHosts + index * kHost + 12, name);
  };
  set(0, "api-ms-win-core-file-l1-2-0", kHosts, 1);
  set(1, "api-ms-win-core-odd-l1-1-1", kHosts + kHost, 2);
  set(2, "ext-ms-win-nobody-l1-1-0", kHosts, 0);
  host(0, "", "kernelbase.dll");
  host(1, "", "kernel32.dll");
  host(2, "odd.dll", "even.dll");
  Put32(bytes, 4, u32(bytes.size()));
  return bytes;
}

std::string Find(const Bytes& bytes, std::string_view name, std::string_view importer = "a.exe") {
  const auto map = ApiSetMap::Open(bytes);
  if (!map.ok()) return "not a map";
  char buffer[32];
  const auto host = map->Find(name, importer, buffer);
  if (host.ok()) return std::string(*host);
  return host.status() == Status::kObjectNameNotFound ? "no such set" : "malformed";
}

TEST(ApiSet, OneHostServesAllVersionsInAnyCase) {
  const Bytes map = Sample();
  for (const char* name : {"api-ms-win-core-file-l1-2-0", "api-ms-win-core-file-l1-2-0.dll",
                           "api-ms-win-core-file-l1-2-7.dll", "API-MS-Win-Core-File-L1-2-0.DLL"}) {
    EXPECT_EQ(Find(map, name), "kernelbase.dll") << name;
  }
}

TEST(ApiSet, OtherSetsAreNotFound) {
  const Bytes map = Sample();
  for (const char* name : {"api-ms-win-core-file-l1-1-0", "api-ms-win-core-fil-l1-2-0", "api-", "",
                           "-", "kernel32.dll", "api-ms-win-core-file-l1-2-0-0"}) {
    EXPECT_EQ(Find(map, name), "no such set") << name;
  }
}

TEST(ApiSet, AnImporterMayHaveAHostOfItsOwn) {
  EXPECT_EQ(Find(Sample(), "api-ms-win-core-odd-l1-1-1"), "kernel32.dll");
  EXPECT_EQ(Find(Sample(), "api-ms-win-core-odd-l1-1-1", "Odd.dll"), "even.dll");
}

TEST(ApiSet, ASetThatNothingServesIsKnownAndEmpty) {
  EXPECT_EQ(Find(Sample(), "ext-ms-win-nobody-l1-1-0"), "");
}

TEST(ApiSet, CoversOnlyItsNames) {
  EXPECT_TRUE(ApiSetMap::Covers("api-ms-win-core-file-l1-2-0"));
  EXPECT_TRUE(ApiSetMap::Covers("EXT-MS-win"));
  EXPECT_FALSE(ApiSetMap::Covers("apis"));
  EXPECT_FALSE(ApiSetMap::Covers("api"));
}

TEST(ApiSet, AHostLongerThanTheBufferIsRefused) {
  const Bytes bytes = Sample();
  const auto map = ApiSetMap::Open(bytes);
  char buffer[13];
  EXPECT_EQ(map->Find("api-ms-win-core-file-l1-2-0", "", buffer).status(), Status::kNameTooLong);
}

TEST(ApiSet, RefusesOtherVersionsAndMapsThatAreNotAllThere) {
  Bytes map = Sample();
  Put32(map, 0, 5);
  EXPECT_EQ(Find(map, ""), "not a map");
  map = Sample();
  map.pop_back();
  EXPECT_EQ(Find(map, ""), "not a map");
  map = Sample();
  Put32(map, 12, 0x40000000);  // The count.
  EXPECT_EQ(Find(map, ""), "not a map");
  EXPECT_EQ(Find(Bytes(27), ""), "not a map");
}

// Each field in turn becomes each of some numbers; each search ends and reads only the map (the
// vector's end, under AddressSanitizer).
TEST(ApiSet, DamagedMapsDoNoHarm) {
  const Bytes valid = Sample();
  u32 malformed = 0;
  for (u32 field = 0; field + 4 <= kHeader + 3 * kSet + 3 * kHost; field += 4) {
    for (const u32 value : {0u, 1u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu, u32(valid.size()) - 1}) {
      Bytes map = valid;
      Put32(map, field, value);
      map.shrink_to_fit();
      for (const char* name : {"api-ms-win-core-file-l1-2-0", "api-ms-win-core-odd-l1-1-1",
                               "ext-ms-win-nobody-l1-1-0", "api-ms-win-none-l1-1-0"}) {
        malformed += Find(map, name, "odd.dll") == "malformed";
      }
    }
  }
  EXPECT_GT(malformed, 20u);
}

}  // namespace
}  // namespace fl::pe
