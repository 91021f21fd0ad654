// Statistics: see statistics.h.
#include "kernel/statistics.h"

#include "kernel/nt/user_mode.h"
#include "kernel/syscall/system_calls.h"

namespace fl::kernel {
namespace {

void PutFaults(JsonWriter& json, const FaultLog& faults) {
  json.Key("faults").BeginObject();
  for (u32 i = 0; i < mm::kFaultCases; ++i) {
    const auto fault_case = mm::FaultCase(i);
    json.Field(mm::FaultCaseName(fault_case), faults.count(fault_case));
  }
  json.EndObject();
  json.Field("hard_faults", faults.hard()).Field("fault_cycles", faults.cycles());
  json.Field("zero_fills", faults.zero_fills()).Field("zero_fill_bytes", faults.zero_fill_bytes());
}

void PutMemory(JsonWriter& json, Kernel& kernel, const Balance& before) {
  mm::PfnDatabase& frames = kernel.memory.frames;
  const Balance now = TakeBalance(frames, Heap());
  const u32 total = frames.frame_count() - frames.count(mm::FrameUse::kNotRam);
  json.Key("frames").BeginObject();
  json.Field("total", total);
  json.Field("baseline", before.frames_in_use());
  json.Field("final", now.frames_in_use());
  json.Field("peak", total - frames.lowest_available());
  json.EndObject();
  json.Key("commit").BeginObject();
  json.Field("limit", frames.commit().limit());
  json.Field("baseline", before.committed);
  json.Field("final", now.committed);
  json.Field("peak", frames.commit().peak());
  json.EndObject();
  json.Key("heap").BeginObject();
  json.Field("baseline", before.heap_bytes);
  json.Field("final", now.heap_bytes);
  json.Field("peak", Heap().counters().peak_bytes);
  json.EndObject();
}

void PutRuns(JsonWriter& json, const Series& series) {
  const SeriesCounters& counters = series.counters();
  json.Key("runs").BeginObject();
  json.Field("count", counters.runs).Field("unbalanced", counters.unbalanced);
  json.Field("other_status", counters.other_status).Field("timed_out", counters.timed_out);
  json.Field("cycles", counters.cycles).Field("last_cycles", counters.last_cycles);
  json.Key("attempts").BeginObject();
  for (u32 i = 0; i < kFailKinds; ++i) {
    const FailKind kind = FailKind(i);
    json.Field(FailKindName(kind), series.injection().point(kind).attempts());
  }
  json.EndObject().EndObject();
}

void PutDisk(JsonWriter& json, Kernel& kernel, const drivers::AtaDisk* disk) {
  json.Key("disk").BeginObject();
  if (disk) {
    const drivers::AtaCounters& counters = disk->counters();
    json.Field("reads", counters.reads).Field("sectors", counters.sectors);
    json.Field("bytes", counters.sectors * kSectorSize);
    json.Field("writes", counters.writes).Field("sectors_written", counters.sectors_written);
    json.Field("dma_commands", counters.dma_commands);
    json.Field("pio_commands", counters.pio_commands);
  }
  if (kernel.volume) {
    const fs::VolumeCounters counters = kernel.volume->Counters();
    json.Field("metadata_sectors", counters.metadata_sectors);
    json.Field("data_sectors", counters.data_sectors);
  }
  json.EndObject();
}

void PutImages(JsonWriter& json, const ImageLog& images) {
  json.Key("images").BeginArray();
  for (const ImageAccount& image : images.accounts()) {
    const mm::SectionCounters& counters = image.counters;
    json.BeginObject();
    json.Field("name", std::string_view(image.name));
    json.Field("base", image.base.value).Field("preferred_base", image.preferred_base.value);
    json.Field("pages", image.pages);
    json.Field("pages_read", counters.pages_read).Field("bytes_read", counters.bytes_read);
    json.Field("metadata_bytes", counters.metadata_bytes_read);
    json.Field("pages_zeroed", counters.pages_zeroed);
    json.Field("copied_pages", counters.copies);
    json.Field("private_pages_peak", counters.private_pages_peak);
    json.Field("resident_peak", counters.resident_peak);
    json.Field("processes_peak", counters.views_peak);
    json.EndObject();
  }
  json.EndArray();
  json.Field("images_lost", images.lost());
}

void PutStubs(JsonWriter& json) {
  json.Key("ntdll").BeginObject().Field("base", kStubsBase.value);
  json.Key("exports").BeginObject();
  const std::span<const SystemCallEntry> calls = SystemCalls();
  for (u32 i = 0; i < calls.size(); ++i) {
    json.Field(calls[i].name, SyscallStubs::AddressOf(i).value);
  }
  json.EndObject().EndObject();
}

/// What programs can ask for by way of NT's user mode, and how often they did.
void PutCalls(JsonWriter& json, const UserMode& mode) {
  json.Field("ntdll_calls", mode.ntdll_call_count());
  json.Key("system_calls").BeginObject();
  const std::span<const SystemCallEntry> calls = SystemCalls();
  for (u32 i = 0; i < calls.size(); ++i) {
    // Those of win32u are forgotten with the programs that had it.
    if (mode.Answers(calls[i]) || SystemCallCount(i) != 0)
      json.Field(calls[i].name, SystemCallCount(i));
  }
  json.EndObject();
}

}  // namespace

void ReportStatistics(Kernel& kernel, const Series& series, const drivers::AtaDisk* disk) {
  kernel.images.ForEach([&](const mm::ImageSection& section) { kernel.image_log.Add(section); });
  HostLine line(kernel.host, HostStream::kReport);
  line->Field("event", "stats");
  PutFaults(*line, kernel.faults);
  PutMemory(*line, kernel, series.before());
  PutRuns(*line, series);
  PutDisk(*line, kernel, disk);
  PutImages(*line, kernel.image_log);
  PutStubs(*line);
  if (kernel.user_mode) PutCalls(*line, *kernel.user_mode);
  line->Field("context_switches", kernel.scheduler.switches());
}

}  // namespace fl::kernel
