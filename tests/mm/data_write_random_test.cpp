// A file that is written by calls, written through views, cut, extended and written back, by several threads
// and with little memory, beside a plain array of bytes.
#include <gtest/gtest.h>

#include "tests/fakes/choices.h"
#include "tests/mm/image_fixture.h"

namespace fl::mm {
namespace {

using test::Bytes;
using test::FakeMachine;

class FileSimulation {
 public:
  FileSimulation(u32 seed, u32 frames)
      : choices_(seed),
        machine_(frames, seed, seed % 2 ? 4 : 1),
        file_(test::MakeFile(test::PatternBytes(choices_.Below(6 * kPageSize), seed), 1)),
        model_(file_->bytes()),
        data_(*machine_.data.Acquire(file_)) {
    for (u32 i = 0; i < 2; ++i) processes_.push_back(machine_.Process());
  }
  ~FileSimulation() {
    processes_.clear();
    EXPECT_EQ(data_->WriteBack(), Status::kSuccess);
    EXPECT_EQ(file_->bytes(), model_);
    data_ = nullptr;
    EXPECT_EQ(machine_.data.Find(file_->Id()), nullptr);
  }

  void Run(u32 steps) {
    for (u32 i = 0; i < steps && !testing::Test::HasFailure(); ++i) Step();
  }
  void RunThreads(u32 steps) {
    file_->during_read = [this] { machine_.threads.Yield(); };
    // One of them changes things, so that the model knows the order; the others read and write back.
    machine_.threads.Run({[this, steps] { Run(steps); }, [this, steps] { Disturb(steps); },
                          [this, steps] { Disturb(steps); }});
    file_->during_read = nullptr;
  }
  u32 refused = 0;

 private:
  u32 Below(u32 n) { return choices_.Below(n); }

  void Write() {
    const u32 offset = Below(12 * kPageSize);
    Bytes bytes(1 + Below(Below(4) ? 200 : 3 * kPageSize));
    for (std::byte& byte : bytes) byte = std::byte(Below(256));
    u32 done = 0;
    const Status status = data_->WriteBytes(offset, bytes, done);
    if (status == Status::kNoMemory) ++refused;
    if (status != Status::kNoMemory) {
      EXPECT_EQ(status, Status::kSuccess);
    }
    // What was refused may have made the file longer.
    if (model_.size() < data_->size()) model_.resize(data_->size());
    std::copy_n(bytes.begin(), done, model_.begin() + std::ptrdiff_t(offset));
  }
  void SetSize() {
    const u32 size = Below(14 * kPageSize);
    const Status status = data_->SetSize(size);
    EXPECT_TRUE(status != Status::kUserMappedFile || data_->in_use());
    if (IsSuccess(status)) model_.resize(size);
  }
  void Map(test::FakeProcess& process) {
    if (model_.empty()) return;
    // Where it lies follows from what is there already.
    (void)process.space.MapView(*data_, {.base = VirtAddr(0x1000000 * (1 + Below(3))),
                                         .protection = Below(3) ? kPageReadWrite : kPageReadOnly});
  }
  void Touch(test::FakeProcess& process) {
    const VirtAddr base(0x1000000 * (1 + Below(3)));
    const MemoryInformation view = *process.space.Query(base);
    if (view.state == kMemFree) return;
    const u32 offset = Below(view.size);
    if (offset >= model_.size()) return;
    if (Below(2) == 0) {
      const int byte = machine_.Byte(process, base + offset);
      if (byte < 0) return void(++refused);
      EXPECT_EQ(byte, int(model_[offset])) << offset;
      return;
    }
    const u8 value = u8(Below(256));
    if (machine_.Write(process, base + offset, value)) {
      EXPECT_EQ(view.protection, kPageReadWrite);
      model_[offset] = std::byte(value);
    }
  }
  void Read() {
    if (model_.empty()) return;
    const u32 offset = Below(u32(model_.size()));
    Bytes bytes(1 + Below(std::min<u32>(2 * kPageSize, u32(model_.size()) - offset)));
    const Status status = data_->ReadBytes(offset, bytes);
    if (IsFailure(status)) return void(++refused);
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), model_.begin() + offset));
  }
  void WriteBack() {
    if (Below(3) == 0) file_->fail_write = 1 + Below(3);
    const Status status = data_->WriteBack();
    file_->fail_write = 0;
    EXPECT_TRUE(IsSuccess(status) || data_->modified());
  }
  void Step() {
    test::FakeProcess& process = *processes_[Below(2)];
    switch (Below(12)) {
      case 0:
      case 1:
        return Write();
      case 2:
        return SetSize();
      case 3:
        return Map(process);
      case 4:
        return (void)process.space.UnmapView(VirtAddr(0x1000000 * (1 + Below(3))));
      case 5:
        return WriteBack();
      case 6:
        return Read();
      case 7:
        return machine_.window.Spoil(machine_.frames);
      default:
        return Touch(process);
    }
  }
  void Disturb(u32 steps) {
    for (u32 i = 0; i < steps / 4 && !testing::Test::HasFailure(); ++i) {
      if (Below(3) == 0) {
        (void)data_->WriteBack();
      } else if (data_->size() != 0) {
        Bytes some(1 + Below(3000));
        (void)data_->ReadBytes(Below(u32(data_->size())), some);
      }
      machine_.threads.Yield();
    }
  }

  test::RandomChoices choices_;
  FakeMachine machine_;
  RefPtr<test::FakeFile> file_;
  Bytes model_;
  RefPtr<DataSection> data_;
  std::vector<std::unique_ptr<test::FakeProcess>> processes_;
};

TEST(DataWriteRandom, TheFileIsWhatTheModelSays) {
  for (u32 seed = 0; seed < 60 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    FileSimulation(seed, 200).Run(400);
  }
}

TEST(DataWriteRandom, AlsoWithLittleMemory) {
  u32 refused = 0;
  for (u32 seed = 0; seed < 60 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    FileSimulation simulation(seed, 12);
    simulation.Run(400);
    refused += simulation.refused;
  }
  EXPECT_GT(refused, 0u);
}

TEST(DataWriteRandom, AlsoWhileOthersReadAndWriteBack) {
  for (u32 seed = 0; seed < 30 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    FileSimulation(seed, 40).RunThreads(200);
  }
}

}  // namespace
}  // namespace fl::mm
