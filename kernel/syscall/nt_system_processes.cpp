// SystemProcessInformation: all processes with their threads, as task lists ask for them.
// Source: the layout as published for NT (winternl.h, phnt).
#include "kernel/kernel.h"
#include "kernel/syscall/answer.h"
#include "kernel/syscall/system_information.h"

namespace fl::kernel {
namespace {

struct ProcessEntry {
  u32 next;
  u32 threads;
  u64 private_working_set;
  u32 hard_faults, most_threads;
  u64 cycles, create_time, user_time, kernel_time;
  UserUnicodeString name;
  u32 base_priority, id, parent_id, handles, session, key;
  VmCounters memory;
  u64 io[6];
};
static_assert(sizeof(ProcessEntry) == 0xB8);

struct ThreadEntry {
  u64 kernel_time, user_time, create_time;
  u32 wait_time, start_address, process_id, thread_id;
  u32 priority, base_priority, switches, state, wait_reason, padding;
};
static_assert(sizeof(ThreadEntry) == 0x40);

constexpr u32 kSession = 1;
enum ThreadStateNumber : u32 { kRunning = 2, kTerminated = 4, kReady = 1, kWaiting = 5 };

std::u16string_view BaseName(const Process& process) {
  const std::u16string_view path(process.image_path.data(), process.image_path.size());
  return path.substr(path.rfind(u'\\') + 1);
}

u32 StateNumber(const Thread& thread) {
  switch (thread.state) {
    case ThreadState::kRunning:
      return kRunning;
    case ThreadState::kNew:
    case ThreadState::kReady:
      return kReady;
    case ThreadState::kAsleep:
      return kWaiting;
    case ThreadState::kEnded:
      break;
  }
  return kTerminated;
}

Status PutThread(Answer& answer, const Thread& thread) {
  return answer.Put(ThreadEntry{.kernel_time = 0,
                                .user_time = thread.user_time,
                                .create_time = thread.create_time,
                                .wait_time = 0,
                                .start_address = thread.start_address.value,
                                .process_id = thread.process_id(),
                                .thread_id = thread.id(),
                                .priority = thread.priority,
                                .base_priority = thread.priority,
                                .switches = 0,
                                .state = StateNumber(thread),
                                .wait_reason = 0,
                                .padding = 0});
}

/// With its threads and its name. The entry's start.
Result<u32> PutProcess(Answer& answer, Process& process) {
  const u32 start = answer.size();
  const VmCounters memory = process.MemoryCounters();
  ProcessEntry entry{};
  entry.threads = entry.most_threads = process.thread_count();
  entry.private_working_set = memory.working_set;
  entry.create_time = process.create_time;
  entry.user_time = process.UserTime();
  entry.base_priority = kNormalPriority;
  entry.id = process.id();
  entry.parent_id = process.parent_id();
  entry.handles = process.handles().open_count();
  entry.session = kSession;
  entry.memory = memory;
  TRY_STATUS(answer.Put(entry));
  for (const Thread& thread : process.threads()) TRY_STATUS(PutThread(answer, thread));
  const std::u16string_view name = BaseName(process);
  const u16 length = u16(name.size() * 2);
  entry.name = {length, u16(length + 2), answer.end()};
  answer.Set(start, entry);
  TRY_STATUS(answer.PutText(name));
  TRY_STATUS(answer.Put(char16_t(0)));
  TRY_STATUS(answer.Align(8));
  return start;
}

}  // namespace

Status AnswerProcesses(u32 out, u32 length, u32 returned) {
  Answer answer(out);
  u32 last = 0;
  // Nothing here sleeps: the list stays as it is.
  for (Process& process : TheKernel().processes) {
    const u32 start = TRY(PutProcess(answer, process));
    if (start != 0) answer.Set(last, start - last);
    last = start;
  }
  return answer.Give(length, returned, Status::kInfoLengthMismatch);
}

}  // namespace fl::kernel
