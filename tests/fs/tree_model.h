// TreeModel: what a volume should contain, kept in the plainest way, beside the volume itself; and an
// endless supply of operations that are done to both.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fs/volume.h"
#include "tests/fakes/choices.h"

namespace fl::fs::test {

class TreeModel {
 public:
  struct Node {
    std::string name;
    bool is_directory = false;
    u32 attributes = 0;
    std::vector<std::byte> content;
    std::map<std::string, std::shared_ptr<Node>> children;  ///< By name in upper case.
  };

  explicit TreeModel(Volume& volume);

  /// One operation on both; expects that both agree on its outcome.
  void Step(fl::test::Choices& choices);
  /// Expects that the volume holds just what the model does, seen through `volume`.
  void Compare(Volume& volume) const;
  /// Closes the removed files that are still open, so that nothing is left of them.
  void CloseRemoved();
  /// The paths of all files, by '/'.
  std::vector<std::string> Files() const;

  int done = 0;     ///< Operations that changed something.
  int refused = 0;  ///< For want of room.

 private:
  using NodePtr = std::shared_ptr<Node>;
  struct Place {
    NodePtr parent;
    std::string path;  ///< Of the parent, with a separator at the end unless it is the root.
  };
  struct Handle {
    RefPtr<File> file;
    NodePtr node;
  };

  Place SomeDirectory(fl::test::Choices& choices) const;
  static std::string SomeName(fl::test::Choices& choices);
  NodePtr Find(const Place& place, const std::string& name) const;

  void Create(fl::test::Choices& choices);
  void Remove(fl::test::Choices& choices);
  void Rename(fl::test::Choices& choices);
  void OpenOrClose(fl::test::Choices& choices);
  void WriteOrCut(fl::test::Choices& choices);
  void SetAttributes(fl::test::Choices& choices);
  void ReadBack(fl::test::Choices& choices);
  /// Is this refusal one for want of room, and expected? Counts it.
  bool IsFull(Status status);

  Volume& volume_;
  NodePtr root_ = std::make_shared<Node>();
  std::vector<Handle> handles_;
  u32 seed_ = 1;
};

}  // namespace fl::fs::test
