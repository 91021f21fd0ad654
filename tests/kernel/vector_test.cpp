// Vector: what puts in and takes out several elements, or moves others.
#include "kernel/base/vector.h"

#include <gtest/gtest.h>

#include <string_view>

#include "kernel/base/ref_ptr.h"

namespace fl {
namespace {

std::string_view View(const Vector<char>& text) { return {text.data(), text.size()}; }

TEST(Vector, AppendsBehindWhatThereIs) {
  Vector<char> text;
  ASSERT_EQ(text.Append(std::string_view("")), Status::kSuccess);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.Append(std::string_view("one")), Status::kSuccess);
  ASSERT_EQ(text.Append(std::string_view(" two")), Status::kSuccess);
  EXPECT_EQ(View(text), "one two");
  ASSERT_EQ(text.Push('!'), Status::kSuccess);
  EXPECT_EQ(View(text), "one two!");
}

TEST(Vector, RemoveClosesTheGap) {
  Vector<char> text;
  ASSERT_EQ(text.Append(std::string_view("abcd")), Status::kSuccess);
  text.Remove(1);
  EXPECT_EQ(View(text), "acd");
  text.Remove(2);
  EXPECT_EQ(View(text), "ac");
  text.Remove(0);
  text.Remove(0);
  EXPECT_TRUE(text.empty());
}

struct Counted : RefCounted<Counted> {
  Counted() { ++alive; }
  ~Counted() { --alive; }
  static inline int alive = 0;
};

TEST(Vector, RemoveGivesUpOneReference) {
  Counted* const last = new Counted;
  Vector<RefPtr<Counted>> held;
  ASSERT_EQ(held.Push(AdoptRef(new Counted)), Status::kSuccess);
  ASSERT_EQ(held.Push(AdoptRef(last)), Status::kSuccess);
  held.Remove(0);
  EXPECT_EQ(Counted::alive, 1);
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].get(), last);
}

}  // namespace
}  // namespace fl
