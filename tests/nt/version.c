// What version of Windows a program sees: that of user/registry.txt. A fresh 32-bit prefix of Wine has another.
#include "native.h"

NTSYSAPI NTSTATUS NTAPI RtlGetVersion(OSVERSIONINFOEXW*);

int main(void) {
  OSVERSIONINFOEXW version = {.dwOSVersionInfoSize = sizeof(version)};
  Is("RtlGetVersion", RtlGetVersion(&version), 0);
  Is("  major", version.dwMajorVersion, 10);
  Is("  minor", version.dwMinorVersion, 0);
  Is("  build", version.dwBuildNumber, 18362);
  Is("  platform", version.dwPlatformId, 2);
  Is("  product type", version.wProductType, 1);
  IsText("  service pack", version.szCSDVersion, (unsigned)wcslen(version.szCSDVersion) * 2, L"");
  return Finish();
}
