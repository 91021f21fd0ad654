// Page faults: one dispatcher, two paths, one table of cases.
//
// Row: what the region tree says of the page. Column: what the program wanted. Cell: what is done.
//
//   state of the page          read                write               execute
//   ------------------------   -----------------   -----------------   -----------------
//   free, reserved             AccessViolation     AccessViolation     AccessViolation
//   committed, access denied   AccessViolation     AccessViolation     AccessViolation
//   guard (any committed)      GuardPage           GuardPage           GuardPage
//   private                    DemandZero          DemandZero          DemandZero
//   view of an image           ImagePage           ImagePage (shared) | CopyOnWrite       ImagePage
//   view of a file             DataPage            DataPage | CopyOnWrite                 DataPage
//   view of shared memory      SharedMemoryPage    SharedMemoryPage | CopyOnWrite         SharedMemoryPage
//   entry already permits it   AlreadyResolved     AlreadyResolved     AlreadyResolved
//
// "Access denied" is decided by the region's protection; CopyOnWrite where it is write-copy and the page is
// not yet private. The last row is a race that another thread won (or a stale translation); it is proved by
// reading the entry again, otherwise it is a kernel bug.
//
// Retry rule: a try changes nothing after a sleep. One that finds its section's page absent ends with
// kAbsent, the page is brought in, and everything is looked up again, because the region, the section and
// the entry may be gone by then; likewise after a stack has grown. If the page could not be brought in, and
// the view still shows it, the fault fails.
#pragma once

#include "mm/address_space.h"
#include "mm/user_stack.h"

namespace fl::mm {

enum class FaultMode : u8 { kUser, kKernel };

struct PageFault {
  VirtAddr address;
  Access access = Access::kRead;
  FaultMode mode = FaultMode::kUser;  ///< Who ran when it happened.
  /// The faulting thread's stack, which guard pages within it make grow; null if it has none. Its limit
  /// is moved here; whoever keeps it elsewhere (the TEB) compares.
  UserStack* stack = nullptr;
};

enum class FaultCase : u8 {
  kAccessViolation,
  kGuardPage,
  kDemandZero,
  kImagePage,
  kDataPage,
  kSharedMemoryPage,
  kCopyOnWrite,
  kAlreadyResolved,
};
inline constexpr u32 kFaultCases = 8;
const char* FaultCaseName(FaultCase fault_case);

enum class FaultOutcome : u8 {
  kResolved,
  kAccessViolation,
  kGuardPage,
  kStackOverflow,
  kInPageError,
  kNoMemory,
  // Internal to ResolvePageFault: look everything up again; and before that, bring in page `section_page`
  // of `section`.
  kRetry,
  kAbsent,
};

/// What the thread gets. status is kSuccess when resolved, else what an exception record carries; for
/// kInPageError `cause` says why the page could not be read. The rest is for the trace: which case it was,
/// and what was looked at last; valid until something sleeps.
struct FaultResult {
  FaultOutcome outcome = FaultOutcome::kResolved;
  Status status = Status::kSuccess;
  Status cause = Status::kSuccess;
  FaultCase fault_case = FaultCase::kAlreadyResolved;
  bool hard = false;  ///< The thread waited for a page to be made of its file's bytes.
  Section* section = nullptr;
  PageIndex section_page{};
};

/// The table above, as a pure function. kDemandZero to kCopyOnWrite mean that the entry has to change.
FaultCase ClassifyFault(const AddressSpace::PageState& state, VirtPage page, Access access);

/// Resolves a fault at a user address in `user` (null: the thread has no user space), or at a kernel
/// address in `system`. May sleep while a page is read.
FaultResult ResolvePageFault(const PageFault& fault, AddressSpace* user, AddressSpace& system);

}  // namespace fl::mm
