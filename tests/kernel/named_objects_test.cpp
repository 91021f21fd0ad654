// NamedObjects and their tree: a name lasts as long as a handle to its object, and is found by its path.
#include "kernel/named_objects.h"

#include <gtest/gtest.h>

#include <string>

#include "kernel/handle_table.h"
#include "kernel/object_namespace.h"
#include "kernel/sync_objects.h"
#include "tests/fakes/failing_new.h"

namespace fl::kernel {
namespace {

class Names : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(names.Init(), Status::kSuccess); }

  Result<NamePlace> Resolve(std::string_view path, LastLink last = LastLink::kFollow,
                            NameCase name_case = NameCase::kExact) {
    return names.Resolve(nullptr, path, name_case, last);
  }
  /// A handle to it keeps the name.
  template <class T, class... Arguments>
  RefPtr<T> Add(std::string_view path, Arguments&&... arguments) {
    const auto object = AdoptRef(new T(std::forward<Arguments>(arguments)...));
    const NamePlace place = *Resolve(path, LastLink::kTake);
    EXPECT_FALSE(place.object);
    EXPECT_EQ(object->SetName({place.name.data(), place.name.size()}), Status::kSuccess);
    last_handle = *table.Insert(object, 0);
    place.directory->Add(*object);
    return object;
  }
  RefPtr<Event> AddEvent(std::string_view path) {
    return Add<Event>(path, EventKind::kNotification, false);
  }
  RefPtr<SymbolicLink> AddLink(std::string_view path, std::string_view target) {
    Vector<char> text;
    EXPECT_EQ(text.Append(target), Status::kSuccess);
    return Add<SymbolicLink>(path, std::move(text));
  }
  static std::u16string NameOf(const Object& object) {
    Vector<char16_t> name;
    EXPECT_EQ(object.AppendName(name), Status::kSuccess);
    return std::u16string(name.begin(), name.end());
  }

  ObjectNamespace names;
  HandleTable table;
  u32 last_handle = 0;
};

TEST_F(Names, ANameLastsUntilTheLastHandleIsClosed) {
  const auto event = AddEvent("\\BaseNamedObjects\\Bell");
  const u32 a = last_handle, b = *table.Insert(event, 0);
  EXPECT_EQ(Resolve("\\BaseNamedObjects\\Bell")->object.get(), event.get());
  EXPECT_EQ(NameOf(*event), u"\\BaseNamedObjects\\Bell");
  EXPECT_EQ(table.Close(a), Status::kSuccess);
  EXPECT_TRUE(Resolve("\\BaseNamedObjects\\Bell")->object);
  EXPECT_EQ(table.Close(b), Status::kSuccess);
  EXPECT_FALSE(Resolve("\\BaseNamedObjects\\Bell")->object);
  EXPECT_EQ(NameOf(*event), u"");
}

TEST_F(Names, CaseCountsUnlessItIsToBeIgnored) {
  const auto event = AddEvent("\\BaseNamedObjects\\B\xC3\xA4ll");
  constexpr std::string_view kOther = "\\basenamedobjects\\B\xC3\x84LL";
  EXPECT_EQ(Resolve(kOther).status(), Status::kObjectPathNotFound);
  EXPECT_EQ(Resolve(kOther, LastLink::kFollow, NameCase::kIgnore)->object.get(), event.get());
  EXPECT_FALSE(Resolve("\\BaseNamedObjects\\B\xC3\x84LL")->object);
  AddEvent("\\BaseNamedObjects\\B\xC3\x84LL");
}

TEST_F(Names, WhatIsNoPathIsRefused) {
  AddEvent("\\BaseNamedObjects\\Bell");
  const struct {
    const char* path;
    Status status;
  } cases[] = {
      {"", Status::kObjectPathSyntaxBad},
      {"Bell", Status::kObjectPathSyntaxBad},
      {"\\\\Bell", Status::kObjectNameInvalid},
      {"\\BaseNamedObjects\\", Status::kObjectNameInvalid},
      {"\\BaseNamedObjects\\\\Bell", Status::kObjectNameInvalid},
      {"\\Nowhere\\Bell", Status::kObjectPathNotFound},
      {"\\BaseNamedObjects\\Bell\\x", Status::kObjectTypeMismatch},
  };
  for (const auto& one : cases) EXPECT_EQ(Resolve(one.path).status(), one.status) << one.path;
  EXPECT_EQ(Resolve("\\")->object.get(), &names.root());
  EXPECT_FALSE(Resolve("\\Nowhere")->object);
}

TEST_F(Names, LinksAreFollowedUnlessTheyAreWhatIsMeant) {
  const auto event = AddEvent("\\BaseNamedObjects\\Global\\Bell");
  EXPECT_EQ(NameOf(*event), u"\\BaseNamedObjects\\Bell");
  EXPECT_EQ(Resolve("\\Sessions\\1\\BaseNamedObjects\\Global\\Bell")->object.get(), event.get());
  EXPECT_FALSE(Resolve("\\Sessions\\1\\BaseNamedObjects\\Bell")->object);
  EXPECT_EQ(Resolve("\\DosDevices\\")->object.get(), Resolve("\\GLOBAL??")->object.get());
  EXPECT_EQ(Resolve("\\DosDevices\\C:", LastLink::kTake)->object->type(),
            ObjectType::kSymbolicLink);
  EXPECT_EQ(Resolve("\\??", LastLink::kTake)->object->type(), ObjectType::kSymbolicLink);
  AddLink("\\Device\\root", "\\");
  EXPECT_EQ(Resolve("\\Device\\root\\BaseNamedObjects\\Bell")->object.get(), event.get());
  EXPECT_EQ(Resolve("\\Device\\root")->object.get(), &names.root());
}

TEST_F(Names, LinksInACircleEnd) {
  AddLink("\\a", "\\b");
  AddLink("\\b", "\\a\\longer");
  EXPECT_EQ(Resolve("\\a\\x").status(), Status::kTooManyLinks);
  AddLink("\\c", "nowhere");
  EXPECT_EQ(Resolve("\\c").status(), Status::kObjectPathSyntaxBad);
}

TEST_F(Names, NamesRelativeToADirectory) {
  const auto event = AddEvent("\\BaseNamedObjects\\Bell");
  auto& directory = static_cast<ObjectDirectory&>(*Resolve("\\BaseNamedObjects")->object);
  const auto resolve = [&](std::string_view path) {
    return names.Resolve(&directory, path, NameCase::kExact, LastLink::kFollow);
  };
  EXPECT_EQ(resolve("Bell")->object.get(), event.get());
  EXPECT_EQ(resolve("Local\\Bell")->object.get(), event.get());
  EXPECT_EQ(resolve("\\Bell").status(), Status::kObjectPathSyntaxBad);
}

TEST_F(Names, ADirectoryWithoutANameKeepsWhatIsInIt) {
  const auto directory = Add<ObjectDirectory>("\\BaseNamedObjects\\Room");
  const u32 handle = last_handle;
  const auto event = AddEvent("\\BaseNamedObjects\\Room\\Bell");
  EXPECT_EQ(NameOf(*event), u"\\BaseNamedObjects\\Room\\Bell");
  EXPECT_EQ(table.Close(handle), Status::kSuccess);
  EXPECT_EQ(Resolve("\\BaseNamedObjects\\Room\\Bell").status(), Status::kObjectPathNotFound);
  EXPECT_EQ(directory->Find("Bell", NameCase::kExact).get(), event.get());
}

TEST(NamesMemory, WithoutMemoryThereIsNoTreeAndNothingIsLost) {
  int n = 1;
  for (;; ++n) {
    ObjectNamespace names;
    test::FailAllocation(n);
    const Status status = names.Init();
    const bool failed = test::AllocationFailed();
    test::FailAllocation(0);
    if (!failed) break;
    EXPECT_EQ(status, Status::kNoMemory);
  }
  EXPECT_GT(n, 50);
}

}  // namespace
}  // namespace fl::kernel
