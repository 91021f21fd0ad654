// ChaCha20: see chacha.h.
#include "kernel/random/chacha.h"

#include <bit>

namespace fl::kernel::random {
namespace {

constexpr u32 kRounds = 20;

void QuarterRound(u32& a, u32& b, u32& c, u32& d) {
  d = std::rotl(d ^ (a += b), 16);
  b = std::rotl(b ^ (c += d), 12);
  d = std::rotl(d ^ (a += b), 8);
  b = std::rotl(b ^ (c += d), 7);
}

}  // namespace

void ChaChaBlock(const u32 (&key)[8], u32 counter, const u32 (&nonce)[3], u32 (&out)[16]) {
  const u32 start[16] = {0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, key[0], key[1],
                         key[2],     key[3],     key[4],     key[5],     key[6], key[7],
                         counter,    nonce[0],   nonce[1],   nonce[2]};
  u32 x[16];
  for (u32 i = 0; i < 16; ++i) x[i] = start[i];
  for (u32 round = 0; round < kRounds; round += 2) {
    for (u32 i = 0; i < 4; ++i) QuarterRound(x[i], x[4 + i], x[8 + i], x[12 + i]);
    for (u32 i = 0; i < 4; ++i) {
      QuarterRound(x[i], x[4 + (i + 1) % 4], x[8 + (i + 2) % 4], x[12 + (i + 3) % 4]);
    }
  }
  for (u32 i = 0; i < 16; ++i) out[i] = x[i] + start[i];
}

}  // namespace fl::kernel::random
