// What NtCreateFile and its kin are asked for. Source: Microsoft Learn, "NtCreateFile".
#pragma once

#include "kernel/syscall/access_rights.h"

namespace fl::kernel {

// FILE_*: rights that file handles have beside those that all have.
inline constexpr u32 kFileWriteData = 0x0002;
inline constexpr u32 kFileAppendData = 0x0004;

// FILE_*: options.
inline constexpr u32 kDirectoryFile = 0x00000001;
inline constexpr u32 kWriteThrough = 0x00000002;
inline constexpr u32 kNoBuffering = 0x00000008;
inline constexpr u32 kNonDirectoryFile = 0x00000040;
inline constexpr u32 kDeleteOnClose = 0x00001000;
inline constexpr u32 kOpenByFileId = 0x00002000;

enum Disposition : u32 {
  kSupersede = 0,
  kOpen = 1,
  kCreate = 2,
  kOpenIf = 3,
  kOverwrite = 4,
  kOverwriteIf = 5
};

// What an opening tells in IO_STATUS_BLOCK.Information.
inline constexpr u32 kFileSuperseded = 0;
inline constexpr u32 kFileOpened = 1;
inline constexpr u32 kFileCreated = 2;
inline constexpr u32 kFileOverwritten = 3;

}  // namespace fl::kernel
