// ReadAhead, and what sections and address spaces make of it: how much one hard fault reads, and what else
// it maps.
#include "mm/read_ahead.h"

#include <gtest/gtest.h>

#include "tests/mm/image_fixture.h"

namespace fl::mm {
namespace {

using test::FakeMachine;
using test::MakeFile;
using test::MapWhole;

constexpr u32 kPages = 4096;

TEST(ReadAhead, WindowDoublesForAReaderInOrder) {
  ReadAhead ahead;
  u32 at = 0;
  for (const u32 expected : {4u, 8u, 16u, 32u, 64u, 64u}) {
    const SectionRun run = ahead.Next(PageIndex(at), kPages);
    EXPECT_EQ(run.first.value, at);
    EXPECT_EQ(run.pages, expected);
    at += run.pages;
  }
  EXPECT_EQ(ahead.Next(PageIndex(at + 1), kPages).pages, 1u);
  EXPECT_EQ(ahead.Next(PageIndex(at + 2), kPages).pages, ReadAhead::kFirstWindow);
}

TEST(ReadAhead, AFewScatteredPagesComeAloneThenTheirBlocks) {
  ReadAhead ahead;
  const u32 few = ReadAhead::LooksOf(kPages);
  for (u32 i = 1; i <= few; ++i) {
    const PageIndex page(i * 7 % kPages);
    const SectionRun run = ahead.Next(page, kPages);
    EXPECT_EQ(run.first, page);
    EXPECT_EQ(run.pages, 1u);
  }
  const SectionRun run = ahead.Next(PageIndex(1000), kPages);
  EXPECT_EQ(run.first.value, 1000u / ReadAhead::kBlock * ReadAhead::kBlock);
  EXPECT_EQ(run.pages, ReadAhead::kBlock);
}

class ReadAheadTest : public testing::Test {
 protected:
  explicit ReadAheadTest(u32 frames = 1024) : machine_(frames) {
    machine_.pager.reads_ahead = true;
    machine_.pager.around_pages = 16;
  }
  struct Resident {
    RefPtr<test::FakeFile> file;
    RefPtr<DataSection> data;
  };
  /// A file of `pages` pages, of which `read` from `first` on are in memory.
  Resident MakeResident(u32 pages, u32 first, u32 read) {
    Resident made;
    made.file = MakeFile(test::PatternBytes(pages * kPageSize, 1), 1);
    made.data = *machine_.data.Acquire(made.file);
    test::Bytes bytes(read * kPageSize);
    EXPECT_EQ(made.data->ReadBytes(first * kPageSize, bytes), Status::kSuccess);
    return made;
  }
  FakeMachine machine_;
};

TEST_F(ReadAheadTest, InOrderTakesFewReads) {
  const auto file = MakeFile(test::PatternBytes(256 * kPageSize - 100, 1), 1);
  const auto data = *machine_.data.Acquire(file);
  test::Bytes all(file->bytes().size());
  ASSERT_EQ(data->ReadBytes(0, all), Status::kSuccess);
  EXPECT_EQ(all, file->bytes());
  EXPECT_LE(file->reads, 8u);
  EXPECT_EQ(data->counters().pages_read, 256u);
}

TEST_F(ReadAheadTest, OutOfOrderReadsWhatIsTouchedThenBlocks) {
  const auto file = MakeFile(test::PatternBytes(512 * kPageSize, 1), 1);
  const auto data = *machine_.data.Acquire(file);
  std::byte byte[1];
  const u32 looks = ReadAhead::LooksOf(512);
  for (u32 i = 1; i <= looks; ++i) {
    const u32 offset = i * 211 % 512 * kPageSize + i;
    ASSERT_EQ(data->ReadBytes(offset, byte), Status::kSuccess);
    EXPECT_EQ(byte[0], file->bytes()[offset]);
  }
  EXPECT_EQ(data->counters().pages_read, looks);
  // All of it, out of order: blocks around the page, which may begin before it.
  for (u32 i = 0; i < 512; ++i) {
    const u32 offset = i * 211 % 512 * kPageSize + i;
    ASSERT_EQ(data->ReadBytes(offset, byte), Status::kSuccess);
    EXPECT_EQ(byte[0], file->bytes()[offset]);
  }
  EXPECT_EQ(data->counters().pages_read, 512u);
  // Each block once, and once more for each page that came alone and now lies between two parts of one.
  EXPECT_LE(file->reads, 512 / ReadAhead::kBlock + 2 * looks);
}

TEST_F(ReadAheadTest, OnlyThePageAskedForMustBeReadable) {
  const auto file = MakeFile(test::PatternBytes(256 * kPageSize, 1), 1);
  const auto data = *machine_.data.Acquire(file);
  std::byte byte[1];
  for (u32 i = 1; i <= ReadAhead::LooksOf(256); ++i) {
    ASSERT_EQ(data->ReadBytes(i * 3 * kPageSize, byte), Status::kSuccess);
  }
  file->reads = 0;
  file->fail_read = 1;  // The block around page 200; the page alone can be read.
  const u32 offset = 200 * kPageSize + 5;
  ASSERT_EQ(data->ReadBytes(offset, byte), Status::kSuccess);
  EXPECT_EQ(byte[0], file->bytes()[offset]);
  EXPECT_TRUE(data->IsPresent(PageIndex(200)));
  EXPECT_FALSE(data->IsPresent(PageIndex(199)));
  EXPECT_FALSE(data->IsPresent(PageIndex(201)));
}

TEST_F(ReadAheadTest, ThePageAskedForIsTriedOnceMoreOnlyWithItsNeighboursFrames) {
  const auto file = MakeFile(test::PatternBytes(256 * kPageSize, 1), 1);
  const auto data = *machine_.data.Acquire(file);
  std::byte byte[1];
  for (u32 i = 1; i <= ReadAhead::LooksOf(256); ++i) {
    ASSERT_EQ(data->ReadBytes(i * 3 * kPageSize, byte), Status::kSuccess);
  }
  FailPoint& frames = machine_.frames.fail_point();
  // The block around page 196 begins before it: what its neighbours had is there for it.
  frames.Arm(5);
  ASSERT_EQ(data->ReadBytes(196 * kPageSize, byte), Status::kSuccess);
  EXPECT_TRUE(frames.reached());
  EXPECT_TRUE(data->IsPresent(PageIndex(196)));
  EXPECT_FALSE(data->IsPresent(PageIndex(195)));
  // The first of its block, it had none before it.
  frames.Arm(1);
  EXPECT_EQ(data->ReadBytes(224 * kPageSize, byte), Status::kNoMemory);
  EXPECT_EQ(frames.attempts(), 1u);
  frames.Disarm();
  EXPECT_EQ(data->ReadBytes(224 * kPageSize, byte), Status::kSuccess);
}

TEST_F(ReadAheadTest, TheListenerHearsOfThePagesThatAreHere) {
  struct Listener final : PageInListener {
    u32 events = 0;
    SectionRun last;
    u32 last_bytes = 0;
    void OnPageIn(const Section&, PageIndex first, u32 pages, u32 bytes) override {
      ++events;
      last = {first, pages};
      last_bytes = bytes;
    }
  } listener;
  machine_.pager.listener = &listener;
  const auto file = MakeFile(test::PatternBytes(6 * kPageSize - 100, 1), 1);
  const auto data = *machine_.data.Acquire(file);
  std::byte byte[1];
  ASSERT_EQ(data->ReadBytes(0, byte), Status::kSuccess);
  EXPECT_EQ(listener.last.first.value, 0u);
  EXPECT_EQ(listener.last.pages, ReadAhead::kFirstWindow);
  EXPECT_EQ(listener.last_bytes, ReadAhead::kFirstWindow * kPageSize);
  file->reads = 0;
  file->fail_read = 1;  // The last two pages together; the page alone can be read.
  ASSERT_EQ(data->ReadBytes(4 * kPageSize, byte), Status::kSuccess);
  EXPECT_EQ(listener.last.first.value, 4u);
  EXPECT_EQ(listener.last.pages, 1u);
  EXPECT_EQ(listener.last_bytes, kPageSize);
  EXPECT_EQ(listener.events, 2u);
  EXPECT_EQ(data->counters().pages_read, ReadAhead::kFirstWindow + 1);
  machine_.pager.listener = nullptr;
}

TEST_F(ReadAheadTest, NeighboursInMemoryAreMappedByTheSameFault) {
  const auto [file, data] = MakeResident(64, 10, 20);
  const auto process = machine_.Process();
  const VirtAddr base = MapWhole(*process, *data, kPageWriteCopy);
  EXPECT_EQ(machine_.Byte(*process, base + 16 * kPageSize), int(file->bytes()[16 * kPageSize]));
  for (u32 i = 0; i < 64; ++i) {
    // The block of 16, as far as it was here: not page 15, nor 32, nor what is absent.
    const Pte pte = process->mmu.Query(PageOf(base) + i);
    EXPECT_EQ(pte.resident, i >= 16 && i < 32 && data->IsPresent(PageIndex(i))) << i;
    EXPECT_FALSE(pte.access.write);
  }
  EXPECT_TRUE(process->mmu.Query(PageOf(base) + 29).resident);
  // A write still makes a copy of its own, of one page.
  ASSERT_TRUE(machine_.Write(*process, base + 17 * kPageSize, 0xEE));
  EXPECT_EQ(process->space.private_pages(), 1u);
  EXPECT_EQ(data->counters().copies, 1u);
}

TEST_F(ReadAheadTest, NeighboursStayWithinTheRegion) {
  const auto [file, data] = MakeResident(32, 0, 32);
  const auto process = machine_.Process();
  const VirtAddr base = MapWhole(*process, *data, kPageReadOnly);
  ASSERT_TRUE(process->space.Protect(base + 4 * kPageSize, 2 * kPageSize, kPageNoAccess).ok());
  EXPECT_NE(machine_.Byte(*process, base), -1);
  for (u32 i = 0; i < 32; ++i) {
    EXPECT_EQ(process->mmu.Query(PageOf(base) + i).resident, i < 4) << i;
  }
}

TEST_F(ReadAheadTest, NeighboursLeaveMostPromises) {
  const auto [file, data] = MakeResident(16, 0, 16);
  const auto process = machine_.Process();
  const VirtAddr base = MapWhole(*process, *data);
  const auto resident = [&] {
    u32 pages = 0;
    for (u32 i = 0; i < 16; ++i) pages += process->mmu.Query(PageOf(base) + i).resident ? 1 : 0;
    return pages;
  };
  machine_.TakeMemory(4 * 16);
  EXPECT_NE(machine_.Byte(*process, base), -1);
  EXPECT_EQ(resident(), 1u);
  machine_.RestoreMemory();
  EXPECT_NE(machine_.Byte(*process, base + kPageSize), -1);
  EXPECT_EQ(resident(), 16u);
}

class ReadAheadInLittleMemory : public ReadAheadTest {
 protected:
  ReadAheadInLittleMemory() : ReadAheadTest(12) {}
};

TEST_F(ReadAheadInLittleMemory, LeavesMostOfItAlone) {
  const auto file = MakeFile(test::PatternBytes(100 * kPageSize, 1), 1);
  const auto data = *machine_.data.Acquire(file);
  test::Bytes all(file->bytes().size());
  ASSERT_EQ(data->ReadBytes(0, all), Status::kSuccess);
  EXPECT_EQ(all, file->bytes());
  const auto process = machine_.Process();
  const VirtAddr base = MapWhole(*process, *data, kPageReadOnly);
  // More is mapped than there are frames: what cannot be promised is not mapped, and nothing fails.
  for (u32 i = 0; i < 8; ++i) {
    EXPECT_EQ(machine_.Byte(*process, base + i * kPageSize), int(file->bytes()[i * kPageSize]));
  }
}

}  // namespace
}  // namespace fl::mm
