// Region: a run of pages of one allocation with one state, protection and type; what
// MEMORY_BASIC_INFORMATION describes, and NT's VAD cut by protection. Free space is what lies between.
// Invariants: pages != 0; [start, start + pages) overlaps no other region of its tree; a view's region
//   points to its section and names the section page that its first page shows; a private region has no
//   section. The pointer is not counted: the AddressSpace holds one reference for each view, from map to
//   unmap, however often protection changes have cut the view.
#pragma once

#include "kernel/base/ref_ptr.h"
#include "mm/protection.h"

namespace fl::mm {

class Section;

enum class RegionState : u8 { kReserved, kCommitted };
enum class RegionType : u8 { kPrivate, kMapped, kImage };

/// Everything that must be equal for two neighbours to be one region (section_page: contiguous).
struct RegionAttributes {
  VirtPage allocation_base;
  Protection allocation_protection;
  Protection protection;  ///< Meaningful when committed; {0} when reserved, as NT shows it.
  RegionState state = RegionState::kReserved;
  RegionType type = RegionType::kPrivate;
  Section* section = nullptr;
  PageIndex section_page;  ///< Meaningful when section is set.
};

}  // namespace fl::mm
