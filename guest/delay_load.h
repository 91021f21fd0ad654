// Delay imports: what an import library made by "dlltool --output-delaylib" calls when a function of its
// DLL is called for the first time. Link delay_load.c into the image that has such imports.
#pragma once

#include "nt.h"

/// The exceptions of Microsoft's helper, as exit statuses.
#define DELAY_LOAD_NO_MODULE 0xC06D007E
#define DELAY_LOAD_NO_PROCEDURE 0xC06D007F

/// "PE Format", "The Delay-Load Directory Table"; RVAs.
typedef struct {
  ULONG Attributes;
  ULONG DllName;
  ULONG ModuleHandle;
  ULONG ImportAddressTable;
  ULONG ImportNameTable;
  ULONG BoundImportAddressTable;
  ULONG UnloadInformationTable;
  ULONG TimeStamp;
} DELAYLOAD_DESCRIPTOR;

/// Loads the DLL if need be, finds the function that `slot` of the import address table stands for, and
/// stores and returns its address. What is not there ends the process, with words on standard error.
void* NTAPI __delayLoadHelper2(const DELAYLOAD_DESCRIPTOR* descriptor, void** slot);
