// HandleTable: numbers, access, and what the objects are told.
#include "kernel/handle_table.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/fakes/failing_new.h"

namespace fl::kernel {
namespace {

template <ObjectType kOwnType>
class Probe final : public Object {
 public:
  static constexpr ObjectType kType = kOwnType;
  Probe() : Object(kOwnType) {}
  int last_handles_closed = 0;

 private:
  void OnLastHandleClosed() override { ++last_handles_closed; }
};
using Thing = Probe<ObjectType::kEvent>;
using OtherThing = Probe<ObjectType::kFile>;

TEST(HandleTable, HandlesAreMultiplesOfFourFromFourAndTheLowestFreeIsNext) {
  HandleTable table;
  const auto thing = AdoptRef(new Thing);
  for (const u32 expected : {4u, 8u, 12u}) EXPECT_EQ(*table.Insert(thing, 0), expected);
  EXPECT_EQ(table.Close(4), Status::kSuccess);
  EXPECT_EQ(table.Close(8), Status::kSuccess);
  EXPECT_EQ(*table.Insert(thing, 0), 4u);
  EXPECT_EQ(*table.Insert(thing, 0), 8u);
  EXPECT_EQ(*table.Insert(thing, 0), 16u);
  EXPECT_EQ(table.open_count(), 4u);
}

TEST(HandleTable, LowTwoBitsAreTheProgramsOwn) {
  HandleTable table;
  const auto thing = AdoptRef(new Thing);
  const u32 handle = *table.Insert(thing, 7);
  for (u32 bits = 0; bits < 4; ++bits) EXPECT_TRUE(table.Find(handle | bits).ok());
  EXPECT_EQ(table.Close(handle | 3), Status::kSuccess);
  EXPECT_EQ(table.Find(handle).status(), Status::kInvalidHandle);
}

TEST(HandleTable, RefusesWhatIsNoHandle) {
  HandleTable table;
  for (const u32 handle : {0u, 3u, 4u, 8u, 0x40000u, 0x7FFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFEu}) {
    EXPECT_EQ(table.Find(handle).status(), Status::kInvalidHandle);
    EXPECT_EQ(table.Close(handle), Status::kInvalidHandle);
  }
}

TEST(HandleTable, TypeIsLookedAtBeforeAccess) {
  HandleTable table;
  const u32 handle = *table.Insert(AdoptRef(new Thing), 0x5);
  EXPECT_EQ(table.FindAs<OtherThing>(handle, 0x8).status(), Status::kObjectTypeMismatch);
  EXPECT_EQ(table.FindAs<Thing>(handle, 0x8).status(), Status::kAccessDenied);
  EXPECT_EQ(table.FindAs<Thing>(handle, 0x7).status(), Status::kAccessDenied);
  EXPECT_TRUE(table.FindAs<Thing>(handle, 0x4).ok());
  EXPECT_EQ(table.FindAs<Thing>(handle + 4, 0).status(), Status::kInvalidHandle);
}

TEST(HandleTable, ObjectIsToldOnceOfItsLastHandleAndLivesOnWithItsReferences) {
  const auto thing = AdoptRef(new Thing);
  HandleTable one, other;
  const u32 a = *one.Insert(thing, 0), b = *other.Insert(thing, 0);
  EXPECT_EQ(one.Close(a), Status::kSuccess);
  EXPECT_EQ(thing->last_handles_closed, 0);
  EXPECT_EQ(other.Close(b), Status::kSuccess);
  EXPECT_EQ(thing->last_handles_closed, 1);
  EXPECT_EQ(thing->references(), 1u);
}

TEST(HandleTable, CloseAllClosesAll) {
  const auto thing = AdoptRef(new Thing);
  HandleTable table;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(table.Insert(thing, 0).ok());
  table.CloseAll();
  EXPECT_EQ(table.open_count(), 0u);
  EXPECT_EQ(thing->references(), 1u);
  EXPECT_EQ(thing->last_handles_closed, 1);
  EXPECT_EQ(*table.Insert(thing, 0), 4u);
}

TEST(HandleTable, ProtectedHandleClosesOnlyWithItsTable) {
  const auto thing = AdoptRef(new Thing);
  HandleTable table;
  const u32 handle = *table.Insert(thing, 5, kHandleInherit);
  EXPECT_EQ(table.Find(handle)->attributes, kHandleInherit);
  EXPECT_EQ(table.SetAttributes(handle | 1, kHandleProtectFromClose), Status::kSuccess);
  EXPECT_EQ(table.Find(handle)->attributes, kHandleProtectFromClose);
  EXPECT_EQ(table.Close(handle), Status::kHandleNotClosable);
  EXPECT_EQ(table.open_count(), 1u);
  EXPECT_EQ(table.SetAttributes(handle + 4, 0), Status::kInvalidHandle);
  table.CloseAll();
  EXPECT_EQ(thing->references(), 1u);
  EXPECT_EQ(table.Find(*table.Insert(thing, 0))->attributes, 0u);
}

TEST(HandleTable, FailedGrowthChangesNothing) {
  const auto thing = AdoptRef(new Thing);
  HandleTable table;
  for (int n = 0; n < 40; ++n) {
    test::FailAllocation(1);
    const Result<u32> handle = table.Insert(thing, 0);
    const bool failed = test::AllocationFailed();
    test::FailAllocation(0);
    EXPECT_EQ(handle.status(), failed ? Status::kNoMemory : Status::kSuccess);
    if (!failed) continue;
    EXPECT_EQ(thing->references(), 1 + table.open_count());
    EXPECT_TRUE(table.Insert(thing, 0).ok());
  }
  EXPECT_EQ(table.open_count(), 40u);
}

TEST(HandleTable, IsFullAt65536) {
  const auto thing = AdoptRef(new Thing);
  HandleTable table;
  for (u32 i = 0; i < 0x10000; ++i) ASSERT_TRUE(table.Insert(thing, 0).ok());
  EXPECT_EQ(table.Insert(thing, 0).status(), Status::kInsufficientResources);
  EXPECT_EQ(table.Close(0x20000), Status::kSuccess);
  EXPECT_EQ(*table.Insert(thing, 0), 0x20000u);
}

TEST(HandleTable, ObjectsAndHandlesOfATypeAreCounted) {
  const ObjectCounts before = Object::Counts(ObjectType::kEvent);
  HandleTable table;
  {
    const auto thing = AdoptRef(new Thing);
    const u32 handle = *table.Insert(thing, 0);
    EXPECT_EQ(*table.Insert(thing, 0), handle + 4);
    EXPECT_EQ(Object::Counts(ObjectType::kEvent).objects, before.objects + 1);
    EXPECT_EQ(Object::Counts(ObjectType::kEvent).handles, before.handles + 2);
  }
  table.CloseAll();
  EXPECT_EQ(Object::Counts(ObjectType::kEvent).objects, before.objects);
  EXPECT_EQ(Object::Counts(ObjectType::kEvent).handles, before.handles);
  EXPECT_GE(Object::Counts(ObjectType::kEvent).most_handles, before.handles + 2);
}

TEST(HandleTable, InheritsWhatIsInheritableAndWantedUnderTheSameValues) {
  const auto thing = AdoptRef(new Thing);
  HandleTable parent;
  const u32 own = *parent.Insert(thing, 1);
  const u32 inherited = *parent.Insert(thing, 2, kHandleInherit);
  const u32 unwanted = *parent.Insert(thing, 3, kHandleInherit);
  const u32 protected_one = *parent.Insert(thing, 4, kHandleInherit | kHandleProtectFromClose);
  HandleTable child;
  ASSERT_EQ(child.InheritFrom(parent, [&](u32 handle) { return handle != unwanted; }),
            Status::kSuccess);
  EXPECT_EQ(child.open_count(), 2u);
  EXPECT_EQ(child.Find(own).status(), Status::kInvalidHandle);
  EXPECT_EQ(child.Find(unwanted).status(), Status::kInvalidHandle);
  EXPECT_EQ(child.Find(inherited)->access, 2u);
  EXPECT_EQ(child.Find(protected_one)->attributes, kHandleInherit | kHandleProtectFromClose);
  EXPECT_EQ(thing->handle_count(), 6u);
  // New ones come where there is room.
  EXPECT_EQ(*child.Insert(thing, 0), own);
}

TEST(HandleTable, InheritingWithoutMemoryChangesNothing) {
  const auto thing = AdoptRef(new Thing);
  HandleTable parent, child;
  ASSERT_TRUE(parent.Insert(thing, 0, kHandleInherit).ok());
  test::FailAllocation(1);
  const Status status = child.InheritFrom(parent, [](u32) { return true; });
  const bool failed = test::AllocationFailed();
  test::FailAllocation(0);
  EXPECT_TRUE(failed);
  EXPECT_EQ(status, Status::kNoMemory);
  EXPECT_EQ(child.open_count(), 0u);
  EXPECT_EQ(thing->handle_count(), 1u);
}

TEST(HandleTable, MovesWithItsHandles) {
  const auto thing = AdoptRef(new Thing);
  HandleTable from;
  const u32 handle = *from.Insert(thing, 5);
  HandleTable to;
  ASSERT_TRUE(to.Insert(thing, 0).ok());
  to = std::move(from);
  EXPECT_EQ(to.Find(handle)->access, 5u);
  EXPECT_EQ(to.open_count(), 1u);
  EXPECT_EQ(from.open_count(), 0u);
  EXPECT_EQ(thing->handle_count(), 1u);
}

}  // namespace
}  // namespace fl::kernel
