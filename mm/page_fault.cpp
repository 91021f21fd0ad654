// Page faults: ResolvePageFault holds the only retry loop, and brings in what a try found absent;
// ResolveUserFault and ResolveSystemFault each make one try, without a sleep.
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

void Refuse(FaultResult& result, FaultOutcome outcome, Status status) {
  result.outcome = outcome;
  result.status = status;
}

void RefuseAccess(FaultResult& result) {
  result.fault_case = FaultCase::kAccessViolation;
  Refuse(result, FaultOutcome::kAccessViolation, Status::kAccessViolation);
}

/// A status from the machinery: no memory is the thread's own trouble, the rest lies in the page's file.
[[gnu::cold]] void Fail(FaultResult& result, Status status) {
  if (status == Status::kNoMemory || status == Status::kCommitmentLimit) {
    Refuse(result, FaultOutcome::kNoMemory, Status::kNoMemory);
  } else {
    Refuse(result, FaultOutcome::kInPageError, Status::kInPageError);
  }
  result.cause = status;
}

void Finish(FaultResult& result, Status status) {
  if (IsFailure(status)) Fail(result, status);
}

/// Is the view's page in memory, or nothing but zeros that are about to be copied? If not, the try ends.
bool IsAtHand(const RegionInfo& region, VirtPage page, FaultResult& result) {
  Section& section = *region.attributes.section;
  const PageIndex index = AddressSpace::SectionPageOf(region, page);
  result.section = &section;
  result.section_page = index;
  if (section.IsPresent(index)) return true;
  if (result.fault_case == FaultCase::kCopyOnWrite && section.IsUntouchedZero(index)) return true;
  result.outcome = FaultOutcome::kAbsent;
  return false;
}

/// Does `page` still show page `index` of the section with that serial number? If not, the thread has no
/// concern in it any more.
[[gnu::cold]] bool StillShows(const AddressSpace& space, VirtPage page, u32 serial,
                              PageIndex index) {
  const RegionInfo now = space.Look(page).region;
  return !now.free && now.attributes.section && now.attributes.section->serial() == serial &&
         AddressSpace::SectionPageOf(now, page) == index;
}

void ResolveGuard(AddressSpace& space, VirtPage page, const RegionInfo& region, UserStack* stack,
                  FaultResult& result) {
  if (const Status s = space.ClearGuard(page, region); IsFailure(s)) return Fail(result, s);
  if (!stack || !stack->Contains(AddressOf(page))) {
    return Refuse(result, FaultOutcome::kGuardPage, Status::kGuardPageViolation);
  }
  if (IsFailure(GrowStack(space, *stack, page))) {
    return Refuse(result, FaultOutcome::kStackOverflow, Status::kStackOverflow);
  }
  // The guard is gone; the access itself is still to be resolved.
  Refuse(result, FaultOutcome::kRetry, Status::kSuccess);
}

void ResolveUserFault(AddressSpace& space, const PageFault& fault, FaultResult& result) {
  if (!space.Contains(fault.address)) return RefuseAccess(result);
  const VirtPage page = PageOf(fault.address);
  const AddressSpace::PageState state = space.Look(page);
  result.fault_case = ClassifyFault(state, page, fault.access);
  switch (result.fault_case) {
    case FaultCase::kAlreadyResolved:
      return;
    case FaultCase::kAccessViolation:
      return RefuseAccess(result);
    case FaultCase::kGuardPage:
      return ResolveGuard(space, page, state.region, fault.stack, result);
    case FaultCase::kDemandZero:
      return Finish(result, space.MapZeroPage(page, state.region));
    case FaultCase::kCopyOnWrite:
      if (!IsAtHand(state.region, page, result)) return;
      return Finish(result, space.MapPrivateCopy(page, state));
    case FaultCase::kImagePage:
    case FaultCase::kDataPage:
    case FaultCase::kSharedMemoryPage:
      if (!IsAtHand(state.region, page, result)) return;
      if (fault.access == Access::kWrite && result.fault_case == FaultCase::kDataPage) {
        return Finish(result, space.MapForWrite(page, state));
      }
      Finish(result, space.MapSectionPage(page, state.region));
      if (result.outcome == FaultOutcome::kResolved) space.MapNeighbours(page, state.region);
      return;
  }
}

/// System space holds the kernel's own views of sections, for reading; it has no guards and no zero pages.
void ResolveSystemFault(AddressSpace& space, const PageFault& fault, FaultResult& result) {
  if (fault.mode == FaultMode::kUser || !space.Contains(fault.address)) return RefuseAccess(result);
  const VirtPage page = PageOf(fault.address);
  const AddressSpace::PageState state = space.Look(page);
  result.fault_case = ClassifyFault(state, page, fault.access);
  if (result.fault_case == FaultCase::kAlreadyResolved) return;
  if (state.region.free || !state.region.attributes.section ||
      result.fault_case == FaultCase::kAccessViolation) {
    return RefuseAccess(result);
  }
  if (!IsAtHand(state.region, page, result)) return;
  Finish(result, space.MapSectionPage(page, state.region));
  if (result.outcome == FaultOutcome::kResolved) space.MapNeighbours(page, state.region);
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
  FaultResult result;
  for (;;) {
    const AddressSpace* space = &system;
    if (user && PageOf(fault.address) < system.regions().first()) {
      space = user;
      ResolveUserFault(*user, fault, result);
    } else {
      ResolveSystemFault(system, fault, result);
    }
    if (result.outcome < FaultOutcome::kRetry) return result;
    if (result.outcome == FaultOutcome::kAbsent) {
      Section& section = *result.section;
      const u32 serial = section.serial();
      result.hard = result.hard || section.IsReadFor(result.section_page);
      const Status status = section.AcquirePrototype(result.section_page);
      // The section may be gone with its last view.
      if (IsFailure(status) &&
          StillShows(*space, PageOf(fault.address), serial, result.section_page)) {
        Fail(result, status);
        return result;
      }
    }
    result = {.hard = result.hard};
  }
}

}  // namespace fl::mm
