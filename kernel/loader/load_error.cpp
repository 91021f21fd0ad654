// LoadError: the words.
#include "kernel/loader/load_error.h"

#include "kernel/base/format.h"

namespace fl::kernel {
namespace {

constexpr const char* kCannotMove = "it has no relocations, and its base is taken";

}  // namespace

Status LoadError::Fail(const char* the_kind, Status the_status, const char* format, ...) {
  kind = the_kind;
  status = the_status;
  std::va_list arguments;
  va_start(arguments, format);
  FormatV(message, format, arguments);
  va_end(arguments);
  return status;
}

Status LoadError::FailImage(std::string_view name, Status why, const pe::ParseError& parse_error) {
  char reason[160];
  const int length = int(name.size());
  switch (parse_error.kind) {
    case pe::ParseError::Kind::kWrongMachine:
      parse_error.Format(reason);
      return Fail("wrong_machine", why, "%.*s: %s", length, name.data(), reason);
    case pe::ParseError::Kind::kNotPe:
    case pe::ParseError::Kind::kMalformed:
      parse_error.Format(reason);
      return Fail("not_pe", why, "%.*s: %s", length, name.data(), reason);
    case pe::ParseError::Kind::kNone:
      break;
  }
  if (why == Status::kIllegalDllRelocation) {
    return Fail("other", why, "%.*s: %s", length, name.data(), kCannotMove);
  }
  return Fail("other", why, "%.*s: cannot be loaded (status 0x%08x)", length, name.data(),
              Code(why));
}

Status LoadError::FailLinking(const pe::LinkError& link_error, Status why,
                              const pe::ParseError& parse_error) {
  char text[400];
  link_error.Format(text);
  switch (link_error.kind) {
    case pe::LinkError::Kind::kMissingDll:
      return Fail("missing_dll", why, "%s", text);
    case pe::LinkError::Kind::kMissingSymbol:
    case pe::LinkError::Kind::kForwarderCycle:
      return Fail("missing_export", why, "%s", text);
    case pe::LinkError::Kind::kUnusableDll: {
      char reason[160];
      const char* because = "";
      if (parse_error.kind != pe::ParseError::Kind::kNone) {
        parse_error.Format(reason);
        because = reason;
      } else if (why == Status::kIllegalDllRelocation) {
        because = kCannotMove;
      }
      return Fail("other", why, "%s%s%s", text, *because ? ": " : "", because);
    }
    case pe::LinkError::Kind::kMalformed:
      return Fail("not_pe", why, "%s", text);
    default:
      return Fail("other", why, "%s (status 0x%08x)", text, Code(why));
  }
}

}  // namespace fl::kernel
