// AccessCheck: what a descriptor allows to somebody.
// Semantics: AccessCheck, "How AccessCheck Works" (Microsoft Learn): entries count in their order; who is
// granted everything that was asked for is not looked at further. The owner may always read the descriptor and
// change the DACL.
#pragma once

#include "kernel/security/descriptor.h"

namespace fl::security {

/// Of whom a check is.
class Subject {
 public:
  /// Is it the one, or in the group, that `sid` names?
  virtual bool Is(Bytes sid) const = 0;
  virtual bool MayTakeOwnership() const = 0;
  virtual bool MayReadSacl() const = 0;

 protected:
  ~Subject() = default;
};

struct AccessAnswer {
  Status status = Status::kAccessDenied;  ///< kSuccess, kAccessDenied.
  u32 granted = 0;                        ///< 0 if denied.
};

/// `wanted`: without generic rights, but perhaps MAXIMUM_ALLOWED. `all`: what the type of object knows.
AccessAnswer CheckAccess(const Descriptor& descriptor, const Subject& subject, u32 wanted, u32 all);

}  // namespace fl::security
