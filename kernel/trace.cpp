// Trace: see trace.h.
#include "kernel/trace.h"

#include "kernel/kernel.h"
#include "kernel/x86/cpu.h"
#include "pe/binding.h"

namespace fl::kernel {
namespace {

bool Wanted() {
  const Kernel* kernel = KernelIfUp();
  return kernel && kernel->options.trace;
}

/// The pages that `has(page)` is true of, as pairs of first page and count.
template <class Has>
void PutRuns(JsonWriter& json, std::string_view key, u32 pages, Has has) {
  json.Key(key).BeginArray();
  for (u32 page = 0; page < pages; ++page) {
    if (!has(PageIndex(page))) continue;
    const u32 first = page;
    while (page < pages && has(PageIndex(page))) ++page;
    json.BeginArray().Number(first).Number(page - first).EndArray();
  }
  json.EndArray();
}

void PutPeSections(JsonWriter& json, const pe::ImageLayout& layout) {
  json.Key("sections").BeginArray();
  for (const pe::PeSection& section : layout.sections) {
    const char access[] = {section.readable ? 'r' : '-', section.writable ? 'w' : '-',
                           section.executable ? 'x' : '-', section.shared ? 's' : '-'};
    json.BeginObject().Field("name", std::string_view(section.name));
    json.Field("rva", section.rva.value).Field("size", section.virtual_size);
    json.Field("file_bytes", section.file_bytes);
    json.Field("access", std::string_view(access, sizeof(access))).EndObject();
  }
  json.EndArray();
}

}  // namespace

void TraceImage(const mm::ImageSection& section) {
  if (!Wanted()) return;
  HostLine line(TheKernel().host, HostStream::kTrace);
  line->Field("event", "image").Field("time", x86::ReadCycles());
  line->Field("section", section.serial()).Field("image", section.file()->Name());
  line->Field("base", section.base().value);
  line->Field("preferred_base", section.layout().preferred_base.value);
  line->Field("pages", section.pages());
  line->Field("header_bytes", section.layout().header_bytes);
  PutPeSections(*line, section.layout());
  PutRuns(*line, "relocated", section.pages(),
          [&](PageIndex page) { return section.IsRelocated(page); });
}

void TraceBound(const mm::ImageSection& section) {
  if (!Wanted()) return;
  HostLine line(TheKernel().host, HostStream::kTrace);
  line->Field("event", "bound").Field("section", section.serial());
  PutRuns(*line, "bound", section.pages(),
          [&](PageIndex page) { return !pe::BindingsOfPage(page, section.bindings()).empty(); });
}

void TraceProcess(Process& process) {
  if (!Wanted() || process.images().empty()) return;
  HostLine line(TheKernel().host, HostStream::kTrace);
  line->Field("event", "process").Field("time", x86::ReadCycles()).Field("pid", process.id());
  line->Field("parent", process.parent_id());
  // The program is mapped first.
  line->Field("image", process.images().span()[0].section->file()->Name());
}

void PageInTrace::OnPageIn(const mm::Section& section, PageIndex first, u32 pages, u32 bytes) {
  if (!Wanted()) return;
  Kernel& kernel = TheKernel();
  const Process* process =
      kernel.scheduler.running() ? kernel.scheduler.current().process() : nullptr;
  const fs::File* file = section.file();
  HostLine line(kernel.host, HostStream::kTrace);
  line->Field("event", "page_in").Field("time", x86::ReadCycles());
  line->Field("section", section.serial());
  line->Field("image", file ? file->Name() : std::string_view("(memory)"));
  line->Field("page", first.value).Field("pages", pages).Field("bytes", bytes);
  line->Field("pid", process ? process->id() : 0);
}

}  // namespace fl::kernel
