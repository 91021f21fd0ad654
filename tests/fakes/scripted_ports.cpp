// ScriptedPorts: dispatch and record.
#include "tests/fakes/scripted_ports.h"

#include "kernel/base/assert.h"

namespace fl::fakes {

void ScriptedPorts::Attach(u16 first, u32 count, PortDevice& device) {
  ranges_.push_back({first, count, &device});
}

void ScriptedPorts::Queue(u16 port, std::initializer_list<u32> values) {
  queues_[port].insert(queues_[port].end(), values);
}

void ScriptedPorts::InWords(u16 port, std::span<std::byte> bytes) {
  KASSERT(bytes.size() % 2 == 0);
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const u16 word = In16(port);
    bytes[i] = std::byte(word);
    bytes[i + 1] = std::byte(word >> 8);
  }
}

void ScriptedPorts::OutWords(u16 port, std::span<const std::byte> bytes) {
  KASSERT(bytes.size() % 2 == 0);
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    Out16(port, u16(u16(bytes[i]) | u16(bytes[i + 1]) << 8));
  }
}

void ScriptedPorts::OutBytes(u16 port, std::span<const std::byte> bytes) {
  for (std::byte byte : bytes) Out8(port, u8(byte));
}

std::vector<u32> ScriptedPorts::WritesTo(u16 port) const {
  std::vector<u32> values;
  for (const PortWrite& write : writes_) {
    if (write.port == port) values.push_back(write.value);
  }
  return values;
}

PortDevice* ScriptedPorts::DeviceAt(u16 port) {
  for (const Range& range : ranges_) {
    if (port >= range.first && port < range.first + range.count) return range.device;
  }
  return nullptr;
}

u32 ScriptedPorts::In(u16 port, u32 bytes) {
  ++reads_;
  if (auto found = queues_.find(port); found != queues_.end()) {
    const u32 value = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    return value;
  }
  if (PortDevice* device = DeviceAt(port)) return device->ReadPort(port, bytes);
  return 0xFFFFFFFF;
}

void ScriptedPorts::Out(u16 port, u32 bytes, u32 value) {
  writes_.push_back({port, value});
  if (PortDevice* device = DeviceAt(port)) device->WritePort(port, bytes, value);
}

}  // namespace fl::fakes
