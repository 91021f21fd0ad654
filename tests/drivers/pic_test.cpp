// The interrupt controllers: what is written, in which order, and how spurious interrupts are told.
#include "drivers/pic.h"

#include <gtest/gtest.h>

#include "tests/fakes/scripted_ports.h"

namespace fl::drivers {
namespace {

using Writes = std::vector<u32>;

TEST(Pic, InitSetsVectorsCascadeAndMasksAllElse) {
  fakes::ScriptedPorts ports;
  Pic pic(ports);
  pic.Init(0x40);
  EXPECT_EQ(ports.WritesTo(0x20), (Writes{0x11}));
  EXPECT_EQ(ports.WritesTo(0xA0), (Writes{0x11}));
  EXPECT_EQ(ports.WritesTo(0x21), (Writes{0x40, 0x04, 0x01, 0xFB}));
  EXPECT_EQ(ports.WritesTo(0xA1), (Writes{0x48, 0x02, 0x01, 0xFF}));
}

TEST(Pic, MasksAreKeptLineByLine) {
  fakes::ScriptedPorts ports;
  Pic pic(ports);
  pic.Init(0x40);
  ports.ForgetWrites();
  pic.Unmask(0);
  pic.Unmask(14);
  pic.Mask(0);
  EXPECT_EQ(ports.WritesTo(0x21), (Writes{0xFA, 0xFA, 0xFB}));
  EXPECT_EQ(ports.WritesTo(0xA1), (Writes{0xFF, 0xBF, 0xBF}));
}

TEST(Pic, EndOfInterruptReachesBothChipsForTheSlave) {
  fakes::ScriptedPorts ports;
  Pic pic(ports);
  pic.EndOfInterrupt(4);
  EXPECT_EQ(ports.writes(), (std::vector<fakes::PortWrite>{{0x20, 0x20}}));
  ports.ForgetWrites();
  pic.EndOfInterrupt(14);
  EXPECT_EQ(ports.writes(), (std::vector<fakes::PortWrite>{{0xA0, 0x20}, {0x20, 0x20}}));
}

TEST(Pic, AnOrdinaryLineIsAcceptedWithoutAskingTheChip) {
  fakes::ScriptedPorts ports;
  Pic pic(ports);
  EXPECT_TRUE(pic.Accept(0));
  EXPECT_TRUE(pic.Accept(14));
  EXPECT_TRUE(ports.writes().empty());
}

TEST(Pic, Irq7IsSpuriousUnlessInService) {
  fakes::ScriptedPorts ports;
  ports.Queue(0x20, {0x7F, 0x80});
  Pic pic(ports);
  EXPECT_FALSE(pic.Accept(7));
  EXPECT_TRUE(pic.Accept(7));
  // Only the question "which are in service", no end of interrupt.
  EXPECT_EQ(ports.WritesTo(0x20), (Writes{0x0B, 0x0B}));
}

TEST(Pic, ASpuriousIrq15EndsTheCascadeOnly) {
  fakes::ScriptedPorts ports;
  ports.Queue(0xA0, {0x00, 0x80});
  Pic pic(ports);
  EXPECT_FALSE(pic.Accept(15));
  EXPECT_EQ(ports.writes(), (std::vector<fakes::PortWrite>{{0xA0, 0x0B}, {0x20, 0x20}}));
  EXPECT_TRUE(pic.Accept(15));
}

TEST(Pic, PendingComesFromTheRequestRegister) {
  fakes::ScriptedPorts ports;
  ports.Queue(0x20, {0x01, 0xFE});
  ports.Queue(0xA0, {0x40});
  Pic pic(ports);
  EXPECT_TRUE(pic.IsPending(0));
  EXPECT_FALSE(pic.IsPending(0));
  EXPECT_TRUE(pic.IsPending(14));
  EXPECT_EQ(ports.WritesTo(0x20), (Writes{0x0A, 0x0A}));
  EXPECT_EQ(ports.WritesTo(0xA0), (Writes{0x0A}));
}

}  // namespace
}  // namespace fl::drivers
