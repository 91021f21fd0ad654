// KASSERT: a check of our own invariants, always on; DCHECK: the costly ones, in debug builds and tests.
// Invariant: never used on what a disk, a file or a user program can cause: those get a Status.
#pragma once

namespace fl {

/// Reports a kernel bug and does not return. The kernel supplies a bugcheck, the host tests an abort.
/// `used`: kernel/x86/runtime.cpp may be linked when all else is optimised already.
[[noreturn, gnu::used]] void AssertFailed(const char* expression, const char* file, int line);

}  // namespace fl

#define KASSERT(expression)                      \
  (__builtin_expect(!!(expression), 1) ? (void)0 \
                                       : ::fl::AssertFailed(#expression, __FILE_NAME__, __LINE__))

#ifdef NDEBUG
#define DCHECK(expression) ((void)sizeof(!(expression)))
#else
#define DCHECK(expression) KASSERT(expression)
#endif
