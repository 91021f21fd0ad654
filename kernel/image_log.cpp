// ImageLog: see image_log.h.
#include "kernel/image_log.h"

namespace fl::kernel {
namespace {

void RaiseTo(u32& peak, u32 value) {
  if (value > peak) peak = value;
}

}  // namespace

void ImageLog::Add(const mm::ImageSection& section) {
  const mm::SectionCounters& now = section.counters();
  const std::string_view name = section.file()->Name();
  ImageAccount* account = nullptr;
  for (ImageAccount& known : accounts_) {
    if (known.base == section.base() && known.name == name.substr(0, sizeof(known.name) - 1)) {
      account = &known;
    }
  }
  if (!account) {
    if (accounts_.size() == kMostAccounts || IsFailure(accounts_.Push(ImageAccount{}))) {
      ++lost_;
      return;
    }
    account = &accounts_.back();
    for (u32 i = 0; i < name.size() && i < sizeof(account->name) - 1; ++i)
      account->name[i] = name[i];
    account->base = section.base();
    account->preferred_base = section.layout().preferred_base;
    account->pages = section.pages();
  }
  mm::SectionCounters& sum = account->counters;
  sum.pages_read += now.pages_read;
  sum.bytes_read += now.bytes_read;
  sum.metadata_bytes_read += now.metadata_bytes_read;
  sum.pages_zeroed += now.pages_zeroed;
  sum.copies += now.copies;
  RaiseTo(sum.views_peak, now.views_peak);
  RaiseTo(sum.resident_peak, now.resident_peak);
  RaiseTo(sum.private_pages_peak, now.private_pages_peak);
}

}  // namespace fl::kernel
