// user_memory: the input chooses a program's memory, what its other threads write meanwhile, and a
// structure that a system call captures. A naive reading of the recorded accesses must come to the same
// result: so each field is fetched once, in one order, and what was fetched is what is used.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "kernel/syscall/process_parameters.h"
#include "tests/fakes/choices.h"
#include "tests/fakes/fake_user_memory.h"
#include "tests/fuzz/fuzz_target.h"

namespace fl::fuzz {
namespace {

using namespace kernel;
using test::FakeUserMemory;
using test::InputChoices;
using Kind = FakeUserMemory::Kind;

constexpr u32 kUserEnd = 0x7FFF0000;
constexpr u32 kLargestEnvironment = 0x100000;
constexpr u32 kPages[] = {0x10000, 0x11000, 0x12000, 0x7FFE0000, 0x7FFEE000, 0x7FFEF000};

/// Reads the accesses that were recorded, as the simplest capture there is.
class Naive {
 public:
  explicit Naive(const FakeUserMemory& memory) : memory_(memory) {}

  Status Fetch(u32 address, void* out, u32 size) {
    if (size == 0) return Status::kSuccess;
    if (u64(address) + size > kUserEnd) return Status::kAccessViolation;
    if (next_ == memory_.accesses.size()) {
      ADD_FAILURE() << "a value was not fetched";
      return Status::kUnsuccessful;
    }
    const FakeUserMemory::Access& access = memory_.accesses[next_++];
    EXPECT_EQ(access.kind, Kind::kRead);
    EXPECT_EQ(access.address, address);
    EXPECT_EQ(access.size, size);
    if (IsFailure(access.status)) return access.status;
    std::memcpy(out, access.bytes.data(), size);
    return Status::kSuccess;
  }
  Status Word(u32 address, u32* out) { return Fetch(address, out, 4); }

  Status String(u32 at, u32 bias, std::u16string* out) {
    u8 header[8];
    TRY_STATUS(Fetch(at, header, sizeof(header)));
    const u32 length = header[0] + header[1] * 256u;
    u32 buffer;
    std::memcpy(&buffer, header + 4, 4);
    if (length % 2 != 0) return Status::kInvalidParameter;
    out->resize(length / 2);
    return Fetch(buffer != 0 ? buffer + bias : 0, out->data(), length);
  }

  Status Bytes(u32 at, u32 bias, std::vector<u8>* out) {
    u8 header[8];
    TRY_STATUS(Fetch(at, header, sizeof(header)));
    const u32 length = header[0] + header[1] * 256u;
    u32 buffer;
    std::memcpy(&buffer, header + 4, 4);
    out->resize(length);
    return Fetch(buffer != 0 ? buffer + bias : 0, out->data(), length);
  }

  Status Attributes(u32 at, u32* directory, std::u16string* name) {
    if (at == 0) return Status::kSuccess;
    u32 words[6];
    TRY_STATUS(Fetch(at, words, sizeof(words)));
    if (words[0] != sizeof(words)) return Status::kInvalidParameter;
    *directory = words[1];
    return words[2] == 0 ? Status::kSuccess : String(words[2], 0, name);
  }

  struct Parameters {
    std::u16string directory, image, line, environment;
    u32 standard[3], console[2], numbers[9];
    std::u16string startup[4];
    std::vector<u8> runtime;
  };
  Status CaptureParameters(u32 at, Parameters* out) {
    u32 flags, block, size;
    TRY_STATUS(Word(at + 0x08, &flags));
    const u32 bias = (flags & 1) != 0 ? 0 : at;
    TRY_STATUS(String(at + 0x24, bias, &out->directory));
    TRY_STATUS(String(at + 0x38, bias, &out->image));
    TRY_STATUS(String(at + 0x40, bias, &out->line));
    TRY_STATUS(Word(at + 0x48, &block));
    TRY_STATUS(Word(at + 0x290, &size));
    if (size > kLargestEnvironment) return Status::kInvalidParameter;
    if (block != 0 && size >= 4) {
      out->environment.resize(size / 2);
      TRY_STATUS(Fetch(block + bias, out->environment.data(), size / 2 * 2));
    }
    out->environment += std::u16string(2, u'\0');
    for (u32 i = 0; i < 3; ++i) TRY_STATUS(Word(at + 0x18 + 4 * i, &out->standard[i]));
    for (u32 i = 0; i < 2; ++i) TRY_STATUS(Word(at + 0x10 + 4 * i, &out->console[i]));
    const u32 strings[] = {0x30, 0x70, 0x78, 0x80};
    for (u32 i = 0; i < 4; ++i) TRY_STATUS(String(at + strings[i], bias, &out->startup[i]));
    TRY_STATUS(Bytes(at + 0x88, bias, &out->runtime));
    return Fetch(at + 0x4C, out->numbers, sizeof(out->numbers));
  }

  bool finished() const { return next_ == memory_.accesses.size(); }

 private:
  const FakeUserMemory& memory_;
  std::size_t next_ = 0;
};

std::string NaiveUtf8(const std::u16string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    u32 c = text[i];
    if (c >= 0xD800 && c < 0xE000) {
      const bool pair =
          c < 0xDC00 && i + 1 < text.size() && text[i + 1] >= 0xDC00 && text[i + 1] < 0xE000;
      c = pair ? 0x10000 + ((c - 0xD800) << 10) + (text[++i] - 0xDC00u) : 0xFFFD;
    }
    if (c < 0x80) {
      out += char(c);
      continue;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    out += char((0xFF00 >> (more + 1) & 0xFF) | c >> (6 * more));
    for (int shift = 6 * (more - 1); shift >= 0; shift -= 6)
      out += char(0x80 | (c >> shift & 0x3F));
  }
  return out;
}

class Case {
 public:
  explicit Case(InputChoices& choices) : choices_(choices) {
    for (const u32 page : kPages) {
      if (choices_.Chance(5)) continue;
      memory_.pages[page].writable = !choices_.Chance(5);
      if (choices_.Chance(12)) memory_.pages[page].fault = Status::kInPageError;
    }
    memory_.other_thread = [this] {
      if (choices_.Chance(3)) PutSomething();
    };
  }

  void Run() {
    const u32 at = Address();
    const u32 which = Below(6);
    if (which == 0) PutAttributes(at);
    if (which == 1) PutString(at);
    if (which == 2) PutParameters(at);
    for (u32 left = Below(4); left > 0; --left) PutSomething();
    switch (which) {
      case 0:
        return CheckAttributes(at);
      case 1:
        return CheckString(at);
      case 2:
        return CheckParameters(at);
      case 3:
        return CheckWord(at);
      case 4:
        return CheckProbe(at);
      default:
        return CheckStore(at);
    }
  }

 private:
  u32 Below(u32 n) { return choices_.Below(n); }

  /// Mostly on a page that there is, often near its end; or anything.
  u32 Address() {
    if (choices_.Chance(20)) return Below(2) ? Below(~0u) : 0;
    const u32 page = kPages[Below(std::size(kPages))];
    return Below(2) ? page + Below(kPageSize) : page + kPageSize - 1 - Below(64);
  }
  void PutString(u32 at) {
    const u16 length =
        u16(choices_.Chance(20) ? Below(0x10000) : Below(40) * 2 + choices_.Chance(20));
    const u32 buffer = Address();
    memory_.Put(at, UserUnicodeString{length, length, buffer});
    for (u32 i = 0; i < length && i < 16; i += 2) {
      memory_.Put(buffer + i, u16(Below(2) ? Below(0x80) : Below(0x10000)));
    }
  }
  void PutAttributes(u32 at) {
    const u32 name = choices_.Chance(10) ? 0 : Address();
    memory_.Put(at, ObjectAttributes{.length = choices_.Chance(10) ? Below(~0u) : 24u,
                                     .root_directory = Below(0x100),
                                     .object_name = name});
    PutString(name);
  }
  void PutParameters(u32 at) {
    memory_.Put(at + 0x08, Below(4));
    for (const u32 offset : {0x24u, 0x30u, 0x38u, 0x40u, 0x70u, 0x78u, 0x80u, 0x88u}) {
      PutString(at + offset);
    }
    memory_.Put(at + 0x48, choices_.Chance(4) ? 0 : Address());
    memory_.Put(at + 0x290, choices_.Chance(10) ? Below(~0u) : Below(200));
  }
  void PutSomething() {
    const u32 address = Address();
    Below(2) ? memory_.Put(address, Address()) : memory_.Put(address, Below(~0u));
  }

  void CheckAttributes(u32 at) {
    const auto got = CaptureAttributes(at);
    Naive naive(memory_);
    u32 directory = 0;
    std::u16string name;
    ASSERT_EQ(got.status(), naive.Attributes(at, &directory, &name));
    EXPECT_TRUE(naive.finished());
    if (!got.ok()) return;
    EXPECT_EQ(got->root_directory, directory);
    EXPECT_EQ(std::string(got->name.begin(), got->name.end()), NaiveUtf8(name));
  }

  static void ExpectText(const Vector<char16_t>& got, const std::u16string& expected) {
    EXPECT_TRUE(std::u16string(got.begin(), got.end()) == expected);
  }

  void CheckString(u32 at) {
    const auto got = ReadUnicodeString(at);
    Naive naive(memory_);
    std::u16string text;
    ASSERT_EQ(got.status(), naive.String(at, 0, &text));
    EXPECT_TRUE(naive.finished());
    if (got.ok()) ExpectText(*got, text);
  }

  void CheckParameters(u32 at) {
    const auto got = CaptureParameters(at);
    Naive naive(memory_);
    Naive::Parameters expected;
    ASSERT_EQ(got.status(), naive.CaptureParameters(at, &expected));
    EXPECT_TRUE(naive.finished());
    if (!got.ok()) return;
    ExpectText(got->current_directory, expected.directory);
    ExpectText(got->image_path, expected.image);
    ExpectText(got->command_line, expected.line);
    ExpectText(got->environment, expected.environment);
    for (u32 i = 0; i < 3; ++i) EXPECT_EQ(got->standard[i], expected.standard[i]);
    const StartupInformation& startup = got->startup;
    EXPECT_EQ(startup.console, expected.console[0]);
    EXPECT_EQ(startup.console_flags, expected.console[1]);
    ExpectText(startup.dll_path, expected.startup[0]);
    ExpectText(startup.window_title, expected.startup[1]);
    ExpectText(startup.desktop, expected.startup[2]);
    ExpectText(startup.shell, expected.startup[3]);
    EXPECT_TRUE(std::equal(startup.runtime.begin(), startup.runtime.end(), expected.runtime.begin(),
                           expected.runtime.end()));
    EXPECT_TRUE(
        std::equal(std::begin(startup.numbers), std::end(startup.numbers), expected.numbers));
  }

  void CheckWord(u32 at) {
    const auto got = ReadUser<u32>(at);
    Naive naive(memory_);
    u32 expected;
    ASSERT_EQ(got.status(), naive.Word(at, &expected));
    if (got.ok()) {
      EXPECT_EQ(*got, expected);
    }
  }

  /// A probe says what writes to all of the range would meet, and writes nothing.
  void CheckProbe(u32 at) {
    memory_.other_thread = nullptr;
    const u32 size = choices_.Chance(10) ? Below(~0u) : Below(3 * kPageSize);
    const auto before = memory_.pages;
    Status expected = Status::kSuccess;
    if (size != 0 && u64(at) + size > kUserEnd) expected = Status::kAccessViolation;
    for (u64 page = AlignDown(at, kPageSize); IsSuccess(expected) && page < u64(at) + size;
         page += kPageSize) {
      if (size == 0) break;
      const auto found = memory_.pages.find(u32(page));
      if (found == memory_.pages.end()) {
        expected = Status::kAccessViolation;
      } else if (IsFailure(found->second.fault)) {
        expected = found->second.fault;
      } else if (!found->second.writable) {
        expected = Status::kAccessViolation;
      }
    }
    EXPECT_EQ(ProbeForWrite(at, size), expected);
    for (const auto& [address, page] : before) {
      EXPECT_TRUE(page.bytes == memory_.pages[address].bytes);
    }
  }

  void CheckStore(u32 at) {
    memory_.other_thread = nullptr;
    const u64 value = u64(Below(~0u)) << 32 | Below(~0u);
    if (IsFailure(WriteUser(at, value))) return;
    u64 found;
    ASSERT_EQ(CopyFromUser(&found, at, sizeof(found)), Status::kSuccess);
    EXPECT_EQ(found, value);
    EXPECT_EQ(*ReadInOut<u64>(at), value);
  }

  InputChoices& choices_;
  FakeUserMemory memory_;
};

}  // namespace

void RunInput(std::span<const std::uint8_t> input) {
  InputChoices choices(input);
  Case(choices).Run();
}

}  // namespace fl::fuzz
