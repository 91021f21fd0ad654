// DataSection: what is written by calls and through views: who sees it, and when the file has it.
#include <gtest/gtest.h>

#include "tests/mm/image_fixture.h"

namespace fl::mm {
namespace {

using test::Bytes;
using test::FakeMachine;
using test::MakeFile;
using test::MapWhole;
using test::PatternBytes;

class DataWrite : public testing::Test {
 protected:
  explicit DataWrite(u32 frames = 64) : machine_(frames) {}
  Status Write(u64 offset, const Bytes& bytes) {
    u32 done = 0;
    const Status status = data_->WriteBytes(offset, bytes, done);
    EXPECT_EQ(done == bytes.size(), IsSuccess(status));
    return status;
  }
  Bytes Read(u64 offset, std::size_t count) {
    Bytes bytes(count);
    EXPECT_EQ(data_->ReadBytes(offset, bytes), Status::kSuccess);
    return bytes;
  }
  void TearDown() override {
    a_ = nullptr;
    EXPECT_EQ(data_->WriteBack(), Status::kSuccess);
    EXPECT_FALSE(data_->modified());
    EXPECT_EQ(machine_.pager.modified_pages, 0u);
  }

  FakeMachine machine_;
  RefPtr<test::FakeFile> file_ = MakeFile(PatternBytes(5 * kPageSize + 100, 3), 1);
  RefPtr<DataSection> data_ = *machine_.data.Acquire(file_);
  std::unique_ptr<test::FakeProcess> a_ = machine_.Process();
};

TEST_F(DataWrite, WritesAreSeenByViewsAtOnceAndByTheFileAfterWriteBack) {
  const VirtAddr view = MapWhole(*a_, *data_);
  const int before = machine_.Byte(*a_, view + 10);
  ASSERT_EQ(Write(10, Bytes(1, std::byte(before + 1))), Status::kSuccess);
  EXPECT_EQ(machine_.Byte(*a_, view + 10), before + 1);
  EXPECT_EQ(int(file_->bytes()[10]), before);
  ASSERT_EQ(data_->WriteBack(), Status::kSuccess);
  EXPECT_EQ(int(file_->bytes()[10]), before + 1);
  EXPECT_EQ(file_->writes, 1u);
  ASSERT_EQ(data_->WriteBack(), Status::kSuccess);
  EXPECT_EQ(file_->writes, 1u);
}

TEST_F(DataWrite, AViewsWritesAreReadByCallsAndReachTheFile) {
  const VirtAddr view = MapWhole(*a_, *data_, kPageReadWrite);
  // A read makes nothing modified.
  const int before = machine_.Byte(*a_, view + 2 * kPageSize);
  EXPECT_FALSE(data_->modified());
  ASSERT_TRUE(machine_.Write(*a_, view + 2 * kPageSize, u8(before + 1)));
  EXPECT_TRUE(data_->modified());
  EXPECT_EQ(int(Read(2 * kPageSize, 1)[0]), before + 1);
  ASSERT_EQ(data_->WriteBack(), Status::kSuccess);
  EXPECT_EQ(int(file_->bytes()[2 * kPageSize]), before + 1);
  // The entry still lets it be written without anybody seeing it.
  EXPECT_TRUE(data_->modified());
  ASSERT_TRUE(machine_.Write(*a_, view + 2 * kPageSize, u8(before + 2)));
  ASSERT_EQ(a_->space.UnmapView(view), Status::kSuccess);
  ASSERT_EQ(data_->WriteBack(), Status::kSuccess);
  EXPECT_EQ(int(file_->bytes()[2 * kPageSize]), before + 2);
  EXPECT_FALSE(data_->modified());
}

TEST_F(DataWrite, AWholePageIsNotReadBeforeItIsWritten) {
  ASSERT_EQ(Write(kPageSize, PatternBytes(2 * kPageSize, 9)), Status::kSuccess);
  ASSERT_EQ(Write(5 * kPageSize, PatternBytes(100, 9)), Status::kSuccess);
  EXPECT_EQ(file_->reads, 0u);
  ASSERT_EQ(Write(0, PatternBytes(10, 9)), Status::kSuccess);
  EXPECT_EQ(file_->reads, 1u);
}

TEST_F(DataWrite, TheFileGrowsAndWhatLiesBetweenIsZero) {
  const u64 old_size = data_->size();
  ASSERT_EQ(Write(9 * kPageSize + 5, Bytes(3, std::byte(7))), Status::kSuccess);
  EXPECT_EQ(data_->size(), 9 * kPageSize + 8u);
  EXPECT_EQ(file_->reserved, data_->size());
  EXPECT_EQ(file_->Size(), old_size);
  EXPECT_EQ(Read(old_size, 9 * kPageSize - old_size), Bytes(9 * kPageSize - old_size));
  ASSERT_EQ(data_->WriteBack(), Status::kSuccess);
  EXPECT_EQ(file_->Size(), data_->size());
  EXPECT_EQ(file_->bytes(), Read(0, data_->size()));
}

TEST_F(DataWrite, WithoutRoomOnTheVolumeNothingIsWritten) {
  file_->most = 6 * kPageSize;
  EXPECT_EQ(Write(6 * kPageSize - 1, Bytes(2)), Status::kDiskFull);
  EXPECT_EQ(data_->SetSize(6 * kPageSize + 1), Status::kDiskFull);
  EXPECT_EQ(data_->size(), 5 * kPageSize + 100u);
  EXPECT_FALSE(data_->modified());
  EXPECT_EQ(Write(6 * kPageSize - 1, Bytes(1)), Status::kSuccess);
}

TEST_F(DataWrite, ACutFileForgetsWhatWasBehindItsEnd) {
  ASSERT_EQ(Write(0, Bytes(5 * kPageSize + 100, std::byte(1))), Status::kSuccess);
  ASSERT_EQ(data_->SetSize(kPageSize + 10), Status::kSuccess);
  EXPECT_EQ(file_->Size(), kPageSize + 10u);
  ASSERT_EQ(data_->SetSize(3 * kPageSize), Status::kSuccess);
  EXPECT_EQ(Read(kPageSize + 10, 2 * kPageSize - 10), Bytes(2 * kPageSize - 10));
  EXPECT_EQ(Read(kPageSize, 10), Bytes(10, std::byte(1)));
  ASSERT_EQ(data_->WriteBack(), Status::kSuccess);
  EXPECT_EQ(file_->bytes(), Read(0, 3 * kPageSize));
}

TEST_F(DataWrite, AFileInUseAsASectionIsNotCut) {
  const VirtAddr view = MapWhole(*a_, *data_);
  EXPECT_EQ(data_->SetSize(10), Status::kUserMappedFile);
  ASSERT_EQ(data_->SetSize(7 * kPageSize), Status::kSuccess);
  ASSERT_EQ(a_->space.UnmapView(view), Status::kSuccess);
  data_->CountUser(+1);
  EXPECT_EQ(data_->SetSize(10), Status::kUserMappedFile);
  data_->CountUser(-1);
  file_->fail_write = 1;
  EXPECT_EQ(data_->SetSize(10), Status::kIoDeviceError);
  EXPECT_EQ(data_->size(), 7 * kPageSize);
  EXPECT_EQ(data_->SetSize(10), Status::kSuccess);
}

TEST_F(DataWrite, WhatAViewWroteBehindTheEndIsNotPartOfTheFile) {
  const VirtAddr view = MapWhole(*a_, *data_, kPageReadWrite);
  ASSERT_TRUE(machine_.Write(*a_, view + 5 * kPageSize + 200, 0x55));
  ASSERT_EQ(data_->SetSize(6 * kPageSize), Status::kSuccess);
  EXPECT_EQ(int(Read(5 * kPageSize + 200, 1)[0]), 0);
}

TEST_F(DataWrite, AFailedWriteBackLosesNothing) {
  ASSERT_EQ(Write(0, Bytes(kPageSize, std::byte(1))), Status::kSuccess);
  ASSERT_EQ(Write(3 * kPageSize, Bytes(kPageSize, std::byte(2))), Status::kSuccess);
  file_->fail_write = 1;
  EXPECT_EQ(data_->WriteBack(), Status::kIoDeviceError);
  // The other run was written all the same.
  EXPECT_EQ(file_->bytes()[3 * kPageSize], std::byte(2));
  EXPECT_NE(file_->bytes()[0], std::byte(1));
  EXPECT_EQ(machine_.pager.modified_pages, 1u);
  ASSERT_EQ(data_->WriteBack(), Status::kSuccess);
  EXPECT_EQ(file_->bytes()[0], std::byte(1));
}

TEST_F(DataWrite, ModifiedDataOutlivesItsUsers) {
  ASSERT_EQ(Write(0, Bytes(1, std::byte(0x77))), Status::kSuccess);
  data_ = nullptr;
  data_ = *machine_.data.Acquire(file_);
  EXPECT_EQ(int(Read(0, 1)[0]), 0x77);
  data_ = nullptr;
  ASSERT_EQ(machine_.data.WriteBackAll(), Status::kSuccess);
  EXPECT_EQ(file_->bytes()[0], std::byte(0x77));
  EXPECT_EQ(machine_.data.Find(file_->Id()), nullptr);
  data_ = *machine_.data.Acquire(file_);
}

TEST_F(DataWrite, TheBytesOfARemovedFileAreThrownAway) {
  ASSERT_EQ(Write(0, Bytes(8 * kPageSize, std::byte(1))), Status::kSuccess);
  data_->Discard();
  EXPECT_EQ(file_->writes, 0u);
  EXPECT_EQ(machine_.charged(), 0u);
}

class ShortOfMemory : public DataWrite {
 protected:
  ShortOfMemory() : DataWrite(8) {}
};

TEST_F(ShortOfMemory, ModifiedPagesAreNeverTakenAndTheirWriterIsRefused) {
  for (u32 i = 0; i < 8; ++i) {
    ASSERT_EQ(Write(i * kPageSize, Bytes(kPageSize, std::byte(i + 1))), Status::kSuccess);
  }
  EXPECT_EQ(Write(8 * kPageSize, Bytes(kPageSize, std::byte(9))), Status::kNoMemory);
  EXPECT_EQ(data_->size(), 9 * kPageSize);
  machine_.data.Relieve();
  EXPECT_EQ(machine_.pager.modified_pages, 0u);
  EXPECT_EQ(Write(8 * kPageSize, Bytes(kPageSize, std::byte(9))), Status::kSuccess);
  for (u32 i = 0; i < 9; ++i) EXPECT_EQ(Read(i * kPageSize + 5, 1)[0], std::byte(i + 1));
}

}  // namespace
}  // namespace fl::mm
