// LinkError: the words.
#include "pe/link_error.h"

#include "kernel/base/format.h"

namespace fl::pe {

std::string_view LinkError::Format(std::span<char> out) const {
  // What the importer needs: the DLL, or a symbol from it, perhaps by way of a forwarder.
  char need[512];
  const bool forwarded = !forwarder.view().empty();
  if (forwarded) {
    fl::Format(need, "needs %s from %s, which forwards it to %s", symbol.c_str(), dll.c_str(),
               forwarder.c_str());
  } else if (!symbol.view().empty()) {
    fl::Format(need, "needs %s from %s", symbol.c_str(), dll.c_str());
  } else {
    fl::Format(need, "needs %s", dll.c_str());
  }
  const char* from = importer.c_str();
  const char* end = forwarded ? forwarder_dll.c_str() : "which";
  const char* comma = forwarded ? ", but " : ", ";
  switch (kind) {
    case Kind::kNone:
      return fl::Format(out, "%s: no error", from);
    case Kind::kMissingDll:
      return fl::Format(out, "%s: %s%s%s is not found", from, need, comma, end);
    case Kind::kUnusableDll:
      return fl::Format(out, "%s: %s%s%s cannot be loaded (status 0x%08x)", from, need, comma, end,
                        Code(status));
    case Kind::kMissingSymbol:
      return fl::Format(out, "%s: %s%s%s does not export it", from, need, comma, end);
    case Kind::kForwarderCycle:
      return fl::Format(out, "%s: %s, and so on without end", from, need);
    case Kind::kMalformed:
      return fl::Format(out, "%s: %s", from, reason);
    case Kind::kTooManyModules:
      return fl::Format(out, "%s: %s: too many modules", from, need);
    case Kind::kOther:
      return fl::Format(out, "%s: cannot be linked (status 0x%08x)", from, Code(status));
  }
  return {};
}

}  // namespace fl::pe
