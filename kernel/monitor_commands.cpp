// MonitorCommands: see monitor_commands.h. Each command is a function over the kernel's own lists; nothing
// here follows a pointer that a program gave.
#include "kernel/monitor_commands.h"

#include "kernel/kernel.h"
#include "kernel/monitor.h"
#include "kernel/monitor_line.h"
#include "kernel/x86/direct_map.h"

namespace fl::kernel {
namespace {

/// A file's name as a terminal may see it.
class Name {
 public:
  explicit Name(const fs::File* file) : Name(file ? file->Name() : std::string_view("(memory)")) {}
  explicit Name(std::string_view name) {
    for (u32 i = 0; i < name.size() && i < sizeof(text_) - 1; ++i) {
      text_[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
    }
  }
  const char* text() const { return text_; }

 private:
  char text_[32] = {};
};

Name NameOf(Process& process) {
  if (process.images().empty()) return Name(std::string_view("(no image)"));
  return Name(process.images().span()[0].section->file());
}

Process* FindProcess(u32 id) {
  for (Process& process : TheKernel().processes) {
    if (process.id() == id) return &process;
  }
  return nullptr;
}

Process* CurrentProcess() {
  Scheduler& scheduler = TheKernel().scheduler;
  return scheduler.running() ? scheduler.current().process() : nullptr;
}

/// The space that the word names: a process, `system`, or (no word) the one that runs.
mm::AddressSpace* ChooseSpace(std::string_view word) {
  if (word == "system") return &TheKernel().system_space;
  Process* process = nullptr;
  if (word.empty()) {
    process = CurrentProcess();
    if (!process) MonitorPrint("no process runs: name one, or \"system\"");
  } else if (const auto id = ParseMonitorNumber(word, 10); id) {
    process = FindProcess(*id);
    if (!process) MonitorPrint("there is no process %u", *id);
  } else {
    MonitorPrint("\"%.*s\" is no process number", int(word.size()), word.data());
  }
  if (!process) return nullptr;
  if (!process->has_space()) {
    MonitorPrint("process %u has given its memory back", process->id());
    return nullptr;
  }
  return &process->space();
}

const char* StateName(mm::RegionState state) {
  return state == mm::RegionState::kCommitted ? "committed" : "reserved";
}

const char* TypeName(mm::RegionType type) {
  switch (type) {
    case mm::RegionType::kPrivate:
      return "private";
    case mm::RegionType::kMapped:
      return "mapped";
    case mm::RegionType::kImage:
      return "image";
  }
  return "?";
}

const char* UseName(mm::FrameUse use) {
  constexpr const char* kNames[] = {"notram",  "free",    "zeroed",    "standby",
                                    "private", "section", "pagetable", "kernel"};
  return u32(use) < mm::kFrameUses ? kNames[u32(use)] : "?";
}

const char* StateName(ThreadState state) {
  constexpr const char* kNames[] = {"new", "ready", "running", "asleep", "ended"};
  return u32(state) < sizeof(kNames) / sizeof(kNames[0]) ? kNames[u32(state)] : "?";
}

void PrintRegion(const mm::RegionInfo& region) {
  const mm::RegionAttributes& has = region.attributes;
  const Name name = has.section ? Name(has.section->file()) : Name(std::string_view());
  MonitorPrint("%08x %7u %-9s %-7s %03x %08x %s", AddressOf(region.range.start).value,
               region.range.pages, StateName(has.state), TypeName(has.type), has.protection.bits,
               AddressOf(has.allocation_base).value, name.text());
}

void Regions(std::string_view arguments) {
  mm::AddressSpace* space = ChooseSpace(TakeWord(arguments));
  if (!space) return;
  const mm::RegionTree& tree = space->regions();
  MonitorPrint("start      pages state     type    prot allocation");
  for (auto region = tree.FindFrom(tree.first()); region;
       region = tree.FindFrom(region->range.end())) {
    PrintRegion(*region);
    if (region->range.end() >= tree.end()) break;
  }
  MonitorPrint("%u regions, %u private pages, %u committed", tree.region_count(),
               space->private_pages(), space->committed_pages());
}

void PrintSection(const char* kind, u32 base, const mm::Section& section) {
  const mm::SectionCounters& now = section.counters();
  MonitorPrint("%-6s %08x %6u %8u %5u %6u %s", kind, base, section.pages(), now.resident, now.views,
               now.private_pages, Name(section.file()).text());
}

void Sections(std::string_view) {
  Kernel& kernel = TheKernel();
  MonitorPrint("kind   base      pages resident views copies name");
  kernel.images.ForEach([](const mm::ImageSection& section) {
    PrintSection("image", section.base().value, section);
  });
  kernel.files.ForEach([](const mm::DataSection& section) { PrintSection("file", 0, section); });
}

void Frames(std::string_view) {
  mm::PfnDatabase& frames = TheKernel().memory.frames;
  for (u32 use = 0; use < mm::kFrameUses; ++use) {
    MonitorPrint("%-10s %8u", UseName(mm::FrameUse(use)), frames.count(mm::FrameUse(use)));
  }
  MonitorPrint("%-10s %8u", "all", frames.frame_count());
  MonitorPrint("committed %u of %u pages", frames.commit().charged(), frames.commit().limit());
}

void PrintEntry(const mm::Pte& pte, bool is_private) {
  if (!pte.resident) {
    MonitorPrint("entry: no frame");
    return;
  }
  MonitorPrint("entry: frame %05x %c%c%c%s%s", pte.pfn.value, pte.access.read ? 'r' : '-',
               pte.access.write ? 'w' : '-', pte.access.execute ? 'x' : '-',
               pte.dirty ? " dirty" : "", is_private ? " private" : "");
  mm::PfnDatabase& frames = TheKernel().memory.frames;
  if (!frames.IsRam(pte.pfn)) return;
  const mm::Frame& frame = frames.frame(pte.pfn);
  MonitorPrint("frame: %s, mapped by %u, page %u of its owner", UseName(frame.use),
               frame.share_count, frame.index.value);
}

void PageTableEntry(std::string_view arguments) {
  const std::string_view word = TakeWord(arguments);
  const auto address = ParseMonitorNumber(word, 16);
  if (!address) {
    MonitorPrint("pte ADDRESS [PROCESS]: \"%.*s\" is no address", int(word.size()), word.data());
    return;
  }
  if (*address - x86::kDirectMapBase < x86::kDirectMapSize) {
    MonitorPrint("direct map: physical %08x", *address - x86::kDirectMapBase);
    return;
  }
  Kernel& kernel = TheKernel();
  mm::AddressSpace* space =
      *address >= x86::kDirectMapBase ? &kernel.system_space : ChooseSpace(TakeWord(arguments));
  if (!space) return;
  if (!space->Contains(VirtAddr(*address))) {
    MonitorPrint("no region can lie there");
    return;
  }
  const mm::AddressSpace::PageState state = space->Look(PageOf(VirtAddr(*address)));
  if (state.region.free) {
    MonitorPrint("region: free");
  } else {
    PrintRegion(state.region);
  }
  PrintEntry(state.pte, state.is_private);
}

void Processes(std::string_view) {
  MonitorPrint("  pid parent handles private commit name");
  for (Process& process : TheKernel().processes) {
    const bool alive = process.has_space();
    MonitorPrint("%5u %6u %7u %7u %6u %s%s", process.id(), process.parent_id(),
                 process.handles().open_count(), alive ? process.space().private_pages() : 0,
                 alive ? process.space().committed_pages() : 0, NameOf(process).text(),
                 process.terminating() ? " (ending)" : "");
  }
}

void Threads(std::string_view) {
  MonitorPrint("  tid   pid state   priority channel");
  TheKernel().scheduler.ForEachThread([](Thread& thread) {
    MonitorPrint("%5u %5u %-7s %8u %08x", thread.id(),
                 thread.process() ? thread.process()->id() : 0, StateName(thread.state),
                 thread.priority, u32(reinterpret_cast<std::uintptr_t>(thread.channel)));
  });
}

void Faults(std::string_view) { TheKernel().faults.Print(); }

void Help(std::string_view);

struct Command {
  const char* name;
  void (*run)(std::string_view arguments);
  const char* help;
};

constexpr Command kCommands[] = {
    {"processes", Processes, "all processes"},
    {"threads", Threads, "all threads"},
    {"regions", Regions, "[PID | system]: the regions of an address space"},
    {"pte", PageTableEntry, "ADDRESS [PID]: the region, entry and frame of a page"},
    {"sections", Sections, "images and files in memory"},
    {"frames", Frames, "physical pages by use, and what is promised"},
    {"faults", Faults, "the last page faults"},
    {"help", Help, "this"},
};

void Help(std::string_view) {
  for (const Command& command : kCommands) MonitorPrint("%-10s %s", command.name, command.help);
  MonitorPrint("%-10s %s", "continue", "the programs run on");
}

}  // namespace

MonitorAnswer RunMonitorCommand(std::string_view line) {
  const std::string_view name = TakeWord(line);
  if (name.empty()) return MonitorAnswer::kAsk;
  if (name == "continue" || name == "c") return MonitorAnswer::kContinue;
  for (const Command& command : kCommands) {
    if (name != command.name) continue;
    command.run(line);
    return MonitorAnswer::kAsk;
  }
  MonitorPrint("\"%.*s\" is no command; \"help\" lists them", int(name.size()), name.data());
  return MonitorAnswer::kAsk;
}

}  // namespace fl::kernel
