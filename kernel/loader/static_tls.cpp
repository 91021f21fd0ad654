// Static TLS: see static_tls.h.
#include "kernel/loader/static_tls.h"

#include "kernel/base/checked_math.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/user_thread.h"
#include "pe/byte_source.h"

namespace fl::kernel {
namespace {

constexpr u32 kSmallestAlignment = 16;
constexpr u32 kLargestTls = 0x10000000;

Result<TlsTemplate> ReadTemplate(LoadedModule& module) {
  const pe::DirectoryEntry directory = module.Layout().directory(pe::Directory::kTls);
  TlsTemplate tls;
  if (directory.rva.value == 0 || directory.size == 0) return tls;
  const auto raw = TRY(pe::ReadStruct<pe::TlsDirectory>(module.Image(), directory.rva));
  tls.start = raw.raw_data_start;
  const u32 end = raw.raw_data_end;
  tls.raw_size = end > tls.start ? end - tls.start : 0;
  const u64 size = u64(tls.raw_size) + raw.zero_fill;
  if (size > kLargestTls) return Status::kNoMemory;
  tls.size = u32(size);
  // IMAGE_SCN_ALIGN_*: 1 to 14 in bits 20 to 23, for 1 to 8192 bytes.
  const u32 shift = raw.characteristics.get() >> 20 & 0xF;
  tls.alignment = shift > 0 && shift < 15 ? 1u << (shift - 1) : 1;
  if (tls.alignment < kSmallestAlignment) tls.alignment = kSmallestAlignment;
  tls.index_address = raw.index_address;
  tls.callbacks = raw.callbacks;
  return tls;
}

u32 FreeIndex(const Process& process, std::span<LoadedModule* const> fresh) {
  for (u32 index = 0;; ++index) {
    bool taken = false;
    for (const auto& module : process.modules().all()) taken |= module->tls.index == index;
    for (const LoadedModule* module : fresh) taken |= module->tls.index == index;
    if (!taken) return index;
  }
}

/// At least one byte: a template may be empty, its index still means something.
u32 RoomFor(const TlsTemplate& tls) { return AlignUp(tls.size == 0 ? 1 : tls.size, tls.alignment); }

u64 SizeOfCopies(const ModuleList& modules) {
  u64 size = 0;
  for (const auto& module : modules.all()) {
    if (!module->tls.present()) continue;
    size = AlignUp<u64>(size, module->tls.alignment) + RoomFor(module->tls);
  }
  return size;
}

Result<mm::ByteRange> AllocateBlock(Process& process, u64 size) {
  if (size > kLargestTls) return Status::kNoMemory;
  return process.space().Allocate({.base = {},
                                   .size = u32(size),
                                   .type = mm::kMemReserve | mm::kMemCommit,
                                   .protection = mm::kPageReadWrite});
}

void FreeBlock(Process& process, mm::ByteRange& block) {
  if (block.size == 0) return;
  // The program may have freed it itself.
  (void)process.space().Free(block.base, 0, mm::kMemRelease);
  block = {};
}

/// Copies within the current process; the rest of the block is zero as it is.
Status CopyTemplate(const TlsTemplate& tls, u32 to) {
  std::byte bytes[256];
  for (u32 done = 0; done < tls.raw_size;) {
    const u32 left = tls.raw_size - done;
    const u32 count = left < sizeof(bytes) ? left : u32(sizeof(bytes));
    TRY_STATUS(CopyFromUser(bytes, tls.start + done, count));
    TRY_STATUS(CopyToUser(to + done, bytes, count));
    done += count;
  }
  return Status::kSuccess;
}

Status SetPointer(VirtAddr teb, u32 index, u32 value) {
  const u32 array = teb.value + kTebTlsArray;
  TRY_STATUS(WriteUser(array + 4 * index, value));
  return WriteUser(teb.value + kTebThreadLocalStoragePointer, array);
}

/// Copies for all threads that run: one allocation, of the module's.
Status GiveToThreads(Process& process, LoadedModule& module) {
  // Threads may end while this one sleeps.
  Vector<RefPtr<Thread>> threads;
  for (Thread& thread : process.threads()) {
    if (thread.teb.value != 0) TRY_STATUS(threads.Push(RefPtr<Thread>(&thread)));
  }
  if (threads.empty()) return Status::kSuccess;
  const u32 room = RoomFor(module.tls);
  module.tls_block = TRY(AllocateBlock(process, u64(room) * threads.size()));
  u32 at = module.tls_block.base.value;
  for (const auto& thread : threads) {
    TRY_STATUS(CopyTemplate(module.tls, at));
    if (!thread->ended()) TRY_STATUS(SetPointer(thread->teb, module.tls.index, at));
    at += room;
  }
  return Status::kSuccess;
}

}  // namespace

Status PrepareTls(Process& process, std::span<LoadedModule* const> modules) {
  for (LoadedModule* module : modules) {
    TlsTemplate tls = TRY(ReadTemplate(*module));
    if (tls.alignment == 0) continue;
    tls.index = FreeIndex(process, modules);
    module->tls = tls;
    TRY_STATUS(GiveToThreads(process, *module));
    if (tls.index_address != 0) TRY_STATUS(WriteUser(tls.index_address, tls.index));
  }
  return Status::kSuccess;
}

void ForgetTls(Process& process, LoadedModule& module) {
  FreeBlock(process, module.tls_block);
  module.tls = {};
}

Status AllocateThreadTls(Thread& thread) {
  Process& process = *thread.process();
  const u64 size = SizeOfCopies(process.modules());
  if (size <= thread.tls_block.size) return Status::kSuccess;
  DropThreadTls(thread);
  thread.tls_block = TRY(AllocateBlock(process, size));
  return Status::kSuccess;
}

Status FillThreadTls(Thread& thread) {
  // DLLs may have come since the thread was created.
  TRY_STATUS(AllocateThreadTls(thread));
  u32 at = thread.tls_block.base.value;
  for (const auto& module : thread.process()->modules().all()) {
    if (!module->tls.present()) continue;
    at = AlignUp(at, module->tls.alignment);
    TRY_STATUS(CopyTemplate(module->tls, at));
    TRY_STATUS(SetPointer(thread.teb, module->tls.index, at));
    at += RoomFor(module->tls);
  }
  return Status::kSuccess;
}

void DropThreadTls(Thread& thread) { FreeBlock(*thread.process(), thread.tls_block); }

}  // namespace fl::kernel
