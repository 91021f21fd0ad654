// LinkError: why a program cannot be linked, with the names of both sides.
// Invariant: owns its text (cut to fit), so it outlives the images that it speaks of.
#pragma once

#include <span>
#include <string_view>

#include "kernel/base/status.h"
#include "kernel/base/units.h"

namespace fl::pe {

/// A copy of a name out of an image, cut to fit, with '?' for what does not print.
template <u32 kSize>
class PrintableName {
 public:
  PrintableName& operator=(std::string_view text) {
    u32 length = 0;
    for (const char c : text) {
      if (length == kSize - 1) break;
      text_[length++] = u8(c) >= 0x20 && u8(c) < 0x7F ? c : '?';
    }
    text_[length] = 0;
    return *this;
  }
  const char* c_str() const { return text_; }
  std::string_view view() const { return text_; }

 private:
  char text_[kSize] = {};
};

struct LinkError {
  enum class Kind : u8 {
    kNone,
    kMissingDll,
    kUnusableDll,  ///< There, but it could not be loaded: `status` says why.
    kMissingSymbol,
    kMalformed,  ///< The importer's own tables: `reason`.
    kForwarderCycle,
    kTooManyModules,
    kOther,  ///< No memory, a disk error...: `status`.
  };

  Kind kind = Kind::kNone;
  Status status = Status::kSuccess;
  const char* reason = "";
  PrintableName<64> importer;
  PrintableName<64> dll;      ///< The DLL that the importer names.
  PrintableName<128> symbol;  ///< `"Frob"` or `ordinal 12`; empty if no symbol was reached.
  /// Where the symbol was forwarded to last; empty if it was not.
  PrintableName<128> forwarder;
  PrintableName<64> forwarder_dll;

  /// One line, for instance: alpha.dll: needs "Frob" from beta.dll, which does not export it
  std::string_view Format(std::span<char> out) const;
};

}  // namespace fl::pe
