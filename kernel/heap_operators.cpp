// The kernel's global operators new(nothrow) and delete, over the one heap that InitHeap names.
// Invariant: there is no plain operator new: code that could not be told of a failure does not
// link.
#include <new>

#include "kernel/heap.h"

namespace fl::kernel {
namespace {

KernelHeap* heap_in_use = nullptr;

}  // namespace

void InitHeap(KernelHeap& heap) { heap_in_use = &heap; }

KernelHeap& Heap() {
  KASSERT(heap_in_use);
  return *heap_in_use;
}

}  // namespace fl::kernel

// The library's only object of this type lives in hosted libstdc++.
const std::nothrow_t std::nothrow{};

using fl::kernel::Heap;
using std::align_val_t;
using std::nothrow_t;
using std::size_t;

void* operator new(size_t size, const nothrow_t&) noexcept { return Heap().Allocate(size); }
void* operator new[](size_t size, const nothrow_t&) noexcept { return Heap().Allocate(size); }
void* operator new(size_t size, align_val_t alignment, const nothrow_t&) noexcept {
  return Heap().Allocate(size, size_t(alignment));
}
void* operator new[](size_t size, align_val_t alignment, const nothrow_t&) noexcept {
  return Heap().Allocate(size, size_t(alignment));
}

void operator delete(void* block) noexcept { Heap().Free(block); }
void operator delete[](void* block) noexcept { Heap().Free(block); }
void operator delete(void* block, size_t) noexcept { Heap().Free(block); }
void operator delete[](void* block, size_t) noexcept { Heap().Free(block); }
void operator delete(void* block, const nothrow_t&) noexcept { Heap().Free(block); }
void operator delete[](void* block, const nothrow_t&) noexcept { Heap().Free(block); }
void operator delete(void* block, align_val_t) noexcept { Heap().Free(block); }
void operator delete[](void* block, align_val_t) noexcept { Heap().Free(block); }
void operator delete(void* block, size_t, align_val_t) noexcept { Heap().Free(block); }
void operator delete[](void* block, size_t, align_val_t) noexcept { Heap().Free(block); }
void operator delete(void* block, align_val_t, const nothrow_t&) noexcept { Heap().Free(block); }
void operator delete[](void* block, align_val_t, const nothrow_t&) noexcept { Heap().Free(block); }
