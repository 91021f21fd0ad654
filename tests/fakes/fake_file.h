// FakeFile: a file in memory that can fail, and during whose reads anything can be made to happen.
#pragma once

#include <functional>
#include <string>

#include "fs/file.h"
#include "tests/fakes/image_builder.h"

namespace fl::test {

class FakeFile final : public fs::File {
 public:
  FakeFile(Bytes bytes, u64 number, std::string name = "test.dll")
      : bytes_(std::move(bytes)), number_(number), name_(std::move(name)) {}

  fs::FileId Id() const override { return {7, number_}; }
  u64 Size() const override { return bytes_.size(); }
  std::string_view Name() const override { return name_; }
  u64 AllocatedSize() const override { return AlignUp(Size(), u64(kPageSize)); }
  fs::BasicInformation Basic() const override { return basic; }
  Status ReadAt(u64 offset, fs::ScatterList buffers) override;
  Status WriteAt(u64 offset, fs::GatherList buffers) override;
  Status Reserve(u64 size) override;
  Status SetSize(u64 size) override;
  Status SetBasic(const fs::BasicInformation& change) override;
  Status Flush() override { return Status::kSuccess; }
  using fs::File::ReadAt;
  using fs::File::WriteAt;

  const Bytes& bytes() const { return bytes_; }
  u32 reads = 0;
  u64 bytes_read = 0;
  /// The n-th read from now on fails with fail_status; 0: none does.
  u32 fail_read = 0;
  Status fail_status = Status::kIoDeviceError;
  u32 writes = 0;
  /// The n-th change from now on fails with fail_status; 0: none does.
  u32 fail_write = 0;
  u64 most = ~0ull;  ///< Bytes that the volume has room for.
  u64 reserved = 0;
  fs::BasicInformation basic;
  /// Runs in the middle of each read, as other threads do while the disk works.
  std::function<void()> during_read;

 private:
  Bytes bytes_;
  u64 number_;
  std::string name_;
};

inline RefPtr<FakeFile> MakeFile(Bytes bytes, u64 number, std::string name = "test.dll") {
  return AdoptRef(new FakeFile(std::move(bytes), number, std::move(name)));
}

/// `count` bytes that depend on their offset and on `seed`.
Bytes PatternBytes(std::size_t count, u32 seed);

}  // namespace fl::test
