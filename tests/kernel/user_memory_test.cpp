// What system calls capture from a program's memory: what is refused, what a second thread can spoil
// (nothing), and that empty strings point nowhere.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "kernel/syscall/process_parameters.h"
#include "tests/fakes/fake_user_memory.h"

namespace fl::kernel {
namespace {

using test::FakeUserMemory;

constexpr u32 kBase = 0x20000;
constexpr u32 kLastUserPage = 0x7FFEF000;

class UserMemory : public testing::Test {
 protected:
  UserMemory() {
    memory.pages[kBase] = {};
    memory.pages[kBase + kPageSize] = {};
    memory.pages[kLastUserPage] = {};
  }

  void PutString(u32 at, std::u16string_view text, u32 buffer) {
    memory.Put(at, UserUnicodeString{u16(text.size() * 2), 0, buffer});
    memory.Put(buffer, text.data(), u32(text.size() * 2));
  }
  static std::string Text(const Vector<char>& text) { return {text.begin(), text.end()}; }
  static std::u16string Text(const Vector<char16_t>& text) { return {text.begin(), text.end()}; }

  FakeUserMemory memory;
};

TEST_F(UserMemory, CapturesANameAndItsDirectory) {
  PutString(kBase + 0x40, u"\\??\\C:\\ü.exe", kBase + 0xFFA);  // Across a page edge.
  memory.Put(kBase,
             ObjectAttributes{.length = 24, .root_directory = 8, .object_name = kBase + 0x40});
  const auto captured = CaptureAttributes(kBase);
  ASSERT_EQ(captured.status(), Status::kSuccess);
  EXPECT_EQ(Text(captured->name), "\\??\\C:\\\xC3\xBC.exe");
  EXPECT_EQ(captured->root_directory, 8u);
  EXPECT_EQ(memory.accesses.size(), 3u);
}

TEST_F(UserMemory, ANullPointerIsNoName) {
  EXPECT_TRUE(CaptureAttributes(0)->name.empty());
  memory.Put(kBase, ObjectAttributes{.length = 24});
  EXPECT_TRUE(ReadObjectName(kBase)->empty());
}

TEST_F(UserMemory, RefusesWhatIsNotWellFormed) {
  memory.Put(kBase, ObjectAttributes{.length = 23});
  EXPECT_EQ(CaptureAttributes(kBase).status(), Status::kInvalidParameter);
  memory.Put(kBase, UserUnicodeString{3, 4, kBase});
  EXPECT_EQ(ReadUnicodeString(kBase).status(), Status::kInvalidParameter);
  EXPECT_EQ(ReadUnicodeString(kBase + 2 * kPageSize - 4).status(), Status::kAccessViolation);
}

TEST_F(UserMemory, AProbeTouchesEachPageOnceAndStopsAtTheFirstThatIsNotThere) {
  for (const auto probe : {ProbeForRead, ProbeForWrite}) {
    memory.accesses.clear();
    EXPECT_EQ(probe(kBase + kPageSize - 1, 2), Status::kSuccess);
    EXPECT_EQ(probe(kBase, 2 * kPageSize), Status::kSuccess);
    EXPECT_EQ(memory.accesses.size(), 4u);
    EXPECT_EQ(probe(kBase + kPageSize, kPageSize + 1), Status::kAccessViolation);
    EXPECT_EQ(probe(kLastUserPage, kPageSize + 1), Status::kAccessViolation);
    EXPECT_EQ(probe(kBase, 0xFFFFFFFF), Status::kAccessViolation);
    EXPECT_EQ(probe(0xFFFFFFFF, 0), Status::kSuccess);
  }
}

TEST_F(UserMemory, AnEmptyStringPointsNowhere) {
  for (const u32 buffer : {0u, kBase, 0x7FFF0001u, 0xFFFFFFFFu}) {
    memory.Put(kBase, UserUnicodeString{0, 0, buffer});
    const auto text = ReadUnicodeString(kBase);
    ASSERT_EQ(text.status(), Status::kSuccess) << std::hex << buffer;
    EXPECT_TRUE(text->empty());
  }
}

TEST_F(UserMemory, ALengthThatGrowsAfterItWasFetchedIsNotSeen) {
  PutString(kBase + 0x40, u"short", kBase + 0x100);
  memory.Put(kBase, ObjectAttributes{.length = 24, .object_name = kBase + 0x40});
  memory.other_thread = [this] {
    memory.Put(kBase, ObjectAttributes{.length = 0xFFFF, .object_name = 0xFFFFFFF0});
    memory.Put(kBase + 0x40, u16(0xFFFE));
  };
  // The attributes are fetched before the string, whose length has grown by then.
  EXPECT_EQ(ReadObjectName(kBase).status(), Status::kAccessViolation);
  memory.Put(kBase + 0x40, u16(10));
  EXPECT_EQ(Text(*ReadUnicodeString(kBase + 0x40)), u"short");
}

TEST_F(UserMemory, NothingAboveUserSpaceIsTouched) {
  u64 value = 0;
  EXPECT_EQ(CopyFromUser(&value, kLastUserPage + 0xFF8, 8), Status::kSuccess);
  EXPECT_EQ(CopyFromUser(&value, kLastUserPage + 0xFF9, 8), Status::kAccessViolation);
  EXPECT_EQ(CopyToUser(0x80000000, &value, 8), Status::kAccessViolation);
  EXPECT_EQ(CopyToUser(0xFFFFFFFC, &value, 8), Status::kAccessViolation);
  EXPECT_EQ(ProbeForWrite(0xFFFFFFFF, 2), Status::kAccessViolation);
  EXPECT_EQ(ProbeForWrite(0xFFFFFFFF, 0), Status::kSuccess);
  EXPECT_EQ(memory.accesses.size(), 1u);
}

TEST_F(UserMemory, AProbeMeetsEveryPageAndChangesNone) {
  memory.pages[kBase].bytes[0xFFF] = 7;
  EXPECT_EQ(ProbeForWrite(kBase + 0xFFF, 2), Status::kSuccess);
  EXPECT_EQ(memory.pages[kBase].bytes[0xFFF], 7);
  memory.pages[kBase + kPageSize].writable = false;
  EXPECT_EQ(ProbeForWrite(kBase, kPageSize), Status::kSuccess);
  EXPECT_EQ(ProbeForWrite(kBase, kPageSize + 1), Status::kAccessViolation);
  EXPECT_EQ(ReadInOut<u32>(kBase + kPageSize).status(), Status::kAccessViolation);
  memory.pages[kBase + kPageSize].fault = Status::kInPageError;
  EXPECT_EQ(ReadUser<u32>(kBase + kPageSize - 2).status(), Status::kInPageError);
}

class Parameters : public UserMemory {
 protected:
  /// Strings and environment at `bias` from where the parameters say.
  void Put(u32 flags, u32 bias) {
    memory.Put(kBase + 0x08, flags);
    for (u32 i = 0; i < 3; ++i) memory.Put(kBase + 0x18 + 4 * i, 0x10 + 4 * i);
    PutString(kBase + 0x24, u"C:\\", kBase + 0x300);
    PutString(kBase + 0x38, u"C:\\a.exe", kBase + 0x320);
    PutString(kBase + 0x40, u"a b", kBase + 0x340);
    for (const u32 at : {0x24u, 0x38u, 0x40u}) {
      u32 buffer;
      std::memcpy(&buffer, &memory.pages[kBase].bytes[at + 4], 4);
      memory.Put(kBase + at + 4, buffer - bias);
    }
    memory.Put(kBase + 0x360, u"x=1\0", 10);
    memory.Put(kBase + 0x48, kBase + 0x360 - bias);
    memory.Put(kBase + 0x290, u32(10));
  }
  void ExpectCaptured() {
    const auto captured = CaptureParameters(kBase);
    ASSERT_EQ(captured.status(), Status::kSuccess);
    EXPECT_EQ(Text(captured->current_directory), u"C:\\");
    EXPECT_EQ(Text(captured->image_path), u"C:\\a.exe");
    EXPECT_EQ(Text(captured->command_line), u"a b");
    EXPECT_EQ(Text(captured->environment), std::u16string(u"x=1\0\0\0\0", 7));
    EXPECT_EQ(captured->standard[2], 0x18u);
  }
};

TEST_F(Parameters, AreCapturedFromAddressesAndFromOffsets) {
  Put(kParametersNormalised, 0);
  ExpectCaptured();
  Put(0, kBase);
  ExpectCaptured();
}

TEST_F(Parameters, AnEnvironmentHasABound) {
  Put(kParametersNormalised, 0);
  memory.Put(kBase + 0x290, u32(0x100001));
  EXPECT_EQ(CaptureParameters(kBase).status(), Status::kInvalidParameter);
  memory.Put(kBase + 0x290, u32(0x100000));
  EXPECT_EQ(CaptureParameters(kBase).status(), Status::kAccessViolation);
  memory.Put(kBase + 0x290, u32(3));
  EXPECT_EQ(Text(CaptureParameters(kBase)->environment), std::u16string(2, u'\0'));
}

}  // namespace
}  // namespace fl::kernel
