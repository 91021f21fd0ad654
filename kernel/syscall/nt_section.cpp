// System calls: sections and views.
#include <new>

#include "kernel/kernel.h"
#include "kernel/section_object.h"
#include "kernel/syscall/file_options.h"
#include "kernel/syscall/image_information.h"
#include "kernel/syscall/named_handle.h"
#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/user_memory.h"
#include "mm/shared_memory_section.h"

namespace fl::kernel {
namespace {

constexpr u32 kSecReserve = 0x04000000;
constexpr u32 kSecCommit = 0x08000000;
constexpr u32 kSecNoCache = 0x10000000;
constexpr u32 kSecFile = 0x00800000;
constexpr u32 kSecImage = 0x01000000;
constexpr u32 kSectionAllAccess = 0xF001F;
constexpr u32 kSectionQuery = 1;
constexpr u32 kSectionMapWrite = 2;
constexpr u32 kSectionMapRead = 4;
constexpr u32 kSectionBasicInformation = 0;
constexpr u32 kSectionImageInformation = 1;
constexpr u32 kViewShare = 1;
constexpr u32 kViewUnmap = 2;
// Another process' view in the way costs a section of its own; more than this many are nobody's need.
constexpr u32 kMaxVariants = 64;

struct SectionBasicInformation {
  u32 base, attributes;
  u64 size;
};
static_assert(sizeof(SectionBasicInformation) == 16);

u32 GrantedAccess(u32 wanted) {
  return (wanted &
          (kMaximumAllowed | kGenericAll | kGenericExecute | kGenericWrite | kGenericRead)) != 0
             ? kSectionAllAccess
             : wanted;
}

/// Do its views change what others see?
bool WritesShared(mm::Protection protection) {
  return protection.Writable() && !protection.WriteCopy();
}

Result<RefPtr<mm::Section>> CreateShared(u64 size) {
  if (size == 0) return Status::kInvalidParameter4;
  return RefPtr<mm::Section>(TRY(mm::SharedMemorySection::Create(TheKernel().pager, size)));
}

Result<RefPtr<mm::Section>> CreateData(FileObject& file, u64 size, mm::Protection protection) {
  if (!file.file()) return Status::kInvalidFileForSection;
  if (!file.disk()) return Status::kInvalidFileForSection;
  mm::DataSection* const pages = TRY(file.disk()->open().Pages());
  const RefPtr<mm::DataSection> kept(pages);
  if (size > pages->size()) {
    if (!WritesShared(protection)) return Status::kSectionTooBig;
    TRY_STATUS(pages->SetSize(size));
  }
  if (pages->size() == 0) return Status::kFileInvalid;
  return RefPtr<mm::Section>(kept);
}

Result<RefPtr<mm::Section>> CreateImage(FileObject& file) {
  if (!file.file()) return Status::kInvalidFileForSection;
  return RefPtr<mm::Section>(TRY(TheKernel().images.Acquire(RefPtr<fs::File>(file.file()),
                                                            mm::ImageSection::kUnbound, nullptr)));
}

Result<RefPtr<mm::Section>> CreateFrom(const SystemCall& call, u64 size, mm::Protection protection,
                                       u32 attributes, u32 file_handle) {
  if (file_handle == 0) {
    return (attributes & kSecImage) != 0
               ? Result<RefPtr<mm::Section>>(Status::kInvalidFileForSection)
               : CreateShared(size);
  }
  const bool writes = (attributes & kSecImage) == 0 && WritesShared(protection);
  const auto file = TRY(call.process.handles().FindAs<FileObject>(
      file_handle, kFileReadData | (writes ? kFileWriteData : 0)));
  return (attributes & kSecImage) != 0 ? CreateImage(*file) : CreateData(*file, size, protection);
}

/// Does a section that was created with `section` allow a view with `view`?
bool Allows(mm::Protection section, mm::Protection view) {
  if (view.Executable() && !section.Executable()) return false;
  if (view.Writable() && !view.WriteCopy() && (!section.Writable() || section.WriteCopy()))
    return false;
  return true;
}

/// An image goes where its pages were relocated to; if that range is taken here, the image is needed at
/// another base, never this process' pages relocated once more.
Result<mm::ByteRange> MapImage(Process& process, mm::Section& wanted, mm::ViewRequest request) {
  RefPtr<mm::ImageSection> image(static_cast<mm::ImageSection*>(&wanted));
  const bool anywhere = request.base.value == 0;
  for (u32 variant = 1;; ++variant) {
    if (!anywhere && request.base != image->base()) return Status::kConflictingAddresses;
    mm::ViewRequest at = request;
    at.base = image->base() + u32(request.offset);
    // Getting the image may have slept.
    if (!process.has_space()) return Status::kProcessIsTerminating;
    TRY_STATUS(process.images().Push({image, image->base()}));
    const Result<mm::ByteRange> view = process.space().MapView(*image, at);
    if (view.ok()) return view;
    process.images().Pop();
    if (!anywhere || view.error() != Status::kConflictingAddresses || variant == kMaxVariants) {
      return view;
    }
    image = TRY(TheKernel().images.Acquire(RefPtr<fs::File>(image->file()),
                                           mm::ImageSection::kUnbound + variant, nullptr));
  }
}

}  // namespace

Status NtCreateSection(const SystemCall& call) {
  const u32 handle_pointer = call[0], access = call[1], object_attributes = call[2];
  const u32 size_pointer = call[3], attributes = call[5], file_handle = call[6];
  const mm::Protection protection{call[4]};
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  constexpr u32 kKnown = kSecCommit | kSecReserve | kSecImage | kSecNoCache;
  const u32 kind = attributes & (kSecCommit | kSecReserve | kSecImage);
  if ((attributes & ~kKnown) != 0 || (kind & (kind - 1)) != 0 || kind == 0) {
    return Status::kInvalidParameter6;
  }
  if (!protection.Valid() || protection.Has(mm::kPageGuard) ||
      protection.Base() == mm::kPageNoAccess) {
    return Status::kInvalidPageProtection;
  }
  if (kind == kSecReserve) return Status::kNotImplemented;
  const u64 size = size_pointer ? TRY(ReadUser<u64>(size_pointer)) : 0;
  const CapturedAttributes named = TRY(CaptureAttributes(object_attributes));

  RefPtr<mm::Section> section = TRY(CreateFrom(call, size, protection, attributes, file_handle));
  const u64 section_size = size != 0 && kind != kSecImage ? size : section->size();
  const auto object =
      AdoptRef(new (std::nothrow) SectionObject(std::move(section), protection, section_size));
  if (!object) return Status::kNoMemory;
  return InsertNamed(call, handle_pointer, object, named, GrantedAccess(access));
}

Status NtQuerySection(const SystemCall& call) {
  const u32 what = call[1], out = call[2], length = call[3], returned = call[4];
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const auto object = TRY(call.process.handles().FindAs<SectionObject>(call[0], kSectionQuery));
  mm::Section& section = object->section();
  const bool is_image = section.kind() == mm::SectionKind::kImage;
  const auto answer = [&](const auto& information) {
    if (length < sizeof(information)) return Status::kInfoLengthMismatch;
    TRY_STATUS(WriteUser(out, information));
    return returned ? WriteUser(returned, u32(sizeof(information))) : Status::kSuccess;
  };
  switch (what) {
    case kSectionBasicInformation: {
      const bool has_file = section.kind() != mm::SectionKind::kSharedMemory;
      const u32 attributes = is_image ? kSecImage | kSecFile : has_file ? kSecFile : kSecCommit;
      return answer(SectionBasicInformation{0, attributes, object->size()});
    }
    case kSectionImageInformation:
      if (!is_image) return Status::kSectionNotImage;
      return answer(Describe(static_cast<mm::ImageSection&>(section)));
    default:
      return Status::kInvalidInfoClass;
  }
}

Status NtOpenSection(const SystemCall& call) {
  return OpenNamed(call, call[0], ObjectType::kSection, call[2], GrantedAccess(call[1]));
}

Status NtMapViewOfSection(const SystemCall& call) {
  const u32 base_pointer = call[2], zero_bits = call[3], offset_pointer = call[5];
  const u32 size_pointer = call[6], inherit = call[7], type = call[8];
  const mm::Protection protection{call[9]};
  const u32 base = TRY(ReadInOut<u32>(base_pointer));
  const u32 size = TRY(ReadInOut<u32>(size_pointer));
  const u64 offset = offset_pointer ? TRY(ReadInOut<u64>(offset_pointer)) : 0;
  if (inherit != kViewShare && inherit != kViewUnmap) return Status::kInvalidParameter8;
  if ((type & ~mm::kMemTopDown) != 0) return Status::kInvalidParameter9;
  if (!protection.Valid()) return Status::kInvalidPageProtection;
  const u32 wanted =
      protection.Writable() && !protection.WriteCopy() ? kSectionMapWrite : kSectionMapRead;
  const auto object = TRY(call.process.handles().FindAs<SectionObject>(call[0], wanted));
  const RefPtr<Process> process = TRY(FindLiveProcess(call, call[1], kProcessVmOperation));
  mm::Section& section = object->section();
  mm::ViewRequest request{
      .base = VirtAddr(base),
      .offset = offset,
      .size = size,
      .protection = protection,
      .placement = (type & mm::kMemTopDown) != 0 ? mm::Placement::kHighest : mm::Placement::kLowest,
      .zero_bits = zero_bits};
  mm::ByteRange view;
  if (section.kind() == mm::SectionKind::kImage) {
    view = TRY(MapImage(*process, section, request));
  } else {
    if (!Allows(object->protection(), protection)) return Status::kSectionProtection;
    if (offset % kAllocationGranularity != 0) return Status::kMappedAlignment;
    if (offset >= object->size()) return Status::kInvalidViewSize;
    const u64 rest = object->size() - offset;
    if (size > u64(PagesFor(rest)) * kPageSize) return Status::kInvalidViewSize;
    if (size == 0) request.size = u32(rest);
    view = TRY(process->space().MapView(section, request));
  }
  // As with memory that was allocated: the view is there, whether the program can be told or not.
  (void)WriteUser(base_pointer, view.base.value);
  if (offset_pointer) (void)WriteUser(offset_pointer, offset);
  (void)WriteUser(size_pointer, view.size);
  return Status::kSuccess;
}

/// (process, base, size, io status block): what was written through a view goes to the file.
Status NtFlushVirtualMemory(const SystemCall& call) {
  const u32 base_pointer = call[1], size_pointer = call[2], io_pointer = call[3];
  const u32 base = TRY(ReadInOut<u32>(base_pointer));
  TRY(ReadInOut<u32>(size_pointer));
  // Wine's FlushViewOfFile gives none.
  if (io_pointer != 0) TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  const RefPtr<Process> process = TRY(FindLiveProcess(call, call[0], kProcessVmOperation));
  const RefPtr<mm::Section> section(process->space().FindSection(VirtAddr(base)));
  if (!section || section->kind() != mm::SectionKind::kData) return Status::kNotMappedData;
  const Status status = static_cast<mm::DataSection&>(*section).WriteBack();
  if (io_pointer != 0) (void)WriteUser(io_pointer, IoStatusBlock{Code(status), 0});
  return status;
}

Status NtUnmapViewOfSection(const SystemCall& call) {
  const VirtAddr address(call[1]);
  const RefPtr<Process> process = TRY(FindLiveProcess(call, call[0], kProcessVmOperation));
  const LoadedImage* image = process->FindImage(address);
  const VirtAddr image_base = image ? image->base : VirtAddr();
  TRY_STATUS(process->space().UnmapView(address));
  if (image_base.value != 0) process->ForgetImage(image_base);
  TheKernel().files.Relieve();
  return Status::kSuccess;
}

}  // namespace fl::kernel
