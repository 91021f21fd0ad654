// Descriptors and what they allow.
#include <gtest/gtest.h>

#include "kernel/security/access_check.h"
#include "kernel/security/sid.h"
#include "tests/fakes/choices.h"

namespace fl::security {
namespace {

class Person final : public Subject {
 public:
  bool Is(Bytes sid) const override {
    return std::ranges::equal(sid, Bytes(kTheUser)) || std::ranges::equal(sid, Bytes(kUsers));
  }
  bool MayTakeOwnership() const override { return takes_ownership; }
  bool MayReadSacl() const override { return reads_sacl; }
  bool takes_ownership = false, reads_sacl = false;
};

/// A list of entries, from left to right.
class AclBuilder {
 public:
  AclBuilder& Ace(AceType type, u32 mask, Bytes sid, u8 flags = 0) {
    const AceHead head{type, flags, u16(sizeof(AceHead) + sid.size()), mask};
    Put(head);
    EXPECT_EQ(bytes_.Append(sid), Status::kSuccess);
    ++count_;
    return *this;
  }
  Bytes Done() {
    const AclHead head{2, 0, u16(bytes_.size()), count_, 0};
    __builtin_memcpy(bytes_.data(), &head, sizeof(head));
    return bytes_.span();
  }
  AclBuilder() { Put(AclHead{}); }

 private:
  template <class T>
  void Put(const T& value) {
    EXPECT_EQ(bytes_.Append({reinterpret_cast<const u8*>(&value), sizeof(T)}), Status::kSuccess);
  }
  Vector<u8> bytes_;
  u16 count_ = 0;
};

constexpr u32 kAll = 0xF000F;
constexpr u32 kMaximum = 0x02000000;

AccessAnswer Check(Bytes dacl, u32 wanted, const Person& person = {}) {
  const Descriptor descriptor{kDaclPresent, kSystem, kSystem, {}, dacl};
  return CheckAccess(descriptor, person, wanted, kAll);
}

TEST(AccessCheck, EntriesCountInTheirOrder) {
  AclBuilder first, second;
  const Bytes denied = first.Ace(kAccessDenied, 2, kUsers).Ace(kAccessAllowed, 3, kTheUser).Done();
  EXPECT_EQ(Check(denied, 1).granted, 1u);
  EXPECT_EQ(Check(denied, 2).status, Status::kAccessDenied);
  EXPECT_EQ(Check(denied, 3).granted, 0u);
  EXPECT_EQ(Check(denied, kMaximum).granted, 1u);
  const Bytes allowed =
      second.Ace(kAccessAllowed, 3, kTheUser).Ace(kAccessDenied, 2, kUsers).Done();
  EXPECT_EQ(Check(allowed, 3).granted, 3u);
}

TEST(AccessCheck, EntriesForOthersAndForHeirsDoNotCount) {
  AclBuilder builder;
  const Bytes acl = builder.Ace(kAccessAllowed, 1, kSystem)
                        .Ace(kAccessAllowed, 2, kTheUser, 0x08)
                        .Ace(kAccessAllowed, 4, kTheUser)
                        .Done();
  EXPECT_EQ(Check(acl, 4).granted, 4u);
  EXPECT_EQ(Check(acl, 1).status, Status::kAccessDenied);
  EXPECT_EQ(Check(acl, 2).status, Status::kAccessDenied);
}

TEST(AccessCheck, WithoutAListEverythingIsAllowedAndWithAnEmptyOneNothing) {
  EXPECT_EQ(Check({}, kMaximum).granted, kAll);
  AclBuilder empty;
  EXPECT_EQ(Check(empty.Done(), 1).status, Status::kAccessDenied);
}

TEST(AccessCheck, OwnersAndPrivilegesAllowTheirOwn) {
  AclBuilder empty;
  const Bytes acl = empty.Done();
  const Descriptor mine{kDaclPresent, kTheUser, kSystem, {}, acl};
  EXPECT_EQ(CheckAccess(mine, Person(), 0x60000, kAll).granted, 0x60000u);
  Person person;
  EXPECT_EQ(Check(acl, 0x80000, person).status, Status::kAccessDenied);
  person.takes_ownership = true;
  EXPECT_EQ(Check(acl, 0x80000, person).granted, 0x80000u);
  EXPECT_EQ(Check({}, 0x01000000, person).status, Status::kAccessDenied);
  person.reads_sacl = true;
  EXPECT_EQ(Check({}, 0x01000000, person).granted, 0x01000000u);
}

TEST(Descriptor, IsWhatWasPutTogether) {
  Vector<u8> acl, bytes;
  ASSERT_EQ(AppendDefaultAcl(7, acl), Status::kSuccess);
  ASSERT_EQ(CheckAcl(acl.span()), Status::kSuccess);
  ASSERT_EQ(Append({kDaclPresent, kTheUser, {}, {}, acl.span()}, bytes), Status::kSuccess);
  const Result<Descriptor> read = Parse(bytes.span());
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(std::ranges::equal(read->owner, Bytes(kTheUser)));
  EXPECT_TRUE(read->group.empty());
  EXPECT_TRUE(read->sacl.empty());
  EXPECT_TRUE(std::ranges::equal(read->dacl, acl));
  EXPECT_EQ(read->control, kDaclPresent | kSelfRelative);
}

TEST(Descriptor, CutOrChangedBytesAreReadWithoutHarm) {
  Vector<u8> acl, bytes;
  ASSERT_EQ(AppendDefaultAcl(7, acl), Status::kSuccess);
  ASSERT_EQ(Append({kDaclPresent | kSaclPresent, kTheUser, kUsers, acl.span(), acl.span()}, bytes),
            Status::kSuccess);
  for (u32 size = 0; size < bytes.size(); ++size) {
    // A copy of just that many bytes, so that the sanitizers see reads beyond them.
    const std::vector<u8> cut(bytes.begin(), bytes.begin() + size);
    EXPECT_FALSE(Parse(cut).ok());
  }
  test::RandomChoices choices(1);
  for (int i = 0; i < 20000; ++i) {
    std::vector<u8> changed(bytes.begin(), bytes.end());
    for (int n = 0; n < 3; ++n) {
      changed[choices.Below(u32(changed.size()))] = u8(choices.Below(256));
    }
    const Result<Descriptor> read = Parse(changed);
    if (read.ok()) (void)CheckAccess(*read, Person(), kMaximum, kAll);
  }
}

}  // namespace
}  // namespace fl::security
