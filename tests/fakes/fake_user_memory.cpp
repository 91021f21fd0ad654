// FakeUserMemory: see fake_user_memory.h.
#include "tests/fakes/fake_user_memory.h"

#include "kernel/base/assert.h"
#include "kernel/x86/user_copy.h"

namespace fl::test {
namespace {

constexpr u32 kUserEnd = 0x7FFF0000;
FakeUserMemory* current = nullptr;

bool IsUser(const void* pointer) { return std::uintptr_t(pointer) < 0x100000000; }
u32 Address(const void* pointer) { return u32(std::uintptr_t(pointer)); }

}  // namespace

FakeUserMemory::FakeUserMemory() {
  KASSERT(current == nullptr);
  current = this;
}

FakeUserMemory::~FakeUserMemory() { current = nullptr; }

void FakeUserMemory::Put(u32 address, const void* bytes, u32 size) {
  const u8* from = static_cast<const u8*>(bytes);
  for (u32 i = 0; i < size; ++i) {
    const auto page = pages.find(AlignDown(address + i, kPageSize));
    if (page != pages.end()) page->second.bytes[(address + i) & kPageMask] = from[i];
  }
}

Status FakeUserMemory::Move(Kind kind, u32 address, u8* buffer, u32 size) {
  for (u32 i = 0; i < size; ++i) {
    const auto page = pages.find(AlignDown(address + i, kPageSize));
    if (page == pages.end()) return Status::kAccessViolation;
    if (IsFailure(page->second.fault)) return page->second.fault;
    if (kind != Kind::kRead && !page->second.writable) return Status::kAccessViolation;
    u8& byte = page->second.bytes[(address + i) & kPageMask];
    if (kind == Kind::kRead) buffer[i] = byte;
    if (kind == Kind::kWrite) byte = buffer[i];
  }
  return Status::kSuccess;
}

Status FakeUserMemory::Perform(Kind kind, u32 address, void* buffer, u32 size) {
  if (size == 0) return Status::kSuccess;
  KASSERT(address < kUserEnd && size <= kUserEnd - address);
  u8* bytes = static_cast<u8*>(buffer);
  const Status status = Move(kind, address, bytes, size);
  Access access{kind, address, {}, size, status};
  if (IsSuccess(status) && kind != Kind::kProbe) access.bytes.assign(bytes, bytes + size);
  accesses.push_back(std::move(access));
  if (other_thread) other_thread();
  return status;
}

}  // namespace fl::test

namespace fl::x86 {

using test::FakeUserMemory;

extern "C" Status CopySafely(void* to, const void* from, u32 size) {
  const bool in = test::IsUser(from);
  KASSERT(size == 0 || in != test::IsUser(to));
  return in ? test::current->Perform(FakeUserMemory::Kind::kRead, test::Address(from), to, size)
            : test::current->Perform(FakeUserMemory::Kind::kWrite, test::Address(to),
                                     const_cast<void*>(from), size);
}

extern "C" Status ProbeSafely(void* address) {
  return test::current->Perform(FakeUserMemory::Kind::kProbe, test::Address(address), nullptr, 1);
}

// Declared here too, so that it does not matter whether the header has them.
extern "C" Status ReadWordSafely(u32* to, const void* from);
extern "C" Status WriteWordSafely(void* to, u32 value);

extern "C" Status ReadWordSafely(u32* to, const void* from) { return CopySafely(to, from, 4); }
extern "C" Status WriteWordSafely(void* to, u32 value) { return CopySafely(to, &value, 4); }

}  // namespace fl::x86
