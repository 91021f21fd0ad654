// What version of Windows a program sees.
#include "checks.h"

NTSYSAPI NTSTATUS NTAPI RtlGetVersion(OSVERSIONINFOEXW*);

int main(void) {
  OSVERSIONINFOEXW version = {.dwOSVersionInfoSize = sizeof(version)};
  Show("RtlGetVersion", RtlGetVersion(&version));
  ShowNumber("  major", version.dwMajorVersion);
  ShowNumber("  minor", version.dwMinorVersion);
  ShowNumber("  build", version.dwBuildNumber);
  ShowNumber("  platform", version.dwPlatformId);
  ShowNumber("  product type", version.wProductType);
  ShowText("  service pack", version.szCSDVersion, (unsigned)wcslen(version.szCSDVersion) * 2);
  return 0;
}
