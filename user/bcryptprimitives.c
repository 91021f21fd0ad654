// bcryptprimitives.dll: random bytes for programs of current tool chains (Go, Rust), which import or
// load it at their start and end without it. Wine 8.0 has none.
typedef unsigned char BOOLEAN;
typedef int BOOL;

/// RtlGenRandom; FALSE if there are no random bytes to be had.
__declspec(dllimport) BOOLEAN __stdcall SystemFunction036(void* buffer, unsigned long size);

/// Fills the buffer. Its callers do not look at the answer, which is TRUE by definition: bytes that are
/// not random must not pass for random ones, so without any the process ends here.
BOOL __stdcall ProcessPrng(void* buffer, __SIZE_TYPE__ size) {
  if (!SystemFunction036(buffer, size)) __builtin_trap();
  return 1;
}
