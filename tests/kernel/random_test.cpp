// Random bytes: the cipher against its specification's vector, and what the generator promises of its keys.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstring>
#include <set>
#include <vector>

#include "kernel/random/chacha.h"
#include "kernel/random/generator.h"

namespace fl::kernel::random {
namespace {

std::vector<std::byte> Take(Generator& generator, size_t size) {
  std::vector<std::byte> bytes(size);
  generator.Fill(bytes);
  return bytes;
}

TEST(ChaCha, TheBlockOfTheSpecification) {
  // RFC 8439, section 2.3.2.
  u32 key[8];
  for (u32 i = 0; i < 8; ++i)
    key[i] = (4 * i) | (4 * i + 1) << 8 | (4 * i + 2) << 16 | (4 * i + 3) << 24;
  const u32 nonce[3] = {0x09000000, 0x4A000000, 0};
  u32 block[16];
  ChaChaBlock(key, 1, nonce, block);
  const std::array<u32, 16> expected = {0xE4E7F110, 0x15593BD1, 0x1FDD0F50, 0xC47120A3,
                                        0xC7F4D1C7, 0x0368C033, 0x9AAA2204, 0x4E6CD4C3,
                                        0x466482D2, 0x09AA9F07, 0x05D7C214, 0xA2028BD9,
                                        0xD19C12B5, 0xB94E16DE, 0xE883D0CB, 0x4E3C50A2};
  EXPECT_EQ(std::to_array(block), expected);
}

TEST(Generator, NothingComesTwice) {
  Generator generator;
  std::set<std::vector<std::byte>> seen;
  for (u32 i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(Take(generator, 16)).second);
}

TEST(Generator, TheSameSeedGivesTheSameBytes) {
  const auto seed = std::as_bytes(std::span("a seed of more than thirty-two bytes, that is"));
  Generator a, b, c;
  a.Stir(seed);
  b.Stir(seed);
  c.Stir(seed.first(seed.size() - 2));
  EXPECT_EQ(Take(a, 100), Take(b, 100));
  EXPECT_NE(Take(a, 100), Take(c, 100));
}

TEST(Generator, EveryMomentCounts) {
  std::set<std::vector<std::byte>> seen;
  for (u32 where = 0; where < 40; ++where) {
    Generator generator;
    for (u32 i = 0; i < 40; ++i) generator.Gather(i == where ? 1 : 0);
    EXPECT_TRUE(seen.insert(Take(generator, 16)).second) << where;
  }
}

TEST(Generator, WhatItHoldsDoesNotTellWhatItGave) {
  Generator generator;
  generator.Stir(std::as_bytes(std::span("seed")));
  const std::vector<std::byte> given = Take(generator, 64);
  Generator copy = generator;
  EXPECT_NE(Take(copy, 64), given);
  const auto held = std::bit_cast<std::array<std::byte, sizeof(Generator)>>(generator);
  for (size_t at = 0; at + 8 <= held.size(); ++at) {
    EXPECT_NE(std::memcmp(held.data() + at, given.data(), 8), 0);
  }
}

TEST(Generator, BitsAreEven) {
  Generator generator;
  u32 ones = 0;
  for (const std::byte byte : Take(generator, 1u << 16)) ones += u32(std::popcount(u8(byte)));
  // 524,288 bits: seven standard deviations of 362.
  EXPECT_NEAR(double(ones), 262144, 2534);
}

}  // namespace
}  // namespace fl::kernel::random
