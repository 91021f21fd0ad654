// FileObject: what a file handle names: a file of the volume, a directory, or one of the byte streams that
// connect the program with the outside.
// Invariants:  reads and writes of a file go through its DataSection, so calls and views use the same frames.
// Units:       offsets and lengths in bytes.
#pragma once

#include "drivers/sleeping_lock.h"
#include "fs/volume.h"
#include "kernel/io_request.h"
#include "kernel/object.h"
#include "kernel/open_file.h"

namespace fl::kernel {

class DirectoryScan;
class DiskFileObject;
class PipeEnd;

inline constexpr u32 kDeviceDisk = 7;
inline constexpr u32 kDeviceNamedPipe = 0x11;
inline constexpr u32 kDeviceNull = 0x15;

/// The port that is told of the ends of a file's operations.
struct PortBinding {
  RefPtr<IoCompletion> port;  ///< Null: none is.
  u32 key = 0;
  u32 modes = 0;  ///< FILE_SKIP_*
};

class FileObject : public Object {
 public:
  static constexpr ObjectType kType = ObjectType::kFile;

  /// Reads at most out.size() bytes into kernel memory. `offset`: null for the current position, which
  /// moves. kEndOfFile at the end. May sleep; kProcessIsTerminating if the process ends meanwhile.
  virtual Result<u32> Read(const u64* offset, std::span<std::byte> out) = 0;
  virtual Result<u32> Write(const u64* offset, std::span<const std::byte> bytes) = 0;

  /// Null for what is no file of the volume.
  virtual fs::File* file() const { return nullptr; }
  /// Null for streams. As it is now; until the caller sleeps.
  virtual const fs::DirectoryEntryInfo* info() const { return nullptr; }
  /// FILE_DEVICE_*, by which programs tell disks, pipes and characters apart. The streams to and from the host are
  /// what they take pipes for.
  virtual u32 device_type() const { return kDeviceNamedPipe; }
  /// Null for what is no file or directory of the volume.
  virtual DiskFileObject* disk() { return nullptr; }
  virtual u64* position() { return nullptr; }
  /// The walk over a directory's entries, which is the handle's; kInvalidParameter for what is none.
  virtual Result<DirectoryScan*> Scan() { return Status::kInvalidParameter; }
  /// FILE_*: how it was opened, and what for.
  virtual u32 options() const { return 0; }
  /// Held during a transfer by handles with a position: they are synchronous, one call comes after the other.
  virtual drivers::SleepingLock* lock() { return nullptr; }

  /// A pipe's end, which is read and written in its own way; null for everything else.
  virtual PipeEnd* pipe() { return nullptr; }
  /// The place where pipes' names are.
  virtual bool is_pipe_directory() const { return false; }

  PortBinding completion;
  /// Operations whose calls have returned.
  IntrusiveList<IoRequest, FileTag> requests;
  /// One of its operations has ended.
  virtual void OnOperationEnd() {}
  /// Takes one of them back. May sleep.
  virtual void Cancel(IoRequest&) {}

 protected:
  FileObject() : Object(kType) {}
};

/// The right to use a file's position, while it lives.
class Turn {
 public:
  explicit Turn(FileObject& file) : lock_(file.lock()) {
    if (lock_) lock_->Acquire();
  }
  ~Turn() {
    if (lock_) lock_->Release();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  drivers::SleepingLock* const lock_;
};

/// A file or directory of the volume, as somebody opened it. With its last handle go its locks and its part in the
/// sharing, what it wrote goes to the volume, and the file goes if that was wished.
class DiskFileObject final : public FileObject {
 public:
  /// The sharing has been checked.
  DiskFileObject(fs::Opened opened, RefPtr<OpenFile> open, const ShareWish& wish, u32 options,
                 drivers::DiskEvents& sleeper);
  ~DiskFileObject() override;

  Result<u32> Read(const u64* offset, std::span<std::byte> out) override;
  Result<u32> Write(const u64* offset, std::span<const std::byte> bytes) override;
  fs::File* file() const override { return opened_.file.get(); }
  const fs::DirectoryEntryInfo* info() const override;
  u32 device_type() const override { return kDeviceDisk; }
  DiskFileObject* disk() override { return this; }
  OpenFile& open() { return *open_; }
  const OpenFile& open() const { return *open_; }
  Status AppendName(Vector<char16_t>& out) const override;
  /// Of a file or a directory.
  Status SetBasic(const fs::BasicInformation& change);
  /// What was written is on the volume when it returns.
  Status WriteBack();
  u64* position() override { return &position_; }
  Result<DirectoryScan*> Scan() override;
  u32 options() const override { return options_; }
  drivers::SleepingLock* lock() override { return &lock_; }

 private:
  void OnLastHandleClosed() override;
  void RemoveFromVolume();

  mutable fs::Opened opened_;
  const RefPtr<OpenFile> open_;
  const ShareWish wish_;
  bool closed_ = false;
  DirectoryScan* scan_ = nullptr;  ///< From the first query on.
  const u32 options_;
  u64 position_ = 0;
  drivers::SleepingLock lock_;
};

/// NUL: takes everything and has nothing.
class NullObject final : public FileObject {
 public:
  Result<u32> Read(const u64*, std::span<std::byte>) override { return Status::kEndOfFile; }
  Result<u32> Write(const u64*, std::span<const std::byte> bytes) override {
    return u32(bytes.size());
  }
  u32 device_type() const override { return kDeviceNull; }
};

/// "\\Device\\NamedPipe\\": pipes are opened and waited for relative to it.
class PipeDirectoryObject final : public FileObject {
 public:
  Result<u32> Read(const u64*, std::span<std::byte>) override {
    return Status::kInvalidDeviceRequest;
  }
  Result<u32> Write(const u64*, std::span<const std::byte>) override {
    return Status::kInvalidDeviceRequest;
  }
  bool is_pipe_directory() const override { return true; }
};

enum class StreamKind : u8 { kInput, kOutput, kError };

/// A byte stream to or from the host, or the screen.
class StreamObject final : public FileObject {
 public:
  explicit StreamObject(StreamKind kind) : kind_(kind) {}

  Result<u32> Read(const u64* offset, std::span<std::byte> out) override;
  Result<u32> Write(const u64* offset, std::span<const std::byte> bytes) override;

 private:
  const StreamKind kind_;
};

}  // namespace fl::kernel
