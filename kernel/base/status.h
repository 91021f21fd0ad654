// Status: the outcome of an operation; its values are NTSTATUS values, so that a failure found deep in
// mm/, pe/ or fs/ reaches the program that caused it unchanged.
// Invariant: a negative value is a failure (NT_SUCCESS means "not negative").
// Source of the values: [MS-ERREF] 2.3, NTSTATUS.
#pragma once

#include <cstdint>

namespace fl {

enum class [[nodiscard]] Status : std::int32_t {
  kSuccess = 0,
  kWait1 = 0x00000001,
  kTimeout = 0x00000102,
  kPending = 0x00000103,
  kImageNotAtBase = 0x40000003,
  kGuardPageViolation = std::int32_t(0x80000001),
  kDatatypeMisalignment = std::int32_t(0x80000002),
  kBreakpoint = std::int32_t(0x80000003),
  kSingleStep = std::int32_t(0x80000004),
  kBufferOverflow = std::int32_t(0x80000005),
  kNoMoreFiles = std::int32_t(0x80000006),
  kUnsuccessful = std::int32_t(0xC0000001),
  kNotImplemented = std::int32_t(0xC0000002),
  kInvalidInfoClass = std::int32_t(0xC0000003),
  kInfoLengthMismatch = std::int32_t(0xC0000004),
  kAccessViolation = std::int32_t(0xC0000005),
  kInPageError = std::int32_t(0xC0000006),
  kInvalidHandle = std::int32_t(0xC0000008),
  kInvalidParameter = std::int32_t(0xC000000D),
  kNoSuchDevice = std::int32_t(0xC000000E),
  kNoSuchFile = std::int32_t(0xC000000F),
  kInvalidDeviceRequest = std::int32_t(0xC0000010),
  kEndOfFile = std::int32_t(0xC0000011),
  kNoMemory = std::int32_t(0xC0000017),
  kConflictingAddresses = std::int32_t(0xC0000018),
  kNotMappedView = std::int32_t(0xC0000019),
  kUnableToFreeVm = std::int32_t(0xC000001A),
  kUnableToDeleteSection = std::int32_t(0xC000001B),
  kIllegalInstruction = std::int32_t(0xC000001D),
  kInvalidViewSize = std::int32_t(0xC000001F),
  kInvalidFileForSection = std::int32_t(0xC0000020),
  kAlreadyCommitted = std::int32_t(0xC0000021),
  kAccessDenied = std::int32_t(0xC0000022),
  kBufferTooSmall = std::int32_t(0xC0000023),
  kObjectTypeMismatch = std::int32_t(0xC0000024),
  kNotCommitted = std::int32_t(0xC000002D),
  kDiskCorrupt = std::int32_t(0xC0000032),
  kObjectNameInvalid = std::int32_t(0xC0000033),
  kObjectNameNotFound = std::int32_t(0xC0000034),
  kObjectNameCollision = std::int32_t(0xC0000035),
  kObjectPathInvalid = std::int32_t(0xC0000039),
  kObjectPathNotFound = std::int32_t(0xC000003A),
  kObjectPathSyntaxBad = std::int32_t(0xC000003B),
  kCrcError = std::int32_t(0xC000003F),
  kSectionTooBig = std::int32_t(0xC0000040),
  kInvalidPageProtection = std::int32_t(0xC0000045),
  kSectionProtection = std::int32_t(0xC000004E),
  kInvalidImageFormat = std::int32_t(0xC000007B),
  kFileInvalid = std::int32_t(0xC0000098),
  kInsufficientResources = std::int32_t(0xC000009A),
  kFreeVmNotAtBase = std::int32_t(0xC000009F),
  kMemoryNotAllocated = std::int32_t(0xC00000A0),
  kMediaWriteProtected = std::int32_t(0xC00000A2),
  kDeviceNotReady = std::int32_t(0xC00000A3),
  kBadDeviceType = std::int32_t(0xC00000CB),
  kIoTimeout = std::int32_t(0xC00000B5),
  kFileIsADirectory = std::int32_t(0xC00000BA),
  kNotSupported = std::int32_t(0xC00000BB),
  kMappedAlignment = std::int32_t(0xC0000220),
  kStackOverflow = std::int32_t(0xC00000FD),
  kNotADirectory = std::int32_t(0xC0000103),
  kTooManyLinks = std::int32_t(0xC0000265),
  kNameTooLong = std::int32_t(0xC0000106),
  kProcessIsTerminating = std::int32_t(0xC000010A),
  kInvalidImageNotMz = std::int32_t(0xC000012F),
  kInvalidImageProtect = std::int32_t(0xC0000130),
  kInvalidImageWin16 = std::int32_t(0xC0000131),
  kCommitmentLimit = std::int32_t(0xC000012D),
  kDllNotFound = std::int32_t(0xC0000135),
  kOrdinalNotFound = std::int32_t(0xC0000138),
  kEntryPointNotFound = std::int32_t(0xC0000139),
  kUnrecognizedVolume = std::int32_t(0xC000014F),
  kIoDeviceError = std::int32_t(0xC0000185),
  kImageMachineTypeMismatch = kImageNotAtBase + 0xB,  // 0x4000000E, a success: the section exists.
  kIllegalDllRelocation = std::int32_t(0xC0000269),
  kIntegerDivideByZero = std::int32_t(0xC0000094),
  kIntegerOverflow = std::int32_t(0xC0000095),
  kArrayBoundsExceeded = std::int32_t(0xC000008C),
  kPrivilegedInstruction = std::int32_t(0xC0000096),
  kFileCorrupt = std::int32_t(0xC0000102),
};

[[nodiscard]] constexpr bool IsSuccess(Status status) { return std::int32_t(status) >= 0; }
[[nodiscard]] constexpr bool IsFailure(Status status) { return std::int32_t(status) < 0; }
[[nodiscard]] constexpr std::uint32_t Code(Status status) { return std::uint32_t(status); }

}  // namespace fl
