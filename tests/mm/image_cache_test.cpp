// ImageCache and DataCache: one section for each file; bases that do not collide and that repeat.
#include "mm/image_cache.h"

#include <gtest/gtest.h>

#include "tests/mm/image_fixture.h"

namespace fl::mm {
namespace {

using test::AcquireImage;
using test::Bytes;
using test::FakeMachine;
using test::MakeFile;
using test::MakeSample;

bool Overlap(const ImageSection& a, const ImageSection& b) {
  return a.base().value < b.base().value + b.layout().mapped_size() &&
         b.base().value < a.base().value + a.layout().mapped_size();
}

TEST(ImageCache, SameFileIsTheSameSection) {
  FakeMachine machine;
  const auto first = AcquireImage(machine, MakeFile(MakeSample().file, 1));
  const auto second = AcquireImage(machine, MakeFile(MakeSample().file, 1, "OTHER~1.DLL"));
  const auto other = AcquireImage(machine, MakeFile(MakeSample().file, 2));
  EXPECT_EQ(first, second);
  EXPECT_FALSE(first == other);
  EXPECT_EQ(first->file()->Name(), "test.dll");
}

TEST(ImageCache, RefersWeakly) {
  FakeMachine machine;
  const auto file = MakeFile(MakeSample().file, 1);
  auto section = AcquireImage(machine, file);
  const u32 reads = file->reads;
  section = nullptr;
  EXPECT_EQ(file->references(), 1u);
  section = AcquireImage(machine, file);
  EXPECT_GT(file->reads, reads);
}

TEST(ImageCache, KeepsTheLastFewThatWereAskedFor) {
  FakeMachine machine;
  machine.images.KeepRecent(2);
  const auto a = MakeFile(MakeSample().file, 1);
  const auto b = MakeFile(MakeSample().file, 2);
  const auto c = MakeFile(MakeSample().file, 3);
  const ImageSection* kept = AcquireImage(machine, a).get();
  AcquireImage(machine, b);
  const u32 reads = a->reads;
  EXPECT_EQ(AcquireImage(machine, a).get(), kept);
  EXPECT_EQ(a->reads, reads);
  AcquireImage(machine, c);  // b was asked for longest ago.
  EXPECT_EQ(b->references(), 1u);
  EXPECT_EQ(AcquireImage(machine, a).get(), kept);
  machine.images.DropKept();
  EXPECT_EQ(a->references(), 1u);
  EXPECT_EQ(c->references(), 1u);
  EXPECT_EQ(machine.charged(), 0u);
}

TEST(ImageCache, KeepsNothingWhenMemoryIsShort) {
  FakeMachine machine;
  machine.images.KeepRecent(2);
  const auto a = MakeFile(MakeSample().file, 1);
  AcquireImage(machine, a);
  EXPECT_GT(a->references(), 1u);
  machine.TakeMemory(machine.ram / 2 - 1);
  AcquireImage(machine, MakeFile(MakeSample().file, 2));
  EXPECT_EQ(a->references(), 1u);
}

TEST(ImageCache, FirstVariantGetsThePreferredBase) {
  FakeMachine machine;
  const auto section = AcquireImage(machine, MakeFile(MakeSample({.base = 0x400000}).file, 1));
  EXPECT_EQ(section->base().value, 0x400000u);
  EXPECT_FALSE(section->relocated());
}

TEST(ImageCache, VariantsAreSectionsOfTheirOwnElsewhere) {
  FakeMachine machine;
  const auto file = MakeFile(MakeSample().file, 1);
  const auto zero = AcquireImage(machine, file, 0);
  const auto one = AcquireImage(machine, file, 1);
  const auto two = AcquireImage(machine, file, 2);
  EXPECT_EQ(one, AcquireImage(machine, file, 1));
  EXPECT_FALSE(Overlap(*zero, *one));
  EXPECT_FALSE(Overlap(*zero, *two));
  EXPECT_FALSE(Overlap(*one, *two));
  EXPECT_EQ(one->variant(), 1u);
}

TEST(ImageCache, UnboundVariantsAreApartFromBoundOnes) {
  FakeMachine machine;
  const auto file = MakeFile(MakeSample({.base = 0x400000}).file, 1);
  const auto unbound = AcquireImage(machine, file, ImageSection::kUnbound);
  EXPECT_EQ(unbound->base().value, 0x400000u);
  const auto bound = AcquireImage(machine, file, 0);
  EXPECT_NE(bound, unbound);
  EXPECT_FALSE(Overlap(*bound, *unbound));
  EXPECT_EQ(unbound, AcquireImage(machine, file, ImageSection::kUnbound));

  const auto fixed = MakeFile(MakeSample({.base = 0x500000, .fixups = false}).file, 2);
  EXPECT_EQ(AcquireImage(machine, fixed, 0)->base().value, 0x500000u);
  EXPECT_EQ(AcquireImage(machine, fixed, ImageSection::kUnbound)->base().value, 0x500000u);
  EXPECT_EQ(machine.images.Acquire(fixed, ImageSection::kUnbound + 1, nullptr).status(),
            Status::kIllegalDllRelocation);
}

TEST(ImageCache, VariantAvoidsThePreferredBaseEvenIfItIsFree) {
  FakeMachine machine;
  EXPECT_TRUE(AcquireImage(machine, MakeFile(MakeSample().file, 1), 1)->relocated());
}

TEST(ImageCache, LiveSectionsNeverOverlap) {
  for (const u32 seed : {0u, 1u, 12345u}) {
    FakeMachine machine(1024, seed);
    std::vector<RefPtr<ImageSection>> live;
    for (u32 i = 0; i < 60; ++i) {
      // All want the same place.
      const auto section = AcquireImage(machine, MakeFile(MakeSample({.seed = i}).file, i), i % 3);
      EXPECT_EQ(section->base().value % kAllocationGranularity, 0u);
      EXPECT_GE(section->base().value, 0x01000000u);
      EXPECT_LE(section->base().value + section->layout().mapped_size(),
                AddressOf(test::kUserEnd).value);
      for (const auto& other : live) EXPECT_FALSE(Overlap(*section, *other));
      live.push_back(section);
    }
  }
}

TEST(ImageCache, NarrowRangeIsFilledToTheLastPlace) {
  FakeMachine machine;
  ASSERT_LE(MakeSample().Layout().pages, kPagesPerGranule);
  ImageCache cache(machine.pager, 9, VirtPage(0x2000), VirtPage(0x2000 + 4 * kPagesPerGranule));
  std::vector<RefPtr<ImageSection>> live;
  for (u64 i = 0; i < 4; ++i) {
    auto section = cache.Acquire(MakeFile(MakeSample().file, i), 0, nullptr);
    ASSERT_TRUE(section.ok());
    live.push_back(*section);
  }
  EXPECT_EQ(cache.Acquire(MakeFile(MakeSample().file, 4), 0, nullptr).status(), Status::kNoMemory);
  const VirtAddr freed = live[2]->base();
  live.erase(live.begin() + 2);
  auto section = cache.Acquire(MakeFile(MakeSample().file, 5), 0, nullptr);
  ASSERT_TRUE(section.ok());
  EXPECT_EQ((*section)->base(), freed);
}

TEST(ImageCache, SeedChoosesTheBasesAndRepeats) {
  const auto bases = [](u32 seed) {
    FakeMachine machine(1024, seed);
    std::vector<u32> all;
    std::vector<RefPtr<ImageSection>> live;
    for (u32 i = 0; i < 8; ++i) {
      live.push_back(AcquireImage(machine, MakeFile(MakeSample().file, i)));
      all.push_back(live.back()->base().value);
    }
    return all;
  };
  EXPECT_EQ(bases(5), bases(5));
  EXPECT_NE(bases(5), bases(6));
  EXPECT_NE(bases(5)[0], 0x10000000u);
  EXPECT_EQ(bases(0), bases(0));
}

TEST(ImageCache, ImagesWithoutFixupsKeepTheirBaseAndMayShareIt) {
  FakeMachine machine(1024, 99);
  const auto file = MakeFile(MakeSample({.base = 0x400000, .fixups = false}).file, 1);
  const auto first = AcquireImage(machine, file);
  const auto second =
      AcquireImage(machine, MakeFile(MakeSample({.base = 0x400000, .fixups = false}).file, 2));
  EXPECT_EQ(first->base().value, 0x400000u);
  EXPECT_EQ(second->base().value, 0x400000u);
  EXPECT_EQ(machine.images.Acquire(file, 1, nullptr).status(), Status::kIllegalDllRelocation);
}

TEST(ImageCache, MovableImageAvoidsAFixedOne) {
  FakeMachine machine;
  const auto fixed =
      AcquireImage(machine, MakeFile(MakeSample({.base = 0x400000, .fixups = false}).file, 1));
  const auto moved = AcquireImage(machine, MakeFile(MakeSample({.base = 0x400000}).file, 2));
  EXPECT_FALSE(Overlap(*fixed, *moved));
}

TEST(ImageCache, BadFilesSayWhy) {
  FakeMachine machine;
  pe::ParseError error;
  EXPECT_EQ(machine.images.Acquire(MakeFile(Bytes(3000), 1), 0, &error).status(),
            Status::kInvalidImageNotMz);
  EXPECT_EQ(error.kind, pe::ParseError::Kind::kNotPe);
  EXPECT_EQ(machine.images.Acquire(MakeFile(Bytes(), 1), 0, &error).status(),
            Status::kInvalidImageNotMz);
  Bytes cut = MakeSample().file;
  cut.resize(0x180);
  EXPECT_TRUE(IsFailure(machine.images.Acquire(MakeFile(cut, 1), 0, nullptr).status()));
}

TEST(ImageCache, MalformedFixupsAreRefusedWhenTheImageMoves) {
  test::ImageBuilder builder;
  builder.AddSection(".data", test::kDataFlags, Bytes(0x1000));
  builder.Fixup(0x1010).Fixup(0x1012);  // They share bytes.
  FakeMachine machine(1024, 1);
  pe::ParseError error;
  const auto file = MakeFile(builder.Build(), 1);
  EXPECT_EQ(machine.images.Acquire(file, 0, &error).status(), Status::kInvalidImageFormat);
  EXPECT_EQ(error.kind, pe::ParseError::Kind::kMalformed);
  EXPECT_EQ(file->references(), 1u);
}

TEST(ImageCache, LongHeadersAreReadInASecondStep) {
  test::ImageBuilder builder;
  builder.pe_offset = 0x900;
  builder.AddSection(".text", test::kCodeFlags, test::PatternBytes(100, 1));
  FakeMachine machine;
  const auto section = AcquireImage(machine, MakeFile(builder.Build(), 1));
  ASSERT_TRUE(section);
  EXPECT_STREQ(section->layout().sections[0].name, ".text");
}

TEST(ImageCache, HeadersAndTablesAreCountedApartFromPages) {
  FakeMachine machine(1024, 3);
  const auto file = MakeFile(MakeSample().file, 1);
  const auto section = AcquireImage(machine, file);
  EXPECT_TRUE(section->relocated());
  EXPECT_EQ(section->counters().metadata_bytes_read, file->bytes_read);
  EXPECT_EQ(section->counters().bytes_read, 0u);
  EXPECT_EQ(section->counters().resident, 0u);
}

TEST(ImageCache, ReadErrorLeavesNothingBehind) {
  FakeMachine machine(1024, 3);
  const auto file = MakeFile(MakeSample().file, 1);
  for (u32 failing = 1;; ++failing) {
    file->fail_read = failing;
    const auto section = machine.images.Acquire(file, 0, nullptr);
    if (file->fail_read != 0) {
      EXPECT_GT(failing, 2u);
      EXPECT_TRUE(section.ok());
      break;
    }
    EXPECT_EQ(section.status(), Status::kIoDeviceError);
    EXPECT_EQ(file->references(), 1u);
    machine.images.ForEach([](ImageSection&) { ADD_FAILURE() << "a section was left"; });
  }
}

TEST(ImageCache, ThreadsBuildAnImageOnce) {
  for (u32 seed = 0; seed < 20; ++seed) {
    FakeMachine machine(1024, 4);
    test::FakeThreads& threads = machine.threads;
    const auto file = MakeFile(MakeSample().file, seed);
    file->during_read = [&] { threads.Yield(); };
    std::vector<RefPtr<ImageSection>> got(4);
    std::vector<std::function<void()>> bodies;
    for (auto& section : got) bodies.push_back([&] { section = AcquireImage(machine, file); });
    threads.Run(bodies);
    for (const auto& section : got) EXPECT_EQ(section, got[0]);
    u32 live = 0;
    machine.images.ForEach([&](ImageSection&) { ++live; });
    EXPECT_EQ(live, 1u);
  }
}

TEST(ImageCache, WaiterTriesItselfWhenTheBuilderFails) {
  FakeMachine machine(1024, 4);
  test::FakeThreads& threads = machine.threads;
  const auto file = MakeFile(MakeSample().file, 1);
  u32 failures = 0;
  std::vector<RefPtr<ImageSection>> got;
  file->during_read = [&] { threads.Yield(); };
  file->fail_read = 3;
  const auto body = [&] {
    const auto section = machine.images.Acquire(file, 0, nullptr);
    if (section.ok()) {
      got.push_back(*section);
    } else {
      ++failures;
    }
  };
  threads.Run({body, body, body});
  EXPECT_EQ(failures, 1u);
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0], got[1]);
}

TEST(ImageCache, ListenerSeesTheLastCounters) {
  struct Listener final : ImageListener {
    u64 metadata = 0;
    u32 ends = 0;
    void OnSectionEnd(const ImageSection& section) override {
      ++ends;
      metadata = section.counters().metadata_bytes_read;
    }
  } listener;
  FakeMachine machine;
  machine.images.SetListener(&listener);
  { const auto section = AcquireImage(machine, MakeFile(MakeSample().file, 1)); }
  EXPECT_EQ(listener.ends, 1u);
  EXPECT_EQ(listener.metadata, 1024u);
}

TEST(DataCache, AFileHasOneSection) {
  FakeMachine machine;
  const auto first = machine.data.Acquire(MakeFile(test::PatternBytes(10000, 1), 1));
  ASSERT_TRUE(first.ok());
  const auto second = machine.data.Acquire(MakeFile(test::PatternBytes(10000, 1), 1));
  EXPECT_EQ(*first, *second);
  EXPECT_FALSE(*machine.data.Acquire(MakeFile(test::PatternBytes(10, 1), 2)) == *first);
  u32 live = 0;
  machine.data.ForEach([&](DataSection&) { ++live; });
  EXPECT_EQ(live, 1u);
  EXPECT_EQ((*machine.data.Acquire(MakeFile({}, 3)))->size(), 0u);
}

}  // namespace
}  // namespace fl::mm
