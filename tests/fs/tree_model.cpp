// TreeModel: see tree_model.h.
#include "tests/fs/tree_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/fakes/fat_image.h"

namespace fl::fs::test {
namespace {

using fl::test::Choices;
using Bytes = std::vector<std::byte>;

/// Enough of a case mapping for the names that are made here.
std::string Upper(const std::string& name) {
  std::string upper;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (u8(name[i]) == 0xC3 && i + 1 < name.size() && u8(name[i + 1]) >= 0xA0) {
      upper += name[i++];
      upper += char(u8(name[i]) - 0x20);
    } else {
      upper += char(std::toupper(name[i]));
    }
  }
  return upper;
}

std::string Join(const std::string& path, const std::string& name) { return path + name; }

}  // namespace

TreeModel::TreeModel(Volume& volume) : volume_(volume) { root_->is_directory = true; }

TreeModel::Place TreeModel::SomeDirectory(Choices& choices) const {
  Place place{root_, ""};
  while (!choices.Chance(3)) {
    std::vector<NodePtr> directories;
    for (const auto& [key, node] : place.parent->children) {
      if (node->is_directory) directories.push_back(node);
    }
    if (directories.empty()) break;
    place.parent = directories[choices.Below(u32(directories.size()))];
    place.path += place.parent->name + "\\";
  }
  return place;
}

std::string TreeModel::SomeName(Choices& choices) {
  const std::string number = std::to_string(choices.Below(12));
  switch (choices.Below(9)) {
    case 0:
      return "F" + number + ".TXT";
    case 1:
      return "f" + number + ".txt";
    case 2:
      return "File" + number;
    case 3:
      return "A rather long name " + number + ".bin";
    case 4:
      return "größe.Ü" + number;
    case 5:
      return "many.dots.in." + number + ".it";
    case 6:
      return number + std::string(choices.Below(200), 'x');
    case 7:
      return "[odd]+chars;" + number;
    default:
      return std::string(240, char('a' + choices.Below(3))) + number;
  }
}

TreeModel::NodePtr TreeModel::Find(const Place& place, const std::string& name) const {
  const auto found = place.parent->children.find(Upper(name));
  return found == place.parent->children.end() ? nullptr : found->second;
}

bool TreeModel::IsFull(Status status) {
  if (status != Status::kDiskFull && status != Status::kCannotMake) return false;
  ++refused;
  return true;
}

void TreeModel::Create(Choices& choices) {
  const Place place = SomeDirectory(choices);
  const std::string name = SomeName(choices);
  const bool directory = choices.Chance(4);
  const u32 attributes = choices.Chance(4) ? kAttributeHidden : 0;
  const auto created = volume_.Create(
      Join(place.path, name), directory ? EntryKind::kDirectory : EntryKind::kFile, attributes);
  if (Find(place, name)) {
    EXPECT_EQ(created.status(), Status::kObjectNameCollision) << name;
    return;
  }
  if (IsFull(created.status())) return;
  ASSERT_EQ(created.status(), Status::kSuccess) << place.path << name;
  EXPECT_EQ(created->info.name.view(), name);
  EXPECT_EQ(bool(created->directory), directory);
  auto node = std::make_shared<Node>();
  node->name = name;
  node->is_directory = directory;
  node->attributes = attributes | (directory ? kAttributeIsDirectory : kAttributeArchive);
  place.parent->children[Upper(name)] = node;
  if (!directory && choices.Chance(2)) handles_.push_back({created->file, node});
  ++done;
}

void TreeModel::Remove(Choices& choices) {
  const Place place = SomeDirectory(choices);
  const std::string name = SomeName(choices);
  const NodePtr node = Find(place, name);
  const Status status = volume_.Remove(Join(place.path, name));
  if (!node) {
    EXPECT_EQ(status, Status::kObjectNameNotFound);
  } else if (node->attributes & kAttributeReadOnly) {
    EXPECT_EQ(status, Status::kCannotDelete);
  } else if (!node->children.empty()) {
    EXPECT_EQ(status, Status::kDirectoryNotEmpty);
  } else {
    ASSERT_EQ(status, Status::kSuccess);
    place.parent->children.erase(Upper(name));
    ++done;
  }
}

void TreeModel::Rename(Choices& choices) {
  const Place from = SomeDirectory(choices);
  const Place to = choices.Chance(2) ? from : SomeDirectory(choices);
  const std::string old_name = SomeName(choices), new_name = SomeName(choices);
  const Replace replace = choices.Chance(2) ? Replace::kYes : Replace::kNo;
  const NodePtr node = Find(from, old_name);
  const NodePtr target = Find(to, new_name);
  const Status status = volume_.Rename(Join(from.path, old_name), Join(to.path, new_name), replace);
  const std::string own_path = Upper(from.path + old_name + "\\");
  if (!node) {
    EXPECT_EQ(status, Status::kObjectNameNotFound);
  } else if (Upper(to.path).starts_with(own_path)) {
    EXPECT_EQ(status, Status::kInvalidParameter);
  } else if (target && target != node && replace == Replace::kNo) {
    EXPECT_EQ(status, Status::kObjectNameCollision);
  } else if (target && target != node &&
             (target->is_directory || target->attributes & kAttributeReadOnly)) {
    EXPECT_EQ(status, Status::kAccessDenied);
  } else if (!IsFull(status)) {
    ASSERT_EQ(status, Status::kSuccess) << from.path << old_name << " " << to.path << new_name;
    from.parent->children.erase(Upper(old_name));
    node->name = new_name;
    to.parent->children[Upper(new_name)] = node;
    ++done;
  }
}

void TreeModel::OpenOrClose(Choices& choices) {
  if (handles_.size() > 6 || (!handles_.empty() && choices.Chance(3))) {
    handles_.erase(handles_.begin() + choices.Below(u32(handles_.size())));
    return;
  }
  const Place place = SomeDirectory(choices);
  const std::string name = SomeName(choices);
  const NodePtr node = Find(place, name);
  const auto opened = volume_.Open(Join(place.path, name));
  ASSERT_EQ(opened.status(), node ? Status::kSuccess : Status::kObjectNameNotFound) << name;
  if (!node) return;
  EXPECT_EQ(opened->info.size, node->content.size());
  if (!node->is_directory) handles_.push_back({opened->file, node});
}

void TreeModel::WriteOrCut(Choices& choices) {
  if (handles_.empty()) return OpenOrClose(choices);
  const Handle& handle = handles_[choices.Below(u32(handles_.size()))];
  Bytes& content = handle.node->content;
  const auto clusters = [&](u64 size) {
    const auto space = volume_.Space();
    const u64 bytes = u64(space->sectors_per_cluster) * space->bytes_per_sector;
    return (size + bytes - 1) / bytes;
  };
  const u64 free = volume_.Space()->free_clusters;
  const u32 near = u32(content.size()) + (choices.Chance(4) ? 9000 : 700);
  const u64 offset = choices.Chance(3) ? content.size() : choices.Below(near);
  Status status;
  u64 end;
  if (choices.Chance(3)) {
    end = offset;
    status = handle.file->SetSize(offset);
    if (IsSuccess(status)) content.resize(offset);
  } else {
    const Bytes bytes = fl::test::Content(seed_++, 1 + choices.Below(5000));
    end = offset + bytes.size();
    // In up to three pieces of any length.
    const u32 first = choices.Below(u32(bytes.size())), rest = u32(bytes.size()) - first;
    const u32 second = choices.Below(rest + 1);
    const std::span all(bytes);
    const std::span<const std::byte> pieces[] = {all.first(first), all.subspan(first, second),
                                                 all.subspan(first + second)};
    status = handle.file->WriteAt(offset, GatherList(pieces));
    if (IsSuccess(status)) {
      if (content.size() < end) content.resize(end);
      std::copy(bytes.begin(), bytes.end(), content.begin() + std::ptrdiff_t(offset));
      handle.node->attributes |= kAttributeArchive;
    }
  }
  if (IsFull(status)) {
    EXPECT_GT(clusters(end), clusters(content.size()) + free);
    return;
  }
  ASSERT_EQ(status, Status::kSuccess);
  EXPECT_EQ(handle.file->Size(), content.size());
  handle.node->attributes |= handle.file->Basic().attributes & kAttributeArchive;
  ++done;
}

void TreeModel::SetAttributes(Choices& choices) {
  const Place place = SomeDirectory(choices);
  const NodePtr node = Find(place, SomeName(choices));
  if (!node) return;
  auto opened = volume_.Open(Join(place.path, node->name));
  ASSERT_EQ(opened.status(), Status::kSuccess);
  BasicInformation change;
  constexpr u32 kSettable = 0x27;
  change.attributes = choices.Chance(2) ? kAttributeNormal : choices.Below(0x40) & kSettable;
  const Status status =
      node->is_directory ? opened->directory->SetBasic(change) : opened->file->SetBasic(change);
  ASSERT_EQ(status, Status::kSuccess);
  if (change.attributes != 0) {
    node->attributes = (node->attributes & kAttributeIsDirectory) | (change.attributes & kSettable);
  }
  ++done;
}

void TreeModel::ReadBack(Choices& choices) {
  if (handles_.empty()) return;
  const Handle& handle = handles_[choices.Below(u32(handles_.size()))];
  const Bytes& content = handle.node->content;
  const u64 offset = choices.Below(u32(content.size()) + 600);
  Bytes bytes(1 + choices.Below(3000));
  ASSERT_EQ(handle.file->ReadAt(offset, std::span(bytes)), Status::kSuccess);
  for (u64 i = 0; i < bytes.size(); ++i) {
    const u64 at = offset + i;
    ASSERT_EQ(bytes[i], at < content.size() ? content[at] : std::byte(0)) << at;
  }
}

void TreeModel::Step(Choices& choices) {
  switch (choices.Below(12)) {
    case 0:
    case 1:
    case 2:
      return Create(choices);
    case 3:
    case 4:
      return Remove(choices);
    case 5:
    case 6:
      return Rename(choices);
    case 7:
      return OpenOrClose(choices);
    case 8:
      return SetAttributes(choices);
    case 9:
      return ReadBack(choices);
    default:
      return WriteOrCut(choices);
  }
}

void TreeModel::Compare(Volume& volume) const {
  const std::function<void(const Node&, const std::string&)> compare =
      [&](const Node& node, const std::string& path) {
        auto opened = volume.Open(path);
        ASSERT_EQ(opened.status(), Status::kSuccess) << path;
        ASSERT_TRUE(opened->directory) << path;
        std::size_t met = 0;
        DirectoryEntryInfo info;
        while (true) {
          const auto more = opened->directory->Next(&info);
          ASSERT_EQ(more.status(), Status::kSuccess) << path;
          if (!*more) break;
          const std::string name(info.name.view());
          if (name == "." || name == "..") continue;
          const auto found = node.children.find(Upper(name));
          ASSERT_NE(found, node.children.end()) << path << name;
          ++met;
          const Node& child = *found->second;
          EXPECT_EQ(name, child.name);
          EXPECT_EQ(info.is_directory, child.is_directory) << name;
          EXPECT_EQ(info.attributes, child.attributes) << name;
          EXPECT_EQ(info.size, child.content.size()) << name;
          if (child.is_directory) {
            compare(child, path + name + "\\");
            continue;
          }
          auto file = volume.Open(path + name);
          ASSERT_EQ(file.status(), Status::kSuccess) << path << name;
          Bytes bytes(child.content.size());
          ASSERT_EQ(file->file->ReadAt(0, std::span(bytes)), Status::kSuccess) << path << name;
          EXPECT_TRUE(bytes == child.content) << path << name;
        }
        EXPECT_EQ(met, node.children.size()) << path;
      };
  compare(*root_, "");
  for (const Handle& handle : handles_) {
    Bytes bytes(handle.node->content.size());
    ASSERT_EQ(handle.file->Size(), bytes.size());
    ASSERT_EQ(handle.file->ReadAt(0, std::span(bytes)), Status::kSuccess);
    EXPECT_TRUE(bytes == handle.node->content);
  }
}

void TreeModel::CloseRemoved() {
  std::vector<const Node*> present;
  const std::function<void(const Node&)> collect = [&](const Node& node) {
    present.push_back(&node);
    for (const auto& [key, child] : node.children) collect(*child);
  };
  collect(*root_);
  std::erase_if(handles_, [&](const Handle& handle) {
    return std::ranges::find(present, handle.node.get()) == present.end();
  });
}

std::vector<std::string> TreeModel::Files() const {
  std::vector<std::string> files;
  const std::function<void(const Node&, const std::string&)> list = [&](const Node& node,
                                                                        const std::string& path) {
    for (const auto& [key, child] : node.children) {
      if (child->is_directory) {
        list(*child, path + child->name + "/");
      } else {
        files.push_back(path + child->name);
      }
    }
  };
  list(*root_, "/");
  return files;
}

}  // namespace fl::fs::test
