// DataCache: from file identity to data section, so that a file's bytes are in memory once: read
// calls and all views use the same frames.
// Owns: nothing: it refers weakly, and a section tells it when it ends.
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

  /// The data of `file`. Does not sleep. Fails as DataSection::Create does.
  Result<RefPtr<DataSection>> Acquire(RefPtr<fs::File> file) {
    for (DataSection& section : sections_) {
      if (section.file()->Id() == file->Id()) return RefPtr<DataSection>(&section);
    }
    RefPtr<DataSection> section = TRY(DataSection::Create(pager_, std::move(file)));
    sections_.PushBack(*section);
    return section;
  }

  /// Calls `visit(DataSection&)` for each live section.
  template <class Visit>
  void ForEach(Visit visit) {
    for (DataSection& section : sections_) visit(section);
  }

 private:
  Pager& pager_;
  IntrusiveList<DataSection> sections_;
};

}  // namespace fl::mm
