// ScriptedPorts: I/O ports for tests: simulated devices at ranges of ports, and single ports that
// answer from a list. A port that nobody claims floats: it reads as all ones.
// Invariant: every write is recorded in order, claimed or not.
#pragma once

#include <deque>
#include <initializer_list>
#include <map>
#include <vector>

#include "drivers/port_io.h"

namespace fl::fakes {

/// `bytes` is the width of the access: 1, 2 or 4.
class PortDevice {
 public:
  virtual ~PortDevice() = default;
  virtual u32 ReadPort(u16 port, u32 bytes) = 0;
  virtual void WritePort(u16 port, u32 bytes, u32 value) = 0;
};

struct PortWrite {
  u16 port;
  u32 value;
  bool operator==(const PortWrite&) const = default;
};

class ScriptedPorts final : public drivers::PortIo {
 public:
  void Attach(u16 first, u32 count, PortDevice& device);
  /// The port's next reads; the last value stays.
  void Queue(u16 port, std::initializer_list<u32> values);

  u8 In8(u16 port) override { return u8(In(port, 1)); }
  u16 In16(u16 port) override { return u16(In(port, 2)); }
  u32 In32(u16 port) override { return In(port, 4); }
  void Out8(u16 port, u8 value) override { Out(port, 1, value); }
  void Out16(u16 port, u16 value) override { Out(port, 2, value); }
  void Out32(u16 port, u32 value) override { Out(port, 4, value); }
  void InWords(u16 port, std::span<std::byte> bytes) override;
  void OutWords(u16 port, std::span<const std::byte> bytes) override;
  void OutBytes(u16 port, std::span<const std::byte> bytes) override;

  const std::vector<PortWrite>& writes() const { return writes_; }
  /// The values written to one port.
  std::vector<u32> WritesTo(u16 port) const;
  void ForgetWrites() { writes_.clear(); }
  u64 reads() const { return reads_; }

 private:
  struct Range {
    u32 first, count;
    PortDevice* device;
  };
  PortDevice* DeviceAt(u16 port);
  u32 In(u16 port, u32 bytes);
  void Out(u16 port, u32 bytes, u32 value);

  std::vector<Range> ranges_;
  std::map<u16, std::deque<u32>> queues_;
  std::vector<PortWrite> writes_;
  u64 reads_ = 0;
};

}  // namespace fl::fakes
