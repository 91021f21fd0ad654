// Static TLS: the thread-local variables that the compiler lays out (__declspec(thread)): an image brings a
// template and gets an index; each thread has an array of pointers, one for each index, which its TEB points
// to, and a copy of the template behind each.
// Layout:      the array is the last part of the thread's TEB pages: room for as many modules as a process
//              can have, so it never moves. A thread's copies are one allocation, made when it starts;
//              a DLL that comes later brings one allocation with copies for all threads that are there.
// Invariants:  what the directory says is the program's word: every address may be wrong, which fails the
//              call, and nothing else. A thread's allocation goes with the thread, a DLL's with the DLL.
// Source:      Microsoft Learn, "PE Format", "The .tls Section"; TEB.ThreadLocalStoragePointer.
#pragma once

#include "kernel/process.h"

namespace fl::kernel {

/// For images that are mapped and not yet on the process' list: reads their directories, gives them indexes
/// and, but for a program's first images (no thread has a TEB yet), gives each thread their copies.
/// May sleep. A failure leaves something for ForgetTls.
Status PrepareTls(Process& process, std::span<LoadedModule* const> modules);
/// Gives the index and the memory back.
void ForgetTls(Process& process, LoadedModule& module);

/// Room for a new thread's copies of all templates. Does not sleep; the process need not be the current one.
Status AllocateThreadTls(Thread& thread);
/// Fills it: in the thread itself, which has the loader's lock. May sleep.
Status FillThreadTls(Thread& thread);
/// The thread leaves its process.
void DropThreadTls(Thread& thread);

}  // namespace fl::kernel
