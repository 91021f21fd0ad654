// UserMode: see user_mode.h.
#include "kernel/nt/user_mode.h"

#include <cstring>

#include "kernel/base/checked_math.h"
#include "kernel/base/format.h"
#include "kernel/base/log.h"
#include "kernel/kernel.h"
#include "kernel/nt/section_source.h"

namespace fl::kernel {
namespace {

Result<RefPtr<fs::File>> OpenSystemFile(Kernel& kernel, std::string_view name) {
  char path[64];
  const fs::Opened opened =
      TRY(kernel.volume->Open(Format(path, "%.*s%.*s", int(UserMode::kDirectory.size()),
                                     UserMode::kDirectory.data(), int(name.size()), name.data())));
  if (!opened.file) return Status::kFileIsADirectory;
  return opened.file;
}

}  // namespace

Result<UserMode*> UserMode::Load(Kernel& kernel) {
  RefPtr<fs::File> file = TRY(OpenSystemFile(kernel, "ntdll.dll"));
  auto* mode = new (std::nothrow) UserMode(kernel);
  if (!mode) return Status::kNoMemory;
  mode->file_ = std::move(file);
  Status status = mode->LearnNtdll();
  if (IsSuccess(status)) status = mode->MapApiSets();
  if (IsSuccess(status)) {
    const Result<SharedUserData*> data = SharedUserData::Create(kernel);
    status = data.status();
    if (data.ok()) mode->user_data_ = *data;
  }
  if (IsFailure(status)) {
    delete mode;
    return status;
  }
  return mode;
}

Status UserMode::LearnNtdll() {
  ntdll_ = TRY(kernel_.images.Acquire(file_, 0, nullptr));
  SectionSource source(*ntdll_);
  pe::ExportTable exports = TRY(pe::ExportTable::Open(source, ntdll_->layout(), nullptr));
  const auto find = [&](const char* name, Rva& rva) {
    const Result<pe::Export> found = exports.FindByName(name, 0);
    if (!found.ok()) return found.error();
    if (found->forwarder) return Status::kEntryPointNotFound;
    rva = found->rva;
    return Status::kSuccess;
  };
  TRY_STATUS(find("LdrInitializeThunk", entries_.initialize_thunk));
  TRY_STATUS(find("RtlUserThreadStart", entries_.user_thread_start));
  TRY_STATUS(find("KiUserExceptionDispatcher", entries_.exception_dispatcher));
  TRY_STATUS(find("KiUserApcDispatcher", entries_.apc_dispatcher));
  TRY_STATUS(find("__wine_syscall_dispatcher", entries_.syscall_dispatcher));
  TRY_STATUS(find("__wine_unix_call_dispatcher", entries_.unix_call_dispatcher));
  // What programs touch first must not make it larger for good.
  TRY_STATUS(ntdll_->MakeRoom());
  TRY_STATUS(ntdll_calls_.Learn(source, exports, entries_.syscall_dispatcher));
  Log(LogLevel::kInfo, "ntdll.dll links programs; %u of its %u system calls are answered",
      ntdll_calls_.known(), ntdll_calls_.count());
  return Bind(*ntdll_);
}

Status UserMode::Bind(mm::ImageSection& ntdll) const {
  pe::Binding bindings[] = {
      {entries_.syscall_dispatcher, SyscallStubs::FastCall().value},
      {entries_.unix_call_dispatcher, SyscallStubs::AddressOf("__wine_unix_call").value},
  };
  if (bindings[1].slot < bindings[0].slot) std::swap(bindings[0], bindings[1]);
  Vector<pe::Binding> list;
  TRY_STATUS(list.Append(bindings));
  ntdll.Bind(std::move(list));
  return Status::kSuccess;
}

Result<RefPtr<mm::ImageSection>> UserMode::Ntdll(u32 variant) const {
  if (variant == 0) return ntdll_;
  RefPtr<mm::ImageSection> section = TRY(kernel_.images.Acquire(file_, variant, nullptr));
  if (!section->is_bound()) TRY_STATUS(Bind(*section));
  return section;
}

/// The map is a PE section of a file that is never run.
Status UserMode::MapApiSets() {
  const Result<RefPtr<fs::File>> file = OpenSystemFile(kernel_, "apisetschema.dll");
  if (!file.ok())
    return file.error() == Status::kObjectNameNotFound ? Status::kSuccess : file.error();
  const RefPtr<mm::ImageSection> image =
      TRY(kernel_.images.Acquire(*file, mm::ImageSection::kUnbound, nullptr));
  for (const pe::PeSection& section : image->layout().sections) {
    if (std::memcmp(section.name, ".apiset", sizeof(".apiset")) != 0) continue;
    api_sets_.section = TRY(kernel_.files.Acquire(*file));
    TRY_STATUS(api_sets_.section->MakeRoom());
    api_sets_.offset = section.file_offset;
    // The image has served: it is not to be the one that the cache keeps for programs.
    kernel_.images.DropKept();
    return Status::kSuccess;
  }
  return Status::kInvalidImageFormat;
}

Status UserMode::LearnWin32u(RefPtr<mm::ImageSection> image, Rva dispatcher) {
  if (win32u_) return Status::kSuccess;
  const RefPtr<fs::File> file = TRY(OpenSystemFile(kernel_, "win32u.dll"));
  if (image->file()->Id() != file->Id()) return Status::kAccessDenied;
  SectionSource source(*image);
  pe::ExportTable exports = TRY(pe::ExportTable::Open(source, image->layout(), nullptr));
  CallNumbers numbers;
  TRY_STATUS(numbers.Learn(source, exports, dispatcher));
  // Reading may have slept.
  if (win32u_) return Status::kSuccess;
  win32u_ = std::move(image);
  win32u_calls_ = std::move(numbers);
  return Status::kSuccess;
}

void UserMode::ForgetPrograms() {
  win32u_ = nullptr;
  win32u_calls_ = CallNumbers();
}

Status UserMode::RefuseCall(u32 number) {
  const bool is_win32u = number >> kTableShift == 1;
  CallNumbers& calls = is_win32u ? win32u_calls_ : ntdll_calls_;
  const RefPtr<mm::ImageSection> image = is_win32u ? win32u_ : ntdll_;
  // Those answer with handles, counts and truth values as well: 0 is what all of them fail with.
  const Status answer = is_win32u ? Status(0) : Status::kNotImplemented;
  if (!image || !calls.FirstRefusal(number & ((1u << kTableShift) - 1))) return answer;
  SectionSource source(*image);
  Result<pe::ExportTable> exports = pe::ExportTable::Open(source, image->layout(), nullptr);
  char buffer[128];
  std::string_view name;
  if (exports.ok()) {
    const auto found = CallNumbers::NameOf(source, *exports, number, buffer);
    if (found.ok()) name = *found;
  }
  if (name.empty()) name = Format(buffer, "system call 0x%x", number);
  Log(LogLevel::kWarning, "%.*s is not implemented", int(name.size()), name.data());
  kernel_.host.ReportMissingCall(name);
  return answer;
}

}  // namespace fl::kernel
