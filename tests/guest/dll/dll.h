// What the test DLLs share.
#pragma once

#include "nt.h"

#define EXPORT __declspec(dllexport)
#define IMPORT __declspec(dllimport)

/// For DLLs with INITIALISES (guest_dll).
int NTAPI DllMain(void* module, ULONG reason, void* reserved);
