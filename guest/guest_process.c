// guest: files and processes. See guest.h.
#include "guest.h"

// One code point of `text`, which is UTF-8 and is trusted to be well formed.
static ULONG NextCodePoint(const char** text) {
  const UCHAR first = *(const UCHAR*)(*text)++;
  if (first < 0xC0) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  ULONG code = first & (0x3Fu >> more);
  for (int i = 0; i < more && **text; ++i) code = code << 6 | (*(*text)++ & 0x3F);
  return code;
}

UNICODE_STRING* Widen(WideText* wide, const char* text) {
  unsigned int length = 0;
  while (*text) {
    const ULONG code = NextCodePoint(&text);
    if (length + 3 > COUNT_OF(wide->text)) Exit(STATUS_NO_MEMORY);
    if (code >= 0x10000) wide->text[length++] = (WCHAR)(0xD7C0 + (code >> 10));
    wide->text[length++] = (WCHAR)(code >= 0x10000 ? 0xDC00 | (code & 0x3FF) : code);
  }
  wide->text[length] = 0;
  wide->string.Length = (USHORT)(length * 2);
  wide->string.MaximumLength = (USHORT)(length * 2 + 2);
  wide->string.Buffer = wide->text;
  return &wide->string;
}

void InitAttributes(OBJECT_ATTRIBUTES* attributes, UNICODE_STRING* name) {
  memset(attributes, 0, sizeof(*attributes));
  attributes->Length = sizeof(*attributes);
  attributes->ObjectName = name;
  attributes->Attributes = OBJ_CASE_INSENSITIVE;
}

static UNICODE_STRING* WidenNtPath(WideText* wide, const char* path) {
  char nt_path[COUNT_OF(wide->text)] = "\\??\\";
  const unsigned int length = strlen(path);
  if (length + 5 > sizeof(nt_path)) Exit(STATUS_NO_MEMORY);
  memcpy(nt_path + 4, path, length + 1);
  return Widen(wide, nt_path);
}

NTSTATUS OpenForReading(HANDLE* file, const char* path) {
  WideText name;
  OBJECT_ATTRIBUTES attributes;
  InitAttributes(&attributes, WidenNtPath(&name, path));
  IO_STATUS_BLOCK io;
  return NtOpenFile(file, GENERIC_READ | SYNCHRONIZE, &attributes, &io, FILE_SHARE_READ,
                    FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE);
}

static NTSTATUS Start(HANDLE* process, HANDLE* thread, const char* path, const char* command_line,
                      ULONG thread_flags) {
  const RTL_USER_PROCESS_PARAMETERS* own = CurrentPeb()->ProcessParameters;
  WideText image, dos_path, line;
  RTL_USER_PROCESS_PARAMETERS parameters;
  memset(&parameters, 0, sizeof(parameters));
  parameters.MaximumLength = parameters.Length = sizeof(parameters);
  parameters.Flags = RTL_USER_PROC_PARAMS_NORMALIZED;
  parameters.StandardInput = own->StandardInput;
  parameters.StandardOutput = own->StandardOutput;
  parameters.StandardError = own->StandardError;
  parameters.CurrentDirectory = own->CurrentDirectory;
  parameters.CurrentDirectory.Handle = NULL;
  parameters.ImagePathName = *Widen(&dos_path, path);
  parameters.CommandLine = *Widen(&line, command_line);
  parameters.Environment = own->Environment;
  parameters.EnvironmentSize = own->EnvironmentSize;

  PS_ATTRIBUTE_LIST attributes;
  const UNICODE_STRING* name = WidenNtPath(&image, path);
  attributes.TotalLength = sizeof(attributes);
  attributes.Attributes[0].Attribute = PS_ATTRIBUTE_IMAGE_NAME;
  attributes.Attributes[0].Size = name->Length;
  attributes.Attributes[0].ValuePtr = name->Buffer;
  attributes.Attributes[0].ReturnLength = NULL;
  PS_CREATE_INFO info;
  memset(&info, 0, sizeof(info));
  info.Size = sizeof(info);
  return NtCreateUserProcess(process, thread, 0x02000000, 0x02000000, NULL, NULL, 0, thread_flags,
                             &parameters, &info, &attributes);
}

NTSTATUS StartSuspended(HANDLE* process, HANDLE* thread, const char* path,
                        const char* command_line) {
  return Start(process, thread, path, command_line, THREAD_CREATE_FLAGS_CREATE_SUSPENDED);
}

NTSTATUS StartProcess(HANDLE* process, const char* path, const char* command_line) {
  HANDLE thread;
  const NTSTATUS status = Start(process, &thread, path, command_line, 0);
  if (status >= 0) NtClose(thread);
  return status;
}

NTSTATUS StartSelf(HANDLE* process, const char* arguments) {
  Arguments own;
  GetArguments(&own);
  char line[1024];
  const unsigned int program = strlen(own.item[0]), rest = strlen(arguments);
  if (program + rest + 4 > sizeof(line)) Exit(STATUS_NO_MEMORY);
  line[0] = '"';
  memcpy(line + 1, own.item[0], program);
  memcpy(line + 1 + program, "\" ", 2);
  memcpy(line + 3 + program, arguments, rest + 1);
  return StartProcess(process, own.item[0], line);
}

ULONG WaitForExit(HANDLE process) {
  PROCESS_BASIC_INFORMATION basic;
  NTSTATUS status = NtWaitForSingleObject(process, 0, NULL);
  if (status != STATUS_SUCCESS) Exit((ULONG)status);
  status = NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof(basic), NULL);
  if (status != STATUS_SUCCESS) Exit((ULONG)status);
  NtClose(process);
  return (ULONG)basic.ExitStatus;
}

void Sleep(ULONG milliseconds) {
  LONGLONG interval = -(LONGLONG)milliseconds * 10000;  // Negative: from now on, in 100 ns.
  NtDelayExecution(0, &interval);
}

NTSTATUS LoadDll(void** module, const char* name) {
  WideText wide;
  return LdrLoadDll(NULL, NULL, Widen(&wide, name), module);
}

NTSTATUS FindDll(void** module, const char* name) {
  WideText wide;
  return LdrGetDllHandle(NULL, NULL, Widen(&wide, name), module);
}

NTSTATUS FindSymbol(void** address, void* module, const char* name) {
  const USHORT length = (USHORT)strlen(name);
  const ANSI_STRING string = {length, (USHORT)(length + 1), (char*)name};
  return LdrGetProcedureAddress(module, &string, 0, address);
}
