// AddressSpace: views: mapping, unmapping, copies on write, and what a query shows of them.
#include <gtest/gtest.h>

#include "tests/mm/image_fixture.h"

namespace fl::mm {
namespace {

using test::FakeMachine;
using test::MakeFile;
using test::MapWhole;

class Views : public testing::Test {
 protected:
  Result<ByteRange> MapView(Section& section, u32 base, u64 offset, u32 size,
                            Protection protection = kPageReadOnly) {
    return a_->space.MapView(
        section,
        {.base = VirtAddr(base), .offset = offset, .size = size, .protection = protection});
  }
  MemoryInformation Query(VirtAddr address) { return *a_->space.Query(address); }
  RefPtr<ImageSection> Image(test::SampleOptions options = {}) {
    return test::AcquireImage(machine_, MakeFile(test::MakeSample(options).file, 2));
  }

  FakeMachine machine_;
  RefPtr<test::FakeFile> file_ = MakeFile(test::PatternBytes(0x24567, 3), 1);
  RefPtr<DataSection> data_ = *machine_.data.Acquire(file_);
  RefPtr<SharedMemorySection> shared_ = *SharedMemorySection::Create(machine_.pager, 0x20000);
  std::unique_ptr<test::FakeProcess> a_ = machine_.Process();
  std::unique_ptr<test::FakeProcess> b_ = machine_.Process();
};

TEST_F(Views, MapViewRefusesWhatNtRefuses) {
  const auto status = [&](u32 base, u64 offset, u32 size, Protection p = kPageReadOnly) {
    return MapView(*data_, base, offset, size, p).status();
  };
  EXPECT_EQ(status(0, 0x1000, 0), Status::kMappedAlignment);
  EXPECT_EQ(status(0x401000, 0, 0), Status::kMappedAlignment);
  EXPECT_EQ(status(0x80000000, 0, 0), Status::kInvalidParameter3);
  EXPECT_EQ(status(0, 0x30000, 0), Status::kInvalidViewSize);
  EXPECT_EQ(status(0, 0x10000, 0x20000), Status::kInvalidViewSize);
  EXPECT_EQ(status(0, 0, 0, {0}), Status::kInvalidPageProtection);
  ASSERT_TRUE(MapView(*data_, 0x400000, 0, 0).ok());
  EXPECT_EQ(status(0x400000, 0, 0), Status::kConflictingAddresses);
  EXPECT_EQ(status(0x3E0000, 0, 0), Status::kConflictingAddresses);
  EXPECT_EQ(data_->counters().views, 1u);
  EXPECT_EQ(a_->space.MapView(*data_, {.base = {}, .protection = kPageReadOnly, .zero_bits = 22})
                .status(),
            Status::kInvalidParameter4);
}

TEST_F(Views, ViewShowsItsPartOfTheFileAndZerosBehindItsEnd) {
  const auto view = MapView(*data_, 0, 0x20000, 0);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->size, 0x5000u);
  const test::Bytes last = machine_.Page(*a_, view->base + 0x4000);
  for (u32 i = 0; i < kPageSize; ++i) {
    ASSERT_EQ(last[i], i < 0x567 ? file_->bytes()[0x24000 + i] : std::byte(0)) << i;
  }
  EXPECT_EQ(machine_.Byte(*a_, view->base + 0x5000), -1);
  const MemoryInformation info = Query(view->base + 0x1234);
  EXPECT_EQ(info.base, view->base + 0x1000);
  EXPECT_EQ(info.allocation_base, view->base);
  EXPECT_EQ(info.size, 0x4000u);
  EXPECT_EQ(info.type, kMemMapped);
  EXPECT_EQ(info.state, kMemCommit);
  EXPECT_EQ(info.protection, kPageReadOnly);
}

TEST_F(Views, ReadCallsAndViewsShareFrames) {
  const VirtAddr base = MapWhole(*a_, *data_);
  ASSERT_EQ(machine_.Byte(*a_, base), int(file_->bytes()[0]));
  test::Bytes some(100);
  EXPECT_EQ(data_->ReadBytes(0x10, some), Status::kSuccess);
  EXPECT_EQ(file_->reads, 1u);
  EXPECT_TRUE(std::equal(some.begin(), some.end(), file_->bytes().begin() + 0x10));
  EXPECT_EQ(data_->ReadBytes(0xFFF, some), Status::kSuccess);
  EXPECT_EQ(file_->reads, 2u);
  EXPECT_EQ(data_->ReadBytes(0x25000, some), Status::kInvalidParameter);
}

TEST_F(Views, UnmapTakesTheWholeViewFromAnyAddress) {
  const VirtAddr base = MapWhole(*a_, *data_);
  ASSERT_NE(machine_.Byte(*a_, base + 0x3000), -1);
  ASSERT_TRUE(a_->space.Protect(base + 0x1000, 0x1000, kPageNoAccess).ok());
  EXPECT_EQ(a_->space.UnmapView(base + 0x5432), Status::kSuccess);
  EXPECT_EQ(Query(base).state, kMemFree);
  EXPECT_EQ(a_->mmu.entries(), 0u);
  EXPECT_EQ(data_->counters().views, 0u);
  EXPECT_EQ(a_->space.UnmapView(base), Status::kNotMappedView);
  EXPECT_EQ(a_->space.UnmapView(VirtAddr(0x80000000)), Status::kNotMappedView);
  const auto memory =
      a_->space.Allocate({.base = {}, .size = 1, .type = kMemCommit, .protection = kPageReadWrite});
  EXPECT_EQ(a_->space.UnmapView(memory->base), Status::kNotMappedView);
}

TEST_F(Views, SharedMemoryIsSharedAndWriteCopyIsNot) {
  const VirtAddr in_a = MapWhole(*a_, *shared_, kPageReadWrite);
  const VirtAddr in_b = MapWhole(*b_, *shared_, kPageReadOnly);
  const VirtAddr copy = MapWhole(*b_, *shared_, kPageWriteCopy);
  ASSERT_TRUE(machine_.Write(*a_, in_a + 5, 0x5A));
  EXPECT_EQ(machine_.Byte(*b_, in_b + 5), 0x5A);
  EXPECT_EQ(machine_.Byte(*b_, copy + 5), 0x5A);
  EXPECT_FALSE(machine_.Write(*b_, in_b + 5, 1));
  ASSERT_TRUE(machine_.Write(*b_, copy + 5, 0x77));
  EXPECT_EQ(machine_.Byte(*a_, in_a + 5), 0x5A);
  EXPECT_EQ(machine_.Byte(*b_, copy + 5), 0x77);
  // Content outlives the last view.
  a_->space.Clear();
  b_->space.Clear();
  EXPECT_EQ(machine_.Byte(*a_, MapWhole(*a_, *shared_) + 5), 0x5A);
}

TEST_F(Views, CopyOnWriteIsSeenByOneSpaceOnlyAndShownAsReadWrite) {
  const auto image = Image();
  const VirtAddr base = MapWhole(*a_, *image);
  MapWhole(*b_, *image);
  const VirtAddr page = base + test::kSampleData + 0x1000;
  const int before = machine_.Byte(*b_, page + 0x44);
  ASSERT_TRUE(machine_.Write(*a_, page + 0x44, u8(before + 1)));
  EXPECT_EQ(machine_.Byte(*a_, page + 0x44), (before + 1) & 0xFF);
  EXPECT_EQ(machine_.Byte(*b_, page + 0x44), before);
  EXPECT_EQ(machine_.Byte(*a_, page + 0x45), machine_.Byte(*b_, page + 0x45));

  EXPECT_EQ(Query(base + test::kSampleData).protection, kPageWriteCopy);
  EXPECT_EQ(Query(base + test::kSampleData).size, 0x1000u);
  EXPECT_EQ(Query(page).protection, kPageReadWrite);
  EXPECT_EQ(Query(page).size, 0x1000u);
  EXPECT_EQ(Query(page + 0x1000).protection, kPageWriteCopy);
  EXPECT_EQ(Query(page + 0x1000).size, 0x2000u);
  EXPECT_EQ(b_->space.Query(page)->protection, kPageWriteCopy);
  EXPECT_EQ(image->counters().copies, 1u);
  EXPECT_EQ(image->counters().private_pages, 1u);
}

TEST_F(Views, SharedWritablePeSectionIsOneForAll) {
  const auto image = Image({.shared_section = true});
  const VirtAddr base = MapWhole(*a_, *image);
  MapWhole(*b_, *image);
  const VirtAddr at = base + test::kSampleShared + 0x123;
  ASSERT_TRUE(machine_.Write(*a_, at, 0x5A));
  EXPECT_EQ(machine_.Byte(*b_, at), 0x5A);
  ASSERT_TRUE(machine_.Write(*b_, at, 0x6B));
  EXPECT_EQ(machine_.Byte(*a_, at), 0x6B);
  EXPECT_EQ(Query(at).protection, kPageReadWrite);
  // It stays so when a program "changes" the protection to what it is.
  ASSERT_TRUE(a_->space.Protect(at, 1, kPageReadWrite).ok());
  EXPECT_EQ(Query(at).protection, kPageReadWrite);
  ASSERT_TRUE(machine_.Write(*a_, at, 0x7C));
  EXPECT_EQ(machine_.Byte(*b_, at), 0x7C);
  // And while nobody maps it.
  a_->space.Clear();
  b_->space.Clear();
  MapWhole(*a_, *image);
  EXPECT_EQ(machine_.Byte(*a_, at), 0x7C);
}

TEST_F(Views, WritableProtectionOfAnImagePageMeansWriteCopy) {
  const auto image = Image();
  const VirtAddr text = MapWhole(*a_, *image) + test::kSampleText;
  MapWhole(*b_, *image);
  const int before = machine_.Byte(*a_, text);
  const u32 charged = machine_.charged();
  const auto old = a_->space.Protect(text, 1, kPageExecuteReadWrite);
  ASSERT_TRUE(old.ok());
  EXPECT_EQ(old->old, kPageExecuteRead);
  EXPECT_EQ(machine_.charged(), charged + 1);
  EXPECT_EQ(Query(text).protection, kPageExecuteWriteCopy);
  ASSERT_TRUE(machine_.Write(*a_, text, 0xCC));
  EXPECT_EQ(Query(text).protection, kPageExecuteReadWrite);
  EXPECT_EQ(machine_.Byte(*b_, text), before);
  EXPECT_EQ(a_->space.Protect(text, 1, kPageExecuteRead)->old, kPageExecuteReadWrite);
  EXPECT_EQ(machine_.Byte(*a_, text), 0xCC);
  EXPECT_FALSE(machine_.Write(*a_, text, 0x90));
  // Back again: the copy is still this space's own.
  ASSERT_TRUE(a_->space.Protect(text, 1, kPageReadWrite).ok());
  EXPECT_EQ(Query(text).protection, kPageReadWrite);
  EXPECT_TRUE(machine_.Write(*a_, text, 0x91));
}

TEST_F(Views, DataViewsProtectionIsBoundedByTheMapping) {
  const VirtAddr read_only = MapWhole(*a_, *data_, kPageReadOnly);
  EXPECT_EQ(a_->space.Protect(read_only, 1, kPageReadWrite).status(), Status::kSectionProtection);
  EXPECT_TRUE(a_->space.Protect(read_only, 1, kPageWriteCopy).ok());
  ASSERT_TRUE(machine_.Write(*a_, read_only, 0xFF));
  EXPECT_EQ(machine_.Byte(*b_, MapWhole(*b_, *data_)), int(file_->bytes()[0]));
  const VirtAddr copy = MapWhole(*a_, *data_, kPageWriteCopy);
  ASSERT_TRUE(a_->space.Protect(copy, 1, kPageReadWrite).ok());
  EXPECT_EQ(Query(copy).protection, kPageWriteCopy);
}

TEST_F(Views, ImageMayBeMappedInPart) {
  const auto image = Image();
  const auto view = MapView(*image, 0x20000000, 0, 0x2800);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->size, 0x3000u);
  EXPECT_NE(machine_.Byte(*a_, view->base + 0x2FFF), -1);
  EXPECT_EQ(machine_.Byte(*a_, view->base + 0x3000), -1);
}

TEST_F(Views, TwoViewsOfOneImageInOneSpace) {
  const auto image = Image();
  const VirtAddr first = MapWhole(*a_, *image);
  const auto second = MapView(*image, 0, 0, 0);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(machine_.Byte(*a_, first + 0x1234), machine_.Byte(*a_, second->base + 0x1234));
  EXPECT_EQ(image->counters().views, 2u);
  EXPECT_EQ(a_->space.UnmapView(first), Status::kSuccess);
  EXPECT_NE(machine_.Byte(*a_, second->base + 0x1234), -1);
}

TEST_F(Views, SectionLivesAsLongAsAView) {
  const VirtAddr base = MapWhole(*a_, *data_);
  data_ = nullptr;
  EXPECT_EQ(machine_.Byte(*a_, base), int(file_->bytes()[0]));
  EXPECT_EQ(a_->space.FindSection(base)->file(), file_.get());
  EXPECT_EQ(a_->space.FindSection(VirtAddr(0x70000000)), nullptr);
  a_->space.Clear();
  EXPECT_EQ(file_->references(), 1u);
}

}  // namespace
}  // namespace fl::mm
