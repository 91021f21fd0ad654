// Trace: what the host is told beside the faults (fault_log.h) when it asked (trace=1): one JSON object a
// line, each with an "event". A fault has none, and comes after the page-ins that it caused.
//   image    a section of an image: id, name, bases, pages, PE sections, pages that are relocated
//   bound    its pages that imports are bound in
//   page_in  pages that came into memory, how many bytes of the file they took, for which process
//   process  the program that a process runs
// Invariants:  nothing here sleeps or allocates. Times are cycles since the processor was reset.
// Ids:         a section's is its serial number.
#pragma once

#include "mm/image_section.h"

namespace fl::kernel {

class Process;

void TraceImage(const mm::ImageSection& section);
void TraceBound(const mm::ImageSection& section);
void TraceProcess(Process& process);

class PageInTrace final : public mm::PageInListener {
 public:
  void OnPageIn(const mm::Section& section, PageIndex first, u32 pages, u32 bytes) override;
};

}  // namespace fl::kernel
