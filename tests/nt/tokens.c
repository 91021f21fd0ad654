// Tokens: who the program is, what it may, and what a descriptor allows.
#include "checks.h"

static BYTE buffer[4096];
static DWORD length;

static void ShowSid(const char* what, PSID sid) {
  printf("%-48s S-%u", what, ((BYTE*)sid)[0]);
  printf("-%u", ((BYTE*)sid)[7]);
  for (unsigned i = 0; i < ((BYTE*)sid)[1]; ++i) printf("-%lu", *GetSidSubAuthority(sid, i));
  printf("\n");
}

static DWORD Ask(HANDLE token, TOKEN_INFORMATION_CLASS what) {
  return GetTokenInformation(token, what, buffer, sizeof(buffer), &length) ? 0 : GetLastError();
}

static void Questions(HANDLE token) {
  ShowNumber("user", Ask(token, TokenUser));
  ShowSid("  sid", ((TOKEN_USER*)buffer)->User.Sid);
  ShowNumber("user, no room",
             GetTokenInformation(token, TokenUser, NULL, 0, &length) ? 0 : GetLastError());
  ShowNumber("  length", length);
  ShowNumber("groups", Ask(token, TokenGroups));
  const TOKEN_GROUPS* const groups = (TOKEN_GROUPS*)buffer;
  int administrator = 0;
  BYTE administrators[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof(administrators);
  CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, administrators, &size);
  for (DWORD i = 0; i < groups->GroupCount; ++i) {
    if (EqualSid(groups->Groups[i].Sid, administrators)) administrator = 1;
  }
  ShowNumber("  an administrator", (ULONG)administrator);
  ShowNumber("owner", Ask(token, TokenOwner));
  ShowNumber("primary group", Ask(token, TokenPrimaryGroup));
  ShowNumber("default dacl", Ask(token, TokenDefaultDacl));
  ShowNumber("  valid", (ULONG)IsValidAcl(((TOKEN_DEFAULT_DACL*)buffer)->DefaultDacl));
  ShowNumber("type", Ask(token, TokenType));
  ShowNumber("  type", *(DWORD*)buffer);
  ShowNumber("statistics", Ask(token, TokenStatistics));
  ShowNumber("  length", length);
  ShowNumber("session", Ask(token, TokenSessionId));
  ShowNumber("elevation", Ask(token, TokenElevation));
  ShowNumber("  elevated", *(DWORD*)buffer);
  ShowNumber("integrity", Ask(token, TokenIntegrityLevel));
  ShowNumber("no such class", Ask(token, (TOKEN_INFORMATION_CLASS)99));
}

static void Privileges(HANDLE token) {
  TOKEN_PRIVILEGES wanted = {1, {{{0, 0}, SE_PRIVILEGE_ENABLED}}}, before;
  ShowNumber("look up a privilege",
             (ULONG)LookupPrivilegeValueW(NULL, L"SeBackupPrivilege", &wanted.Privileges[0].Luid));
  ShowNumber("  number", wanted.Privileges[0].Luid.LowPart);
  ShowNumber("enable it",
             (ULONG)AdjustTokenPrivileges(token, FALSE, &wanted, sizeof(before), &before, &length));
  ShowNumber("  error", GetLastError());
  ShowNumber("  changed", before.PrivilegeCount);
  ShowNumber("  it was", before.Privileges[0].Attributes);
  AdjustTokenPrivileges(token, FALSE, &wanted, sizeof(before), &before, &length);
  ShowNumber("enable it again: changed", before.PrivilegeCount);
  PRIVILEGE_SET set = {1, PRIVILEGE_SET_ALL_NECESSARY, {{wanted.Privileges[0].Luid, 0}}};
  BOOL has = 9;
  ShowNumber("check it", (ULONG)PrivilegeCheck(token, &set, &has));
  ShowNumber("  has", (ULONG)has);
  wanted.Privileges[0].Luid.LowPart = 2;
  ShowNumber("enable what it has not",
             (ULONG)AdjustTokenPrivileges(token, FALSE, &wanted, 0, NULL, NULL));
  ShowNumber("  error", GetLastError());
}

static void Threads(HANDLE token) {
  HANDLE other, copy;
  ShowNumber("a thread's token",
             OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &other) ? 0 : GetLastError());
  ShowNumber("duplicate",
             (ULONG)DuplicateTokenEx(token, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation,
                                     TokenImpersonation, &copy));
  ShowNumber("  type", Ask(copy, TokenType));
  ShowNumber("  type", *(DWORD*)buffer);
  ShowNumber("  level", Ask(copy, TokenImpersonationLevel));
  ShowNumber("  level", *(DWORD*)buffer);
  ShowNumber("set it", (ULONG)SetThreadToken(NULL, copy));
  ShowNumber("a thread's token",
             OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &other) ? 0 : GetLastError());
  CloseHandle(other);
  ShowNumber("revert", (ULONG)RevertToSelf());
  ShowNumber("a thread's token",
             OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &other) ? 0 : GetLastError());

  SECURITY_DESCRIPTOR descriptor;
  BYTE administrators[SECURITY_MAX_SID_SIZE], acl[256];
  DWORD size = sizeof(administrators), granted = 0;
  GENERIC_MAPPING mapping = {1, 2, 4, 7};
  PRIVILEGE_SET set;
  BOOL allowed = 9;
  CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, administrators, &size);
  InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
  SetSecurityDescriptorOwner(&descriptor, administrators, FALSE);
  SetSecurityDescriptorGroup(&descriptor, administrators, FALSE);
  InitializeAcl((ACL*)acl, sizeof(acl), ACL_REVISION);
  AddAccessDeniedAce((ACL*)acl, ACL_REVISION, 2, administrators);
  AddAccessAllowedAce((ACL*)acl, ACL_REVISION, 3, administrators);
  SetSecurityDescriptorDacl(&descriptor, TRUE, (ACL*)acl, FALSE);
  for (DWORD wanted = 1; wanted <= 4; ++wanted) {
    size = sizeof(set);
    ShowNumber("access check", (ULONG)AccessCheck(&descriptor, copy, wanted, &mapping, &set, &size,
                                                  &granted, &allowed));
    ShowNumber("  allowed", (ULONG)allowed);
    ShowNumber("  granted", granted);
  }
  size = sizeof(set);
  ShowNumber("access check with a primary token",
             AccessCheck(&descriptor, token, 1, &mapping, &set, &size, &granted, &allowed)
                 ? 0
                 : GetLastError());
  CloseHandle(copy);
}

static void Descriptors(void) {
  HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
  SECURITY_DESCRIPTOR descriptor;
  BOOL present = 9, defaulted = 9;
  ACL* acl = NULL;
  ShowNumber("get, no room",
             GetKernelObjectSecurity(event, DACL_SECURITY_INFORMATION, NULL, 0, &length)
                 ? 0
                 : GetLastError());
  InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
  SetSecurityDescriptorDacl(&descriptor, TRUE, NULL, FALSE);
  ShowNumber("set a null list",
             (ULONG)SetKernelObjectSecurity(event, DACL_SECURITY_INFORMATION, &descriptor));
  ShowNumber("get", (ULONG)GetKernelObjectSecurity(event, DACL_SECURITY_INFORMATION, buffer,
                                                   sizeof(buffer), &length));
  GetSecurityDescriptorDacl(buffer, &present, &acl, &defaulted);
  ShowNumber("  present", (ULONG)present);
  ShowNumber("  null", acl == NULL);
  CloseHandle(event);
}

int main(void) {
  HANDLE token;
  ShowNumber("open", (ULONG)OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &token));
  Questions(token);
  Privileges(token);
  Threads(token);
  Descriptors();
  return 0;
}
