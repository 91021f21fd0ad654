// isolation, pointers: what the tables of system calls are made of: for each call arguments that are right, which
// of them are pointers, and what the call answers to each.
#pragma once

#include "isolation.h"

#define MAX_ARGUMENTS 11

// What the calls point to, in memory of the program's own.
typedef struct {
  void* base;
  ULONG size, old, returned, flags, priority;
  HANDLE handle;
  LONGLONG offset, interval, section_size, counter, frequency;
  IO_STATUS_BLOCK io;
  OBJECT_ATTRIBUTES file_attributes, named_attributes, plain_attributes;
  WideText file_name, object_name;
  MEMORY_BASIC_INFORMATION memory;
  FILE_STANDARD_INFORMATION standard;
  PROCESS_BASIC_INFORMATION process;
  RTL_USER_PROCESS_PARAMETERS parameters;
  PS_CREATE_INFO create;
  PS_ATTRIBUTE_LIST process_list, thread_list;
  char buffer[16];
  CLIENT_ID client, own_client;
  WCHAR path[4];
  UNICODE_STRING dll_name;
  WCHAR dll_text[10];
  ANSI_STRING symbol;
  EVENT_BASIC_INFORMATION event;
  SEMAPHORE_BASIC_INFORMATION semaphore;
  MUTANT_BASIC_INFORMATION mutant;
  THREAD_BASIC_INFORMATION thread;
  ULONG last_thread;
  HANDLE handles[2];
  CONTEXT context;
} Data;

// The call writes there; small numbers are no addresses to it.
enum { OUTPUT = 1, SMALL_IS_FLAGS = 2 };

typedef struct {
  ULONG argument;
  const void* at;  // In Data.
  ULONG size;
  ULONG kind;
  ULONG if_null;  // Its answer to a null pointer.
} Pointer;

typedef struct {
  const char* name;
  void* function;
  ULONG
  status;  // Its answer to these arguments, wherever they lie: aligned or not, in one page or two.
  ULONG count;
  ULONG arguments[MAX_ARGUMENTS];
  Pointer pointers[6];  // Ended by one of size 0.
} Call;

#define ARGUMENTS(...) \
  sizeof((ULONG[]){__VA_ARGS__}) / sizeof(ULONG), { __VA_ARGS__ }
#define POINTERS(...) \
  { __VA_ARGS__ }
#define CALL(name, status, arguments, pointers) \
  { #name, (void*)name, status, arguments, pointers }
#define AT(field) (ULONG) & data->field
#define POINTER(argument, field, kind, if_null) \
  { argument, &data->field, sizeof(data->field), kind, if_null }
// Null is as bad as anything else.
#define IN(argument, field) POINTER(argument, field, 0, STATUS_ACCESS_VIOLATION)
#define OUT(argument, field) POINTER(argument, field, OUTPUT, STATUS_ACCESS_VIOLATION)
// Null has a meaning.
#define IN_OR(argument, field, if_null) POINTER(argument, field, 0, if_null)
#define OUT_OR(argument, field, if_null) POINTER(argument, field, OUTPUT, if_null)
#define SELF (ULONG) CURRENT_PROCESS

// What the calls are tried on.
typedef struct {
  Data* data;
  HANDLE file, section, set_event, clear_event, semaphore, mutant, thread;
  void* ntdll;
  UCHAR* pages;      // Two, with nothing behind them.
  UCHAR* read_only;  // Behind one that is not.
  ULONG pointers, failures;
} Field;

// Fills the data in with what the tables promise.
void FillIn(Field* field);

typedef void Visit(Field* field, const Call* call);
void ForEachMemoryCall(Field* field, Visit* visit);  // isolation_memory_calls.c
void ForEachThreadCall(Field* field, Visit* visit);  // isolation_thread_calls.c
