// Generator: see generator.h.
#include "kernel/random/generator.h"

#include <algorithm>
#include <cstring>

#include "kernel/random/chacha.h"

namespace fl::kernel::random {
namespace {

/// Which use of a key a block serves: keys must not be found among what is handed out.
constexpr u32 kForKeys[3] = {1, 0, 0};
constexpr u32 kForPrograms[3] = {2, 0, 0};

}  // namespace

void Generator::Stir(std::span<const std::byte> seed) {
  while (!seed.empty()) {
    u32 words[8] = {};
    const size_t size = std::min(seed.size(), sizeof(words));
    std::memcpy(words, seed.data(), size);
    for (u32 i = 0; i < 8; ++i) key_[i] ^= words[i];
    u32 block[16];
    ChaChaBlock(key_, u32(size), kForKeys, block);
    std::memcpy(key_, block, sizeof(key_));
    seed = seed.subspan(size);
  }
}

void Generator::StirGathered() { Stir(std::as_bytes(std::span(gathered_))); }

void Generator::Fill(std::span<std::byte> out) {
  StirGathered();
  for (u32 counter = 0; !out.empty(); ++counter) {
    u32 block[16];
    ChaChaBlock(key_, counter, kForPrograms, block);
    const size_t size = std::min(out.size(), sizeof(block));
    std::memcpy(out.data(), block, size);
    out = out.subspan(size);
  }
  u32 block[16];
  ChaChaBlock(key_, 0, kForKeys, block);
  std::memcpy(key_, block, sizeof(key_));
}

}  // namespace fl::kernel::random
