// ATA: the registers, commands and bits of a parallel ATA channel and of its bus master.
// Sources: ATA/ATAPI-6 (T13/1410D), clauses 7 and 8; "Programming Interface for Bus Master IDE
// Controller" 1.0; Intel 82371SB (PIIX3) datasheet.
#pragma once

#include "kernel/base/units.h"

namespace fl::drivers::ata {

// Ports of a channel in compatibility mode (PCI IDE Controller Specification 1.0).
inline constexpr u16 kPrimaryCommandBlock = 0x1F0;
inline constexpr u16 kPrimaryControl = 0x3F6;
inline constexpr u16 kSecondaryCommandBlock = 0x170;
inline constexpr u16 kSecondaryControl = 0x376;

// Offsets in the command block.
inline constexpr u16 kData = 0;
inline constexpr u16 kError = 1;  ///< Read; written it is Features.
inline constexpr u16 kSectorCount = 2;
inline constexpr u16 kLbaLow = 3;
inline constexpr u16 kLbaMid = 4;
inline constexpr u16 kLbaHigh = 5;
inline constexpr u16 kDevice = 6;
inline constexpr u16 kStatus = 7;  ///< Reading it acknowledges the interrupt.
inline constexpr u16 kCommand = 7;

// The control port: read it is Alternate Status, written Device Control.
inline constexpr u8 kControlNoInterrupt = 0x02;
inline constexpr u8 kControlSoftReset = 0x04;

inline constexpr u8 kStatusError = 0x01;
inline constexpr u8 kStatusDataRequest = 0x08;
inline constexpr u8 kStatusDeviceFault = 0x20;
inline constexpr u8 kStatusReady = 0x40;
inline constexpr u8 kStatusBusy = 0x80;
/// What reads as status where no drive holds the bus: pulled up, or with bit 7 pulled down.
inline constexpr u8 kStatusFloating = 0xFF;
inline constexpr u8 kStatusFloatingPulledDown = 0x7F;

inline constexpr u8 kErrorAborted = 0x04;
inline constexpr u8 kErrorIdNotFound = 0x10;
inline constexpr u8 kErrorUncorrectable = 0x40;
inline constexpr u8 kErrorInterfaceCrc = 0x80;  ///< Ultra DMA only.

inline constexpr u8 kDeviceObsoleteBits = 0xA0;  ///< Set by hosts since ATA-1, ignored since ATA-6.
inline constexpr u8 kDeviceLba = 0x40;
inline constexpr u32 kDeviceNumberShift = 4;

inline constexpr u8 kCommandReadSectors = 0x20;
inline constexpr u8 kCommandReadSectorsExt = 0x24;
inline constexpr u8 kCommandReadDmaExt = 0x25;
inline constexpr u8 kCommandReadMultipleExt = 0x29;
inline constexpr u8 kCommandWriteSectors = 0x30;
inline constexpr u8 kCommandWriteSectorsExt = 0x34;
inline constexpr u8 kCommandWriteDmaExt = 0x35;
inline constexpr u8 kCommandWriteMultipleExt = 0x39;
inline constexpr u8 kCommandReadMultiple = 0xC4;
inline constexpr u8 kCommandWriteMultiple = 0xC5;
inline constexpr u8 kCommandSetMultiple = 0xC6;
inline constexpr u8 kCommandReadDma = 0xC8;
inline constexpr u8 kCommandWriteDma = 0xCA;
inline constexpr u8 kCommandFlushCache = 0xE7;
inline constexpr u8 kCommandFlushCacheExt = 0xEA;
inline constexpr u8 kCommandIdentify = 0xEC;

// Bus master: eight ports for each channel.
inline constexpr u16 kBusMasterPortsPerChannel = 8;
inline constexpr u16 kBusMasterCommand = 0;
inline constexpr u16 kBusMasterStatus = 2;
inline constexpr u16 kBusMasterTable = 4;

inline constexpr u8 kBusMasterStart = 0x01;
inline constexpr u8 kBusMasterToMemory = 0x08;
inline constexpr u8 kBusMasterActive = 0x01;
inline constexpr u8 kBusMasterError = 0x02;      ///< Written 1 clears it.
inline constexpr u8 kBusMasterInterrupt = 0x04;  ///< Written 1 clears it.
inline constexpr u8 kBusMasterDrivesCapable = 0x60;
inline constexpr u8 kBusMasterSimplex = 0x80;

/// Flags of a physical region descriptor.
inline constexpr u16 kPrdEndOfTable = 0x8000;

inline constexpr u32 kDrivesPerChannel = 2;
/// What an 8-bit sector count can say (0 means 256): 128 KiB.
inline constexpr u32 kMaxSectorsPerCommand = 256;
/// Of the 48-bit commands, as far as they are used: what 64 pages take.
inline constexpr u32 kMaxSectorsPerLongCommand = 512;
inline constexpr u64 kLba28Sectors = 1u << 28;

}  // namespace fl::drivers::ata
