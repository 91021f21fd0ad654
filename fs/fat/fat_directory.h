// FatDirectoryNode: a directory that is open. FatDirectory: one walk over its entries.
// Invariant: a directory that was removed has no entries any more, whatever its clusters hold now.
#pragma once

#include "fs/fat/fat_node.h"
#include "fs/fat/volume.h"

namespace fl::fs::fat {

class FatDirectoryNode final : public RefCounted<FatDirectoryNode>, public FatNode {
 public:
  using FatNode::FatNode;
};

class FatDirectory final : public Directory {
 public:
  FatDirectory(RefPtr<FatDirectoryNode> node, DirectoryStart start);

  Result<bool> Next(DirectoryEntryInfo* entry) override;
  Status Rewind() override;
  FileId Id() const override;
  BasicInformation Basic() const override;
  Status SetBasic(const BasicInformation& change) override { return node_->SetBasicLocked(change); }

 private:
  Result<bool> NextOfReader(DirectoryEntryInfo* entry);

  const RefPtr<FatDirectoryNode> node_;
  DirectoryReader reader_;
  bool busy_ = false;
  bool pending_ = false;  ///< The reader is at an entry that nobody got.
};

}  // namespace fl::fs::fat
