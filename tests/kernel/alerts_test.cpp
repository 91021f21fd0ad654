// Alerts, keyed events: what is taken in which order, and who meets whom.
#include "kernel/alerts.h"

#include <gtest/gtest.h>

#include "kernel/keyed_event.h"
#include "tests/fakes/failing_new.h"

namespace fl::kernel {
namespace {

TEST(Alerts, AlertsComeBeforeCallsAndAreTakenOnce) {
  Alerts alerts;
  EXPECT_EQ(alerts.Take(), Status::kSuccess);
  EXPECT_EQ(alerts.Queue(UserCall{.routine = 1}), Status::kSuccess);
  alerts.SetAlerted();
  alerts.SetAlerted();
  EXPECT_EQ(alerts.Take(), Status::kAlerted);
  EXPECT_FALSE(alerts.pending());
  EXPECT_EQ(alerts.Take(), Status::kUserApc);
  EXPECT_TRUE(alerts.pending());
}

TEST(Alerts, CallsAreMadeInTheirOrderOneEachTime) {
  Alerts alerts;
  UserCall call;
  for (u32 i = 1; i <= 3; ++i) {
    EXPECT_EQ(alerts.Queue(UserCall{.routine = i, .arguments = {i, i * 2, i * 3}}),
              Status::kSuccess);
  }
  for (u32 i = 1; i <= 3; ++i) {
    EXPECT_EQ(alerts.Take(), Status::kUserApc);
    ASSERT_TRUE(alerts.TakeCall(call));
    EXPECT_EQ(call.routine, i);
    EXPECT_EQ(call.arguments[2], i * 3);
    EXPECT_FALSE(alerts.pending());
  }
  EXPECT_EQ(alerts.Take(), Status::kSuccess);
}

TEST(Alerts, CallThatIsTakenBackIsNotMade) {
  Alerts alerts;
  UserCall call;
  UserApc apc;
  apc.call.routine = 7;
  alerts.Queue(apc);
  EXPECT_EQ(alerts.Take(), Status::kUserApc);
  apc.Unlink();
  EXPECT_FALSE(alerts.TakeCall(call));
  EXPECT_FALSE(alerts.pending());
  alerts.Queue(apc);
  alerts.Clear();
  EXPECT_FALSE(apc.linked());
}

TEST(Alerts, FailedAllocationQueuesNothing) {
  Alerts alerts;
  test::FailAllocation(1);
  EXPECT_EQ(alerts.Queue(UserCall{}), Status::kNoMemory);
  test::FailAllocation(0);
  EXPECT_EQ(alerts.Take(), Status::kSuccess);
}

TEST(Alerts, QueueIsFullAtItsLimitAndCallsMadeMakeRoom) {
  Alerts alerts;
  UserCall call;
  for (u32 i = 0; i < Alerts::kMostCalls; ++i) {
    ASSERT_EQ(alerts.Queue(UserCall{}), Status::kSuccess);
  }
  EXPECT_EQ(alerts.Queue(UserCall{}), Status::kInsufficientResources);
  EXPECT_TRUE(alerts.TakeCall(call));
  EXPECT_EQ(alerts.Queue(UserCall{}), Status::kSuccess);
}

class KeyedEventTest : public testing::Test {
 protected:
  /// A comer of process `number`.
  KeyedEvent::Comer Comer(KeyedRole role, u32 key, std::uintptr_t number = 1) {
    return {{}, reinterpret_cast<const Process*>(number * 16), key, role, false};
  }
  RefPtr<KeyedEvent> event = AdoptRef(new KeyedEvent);
};

TEST_F(KeyedEventTest, TwoMeetUnderOneKeyWhoeverComesFirst) {
  for (const KeyedRole first : {KeyedRole::kWaits, KeyedRole::kReleases}) {
    const KeyedRole second = first == KeyedRole::kWaits ? KeyedRole::kReleases : KeyedRole::kWaits;
    auto a = Comer(first, 8), b = Comer(second, 8);
    EXPECT_EQ(event->Meet(a), nullptr);
    EXPECT_EQ(event->Meet(b), &a);
    EXPECT_TRUE(a.met && b.met);
    EXPECT_FALSE(a.linked() || b.linked());
  }
}

TEST_F(KeyedEventTest, OtherKeysOtherProcessesAndEqualsDoNotMeet) {
  auto a = Comer(KeyedRole::kWaits, 8), equal = Comer(KeyedRole::kWaits, 8);
  auto key = Comer(KeyedRole::kReleases, 10), stranger = Comer(KeyedRole::kReleases, 8, 2);
  for (auto* comer : {&a, &equal, &key, &stranger}) EXPECT_EQ(event->Meet(*comer), nullptr);
  auto partner = Comer(KeyedRole::kReleases, 8);
  EXPECT_EQ(event->Meet(partner), &a);
  EXPECT_FALSE(equal.met || key.met || stranger.met);
  for (auto* comer : {&equal, &key, &stranger}) comer->Unlink();
  EXPECT_EQ(event->Meet(a), nullptr);
  a.Unlink();
}

}  // namespace
}  // namespace fl::kernel
