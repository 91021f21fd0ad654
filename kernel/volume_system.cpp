// VolumeSystem: see volume_system.h.
#include "kernel/volume_system.h"

#include "kernel/clock.h"
#include "kernel/process.h"

namespace fl::kernel {

u64 VolumeSystem::Now() { return clock_.SystemTime(); }

void VolumeSystem::Sleep(const void* channel) { scheduler_.Sleep(channel); }

void VolumeSystem::WakeAll(const void* channel) { scheduler_.WakeAll(channel); }

}  // namespace fl::kernel
