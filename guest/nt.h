// The part of NT's interface that the test programs use, for 32-bit x86: types with NT's names and
// layout, written from the public documentation. Offsets that the kernel fills in are asserted.
#pragma once

typedef unsigned char UCHAR;
typedef unsigned short USHORT, WCHAR;
typedef unsigned long ULONG;
typedef long LONG, NTSTATUS;
typedef long long LONGLONG;
typedef unsigned long long ULONGLONG;
typedef void* HANDLE;

#define NTAPI __attribute__((stdcall))
#define NTCALL __declspec(dllimport) NTSTATUS NTAPI
#define NULL ((void*)0)
#define OFFSET_IS(type, field, offset) \
  _Static_assert(__builtin_offsetof(type, field) == (offset), #type "." #field)

#define STATUS_SUCCESS 0x00000000
#define STATUS_TIMEOUT 0x00000102
#define STATUS_PENDING 0x00000103
#define STATUS_WAIT_0 0x00000000
#define STATUS_ABANDONED_WAIT_0 0x00000080
#define STATUS_OBJECT_NAME_EXISTS 0x40000000
#define STATUS_IMAGE_NOT_AT_BASE 0x40000003
#define STATUS_GUARD_PAGE_VIOLATION 0x80000001
#define STATUS_BUFFER_OVERFLOW 0x80000005
#define STATUS_INVALID_INFO_CLASS 0xC0000003
#define STATUS_INFO_LENGTH_MISMATCH 0xC0000004
#define STATUS_ACCESS_VIOLATION 0xC0000005
#define STATUS_INVALID_HANDLE 0xC0000008
#define STATUS_INVALID_CID 0xC000000B
#define STATUS_INVALID_PARAMETER 0xC000000D
#define STATUS_END_OF_FILE 0xC0000011
#define STATUS_NO_MEMORY 0xC0000017
#define STATUS_CONFLICTING_ADDRESSES 0xC0000018
#define STATUS_NOT_MAPPED_VIEW 0xC0000019
#define STATUS_UNABLE_TO_FREE_VM 0xC000001A
#define STATUS_UNABLE_TO_DELETE_SECTION 0xC000001B
#define STATUS_INVALID_VIEW_SIZE 0xC000001F
#define STATUS_INVALID_FILE_FOR_SECTION 0xC0000020
#define STATUS_ACCESS_DENIED 0xC0000022
#define STATUS_OBJECT_TYPE_MISMATCH 0xC0000024
#define STATUS_NOT_COMMITTED 0xC000002D
#define STATUS_INVALID_PARAMETER_MIX 0xC0000030
#define STATUS_OBJECT_NAME_NOT_FOUND 0xC0000034
#define STATUS_OBJECT_PATH_SYNTAX_BAD 0xC000003B
#define STATUS_OBJECT_NAME_COLLISION 0xC0000035
#define STATUS_INVALID_PAGE_PROTECTION 0xC0000045
#define STATUS_SECTION_TOO_BIG 0xC0000040
#define STATUS_MUTANT_NOT_OWNED 0xC0000046
#define STATUS_SEMAPHORE_LIMIT_EXCEEDED 0xC0000047
#define STATUS_SUSPEND_COUNT_EXCEEDED 0xC000004A
#define STATUS_THREAD_IS_TERMINATING 0xC000004B
#define STATUS_SECTION_PROTECTION 0xC000004E
#define STATUS_COMMITMENT_LIMIT 0xC000012D
#define STATUS_DLL_NOT_FOUND 0xC0000135
#define STATUS_ORDINAL_NOT_FOUND 0xC0000138
#define STATUS_ENTRYPOINT_NOT_FOUND 0xC0000139
#define STATUS_DLL_INIT_FAILED 0xC0000142
#define STATUS_INVALID_IMAGE_FORMAT 0xC000007B
#define STATUS_ILLEGAL_DLL_RELOCATION 0xC0000269
#define STATUS_FREE_VM_NOT_AT_BASE 0xC000009F
#define STATUS_MEMORY_NOT_ALLOCATED 0xC00000A0
#define STATUS_CANT_TERMINATE_SELF 0xC00000DB
#define STATUS_INVALID_PARAMETER_1 0xC00000EF
#define STATUS_INVALID_PARAMETER_2 0xC00000F0
#define STATUS_INVALID_PARAMETER_3 0xC00000F1
#define STATUS_INVALID_PARAMETER_4 0xC00000F2
#define STATUS_INVALID_PARAMETER_5 0xC00000F3
#define STATUS_INVALID_PARAMETER_6 0xC00000F4
#define STATUS_INVALID_PARAMETER_7 0xC00000F5
#define STATUS_MAPPED_ALIGNMENT 0xC0000220
#define STATUS_INVALID_ADDRESS 0xC0000141

#define PAGE_NOACCESS 0x01
#define PAGE_READONLY 0x02
#define PAGE_READWRITE 0x04
#define PAGE_WRITECOPY 0x08
#define PAGE_EXECUTE 0x10
#define PAGE_EXECUTE_READ 0x20
#define PAGE_EXECUTE_READWRITE 0x40
#define PAGE_EXECUTE_WRITECOPY 0x80
#define PAGE_GUARD 0x100

#define MEM_COMMIT 0x1000
#define MEM_RESERVE 0x2000
#define MEM_DECOMMIT 0x4000
#define MEM_RELEASE 0x8000
#define MEM_FREE 0x10000
#define MEM_PRIVATE 0x20000
#define MEM_MAPPED 0x40000
#define MEM_RESET 0x80000
#define MEM_TOP_DOWN 0x100000
#define MEM_IMAGE 0x1000000

#define SEC_IMAGE 0x01000000
#define SEC_RESERVE 0x04000000
#define SEC_COMMIT 0x08000000
#define SECTION_QUERY 1
#define SECTION_MAP_WRITE 2
#define SECTION_MAP_READ 4
#define SECTION_MAP_EXECUTE 8
#define SECTION_ALL_ACCESS 0xF001F
#define ViewShare 1
#define ViewUnmap 2

#define SYNCHRONIZE 0x00100000
#define GENERIC_READ 0x80000000
#define FILE_READ_DATA 1
#define FILE_SHARE_READ 1
#define FILE_OPEN 1
#define FILE_SYNCHRONOUS_IO_NONALERT 0x20
#define FILE_NON_DIRECTORY_FILE 0x40
#define OBJ_CASE_INSENSITIVE 0x40

#define CURRENT_PROCESS ((HANDLE)-1)
#define CURRENT_THREAD ((HANDLE)-2)

#define THREAD_TERMINATE 0x0001
#define THREAD_SUSPEND_RESUME 0x0002
#define THREAD_GET_CONTEXT 0x0008
#define THREAD_QUERY_LIMITED_INFORMATION 0x0800
#define THREAD_ALL_ACCESS 0x1FFFFF
#define THREAD_CREATE_FLAGS_CREATE_SUSPENDED 1
#define GENERIC_ALL 0x10000000
#define EVENT_QUERY_STATE 1
#define EVENT_MODIFY_STATE 2
#define EVENT_ALL_ACCESS 0x1F0003
#define SEMAPHORE_ALL_ACCESS 0x1F0003
#define MUTANT_ALL_ACCESS 0x1F0001
#define OBJ_OPENIF 0x80
enum { NotificationEvent = 0, SynchronizationEvent = 1 };
enum { WaitAll = 0, WaitAny = 1 };

typedef struct {
  USHORT Length, MaximumLength;  // Bytes.
  WCHAR* Buffer;
} UNICODE_STRING;

typedef struct {
  USHORT Length, MaximumLength;
  char* Buffer;
} ANSI_STRING;

#define DLL_PROCESS_DETACH 0
#define DLL_PROCESS_ATTACH 1
#define DLL_THREAD_ATTACH 2
#define DLL_THREAD_DETACH 3

/// Addresses, not RVAs.
typedef struct {
  const void *StartAddressOfRawData, *EndAddressOfRawData;
  ULONG* AddressOfIndex;
  const void* AddressOfCallBacks;
  ULONG SizeOfZeroFill, Characteristics;
} IMAGE_TLS_DIRECTORY;

typedef struct {
  ULONG Length;
  HANDLE RootDirectory;
  UNICODE_STRING* ObjectName;
  ULONG Attributes;
  void* SecurityDescriptor;
  void* SecurityQualityOfService;
} OBJECT_ATTRIBUTES;

typedef struct {
  union {
    NTSTATUS Status;
    void* Pointer;
  };
  ULONG Information;
} IO_STATUS_BLOCK;

typedef struct {
  void* BaseAddress;
  void* AllocationBase;
  ULONG AllocationProtect;
  ULONG RegionSize;
  ULONG State;
  ULONG Protect;
  ULONG Type;
} MEMORY_BASIC_INFORMATION;
enum { MemoryBasicInformation = 0, MemoryMappedFilenameInformation = 2 };

typedef struct {
  LONGLONG AllocationSize, EndOfFile;
  ULONG NumberOfLinks;
  UCHAR DeletePending, Directory;
} FILE_STANDARD_INFORMATION;
enum { FileStandardInformation = 5, FilePositionInformation = 14 };

typedef struct {
  UNICODE_STRING DosPath;
  HANDLE Handle;
} CURDIR;

typedef struct {
  ULONG MaximumLength, Length, Flags, DebugFlags;
  HANDLE ConsoleHandle;
  ULONG ConsoleFlags;
  HANDLE StandardInput, StandardOutput, StandardError;
  CURDIR CurrentDirectory;
  UNICODE_STRING DllPath, ImagePathName, CommandLine;
  WCHAR* Environment;
  ULONG StartingX, StartingY, CountX, CountY, CountCharsX, CountCharsY, FillAttribute, WindowFlags,
      ShowWindowFlags;
  UNICODE_STRING WindowTitle, DesktopInfo, ShellInfo, RuntimeData;
  ULONG CurrentDirectories[32 * 4];
  ULONG EnvironmentSize, EnvironmentVersion;
} RTL_USER_PROCESS_PARAMETERS;
OFFSET_IS(RTL_USER_PROCESS_PARAMETERS, StandardInput, 0x18);
OFFSET_IS(RTL_USER_PROCESS_PARAMETERS, CurrentDirectory, 0x24);
OFFSET_IS(RTL_USER_PROCESS_PARAMETERS, ImagePathName, 0x38);
OFFSET_IS(RTL_USER_PROCESS_PARAMETERS, CommandLine, 0x40);
OFFSET_IS(RTL_USER_PROCESS_PARAMETERS, Environment, 0x48);
OFFSET_IS(RTL_USER_PROCESS_PARAMETERS, EnvironmentSize, 0x290);
#define RTL_USER_PROC_PARAMS_NORMALIZED 1

typedef struct {
  UCHAR InheritedAddressSpace, ReadImageFileExecOptions, BeingDebugged, BitField;
  void* Mutant;
  void* ImageBaseAddress;
  void* Ldr;
  RTL_USER_PROCESS_PARAMETERS* ProcessParameters;
} PEB;
OFFSET_IS(PEB, ProcessParameters, 0x10);

static inline PEB* CurrentPeb(void) {
  PEB* peb;
  __asm__("movl %%fs:0x30, %0" : "=r"(peb));
  return peb;
}

typedef struct {
  NTSTATUS ExitStatus;
  PEB* PebBaseAddress;
  ULONG AffinityMask;
  LONG BasePriority;
  ULONG UniqueProcessId, InheritedFromUniqueProcessId;
} PROCESS_BASIC_INFORMATION;
enum { ProcessBasicInformation = 0 };

typedef struct {
  HANDLE UniqueProcess, UniqueThread;
} CLIENT_ID;

typedef struct {
  NTSTATUS ExitStatus;
  void* TebBaseAddress;
  CLIENT_ID ClientId;
  ULONG AffinityMask;
  LONG Priority, BasePriority;
} THREAD_BASIC_INFORMATION;
enum { ThreadBasicInformation = 0, ThreadBasePriority = 3, ThreadAmILastThread = 12 };

typedef struct {
  ULONG ContextFlags, Debug[6];
  UCHAR FloatSave[112];
  ULONG SegGs, SegFs, SegEs, SegDs, Edi, Esi, Ebx, Edx, Ecx, Eax, Ebp, Eip, SegCs, EFlags, Esp,
      SegSs;
  UCHAR ExtendedRegisters[512];
} CONTEXT;
_Static_assert(sizeof(CONTEXT) == 0x2CC, "CONTEXT");
#define CONTEXT_CONTROL 0x10001
#define CONTEXT_INTEGER 0x10002
#define CONTEXT_SEGMENTS 0x10004
#define CONTEXT_FULL 0x10007
#define CONTEXT_DEBUG_REGISTERS 0x10010

typedef struct TEB {
  void* ExceptionList;
  void* StackBase;
  void* StackLimit;
  void* SubSystemTib;
  void* FiberData;
  void* ArbitraryUserPointer;
  struct TEB* Self;
  void* EnvironmentPointer;
  CLIENT_ID ClientId;
  void* ActiveRpcHandle;
  void* ThreadLocalStoragePointer;
  PEB* ProcessEnvironmentBlock;
  ULONG Rest1[0x376];
  void* DeallocationStack;
} TEB;
OFFSET_IS(TEB, Self, 0x18);
OFFSET_IS(TEB, ProcessEnvironmentBlock, 0x30);
OFFSET_IS(TEB, DeallocationStack, 0xE0C);

static inline TEB* CurrentTeb(void) {
  TEB* teb;
  __asm__ volatile("movl %%fs:0x18, %0" : "=r"(teb));
  return teb;
}

typedef struct {
  ULONG Attribute;
  ULONG Size;
  union {
    ULONG Value;
    void* ValuePtr;
  };
  ULONG* ReturnLength;
} PS_ATTRIBUTE;
typedef struct {
  ULONG TotalLength;
  PS_ATTRIBUTE Attributes[1];
} PS_ATTRIBUTE_LIST;
#define PS_ATTRIBUTE_CLIENT_ID 0x10003
#define PS_ATTRIBUTE_TEB_ADDRESS 0x10004
#define PS_ATTRIBUTE_IMAGE_NAME 0x20005

typedef struct {
  ULONG Size;
  ULONG State;
  ULONG Rest[16];
} PS_CREATE_INFO;
_Static_assert(sizeof(PS_CREATE_INFO) == 0x48, "PS_CREATE_INFO");

typedef struct {
  ULONG EventType;
  LONG EventState;
} EVENT_BASIC_INFORMATION;
typedef struct {
  ULONG CurrentCount, MaximumCount;
} SEMAPHORE_BASIC_INFORMATION;
typedef struct {
  LONG CurrentCount;
  UCHAR OwnedByCaller, AbandonedState;
} MUTANT_BASIC_INFORMATION;

NTCALL LdrDisableThreadCalloutsForDll(void* module);
NTCALL LdrGetDllHandle(const WCHAR* path, const ULONG* flags, const UNICODE_STRING* name,
                       void** module);
NTCALL LdrGetProcedureAddress(void* module, const ANSI_STRING* name, ULONG ordinal, void** address);
NTCALL LdrLoadDll(const WCHAR* path, const ULONG* flags, const UNICODE_STRING* name, void** module);
NTCALL LdrUnloadDll(void* module);
NTCALL NtAllocateVirtualMemory(HANDLE process, void** base, ULONG zero_bits, ULONG* size,
                               ULONG type, ULONG protect);
NTCALL NtClearEvent(HANDLE event);
NTCALL NtClose(HANDLE handle);
NTCALL NtCreateDirectoryObject(HANDLE* directory, ULONG access, OBJECT_ATTRIBUTES* attributes);
NTCALL NtCreateEvent(HANDLE* event, ULONG access, OBJECT_ATTRIBUTES* attributes, ULONG type,
                     UCHAR signaled);
NTCALL NtCreateFile(HANDLE* file, ULONG access, OBJECT_ATTRIBUTES* attributes, IO_STATUS_BLOCK* io,
                    LONGLONG* allocation_size, ULONG file_attributes, ULONG share,
                    ULONG disposition, ULONG options, void* ea, ULONG ea_length);
NTCALL NtCreateMutant(HANDLE* mutant, ULONG access, OBJECT_ATTRIBUTES* attributes, UCHAR owned);
NTCALL NtCreateSection(HANDLE* section, ULONG access, OBJECT_ATTRIBUTES* attributes,
                       LONGLONG* maximum_size, ULONG protect, ULONG allocation, HANDLE file);
NTCALL NtCreateSemaphore(HANDLE* semaphore, ULONG access, OBJECT_ATTRIBUTES* attributes, LONG count,
                         LONG maximum);
NTCALL NtCreateThreadEx(HANDLE* thread, ULONG access, OBJECT_ATTRIBUTES* attributes, HANDLE process,
                        void* start, void* argument, ULONG flags, ULONG zero_bits,
                        ULONG stack_commit, ULONG stack_reserve, PS_ATTRIBUTE_LIST* list);
NTCALL NtCreateUserProcess(HANDLE* process, HANDLE* thread, ULONG process_access,
                           ULONG thread_access, OBJECT_ATTRIBUTES* process_attributes,
                           OBJECT_ATTRIBUTES* thread_attributes, ULONG process_flags,
                           ULONG thread_flags, RTL_USER_PROCESS_PARAMETERS* parameters,
                           PS_CREATE_INFO* info, PS_ATTRIBUTE_LIST* attributes);
NTCALL NtAlertThread(HANDLE thread);
NTCALL NtDuplicateObject(HANDLE from, HANDLE source, HANDLE to, HANDLE* target, ULONG access,
                         ULONG attributes, ULONG options);
NTCALL NtDelayExecution(UCHAR alertable, LONGLONG* interval);
NTCALL NtFreeVirtualMemory(HANDLE process, void** base, ULONG* size, ULONG type);
NTCALL NtGetContextThread(HANDLE thread, CONTEXT* context);
NTCALL NtGetCurrentProcessorNumber(void);
NTCALL NtMapViewOfSection(HANDLE section, HANDLE process, void** base, ULONG zero_bits,
                          ULONG commit_size, LONGLONG* offset, ULONG* size, ULONG inherit,
                          ULONG type, ULONG protect);
NTCALL NtOpenEvent(HANDLE* event, ULONG access, OBJECT_ATTRIBUTES* attributes);
NTCALL NtOpenFile(HANDLE* file, ULONG access, OBJECT_ATTRIBUTES* attributes, IO_STATUS_BLOCK* io,
                  ULONG share, ULONG options);
NTCALL NtOpenMutant(HANDLE* mutant, ULONG access, OBJECT_ATTRIBUTES* attributes);
NTCALL NtOpenSection(HANDLE* section, ULONG access, OBJECT_ATTRIBUTES* attributes);
NTCALL NtOpenSemaphore(HANDLE* semaphore, ULONG access, OBJECT_ATTRIBUTES* attributes);
NTCALL NtOpenThread(HANDLE* thread, ULONG access, OBJECT_ATTRIBUTES* attributes, CLIENT_ID* id);
NTCALL NtProtectVirtualMemory(HANDLE process, void** base, ULONG* size, ULONG protect, ULONG* old);
NTCALL NtPulseEvent(HANDLE event, ULONG* previous);
NTCALL NtQueryEvent(HANDLE event, ULONG what, void* out, ULONG length, ULONG* returned);
NTCALL NtQueryInformationFile(HANDLE file, IO_STATUS_BLOCK* io, void* out, ULONG length,
                              ULONG what);
NTCALL NtQueryInformationProcess(HANDLE process, ULONG what, void* out, ULONG length,
                                 ULONG* returned);
NTCALL NtQueryInformationThread(HANDLE thread, ULONG what, void* out, ULONG length,
                                ULONG* returned);
NTCALL NtQueryMutant(HANDLE mutant, ULONG what, void* out, ULONG length, ULONG* returned);
NTCALL NtQueryPerformanceCounter(LONGLONG* counter, LONGLONG* frequency);
NTCALL NtQuerySemaphore(HANDLE semaphore, ULONG what, void* out, ULONG length, ULONG* returned);
NTCALL NtQuerySystemTime(LONGLONG* time);
NTCALL NtQueryVirtualMemory(HANDLE process, const void* address, ULONG what, void* out,
                            ULONG length, ULONG* returned);
NTCALL NtReadFile(HANDLE file, HANDLE event, void* apc, void* apc_context, IO_STATUS_BLOCK* io,
                  void* buffer, ULONG length, LONGLONG* offset, ULONG* key);
NTCALL NtReleaseMutant(HANDLE mutant, LONG* previous);
NTCALL NtReleaseSemaphore(HANDLE semaphore, ULONG count, ULONG* previous);
NTCALL NtResetEvent(HANDLE event, ULONG* previous);
NTCALL NtResumeThread(HANDLE thread, ULONG* previous);
NTCALL NtSetContextThread(HANDLE thread, const CONTEXT* context);
NTCALL NtSetEvent(HANDLE event, ULONG* previous);
NTCALL NtSetInformationThread(HANDLE thread, ULONG what, const void* in, ULONG length);
NTCALL NtSignalAndWaitForSingleObject(HANDLE signal, HANDLE wait, UCHAR alertable,
                                      LONGLONG* timeout);
NTCALL NtSuspendThread(HANDLE thread, ULONG* previous);
NTCALL NtSetInformationFile(HANDLE file, IO_STATUS_BLOCK* io, const void* in, ULONG length,
                            ULONG what);
NTCALL NtTerminateProcess(HANDLE process, NTSTATUS status);
NTCALL NtTerminateThread(HANDLE thread, NTSTATUS status);
NTCALL NtUnmapViewOfSection(HANDLE process, void* base);
NTCALL NtWaitForMultipleObjects(ULONG count, const HANDLE* handles, ULONG type, UCHAR alertable,
                                LONGLONG* timeout);
NTCALL NtWaitForSingleObject(HANDLE handle, UCHAR alertable, LONGLONG* timeout);
NTCALL NtWriteFile(HANDLE file, HANDLE event, void* apc, void* apc_context, IO_STATUS_BLOCK* io,
                   const void* buffer, ULONG length, LONGLONG* offset, ULONG* key);
NTCALL NtYieldExecution(void);
__declspec(dllimport) void NTAPI RtlExitUserProcess(NTSTATUS status);
__declspec(dllimport) void NTAPI RtlExitUserThread(NTSTATUS status);
