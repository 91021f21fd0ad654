// DataCache: from file identity to data section, so that a file's bytes are in memory once: read
// calls and all views use the same frames.
// Owns: nothing: it refers weakly, and a section tells it when it ends. One with changes that are to be written
// back keeps itself.
// Invariant: at most one live section for each file.
#pragma once

#include "mm/data_section.h"

namespace fl::mm {

class DataCache {
 public:
  explicit DataCache(Pager& pager) : pager_(pager) {}
  DataCache(const DataCache&) = delete;
  DataCache& operator=(const DataCache&) = delete;
  // No section may outlive the cache: the list checks it.

  /// The live section of a file, or null.
  DataSection* Find(const fs::FileId& file) {
    for (DataSection& section : sections_) {
      if (section.file()->Id() == file) return &section;
    }
    return nullptr;
  }
  /// The data of `file`. Does not sleep. Fails as DataSection::Create does.
  Result<RefPtr<DataSection>> Acquire(RefPtr<fs::File> file) {
    if (DataSection* const found = Find(file->Id())) return RefPtr<DataSection>(found);
    RefPtr<DataSection> section = TRY(DataSection::Create(pager_, std::move(file)));
    sections_.PushBack(*section);
    return section;
  }

  /// Writes back what was changed of one file, or of all; the first failure. May sleep.
  Status WriteBack(const fs::FileId& file) {
    DataSection* const section = Find(file);
    return section ? section->WriteBack() : Status::kSuccess;
  }
  Status WriteBackAll();
  /// Writes back until few pages are modified, if too many are.
  void Relieve();

  /// Calls `visit(DataSection&)` for each live section.
  template <class Visit>
  void ForEach(Visit visit) {
    for (DataSection& section : sections_) visit(section);
  }

 private:
  DataSection* NextModified(u32 round);

  Pager& pager_;
  u32 round_ = 0;
  IntrusiveList<DataSection> sections_;
};

}  // namespace fl::mm
