// ApiSetMap: which DLL stands behind a name such as "api-ms-win-core-file-l1-1-0". In user mode ntdll
// reads this map; host tools read it here in order to know what a program needs.
// Invariants: the bytes may be anything: every offset and count in them is checked when it is used.
// Source: the format of version 6, as Windows 10 and Wine have it in section .apiset of
//   apisetschema.dll: a header, an array of sets, for each set an array of hosts.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "kernel/base/result.h"
#include "kernel/base/units.h"

namespace fl::pe {

class ApiSetMap {
 public:
  /// `bytes`, the section's part of the file, must outlive the map. kInvalidImageFormat: another
  /// version, or not all of the map is there.
  static Result<ApiSetMap> Open(std::span<const std::byte> bytes);

  /// Whether DLLs of this name are looked up here: "api-..." and "ext-...", in any case.
  static bool Covers(std::string_view name);

  /// The DLL that serves `name` (with or without ".dll") to the DLL `importer`, in `buffer`; empty if
  /// the set is known but nothing serves it. A set answers for all its versions: what follows the last
  /// hyphen does not count. kObjectNameNotFound: no such set; kNameTooLong; kInvalidImageFormat.
  Result<std::string_view> Find(std::string_view name, std::string_view importer,
                                std::span<char> buffer) const;

  u32 count() const { return count_; }

 private:
  explicit ApiSetMap(std::span<const std::byte> bytes) : bytes_(bytes) {}
  template <class T>
  Result<T> ReadAt(u32 offset, u32 index) const;
  Result<bool> TextIs(u32 offset, u32 size, std::string_view text) const;
  Result<std::string_view> HostOf(u32 hosts, u32 host_count, std::string_view importer,
                                  std::span<char> buffer) const;

  std::span<const std::byte> bytes_;
  u32 count_ = 0;
  u32 sets_ = 0;  ///< Offset of the array.
};

}  // namespace fl::pe
