// vmtest: short forms of the calls under test.
#pragma once

#include "guest.h"

MEMORY_BASIC_INFORMATION Query(const void* address);
NTSTATUS Allocate(void* base, ULONG size, ULONG type, ULONG protect, UCHAR** out);
NTSTATUS Free(void* base, ULONG size, ULONG type);
NTSTATUS Protect(void* base, ULONG size, ULONG protect, ULONG* old);

void TestTouching(Tally* tally);
