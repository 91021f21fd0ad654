// SECTION_IMAGE_INFORMATION: what an image's header says, for NtQuerySection and
// NtQueryInformationProcess.
// Source: the layout as published for NT (phnt).
#pragma once

#include "mm/image_section.h"

namespace fl::kernel {

struct ImageInformation {
  u32 entry, zero_bits, stack_reserve, stack_commit, subsystem;
  u16 subsystem_minor, subsystem_major, os_major, os_minor;
  u16 characteristics, dll_characteristics, machine;
  u8 contains_code, flags;
  u32 loader_flags, file_size, checksum;
};
static_assert(sizeof(ImageInformation) == 0x30);

inline ImageInformation Describe(const mm::ImageSection& image) {
  const pe::ImageLayout& layout = image.layout();
  constexpr u16 kI386 = 0x14C;
  constexpr u8 kMappedFlat = 8;
  const bool has_com = layout.directory(pe::Directory::kClrHeader).size != 0;
  return {.entry = image.base().value + layout.entry.value,
          .zero_bits = 0,
          .stack_reserve = layout.stack_reserve,
          .stack_commit = layout.stack_commit,
          .subsystem = layout.subsystem,
          .subsystem_minor = layout.subsystem_version.minor,
          .subsystem_major = layout.subsystem_version.major,
          .os_major = layout.os_version.major,
          .os_minor = layout.os_version.minor,
          .characteristics = layout.characteristics,
          .dll_characteristics = layout.dll_characteristics,
          .machine = kI386,
          .contains_code = u8(layout.size_of_code != 0 || layout.entry.value != 0),
          .flags = layout.flat ? kMappedFlat : u8(0),
          .loader_flags = u32(has_com),
          .file_size = u32(layout.file_size),
          .checksum = layout.checksum};
}

}  // namespace fl::kernel
