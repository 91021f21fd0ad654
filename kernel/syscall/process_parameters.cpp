// Process parameters: see process_parameters.h.
#include "kernel/syscall/process_parameters.h"

namespace fl::kernel {
namespace {

constexpr u32 kLargestEnvironment = 0x100000;

constexpr u32 kFlags = 0x08;
constexpr u32 kStandardHandles = 0x18;
constexpr u32 kCurrentDirectory = 0x24;
constexpr u32 kImagePath = 0x38;
constexpr u32 kCommandLine = 0x40;
constexpr u32 kEnvironment = 0x48;
constexpr u32 kEnvironmentSize = 0x290;

class ParametersReader {
 public:
  static Result<ParametersReader> Open(u32 address) {
    const u32 flags = TRY(ReadUser<u32>(address + kFlags));
    return ParametersReader(address, (flags & kParametersNormalised) != 0 ? 0 : address);
  }
  Result<u32> Word(u32 offset) const { return ReadUser<u32>(address_ + offset); }
  Result<Vector<char16_t>> String(u32 offset) const {
    UserUnicodeString string = TRY(ReadUser<UserUnicodeString>(address_ + offset));
    if (string.buffer != 0) string.buffer += bias_;
    return ReadUnicodeString(string);
  }
  Result<Vector<char16_t>> Environment() const {
    Vector<char16_t> block;
    const u32 at = TRY(Word(kEnvironment));
    const u32 bytes = TRY(Word(kEnvironmentSize));
    if (bytes > kLargestEnvironment) return Status::kInvalidParameter;
    if (at != 0 && bytes >= 4) {
      TRY_STATUS(block.Resize(bytes / 2));
      TRY_STATUS(CopyFromUser(block.data(), at + bias_, block.size() * 2));
    }
    TRY_STATUS(block.Push(0));
    TRY_STATUS(block.Push(0));
    return block;
  }

 private:
  ParametersReader(u32 address, u32 bias) : address_(address), bias_(bias) {}
  u32 address_;
  u32 bias_;
};

}  // namespace

Result<CapturedParameters> CaptureParameters(u32 address) {
  CapturedParameters captured;
  const ParametersReader reader = TRY(ParametersReader::Open(address));
  captured.current_directory = TRY(reader.String(kCurrentDirectory));
  captured.image_path = TRY(reader.String(kImagePath));
  captured.command_line = TRY(reader.String(kCommandLine));
  captured.environment = TRY(reader.Environment());
  for (u32 i = 0; i < 3; ++i) captured.standard[i] = TRY(reader.Word(kStandardHandles + 4 * i));
  return captured;
}

}  // namespace fl::kernel
