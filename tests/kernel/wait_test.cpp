// Wait, and the objects made for it: who is woken, in which order, and what is taken.
#include "kernel/wait.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "kernel/sync_objects.h"

namespace fl::kernel {
namespace {

Status Plus(Status status, int index) { return Status(std::int32_t(status) + index); }

class FakeThread final : public WaitingThread {
 public:
  void OnWaitFinished(Wait& wait) override { ended.push_back(&wait); }
  std::vector<Wait*> ended;
};

/// A thread that waits for some objects, until the test looks.
class Waiting {
 public:
  Waiting(WaitKind kind, std::vector<Object*> objects)
      : blocks_(objects.size()), wait_(thread, kind, blocks_) {
    for (std::size_t i = 0; i < objects.size(); ++i) blocks_[i].object = objects[i];
    at_once = wait_.TryFinish();
    if (!at_once) wait_.Begin();
  }
  ~Waiting() { AbandonMutants(thread); }
  bool done() const { return wait_.finished(); }
  Status status() const { return wait_.status(); }
  void GiveUp() { wait_.Cancel(); }
  bool was_woken() const { return thread.ended.size() == 1 && thread.ended[0] == &wait_; }

  FakeThread thread;
  bool at_once = false;

 private:
  std::vector<WaitBlock> blocks_;
  Wait wait_;
};

class WaitTest : public testing::Test {
 protected:
  RefPtr<Event> MakeEvent(EventKind kind, bool signaled = false) {
    return AdoptRef(new Event(kind, signaled));
  }
  RefPtr<Event> first = MakeEvent(EventKind::kSynchronization);
  RefPtr<Event> second = MakeEvent(EventKind::kSynchronization);
  RefPtr<Event> gate = MakeEvent(EventKind::kNotification);
};

TEST_F(WaitTest, SignaledObjectIsTakenAtOnceAndNobodyIsWoken) {
  first->Set();
  Waiting waiting(WaitKind::kAny, {first.get()});
  EXPECT_TRUE(waiting.at_once);
  EXPECT_EQ(waiting.status(), Status::kSuccess);
  EXPECT_FALSE(first->signaled());
  EXPECT_TRUE(waiting.thread.ended.empty());
}

TEST_F(WaitTest, NotificationEventWakesAllAndStays) {
  Waiting a(WaitKind::kAny, {gate.get()}), b(WaitKind::kAny, {gate.get()});
  EXPECT_FALSE(gate->Set());
  EXPECT_TRUE(a.was_woken() && b.was_woken());
  EXPECT_TRUE(gate->signaled());
  EXPECT_TRUE(gate->Set());
}

TEST_F(WaitTest, SynchronizationEventWakesExactlyTheFirstThatCame) {
  Waiting a(WaitKind::kAny, {first.get()}), b(WaitKind::kAny, {first.get()});
  first->Set();
  EXPECT_TRUE(a.was_woken());
  EXPECT_FALSE(b.done());
  EXPECT_FALSE(first->signaled());
  first->Set();
  EXPECT_TRUE(b.was_woken());
}

TEST_F(WaitTest, LowestIndexWinsAndOnlyThatObjectIsTaken) {
  first->Set();
  second->Set();
  Waiting waiting(WaitKind::kAny, {gate.get(), second.get(), first.get()});
  EXPECT_EQ(waiting.status(), Status::kWait1);
  EXPECT_FALSE(second->signaled());
  EXPECT_TRUE(first->signaled());
}

TEST_F(WaitTest, FinishedWaitIsInNoQueueAnyMore) {
  Waiting waiting(WaitKind::kAny, {first.get(), second.get()});
  second->Set();
  EXPECT_EQ(waiting.status(), Status::kWait1);
  first->Set();
  EXPECT_EQ(waiting.thread.ended.size(), 1u);
  EXPECT_TRUE(first->signaled());
}

TEST_F(WaitTest, ObjectNamedTwiceEndsTheWaitOnceByTheLowerIndex) {
  Waiting waiting(WaitKind::kAny, {gate.get(), first.get(), second.get(), first.get()});
  first->Set();
  EXPECT_EQ(waiting.status(), Status::kWait1);
  EXPECT_TRUE(waiting.was_woken());
}

TEST_F(WaitTest, AllAreTakenInOneStepOrNone) {
  Waiting both(WaitKind::kAll, {first.get(), second.get()});
  first->Set();
  EXPECT_FALSE(both.done());
  EXPECT_TRUE(first->signaled());
  Waiting one(WaitKind::kAny, {first.get()});
  EXPECT_TRUE(one.at_once);
  second->Set();
  EXPECT_FALSE(both.done());
  EXPECT_TRUE(second->signaled());
  first->Set();
  EXPECT_TRUE(both.was_woken());
  EXPECT_EQ(both.status(), Status::kSuccess);
  EXPECT_FALSE(first->signaled() || second->signaled());
}

TEST_F(WaitTest, WaitForAllThatCannotEndIsPassedOver) {
  Waiting both(WaitKind::kAll, {first.get(), second.get()});
  Waiting one(WaitKind::kAny, {first.get()});
  first->Set();
  EXPECT_FALSE(both.done());
  EXPECT_TRUE(one.was_woken());
}

TEST_F(WaitTest, CancelledWaitTakesNothing) {
  Waiting waiting(WaitKind::kAny, {first.get(), second.get()});
  waiting.GiveUp();
  first->Set();
  EXPECT_FALSE(waiting.done());
  EXPECT_TRUE(first->signaled());
}

TEST_F(WaitTest, PulseWakesThoseThatAreThereAndResets) {
  Waiting a(WaitKind::kAny, {gate.get()}), b(WaitKind::kAny, {gate.get()});
  gate->Pulse();
  EXPECT_TRUE(a.was_woken() && b.was_woken());
  EXPECT_FALSE(gate->signaled());
  first->Pulse();
  Waiting late(WaitKind::kAny, {first.get()});
  EXPECT_FALSE(late.done());
}

TEST_F(WaitTest, SixtyFourObjects) {
  std::vector<RefPtr<Event>> events;
  std::vector<Object*> objects;
  for (u32 i = 0; i < Wait::kMaxObjects; ++i) {
    events.push_back(MakeEvent(EventKind::kSynchronization));
    objects.push_back(events.back().get());
  }
  Waiting any(WaitKind::kAny, objects), all(WaitKind::kAll, objects);
  events[63]->Set();
  EXPECT_EQ(any.status(), Plus(Status::kSuccess, 63));
  for (const auto& event : events) {
    EXPECT_FALSE(all.done());
    event->Set();
  }
  EXPECT_TRUE(all.was_woken());
}

TEST_F(WaitTest, SemaphoreWakesAsManyAsItHas) {
  const auto semaphore = AdoptRef(new Semaphore(0, 3));
  Waiting a(WaitKind::kAny, {semaphore.get()}), b(WaitKind::kAny, {semaphore.get()}),
      c(WaitKind::kAny, {semaphore.get()});
  EXPECT_EQ(semaphore->Release(4).status(), Status::kSemaphoreLimitExceeded);
  EXPECT_EQ(*semaphore->Release(2), 0u);
  EXPECT_TRUE(a.was_woken() && b.was_woken());
  EXPECT_FALSE(c.done());
  EXPECT_EQ(*semaphore->Release(3), 0u);
  EXPECT_TRUE(c.was_woken());
  EXPECT_EQ(semaphore->count(), 2u);
  EXPECT_EQ(semaphore->Release(0xFFFFFFFF).status(), Status::kSemaphoreLimitExceeded);
  EXPECT_EQ(semaphore->count(), 2u);
}

TEST_F(WaitTest, MutantIsItsOwnersAsOftenAsHeWants) {
  FakeThread owner;
  const auto mutant = AdoptRef(new Mutant(&owner));
  EXPECT_TRUE(mutant->IsSignaledFor(owner));
  EXPECT_EQ(mutant->TakeFor(owner), Status::kSuccess);
  EXPECT_EQ(mutant->count(), -1);
  Waiting other(WaitKind::kAny, {mutant.get()});
  EXPECT_EQ(mutant->Release(other.thread).status(), Status::kMutantNotOwned);
  EXPECT_EQ(*mutant->Release(owner), -1);
  EXPECT_FALSE(other.done());
  EXPECT_EQ(*mutant->Release(owner), 0);
  EXPECT_TRUE(other.was_woken());
  EXPECT_EQ(other.status(), Status::kSuccess);
  EXPECT_TRUE(mutant->IsOwnedBy(other.thread));
  EXPECT_EQ(mutant->Release(owner).status(), Status::kMutantNotOwned);
}

TEST_F(WaitTest, MutantOfAnEndedThreadIsHandedOverAbandoned) {
  const auto owner = std::make_unique<FakeThread>();
  const auto mutant = AdoptRef(new Mutant(owner.get()));
  Waiting next(WaitKind::kAny, {gate.get(), mutant.get()});
  AbandonMutants(*owner);
  EXPECT_EQ(next.status(), Plus(Status::kAbandonedWait0, 1));
  EXPECT_TRUE(mutant->IsOwnedBy(next.thread));
  // Whoever comes after that owner is told nothing of it.
  EXPECT_TRUE(mutant->Release(next.thread).ok());
  Waiting last(WaitKind::kAny, {mutant.get()});
  EXPECT_EQ(last.status(), Status::kSuccess);
}

TEST_F(WaitTest, AbandonedMutantShowsInAWaitForAll) {
  FakeThread owner;
  const auto mutant = AdoptRef(new Mutant(&owner));
  Waiting all(WaitKind::kAll, {gate.get(), mutant.get()});
  gate->Set();
  AbandonMutants(owner);
  EXPECT_TRUE(all.was_woken());
  EXPECT_EQ(all.status(), Status::kAbandonedWait0);
}

TEST_F(WaitTest, OwnedMutantMayDisappear) {
  FakeThread owner;
  AdoptRef(new Mutant(&owner));
  EXPECT_TRUE(owner.owned_mutants().empty());
}

}  // namespace
}  // namespace fl::kernel
