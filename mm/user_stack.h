// UserStack: where a thread's stack lies, and how its guard page moves down.
//
//   deallocation_base   one page that is never committed
//                       reserved pages
//                       one guard page
//   limit               committed pages
//   base                the first address above
//
// Source: the layout that NT and Wine's ntdll keep in the TEB (StackBase, StackLimit, DeallocationStack).
#pragma once

#include "mm/address_space.h"

namespace fl::mm {

struct UserStack {
  VirtAddr deallocation_base;
  VirtAddr limit;
  VirtAddr base;
  u32 guaranteed_bytes = 0;  ///< Kept back for the handler of an overflow.

  bool Contains(VirtAddr address) const { return address >= deallocation_base && address < base; }
};

/// The guard page at `page` of the stack was touched, and is an ordinary page already. Makes the next
/// lower one the guard, or opens what is kept back and answers kStackOverflow if no room is left.
Status GrowStack(AddressSpace& space, UserStack& stack, VirtPage page);

}  // namespace fl::mm
