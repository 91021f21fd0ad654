// PCI configuration: addresses, widths, the search through bridges, BARs.
#include "drivers/pci_config.h"

#include <gtest/gtest.h>

#include "tests/fakes/scripted_ports.h"
#include "tests/fakes/simulated_pci.h"

namespace fl::drivers {
namespace {

struct PciTest : testing::Test {
  fakes::ScriptedPorts ports;
  fakes::SimulatedPci bus{ports};
  PciConfig pci{ports};
};

TEST_F(PciTest, IsPresent) {
  EXPECT_TRUE(pci.IsPresent());
  fakes::ScriptedPorts isa;
  EXPECT_FALSE(PciConfig(isa).IsPresent());
}

TEST_F(PciTest, ReadsAndWritesEachWidth) {
  bus.Add(2, 31, 7);
  const PciAddress address{2, 31, 7};
  pci.Write32(address, 0x40, 0x11223344);
  EXPECT_EQ(ports.WritesTo(0xCF8).back(), 0x8002FF40u);
  EXPECT_EQ(pci.Read32(address, 0x40), 0x11223344u);
  EXPECT_EQ(pci.Read16(address, 0x42), 0x1122u);
  EXPECT_EQ(pci.Read8(address, 0x41), 0x33u);
  pci.Write8(address, 0x43, 0xAA);
  pci.Write16(address, 0x40, 0xBBCC);
  EXPECT_EQ(pci.Read32(address, 0x40), 0xAA22BBCCu);
}

TEST_F(PciTest, FindsByClassInBusOrder) {
  bus.Add(0, 0, 0).SetClass(0x06, 0x00);
  bus.Add(0, 1, 0).SetClass(0x06, 0x01).SetHeader(0x80);
  bus.Add(0, 1, 1).SetClass(0x01, 0x01);
  bus.Add(0, 5, 0).SetClass(0x01, 0x01);
  EXPECT_EQ(pci.Find(0x01, 0x01), (PciAddress{0, 1, 1}));
  EXPECT_EQ(pci.Find(0x01, 0x01, 1), (PciAddress{0, 5, 0}));
  EXPECT_EQ(pci.Find(0x01, 0x01, 2), std::nullopt);
  EXPECT_EQ(pci.Find(0x01, 0x06), std::nullopt);
}

TEST_F(PciTest, FunctionsOfASingleFunctionDeviceAreNotBelieved) {
  bus.Add(0, 3, 0).SetClass(0x02, 0x00);
  bus.Add(0, 3, 1).SetClass(0x01, 0x01);
  EXPECT_EQ(pci.Find(0x01, 0x01), std::nullopt);
}

TEST_F(PciTest, FollowsBridges) {
  bus.Add(0, 2, 0).SetClass(0x06, 0x04).SetHeader(0x01).Set8(0x1A, 2);
  bus.Add(2, 9, 0).SetClass(0x01, 0x06);
  EXPECT_EQ(pci.Find(0x01, 0x06), (PciAddress{2, 9, 0}));
}

TEST_F(PciTest, Bars) {
  bus.Add(0, 1, 0)
      .Set32(0x10, 0x0000C001)
      .Set32(0x14, 0xFEBF0008)
      .Set32(0x18, 0xE000000C)
      .Set32(0x1C, 0x00000001)
      .Set32(0x20, 0x00000001);
  const PciAddress address{0, 1, 0};
  EXPECT_EQ(pci.Bar(address, 0).kind, PciBar::Kind::kPorts);
  EXPECT_EQ(pci.Bar(address, 0).base, 0xC000u);
  EXPECT_EQ(pci.Bar(address, 1).kind, PciBar::Kind::kMemory32);
  EXPECT_EQ(pci.Bar(address, 1).base, 0xFEBF0000u);
  EXPECT_EQ(pci.Bar(address, 2).kind, PciBar::Kind::kMemory64);
  EXPECT_EQ(pci.Bar(address, 2).base, 0x1E0000000u);
  EXPECT_EQ(pci.Bar(address, 4).kind, PciBar::Kind::kNone);
  EXPECT_EQ(pci.Bar(address, 5).kind, PciBar::Kind::kNone);
}

}  // namespace
}  // namespace fl::drivers
