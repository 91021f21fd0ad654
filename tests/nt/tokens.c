// Tokens: who the program is, what it may, and what a descriptor allows.
#include "native.h"

static BYTE buffer[4096];
static DWORD length;

static void IsSid(const char* name, PSID sid, const char* expected) {
  char text[128];
  int length = snprintf(text, sizeof(text), "S-%u-%u", ((BYTE*)sid)[0], ((BYTE*)sid)[7]);
  for (unsigned i = 0; i < ((BYTE*)sid)[1]; ++i) {
    length += snprintf(text + length, sizeof(text) - length, "-%lu", *GetSidSubAuthority(sid, i));
  }
  True(name, strcmp(text, expected) == 0);
}

static DWORD Ask(HANDLE token, TOKEN_INFORMATION_CLASS what) {
  return GetTokenInformation(token, what, buffer, sizeof(buffer), &length) ? 0 : GetLastError();
}

static void Questions(HANDLE token) {
  Is("user", Ask(token, TokenUser), 0);
  IsSid("  sid", ((TOKEN_USER*)buffer)->User.Sid, "S-1-5-21-0-0-0-1000");
  Is("user, no room", GetTokenInformation(token, TokenUser, NULL, 0, &length) ? 0 : GetLastError(),
     122);
  Is("  sid's length", length - sizeof(TOKEN_USER), 28);
  Is("groups", Ask(token, TokenGroups), 0);
  const TOKEN_GROUPS* const groups = (TOKEN_GROUPS*)buffer;
  int administrator = 0;
  BYTE administrators[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof(administrators);
  CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, administrators, &size);
  for (DWORD i = 0; i < groups->GroupCount; ++i) {
    if (EqualSid(groups->Groups[i].Sid, administrators)) administrator = 1;
  }
  Is("  an administrator", (ULONG)administrator, 1);
  Is("owner", Ask(token, TokenOwner), 0);
  Is("primary group", Ask(token, TokenPrimaryGroup), 0);
  Is("default dacl", Ask(token, TokenDefaultDacl), 0);
  Is("  valid", (ULONG)IsValidAcl(((TOKEN_DEFAULT_DACL*)buffer)->DefaultDacl), 1);
  Is("type", Ask(token, TokenType), 0);
  Is("  type", *(DWORD*)buffer, 1);
  Is("statistics", Ask(token, TokenStatistics), 0);
  Is("  length", length, 56);
  Is("session", Ask(token, TokenSessionId), 0);
  Is("elevation", Ask(token, TokenElevation), 0);
  Is("  elevated", *(DWORD*)buffer, 1);
  Is("integrity", Ask(token, TokenIntegrityLevel), 0);
  // Wine has STATUS_NOT_IMPLEMENTED, and so ERROR_INVALID_FUNCTION.
  Is("no such class", Ask(token, (TOKEN_INFORMATION_CLASS)99), 87);
}

static void Privileges(HANDLE token) {
  TOKEN_PRIVILEGES wanted = {1, {{{0, 0}, SE_PRIVILEGE_ENABLED}}}, before;
  Is("look up a privilege",
     (ULONG)LookupPrivilegeValueW(NULL, L"SeBackupPrivilege", &wanted.Privileges[0].Luid), 1);
  Is("  number", wanted.Privileges[0].Luid.LowPart, 17);
  Is("enable it",
     (ULONG)AdjustTokenPrivileges(token, FALSE, &wanted, sizeof(before), &before, &length), 1);
  Is("  error", GetLastError(), 0);
  Is("  changed", before.PrivilegeCount, 1);
  Is("  it was", before.Privileges[0].Attributes, 0);
  AdjustTokenPrivileges(token, FALSE, &wanted, sizeof(before), &before, &length);
  // Wine tells of those that stay as they are, too.
  Is("enable it again: changed", before.PrivilegeCount, 0);
  PRIVILEGE_SET set = {1, PRIVILEGE_SET_ALL_NECESSARY, {{wanted.Privileges[0].Luid, 0}}};
  BOOL has = 9;
  Is("check it", (ULONG)PrivilegeCheck(token, &set, &has), 1);
  Is("  has", (ULONG)has, 1);
  wanted.Privileges[0].Luid.LowPart = 2;
  Is("enable what it has not", (ULONG)AdjustTokenPrivileges(token, FALSE, &wanted, 0, NULL, NULL),
     1);
  Is("  error", GetLastError(), 1300);
}

static void Threads(HANDLE token) {
  HANDLE other, copy;
  Is("a thread's token",
     OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &other) ? 0 : GetLastError(), 1008);
  Is("duplicate",
     (ULONG)DuplicateTokenEx(token, TOKEN_ALL_ACCESS, NULL, SecurityImpersonation,
                             TokenImpersonation, &copy),
     1);
  Is("  type", Ask(copy, TokenType), 0);
  Is("  type", *(DWORD*)buffer, 2);
  Is("  level", Ask(copy, TokenImpersonationLevel), 0);
  Is("  level", *(DWORD*)buffer, 2);
  Is("set it", (ULONG)SetThreadToken(NULL, copy), 1);
  Is("a thread's token",
     OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &other) ? 0 : GetLastError(), 0);
  CloseHandle(other);
  Is("revert", (ULONG)RevertToSelf(), 1);
  Is("a thread's token",
     OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &other) ? 0 : GetLastError(), 1008);

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
    Is("access check",
       (ULONG)AccessCheck(&descriptor, copy, wanted, &mapping, &set, &size, &granted, &allowed), 1);
    Is("  allowed", (ULONG)allowed, wanted == 1);
    Is("  granted", granted, wanted == 1);
  }
  size = sizeof(set);
  Is("access check with a primary token",
     AccessCheck(&descriptor, token, 1, &mapping, &set, &size, &granted, &allowed) ? 0
                                                                                   : GetLastError(),
     1309);
  CloseHandle(copy);
}

static void Descriptors(void) {
  HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
  SECURITY_DESCRIPTOR descriptor;
  BOOL present = 9, defaulted = 9;
  ACL* acl = NULL;
  Is("get, no room",
     GetKernelObjectSecurity(event, DACL_SECURITY_INFORMATION, NULL, 0, &length) ? 0
                                                                                 : GetLastError(),
     122);
  InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
  SetSecurityDescriptorDacl(&descriptor, TRUE, NULL, FALSE);
  Is("set a null list",
     (ULONG)SetKernelObjectSecurity(event, DACL_SECURITY_INFORMATION, &descriptor), 1);
  Is("get",
     (ULONG)GetKernelObjectSecurity(event, DACL_SECURITY_INFORMATION, buffer, sizeof(buffer),
                                    &length),
     1);
  GetSecurityDescriptorDacl(buffer, &present, &acl, &defaulted);
  Is("  present", (ULONG)present, 1);
  Is("  null", acl == NULL, 1);
  CloseHandle(event);
}

int main(void) {
  HANDLE token;
  Is("open", (ULONG)OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &token), 1);
  Questions(token);
  Privileges(token);
  Threads(token);
  Descriptors();
  return Finish();
}
