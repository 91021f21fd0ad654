// Static TLS by hand: mingw's compiler does not emit it, its linker fills in the directory.
#pragma once

#include "nt.h"

typedef void(NTAPI* TlsCallback)(void* module, ULONG reason, void* reserved);

/// Once in an image that is linked with TLS: `template` is an object with the initial bytes, `zeros` come
/// behind it; `callbacks` is an array that ends with NULL, or NULL.
#define STATIC_TLS(template, zeros, callbacks)                                      \
  ULONG _tls_index;                                                                 \
  const IMAGE_TLS_DIRECTORY _tls_used = {&(template), &(template) + 1, &_tls_index, \
                                         (callbacks), (zeros),         0x00500000};

/// The current thread's copy of the template.
static inline void* TlsBlock(ULONG index) {
  void** array;
  __asm__ volatile("movl %%fs:0x2c, %0" : "=r"(array));
  return array[index];
}
