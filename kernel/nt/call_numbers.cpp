// CallNumbers: see call_numbers.h.
#include "kernel/nt/call_numbers.h"

#include <cstring>

#include "kernel/base/log.h"

namespace fl::kernel {
namespace {

constexpr u32 kMostCalls = 0x1000;

struct [[gnu::packed]] Stub {
  u8 mov_eax;
  u32 number;
  u8 mov_edx;
  u32 thunk;
  u8 call_edx[2];
};
static_assert(sizeof(Stub) == 12);

bool IsStub(const Stub& stub) {
  return stub.mov_eax == 0xB8 && stub.mov_edx == 0xBA && stub.call_edx[0] == 0xFF &&
         stub.call_edx[1] == 0xD2;
}

}  // namespace

Status CallNumbers::Learn(pe::ByteSource& image, pe::ExportTable& exports, Rva dispatcher) {
  const u16 count = TRY(pe::ReadStruct<u16>(image, dispatcher + 4));
  if (count == 0 || count > kMostCalls) return Status::kInvalidImageFormat;
  Vector<u8> argument_bytes;
  TRY_STATUS(argument_bytes.Resize(count));
  TRY_STATUS(image.Read(dispatcher.value + 6, std::as_writable_bytes(argument_bytes.span())));
  TRY_STATUS(handlers_.Resize(count));
  TRY_STATUS(refused_.Resize(count));
  // Both lists are sorted.
  u32 at = 0;
  for (const SystemCallEntry& entry : SystemCalls()) {
    if (entry.of_linker) continue;
    at = TRY(exports.LowerBound(entry.name, at));
    const std::optional<pe::Export> found = TRY(exports.FindAt(at, entry.name));
    if (!found || found->forwarder) continue;
    const Stub stub = TRY(pe::ReadStruct<Stub>(image, found->rva));
    const u32 index = stub.number & 0xFFF;
    if (!IsStub(stub) || index >= count) continue;
    if (argument_bytes[index] != entry.arguments * sizeof(u32)) {
      Log(LogLevel::kWarning, "%s takes %u bytes of arguments here, and %u there", entry.name,
          u32(entry.arguments * sizeof(u32)), u32(argument_bytes[index]));
      continue;
    }
    handlers_[index] = &entry;
    ++known_;
  }
  return known_ != 0 ? Status::kSuccess : Status::kInvalidImageFormat;
}

bool CallNumbers::LeadsTo(const SystemCallEntry& entry) const {
  for (const SystemCallEntry* handler : handlers_) {
    if (handler == &entry) return true;
  }
  return false;
}

Result<std::string_view> CallNumbers::NameOf(pe::ByteSource& image, pe::ExportTable& exports,
                                             u32 number, std::span<char> buffer) {
  for (u32 i = 0; i < exports.name_count(); ++i) {
    const pe::Export entry = TRY(exports.FunctionOfName(i));
    if (entry.forwarder) continue;
    const Result<Stub> stub = pe::ReadStruct<Stub>(image, entry.rva);
    if (stub.ok() && IsStub(*stub) && stub->number == number) return exports.ReadName(i, buffer);
  }
  return Status::kEntryPointNotFound;
}

}  // namespace fl::kernel
