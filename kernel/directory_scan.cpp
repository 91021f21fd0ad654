// DirectoryScan: see directory_scan.h.
#include "kernel/directory_scan.h"

#include <string_view>

#include "kernel/name_pattern.h"
#include "kernel/unicode.h"

namespace fl::kernel {

Status DirectoryScan::SetPattern(std::span<const char16_t> pattern) {
  pattern_.Clear();
  // What "*.*" says to Windows programs is: all. Wine's DLLs hand it on as it is.
  if (std::u16string_view(pattern.data(), pattern.size()) != u"*.*") {
    TRY_STATUS(pattern_.Append(pattern));
  }
  has_pattern_ = true;
  return Status::kSuccess;
}

Status DirectoryScan::Rewind() {
  has_next_ = false;
  return directory_->Rewind();
}

Result<const fs::DirectoryEntryInfo*> DirectoryScan::Peek() {
  while (!has_next_) {
    if (!TRY(directory_->Next(&next_))) return static_cast<const fs::DirectoryEntryInfo*>(nullptr);
    name_.Clear();
    TRY_STATUS(AppendUtf16(next_.name, name_));
    has_next_ = pattern_.empty() || MatchesPattern(name_.span(), pattern_.span());
  }
  return &next_;
}

}  // namespace fl::kernel
