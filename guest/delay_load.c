// Delay imports: see delay_load.h.
#include "delay_load.h"

#include "guest.h"

extern const char image_base[] __asm__("___ImageBase");
#define AT(rva) ((void*)(image_base + (rva)))

static NORETURN void Fail(const char* dll, const char* symbol, ULONG status) {
  PrintTo(StandardError(), dll);
  if (symbol) PrintTo(StandardError(), ": no ");
  if (symbol) PrintTo(StandardError(), symbol);
  PrintTo(StandardError(), symbol ? " in it\n" : ": cannot be loaded when it is needed\n");
  Exit(status);
}

void* NTAPI __delayLoadHelper2(const DELAYLOAD_DESCRIPTOR* descriptor, void** slot) {
  const char* dll = AT(descriptor->DllName);
  void** module = AT(descriptor->ModuleHandle);
  const ULONG index = (ULONG)(slot - (void**)AT(descriptor->ImportAddressTable));
  if (!*module) {
    void* loaded;
    if (LoadDll(&loaded, dll) != STATUS_SUCCESS) Fail(dll, NULL, DELAY_LOAD_NO_MODULE);
    *module = loaded;
  }
  const ULONG thunk = ((const ULONG*)AT(descriptor->ImportNameTable))[index];
  const char* symbol = thunk >> 31 ? "such ordinal" : (const char*)AT(thunk + 2);
  void* address;
  const NTSTATUS found = thunk >> 31
                             ? LdrGetProcedureAddress(*module, NULL, thunk & 0xFFFF, &address)
                             : FindSymbol(&address, *module, symbol);
  if (found != STATUS_SUCCESS) Fail(dll, symbol, DELAY_LOAD_NO_PROCEDURE);
  *slot = address;
  return address;
}
