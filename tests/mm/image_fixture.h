// Images for the tests of mm/, and what their pages must hold, worked out from the file alone.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "pe/image_layout.h"
#include "tests/fakes/fake_machine.h"

namespace fl::test {

/// A file that knows its fix-ups (all HIGHLOW), so that its bytes at any base can be worked out.
struct SampleImage {
  Bytes file;
  std::vector<u32> fixups;
  u32 image_base_field = 0;

  pe::ImageLayout Layout() const {
    Result<pe::ImageLayout> layout = pe::ParseImageLayout(file, file.size(), nullptr);
    EXPECT_TRUE(layout.ok());
    return std::move(*layout);
  }
  /// All of the image at `base`, byte by byte and without a page in sight.
  Bytes At(VirtAddr base) const {
    const pe::ImageLayout layout = Layout();
    Bytes image = LayOut(file, layout);
    const u32 delta = base - layout.preferred_base;
    for (const u32 rva : fixups) Put32(image, rva, Get32(image, rva) + delta);
    Put32(image, image_base_field, base.value);
    return image;
  }
};

struct SampleOptions {
  u32 base = 0x10000000;
  u32 seed = 1;
  bool fixups = true;
  bool shared_section = false;  ///< A shared-writable one, at kSampleShared.
};

inline constexpr u32 kSharedDataFlags = kDataFlags | 0x10000000;
inline constexpr u32 kSampleText = 0x1000;    ///< 0x3456 bytes.
inline constexpr u32 kSampleData = 0x5000;    ///< 0x4000 bytes, of which the file has 0x2000.
inline constexpr u32 kSampleShared = 0x9000;  ///< 0x2000 bytes, of which the file has 0x900.

/// Text that ends in mid-page, data that is half zero, a hole, constants. Fix-ups within pages and
/// across their edges.
inline SampleImage MakeSample(const SampleOptions& options = {}) {
  SampleImage sample;
  ImageBuilder builder;
  builder.base = options.base;
  builder.characteristics = options.fixups ? 0x2102 : 0x2103;
  builder.AddSection(".text", kCodeFlags, PatternBytes(0x3456, options.seed));
  builder.AddSection(".data", kDataFlags, PatternBytes(0x2000, options.seed + 1), 0x4000);
  if (options.shared_section) {
    builder.AddSection(".shared", kSharedDataFlags, PatternBytes(0x900, 77), 0x2000);
  }
  builder.next_rva += 0x3000;
  builder.AddSection(".rdata", kReadFlags, PatternBytes(0x1000, options.seed + 2));
  if (options.fixups) {
    sample.fixups = {kSampleText + 4,     kSampleText + 0x123,  kSampleText + 0xF00,
                     kSampleText + 0xFFD, kSampleText + 0x1FFE, kSampleData + 8,
                     kSampleData + 0xFFF, kSampleData + 0x1FFE, kSampleData + 0x2100,
                     kSampleData + 0x2FFE};
    if (options.shared_section) {
      sample.fixups.push_back(kSampleShared + 0x10);
      sample.fixups.push_back(kSampleShared + 0xFFD);
    }
    for (const u32 rva : sample.fixups) builder.Fixup(rva);
  }
  sample.file = builder.Build();
  sample.image_base_field = builder.optional_header_offset() + 28;
  return sample;
}

inline RefPtr<mm::ImageSection> AcquireImage(FakeMachine& machine, RefPtr<FakeFile> file,
                                             u32 variant = 0) {
  pe::ParseError error;
  Result<RefPtr<mm::ImageSection>> section = machine.images.Acquire(file, variant, &error);
  EXPECT_TRUE(section.ok()) << std::hex << Code(section.status()) << " " << error.reason;
  return section.ok() ? *section : nullptr;
}

}  // namespace fl::test
