// What every test DLL has: an entry point that does nothing, so that nothing is written at start.
#pragma once

#define EXPORT __declspec(dllexport)
#define IMPORT __declspec(dllimport)
#define DLL_WITHOUT_INITIALISATION                                                         \
  int __attribute__((stdcall)) DllMainCRTStartup(void* module, unsigned reason, void* r) { \
    (void)module, (void)reason, (void)r;                                                   \
    return 1;                                                                              \
  }
