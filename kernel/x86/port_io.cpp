// PortIoX86: one instruction each.
// Source: Intel SDM vol. 1, chapter 19 "Input/Output".
#include "kernel/x86/port_io.h"

namespace fl::x86 {

u8 PortIoX86::In8(u16 port) {
  u8 value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
  return value;
}
u16 PortIoX86::In16(u16 port) {
  u16 value;
  asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
  return value;
}
u32 PortIoX86::In32(u16 port) {
  u32 value;
  asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
  return value;
}

// "memory" everywhere: a port write may start DMA from a buffer that was just filled.
void PortIoX86::Out8(u16 port, u8 value) {
  asm volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}
void PortIoX86::Out16(u16 port, u16 value) {
  asm volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}
void PortIoX86::Out32(u16 port, u32 value) {
  asm volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

void PortIoX86::InWords(u16 port, std::span<std::byte> bytes) {
  void* to = bytes.data();
  u32 words = u32(bytes.size() / 2);
  asm volatile("rep insw" : "+D"(to), "+c"(words) : "d"(port) : "memory");
}
void PortIoX86::OutWords(u16 port, std::span<const std::byte> bytes) {
  const void* from = bytes.data();
  u32 words = u32(bytes.size() / 2);
  asm volatile("rep outsw" : "+S"(from), "+c"(words) : "d"(port) : "memory");
}
void PortIoX86::OutBytes(u16 port, std::span<const std::byte> bytes) {
  const void* from = bytes.data();
  u32 count = u32(bytes.size());
  asm volatile("rep outsb" : "+S"(from), "+c"(count) : "d"(port) : "memory");
}

}  // namespace fl::x86
