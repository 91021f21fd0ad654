// Tree: the registry's keys and values, against a map, and with every allocation failing in turn.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "kernel/registry/tree.h"
#include "tests/fakes/choices.h"
#include "tests/fakes/failing_new.h"

namespace fl::registry {
namespace {

constexpr u32 kPlenty = 1 << 20;

Vector<u8> Bytes(std::string_view text) {
  Vector<u8> bytes;
  for (const char c : text) EXPECT_EQ(bytes.Push(u8(c)), Status::kSuccess);
  return bytes;
}

std::string Text(const Value& value) { return std::string(value.data.begin(), value.data.end()); }

std::u16string PathOf(const Key& key) {
  Vector<char16_t> path;
  EXPECT_EQ(key.AppendPath(path), Status::kSuccess);
  return std::u16string(path.begin(), path.end());
}

class RegistryTree : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(tree.Init(), Status::kSuccess);
    top = *tree.CreateAll(tree.root(), u"TOP", 1);
  }
  RefPtr<Key> Make(Name path) { return *tree.CreateAll(tree.root(), path, 1); }

  Tree tree{kPlenty};
  RefPtr<Key> top;
};

TEST_F(RegistryTree, KeysAreFoundWithoutRegardToCaseAndKeepTheirSpelling) {
  const RefPtr<Key> key = Make(u"Machine\\Softw\u00E4re");
  EXPECT_EQ(tree.Open(tree.root(), u"MACHINE\\SOFTW\u00C4RE")->get(), key.get());
  EXPECT_EQ(tree.Open(*key->parent(), u"softw\u00E4re\\")->get(), key.get());
  EXPECT_EQ(tree.Open(*key, u"")->get(), key.get());
  EXPECT_EQ(PathOf(*key), u"\\REGISTRY\\Machine\\Softw\u00E4re");
  EXPECT_EQ(tree.Open(*key, u"x").status(), Status::kObjectNameNotFound);
}

TEST_F(RegistryTree, CreateMakesTheLastKeyOnly) {
  EXPECT_EQ(tree.Create(*top, u"A\\B", {}, Lasting::kStable, 1).status(),
            Status::kObjectNameNotFound);
  EXPECT_EQ(top->key_count(), 0u);
  const auto first = tree.Create(*top, u"A", u"class", Lasting::kStable, 5);
  EXPECT_TRUE(first->is_new);
  EXPECT_EQ(first->key->class_name(), u"class");
  EXPECT_EQ(first->key->write_time(), 5u);
  EXPECT_EQ(top->write_time(), 5u);
  const auto again = tree.Create(*top, u"a", u"other", Lasting::kStable, 6);
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->key->class_name(), u"class");
}

TEST_F(RegistryTree, KeysAndValuesAreInTheOrderOfTheirNames) {
  for (const Name name : {u"beta", u"Alpha", u"gamma", u"ALPHABET"}) {
    Make(std::u16string(u"K\\") + std::u16string(name));
    EXPECT_EQ(tree.SetValue(*Make(u"K"), name, 1, Bytes("x"), 1), Status::kSuccess);
  }
  const Key& key = *Make(u"K");
  const Name expected[] = {u"Alpha", u"ALPHABET", u"beta", u"gamma"};
  ASSERT_EQ(key.key_count(), 4u);
  ASSERT_EQ(key.value_count(), 4u);
  for (u32 i = 0; i < 4; ++i) {
    EXPECT_EQ(key.key(i).name(), expected[i]);
    EXPECT_EQ(key.value(i).Text(), expected[i]);
  }
  EXPECT_EQ(key.FindLongest().key_name, 8u);
  EXPECT_EQ(key.FindLongest().data, 1u);
}

TEST_F(RegistryTree, AValueIsReplacedAndKeepsTheSpellingOfItsName) {
  Key& key = *Make(u"K");
  EXPECT_EQ(tree.SetValue(key, u"Name", 1, Bytes("one"), 2), Status::kSuccess);
  EXPECT_EQ(tree.SetValue(key, u"NAME", 4, Bytes("four"), 3), Status::kSuccess);
  ASSERT_EQ(key.value_count(), 1u);
  EXPECT_EQ(key.value(0).Text(), u"Name");
  EXPECT_EQ(key.value(0).type, 4u);
  EXPECT_EQ(Text(key.value(0)), "four");
  EXPECT_EQ(key.write_time(), 3u);
  EXPECT_EQ(tree.DeleteValue(key, u"name", 4), Status::kSuccess);
  EXPECT_EQ(tree.DeleteValue(key, u"name", 4), Status::kObjectNameNotFound);
}

TEST_F(RegistryTree, ADeletedKeyStaysForWhoHasItAndAnswersSo) {
  const RefPtr<Key> key = Make(u"A\\B\\C");
  EXPECT_EQ(tree.Delete(*key->parent(), 1), Status::kCannotDelete);
  EXPECT_EQ(tree.SetValue(*key, u"v", 1, Bytes("data"), 1), Status::kSuccess);
  EXPECT_EQ(tree.Delete(*key, 9), Status::kSuccess);
  EXPECT_TRUE(key->deleted());
  EXPECT_EQ(key->value_count(), 0u);
  EXPECT_EQ(tree.Open(*key, u"").status(), Status::kKeyDeleted);
  EXPECT_EQ(tree.SetValue(*key, u"v", 1, {}, 1), Status::kKeyDeleted);
  EXPECT_EQ(tree.Create(*key, u"x", {}, Lasting::kStable, 1).status(), Status::kKeyDeleted);
  EXPECT_EQ(tree.Delete(*key, 1), Status::kKeyDeleted);
  EXPECT_EQ(tree.Open(tree.root(), u"A\\B")->get()->write_time(), 9u);
}

TEST_F(RegistryTree, TheTopCannotBeAddedToDeletedOrRenamed) {
  EXPECT_EQ(tree.Create(tree.root(), u"x", {}, Lasting::kStable, 1).status(),
            Status::kAccessDenied);
  EXPECT_FALSE(tree.Create(tree.root(), u"top", {}, Lasting::kStable, 1)->is_new);
  EXPECT_EQ(tree.Delete(*top, 1), Status::kCannotDelete);
  EXPECT_EQ(tree.Delete(tree.root(), 1), Status::kCannotDelete);
  EXPECT_EQ(tree.Rename(*top, u"x", 1), Status::kAccessDenied);
}

TEST_F(RegistryTree, RenamingMovesAKeyToItsPlace) {
  const RefPtr<Key> b = Make(u"K\\b");
  Make(u"K\\c");
  EXPECT_EQ(tree.Rename(*b, u"C", 1), Status::kObjectNameCollision);
  EXPECT_EQ(tree.Rename(*b, u"x\\y", 1), Status::kInvalidParameter);
  EXPECT_EQ(tree.Rename(*b, u"d", 1), Status::kSuccess);
  EXPECT_EQ(Make(u"K")->key(1).name(), u"d");
  EXPECT_EQ(tree.Rename(*b, u"D", 1), Status::kSuccess);
  EXPECT_EQ(PathOf(*b), u"\\REGISTRY\\K\\D");
}

TEST_F(RegistryTree, WhatLastsIsNotBelowWhatDoesNot) {
  const auto gone = tree.Create(*top, u"V", {}, Lasting::kVolatile, 1);
  EXPECT_EQ(tree.Create(*gone->key, u"S", {}, Lasting::kStable, 1).status(),
            Status::kChildMustBeVolatile);
  EXPECT_TRUE(tree.Create(*gone->key, u"S", {}, Lasting::kVolatile, 1).ok());
}

TEST_F(RegistryTree, NamesAndDepthHaveLimits) {
  const std::u16string name(kLongestKeyName, u'k');
  EXPECT_TRUE(tree.Create(*top, name, {}, Lasting::kStable, 1).ok());
  EXPECT_EQ(tree.Create(*top, name + u"k", {}, Lasting::kStable, 1).status(),
            Status::kInvalidParameter);
  const std::u16string value(kLongestValueName, u'v');
  EXPECT_EQ(tree.SetValue(tree.root(), value, 1, {}, 1), Status::kSuccess);
  EXPECT_EQ(tree.SetValue(tree.root(), value + u"v", 1, {}, 1), Status::kInvalidParameter);
  RefPtr<Key> at = top;
  for (u32 i = 1; i < kDeepest; ++i) {
    at = tree.Create(*at, u"d", {}, Lasting::kStable, 1)->key;
  }
  EXPECT_EQ(tree.Create(*at, u"d", {}, Lasting::kStable, 1).status(), Status::kInvalidParameter);
}

TEST(RegistryLimit, WhatDoesNotFitChangesNothingAndWhatIsDeletedMakesRoom) {
  Tree tree(2000);
  ASSERT_EQ(tree.Init(), Status::kSuccess);
  Key& key = **tree.CreateAll(tree.root(), u"A\\B", 1);
  const u32 before = tree.bytes();
  Vector<u8> large;
  ASSERT_EQ(large.Resize(3000), Status::kSuccess);
  EXPECT_EQ(tree.SetValue(key, u"v", 1, std::move(large), 1), Status::kRegistryQuotaLimit);
  EXPECT_EQ(key.value_count(), 0u);
  EXPECT_EQ(tree.bytes(), before);
  u32 count = 0;
  for (Status status = Status::kSuccess; IsSuccess(status); ++count) {
    const std::u16string name(1, char16_t(u'a' + count));
    status = tree.SetValue(key, name, 1, Bytes("0123456789"), 1);
  }
  EXPECT_GT(count, 10u);
  EXPECT_LE(tree.bytes(), 2000u);
  EXPECT_EQ(tree.SetValue(key, u"a", 1, Bytes("9876543210"), 1), Status::kSuccess);
  EXPECT_EQ(tree.Delete(key, 1), Status::kSuccess);
  EXPECT_LT(tree.bytes(), before);
  EXPECT_TRUE(tree.CreateAll(tree.root(), u"A\\B", 1).ok());
  EXPECT_EQ(tree.bytes(), before);
}

// ---- Against a model ------------------------------------------------------------------------------------

std::u16string Fold(std::u16string text) {
  for (char16_t& c : text) {
    if ((c >= u'a' && c <= u'z') || c == u'\u00E4') c = char16_t(c - 32);
  }
  return text;
}

struct ModelValue {
  std::u16string name;
  u32 type = 0;
  std::string data;
};
struct ModelKey {
  std::u16string name;
  std::map<std::u16string, ModelKey> keys;
  std::map<std::u16string, ModelValue> values;
};

void ExpectSame(const Key& key, const ModelKey& model) {
  EXPECT_EQ(key.name(), model.name);
  ASSERT_EQ(key.key_count(), model.keys.size());
  ASSERT_EQ(key.value_count(), model.values.size());
  u32 i = 0;
  for (const auto& [_, below] : model.keys) ExpectSame(key.key(i++), below);
  i = 0;
  for (const auto& [_, value] : model.values) {
    EXPECT_EQ(key.value(i).Text(), value.name);
    EXPECT_EQ(key.value(i).type, value.type);
    EXPECT_EQ(Text(key.value(i)), value.data);
    ++i;
  }
}

/// Random changes of a small tree, each made in the model too; some with an allocation that fails.
class Walk {
 public:
  explicit Walk(u64 seed) : choices_(seed) {
    EXPECT_EQ(tree_.Init(), Status::kSuccess);
    top_ = *tree_.CreateAll(tree_.root(), u"TOP", 1);
    model_.name = u"TOP";
  }

  void Step() {
    Key* key = top_.get();
    ModelKey* model = &model_;
    ModelKey* above = nullptr;
    for (u32 depth = choices_.Below(5); depth != 0 && !model->keys.empty(); --depth) {
      const u32 index = choices_.Below(u32(model->keys.size()));
      above = model;
      model = &std::next(model->keys.begin(), index)->second;
      key = key->FindKey(model->name);
      ASSERT_TRUE(key);
    }
    const bool is_top = !above;
    const std::u16string name = MakeName();
    const u32 bytes = tree_.bytes();
    const std::string data(choices_.Below(40), char('a' + choices_.Below(26)));
    Vector<u8> as_bytes = Bytes(data);
    if (choices_.Chance(4)) test::FailAllocation(1 + int(choices_.Below(3)));
    Status status = Status::kSuccess;
    const u32 what = choices_.Below(8);
    if (what < 3) {
      const auto created = tree_.Create(*key, name, {}, Lasting::kStable, 1);
      const bool failed = Finish(status = created.status());
      if (!failed) {
        ASSERT_TRUE(created.ok());
        EXPECT_EQ(created->is_new, model->keys.count(Fold(name)) == 0);
        model->keys.try_emplace(Fold(name), ModelKey{name, {}, {}});
      }
    } else if (what < 5) {
      const u32 type = choices_.Below(12);
      if (!Finish(status = tree_.SetValue(*key, name, type, std::move(as_bytes), 1))) {
        ModelValue& value =
            model->values.try_emplace(Fold(name), ModelValue{name, 0, ""}).first->second;
        value.type = type;
        value.data = data;
      }
    } else if (what == 5) {
      if (!Finish(status = tree_.DeleteValue(*key, name, 1))) {
        EXPECT_EQ(status, model->values.erase(Fold(name)) != 0 ? Status::kSuccess
                                                               : Status::kObjectNameNotFound);
      }
    } else if (what == 6) {
      const std::u16string own = model->name;
      if (!Finish(status = tree_.Delete(*key, 1))) {
        const bool may = !is_top && model->keys.empty();
        EXPECT_EQ(status, may ? Status::kSuccess : Status::kCannotDelete);
        if (may) above->keys.erase(Fold(own));
      }
    } else if (!is_top) {
      const std::u16string own = Fold(model->name);
      if (!Finish(status = tree_.Rename(*key, name, 1))) {
        const bool taken = Fold(name) != own && above->keys.count(Fold(name)) != 0;
        EXPECT_EQ(status, taken ? Status::kObjectNameCollision : Status::kSuccess);
        if (!taken) {
          ModelKey moved = std::move(above->keys[own]);
          above->keys.erase(own);
          moved.name = name;
          above->keys[Fold(name)] = std::move(moved);
        }
      }
    }
    test::FailAllocation(0);
    if (status == Status::kNoMemory) {
      EXPECT_EQ(tree_.bytes(), bytes);
    }
    ExpectSame(*top_, model_);
  }

  u32 failures() const { return failures_; }

 private:
  /// Was it the failing allocation that ended it? Nothing has changed then.
  bool Finish(Status status) {
    test::FailAllocation(0);
    if (status != Status::kNoMemory) return false;
    ++failures_;
    return true;
  }
  std::u16string MakeName() {
    constexpr Name kNames[] = {u"a", u"A", u"b", u"ab", u"AB", u"\u00E4", u"\u00C4x", u"zz", u"B"};
    return std::u16string(kNames[choices_.Below(u32(std::size(kNames)))]);
  }

  Tree tree_{kPlenty};
  RefPtr<Key> top_;
  ModelKey model_;
  test::RandomChoices choices_;
  u32 failures_ = 0;
};

TEST(RegistryModel, RandomChangesAreThoseOfAMap) {
  u32 failures = 0;
  for (u64 seed = 1; seed <= 20; ++seed) {
    Walk walk(seed);
    for (int step = 0; step < 300 && !testing::Test::HasFailure(); ++step) walk.Step();
    failures += walk.failures();
  }
  EXPECT_GT(failures, 100u);
}

}  // namespace
}  // namespace fl::registry
