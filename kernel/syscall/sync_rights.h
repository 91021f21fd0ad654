// Access rights of events, semaphores, mutants and the other objects that are there to be waited for.
// Source: Microsoft Learn, "Synchronization Object Security and Access Rights".
#pragma once

#include "kernel/syscall/access_rights.h"

namespace fl::kernel {

inline constexpr u32 kEventQueryState = 0x0001;
inline constexpr u32 kEventModifyState = 0x0002;
inline constexpr u32 kSemaphoreQueryState = 0x0001;
inline constexpr u32 kSemaphoreModifyState = 0x0002;
inline constexpr u32 kMutantQueryState = 0x0001;
inline constexpr u32 kTimerQueryState = 0x0001;
inline constexpr u32 kTimerModifyState = 0x0002;
inline constexpr u32 kKeyedEventWait = 0x0001;
inline constexpr u32 kKeyedEventWake = 0x0002;
inline constexpr u32 kIoCompletionQueryState = 0x0001;
inline constexpr u32 kIoCompletionModifyState = 0x0002;

inline constexpr GenericMapping kEventMapping = {
    .read = 0x20001, .write = 0x20002, .execute = 0x120000, .all = 0x1F0003};
inline constexpr GenericMapping kSemaphoreMapping = kEventMapping;
inline constexpr GenericMapping kTimerMapping = kEventMapping;
inline constexpr GenericMapping kIoCompletionMapping = kEventMapping;
inline constexpr GenericMapping kKeyedEventMapping = {
    .read = 0x20001, .write = 0x20002, .execute = 0x20000, .all = 0xF0003};
inline constexpr GenericMapping kMutantMapping = {
    .read = 0x20001, .write = 0x20000, .execute = 0x120000, .all = 0x1F0001};

}  // namespace fl::kernel
