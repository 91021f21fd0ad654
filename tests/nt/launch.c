// launch LIST ENVIRONMENT INPUTS OUTPUTS: runs programs one after the other, for tools/differential. Under another
// system they start as they do under Faultline: in C:\, with the same environment (a file like user/environment.txt),
// standard handles that are files. LIST has a line for each: name, seconds that it may take, command line, with tabs
// between. What it reads is INPUTS\name if there is one; what it writes goes to OUTPUTS\name.out and .err, and its exit code to .code ("timeout": had none).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static char line[8192];
static WCHAR environment[8192];  ///< Zeros follow the last variable.

static int ReadEnvironment(const char* name) {
  FILE* const file = fopen(name, "r");
  size_t used = 0;
  if (!file) return 0;
  while (fgets(line, sizeof(line), file)) {
    line[strcspn(line, "\r\n")] = 0;
    if (line[0] == 0 || line[0] == '#') continue;
    used += (size_t)MultiByteToWideChar(CP_UTF8, 0, line, -1, environment + used,
                                        (int)(sizeof(environment) / sizeof(WCHAR) - used - 1));
  }
  fclose(file);
  return 1;
}

static HANDLE Open(const char* name, DWORD access, DWORD disposition) {
  SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
  return CreateFileA(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited, disposition, 0,
                     NULL);
}

/// What becomes of `command` is in `result`.
static void Run(const char* command, DWORD seconds, HANDLE in, HANDLE out, HANDLE error,
                char* result, size_t size) {
  WCHAR wide[4096];
  STARTUPINFOW start = {.cb = sizeof(start), .dwFlags = STARTF_USESTDHANDLES};
  PROCESS_INFORMATION process;
  start.hStdInput = in;
  start.hStdOutput = out;
  start.hStdError = error;
  MultiByteToWideChar(CP_UTF8, 0, command, -1, wide, sizeof(wide) / sizeof(*wide));
  if (!CreateProcessW(NULL, wide, NULL, NULL, TRUE, CREATE_UNICODE_ENVIRONMENT, environment,
                      L"C:\\", &start, &process)) {
    snprintf(result, size, "not started: %lu", GetLastError());
    return;
  }
  if (WaitForSingleObject(process.hProcess, seconds * 1000) == WAIT_OBJECT_0) {
    DWORD code = 0;
    GetExitCodeProcess(process.hProcess, &code);
    snprintf(result, size, "%lu", code);
  } else {
    TerminateProcess(process.hProcess, 1);
    snprintf(result, size, "timeout");
  }
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
}

static void RunNamed(const char* name, DWORD seconds, const char* command, const char* inputs,
                     const char* outputs) {
  char path[512], result[64];
  snprintf(path, sizeof(path), "%s\\%s", inputs, name);
  HANDLE in = Open(path, GENERIC_READ, OPEN_EXISTING);
  if (in == INVALID_HANDLE_VALUE) in = Open("NUL", GENERIC_READ, OPEN_EXISTING);
  snprintf(path, sizeof(path), "%s\\%s.out", outputs, name);
  HANDLE out = Open(path, GENERIC_WRITE, CREATE_ALWAYS);
  snprintf(path, sizeof(path), "%s\\%s.err", outputs, name);
  HANDLE error = Open(path, GENERIC_WRITE, CREATE_ALWAYS);
  Run(command, seconds, in, out, error, result, sizeof(result));
  CloseHandle(in);
  CloseHandle(out);
  CloseHandle(error);
  snprintf(path, sizeof(path), "%s\\%s.code", outputs, name);
  FILE* code = fopen(path, "w");
  if (!code) return;
  fputs(result, code);
  fclose(code);
}

int main(int argc, char** argv) {
  FILE* list = argc == 5 ? fopen(argv[1], "rb") : NULL;
  if (!list || !ReadEnvironment(argv[2])) return 2;
  SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
  while (fgets(line, sizeof(line), list)) {
    char* const seconds = strchr(line, '\t');
    char* const command = seconds ? strchr(seconds + 1, '\t') : NULL;
    if (!command) return 2;
    *seconds = *command = 0;
    command[1 + strcspn(command + 1, "\r\n")] = 0;
    RunNamed(line, (DWORD)atoi(seconds + 1), command + 1, argv[3], argv[4]);
  }
  fclose(list);
  return 0;
}
