// Process parameters: see process_parameters.h.
#include "kernel/syscall/process_parameters.h"

namespace fl::kernel {
namespace {

constexpr u32 kLargestEnvironment = 0x100000;

constexpr u32 kFlags = 0x08;
constexpr u32 kConsoleHandle = 0x10;
constexpr u32 kConsoleFlags = 0x14;
constexpr u32 kStandardHandles = 0x18;
constexpr u32 kCurrentDirectory = 0x24;
constexpr u32 kDllPath = 0x30;
constexpr u32 kImagePath = 0x38;
constexpr u32 kCommandLine = 0x40;
constexpr u32 kEnvironment = 0x48;
constexpr u32 kNumbers = 0x4C;
constexpr u32 kWindowTitle = 0x70;
constexpr u32 kDesktop = 0x78;
constexpr u32 kShell = 0x80;
constexpr u32 kRuntime = 0x88;
constexpr u32 kEnvironmentSize = 0x290;

class ParametersReader {
 public:
  static Result<ParametersReader> Open(u32 address) {
    const u32 flags = TRY(ReadUser<u32>(address + kFlags));
    return ParametersReader(address, (flags & kParametersNormalised) != 0 ? 0 : address);
  }
  Result<u32> Word(u32 offset) const { return ReadUser<u32>(address_ + offset); }
  Result<Vector<char16_t>> String(u32 offset) const {
    return ReadUnicodeString(TRY(Descriptor(offset)));
  }
  Result<Vector<u8>> Bytes(u32 offset) const {
    const UserUnicodeString string = TRY(Descriptor(offset));
    Vector<u8> bytes;
    TRY_STATUS(bytes.Resize(string.length));
    TRY_STATUS(CopyFromUser(bytes.data(), string.buffer, string.length));
    return bytes;
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
  Result<UserUnicodeString> Descriptor(u32 offset) const {
    UserUnicodeString string = TRY(ReadUser<UserUnicodeString>(address_ + offset));
    if (string.buffer != 0) string.buffer += bias_;
    return string;
  }
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
  StartupInformation& startup = captured.startup;
  startup.console = TRY(reader.Word(kConsoleHandle));
  startup.console_flags = TRY(reader.Word(kConsoleFlags));
  startup.dll_path = TRY(reader.String(kDllPath));
  startup.window_title = TRY(reader.String(kWindowTitle));
  startup.desktop = TRY(reader.String(kDesktop));
  startup.shell = TRY(reader.String(kShell));
  startup.runtime = TRY(reader.Bytes(kRuntime));
  TRY_STATUS(CopyFromUser(startup.numbers, address + kNumbers, sizeof(startup.numbers)));
  return captured;
}

}  // namespace fl::kernel
