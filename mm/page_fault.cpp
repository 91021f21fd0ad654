// Page faults: ResolvePageFault holds the only retry loop; ResolveUserFault and ResolveSystemFault each make
// one try.
#include "mm/page_fault.h"

namespace fl::mm {
namespace {

bool Permits(const PteAccess& entry, Access access) {
  switch (access) {
    case Access::kRead:
      return entry.read;
    case Access::kWrite:
      return entry.write;
    case Access::kExecute:
      return entry.execute;
  }
  return false;
}

bool Permits(Protection protection, Access access) {
  switch (access) {
    case Access::kRead:
      return protection.Readable();
    case Access::kWrite:
      return protection.Writable();
    case Access::kExecute:
      return protection.Executable();
  }
  return false;
}

FaultResult Refuse(FaultOutcome outcome, Status status, FaultCase fault_case) {
  return {.outcome = outcome, .status = status, .fault_case = fault_case};
}

FaultResult AccessViolation() {
  return Refuse(FaultOutcome::kAccessViolation, Status::kAccessViolation,
                FaultCase::kAccessViolation);
}

/// A status from the machinery: no memory is the thread's own trouble, the rest lies in the page's file.
FaultResult Failed(Status status, FaultCase fault_case) {
  FaultResult result{.fault_case = fault_case};
  if (status == Status::kNoMemory || status == Status::kCommitmentLimit) {
    result.outcome = FaultOutcome::kNoMemory;
    result.status = Status::kNoMemory;
  } else {
    result.outcome = FaultOutcome::kInPageError;
    result.status = Status::kInPageError;
  }
  result.cause = status;
  return result;
}

FaultResult Done(Status status, FaultCase fault_case) {
  return IsSuccess(status) ? FaultResult{.fault_case = fault_case} : Failed(status, fault_case);
}

/// The view's page: brought in if it is absent, then mapped or copied.
FaultResult ResolveView(AddressSpace& space, VirtPage page, const RegionInfo& region,
                        FaultCase fault_case) {
  // The view may be unmapped while the page is read, and the section with it.
  const RefPtr<Section> section(region.attributes.section);
  const PageIndex index = AddressSpace::SectionPageOf(region, page);
  FaultResult result;
  if (fault_case == FaultCase::kCopyOnWrite && section->IsUntouchedZero(index)) {
    result = Done(space.MapPrivateCopy(page, region), fault_case);
  } else {
    const Result<Section::Acquired> acquired = section->AcquirePrototype(index);
    if (!acquired) {
      result = Failed(acquired.error(), fault_case);
      // The view may be gone since, and with it the thread's concern in that page.
      const RegionInfo now = space.Look(page).region;
      if (now.free || now.attributes.section != section.get() ||
          AddressSpace::SectionPageOf(now, page) != index) {
        result = Refuse(FaultOutcome::kRetry, Status::kSuccess, fault_case);
      }
    } else if (acquired->slept) {
      result = Refuse(FaultOutcome::kRetry, Status::kSuccess, fault_case);
      result.hard = true;
    } else if (fault_case == FaultCase::kCopyOnWrite) {
      result = Done(space.MapPrivateCopy(page, region), fault_case);
    } else {
      result = Done(space.MapSectionPage(page, region), fault_case);
      if (result.outcome == FaultOutcome::kResolved) space.MapNeighbours(page, region);
    }
  }
  result.section = section.get();
  result.section_page = index;
  return result;
}

FaultResult ResolveGuard(AddressSpace& space, VirtPage page, const RegionInfo& region,
                         UserStack* stack) {
  if (const Status s = space.ClearGuard(page, region); IsFailure(s)) {
    return Failed(s, FaultCase::kGuardPage);
  }
  if (!stack || !stack->Contains(AddressOf(page))) {
    return Refuse(FaultOutcome::kGuardPage, Status::kGuardPageViolation, FaultCase::kGuardPage);
  }
  if (IsFailure(GrowStack(space, *stack, page))) {
    return Refuse(FaultOutcome::kStackOverflow, Status::kStackOverflow, FaultCase::kGuardPage);
  }
  // The guard is gone; the access itself is still to be resolved.
  return Refuse(FaultOutcome::kRetry, Status::kSuccess, FaultCase::kGuardPage);
}

FaultResult ResolveUserFault(AddressSpace& space, const PageFault& fault) {
  if (!space.Contains(fault.address)) return AccessViolation();
  const VirtPage page = PageOf(fault.address);
  const AddressSpace::PageState state = space.Look(page);
  const FaultCase fault_case = ClassifyFault(state, page, fault.access);
  switch (fault_case) {
    case FaultCase::kAlreadyResolved:
      return {};
    case FaultCase::kAccessViolation:
      return AccessViolation();
    case FaultCase::kGuardPage:
      return ResolveGuard(space, page, state.region, fault.stack);
    case FaultCase::kDemandZero:
      return Done(space.MapZeroPage(page, state.region), fault_case);
    case FaultCase::kImagePage:
    case FaultCase::kDataPage:
    case FaultCase::kSharedMemoryPage:
    case FaultCase::kCopyOnWrite:
      return ResolveView(space, page, state.region, fault_case);
  }
  return AccessViolation();
}

/// System space holds the kernel's own views of sections, for reading; it has no guards and no zero pages.
FaultResult ResolveSystemFault(AddressSpace& space, const PageFault& fault) {
  if (fault.mode == FaultMode::kUser || !space.Contains(fault.address)) return AccessViolation();
  const VirtPage page = PageOf(fault.address);
  const AddressSpace::PageState state = space.Look(page);
  const FaultCase fault_case = ClassifyFault(state, page, fault.access);
  if (fault_case == FaultCase::kAlreadyResolved) return {};
  if (state.region.free || !state.region.attributes.section ||
      fault_case == FaultCase::kAccessViolation) {
    return AccessViolation();
  }
  return ResolveView(space, page, state.region, fault_case);
}

}  // namespace

const char* FaultCaseName(FaultCase fault_case) {
  switch (fault_case) {
    case FaultCase::kAccessViolation:
      return "access_violation";
    case FaultCase::kGuardPage:
      return "guard_page";
    case FaultCase::kDemandZero:
      return "demand_zero";
    case FaultCase::kImagePage:
      return "image_page";
    case FaultCase::kDataPage:
      return "data_page";
    case FaultCase::kSharedMemoryPage:
      return "shared_memory_page";
    case FaultCase::kCopyOnWrite:
      return "copy_on_write";
    case FaultCase::kAlreadyResolved:
      return "already_resolved";
  }
  return "?";
}

FaultCase ClassifyFault(const AddressSpace::PageState& state, VirtPage page, Access access) {
  const RegionInfo& region = state.region;
  if (region.free || region.attributes.state != RegionState::kCommitted) {
    return FaultCase::kAccessViolation;
  }
  const Protection protection = region.attributes.protection;
  // Guard first, as on NT: the alarm goes off even for an access that would be refused afterwards.
  if (protection.Has(kPageGuard)) return FaultCase::kGuardPage;
  if (!Permits(protection, access)) return FaultCase::kAccessViolation;
  if (state.pte.resident && Permits(state.pte.access, access)) return FaultCase::kAlreadyResolved;
  if (!region.attributes.section) return FaultCase::kDemandZero;
  if (access == Access::kWrite && AddressSpace::CopiesOnWrite(region, page)) {
    return FaultCase::kCopyOnWrite;
  }
  switch (region.attributes.section->kind()) {
    case SectionKind::kImage:
      return FaultCase::kImagePage;
    case SectionKind::kData:
      return FaultCase::kDataPage;
    case SectionKind::kSharedMemory:
      return FaultCase::kSharedMemoryPage;
  }
  return FaultCase::kAccessViolation;
}

FaultResult ResolvePageFault(const PageFault& fault, AddressSpace* user, AddressSpace& system) {
  bool slept = false;
  for (;;) {
    FaultResult result;
    if (user && fault.address < AddressOf(system.regions().first())) {
      result = ResolveUserFault(*user, fault);
    } else {
      result = ResolveSystemFault(system, fault);
    }
    slept = slept || result.hard;
    if (result.outcome == FaultOutcome::kRetry) continue;
    result.hard = slept;
    return result;
  }
}

}  // namespace fl::mm
