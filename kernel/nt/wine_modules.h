// Wine's modules that have another half outside: the handles by which their calls name it.
#pragma once

#include <string_view>

#include "kernel/base/units.h"
#include "pe/module_name.h"

namespace fl::kernel {

enum class WineModule : u32 { kNone, kNtdll, kWin32u, kOther };

inline WineModule WineModuleOf(std::string_view file_name) {
  if (pe::EqualIgnoringCase(file_name, "ntdll.dll")) return WineModule::kNtdll;
  if (pe::EqualIgnoringCase(file_name, "win32u.dll")) return WineModule::kWin32u;
  return WineModule::kOther;
}

}  // namespace fl::kernel
