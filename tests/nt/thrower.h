// thrower: a DLL that throws, and through which others throw.
#pragma once

#include <stdexcept>

#ifdef THROWER_DLL
#define THROWER_API __declspec(dllexport)
#else
#define THROWER_API
#endif

struct THROWER_API Refusal : std::runtime_error {
  Refusal(const char* what, int number) : std::runtime_error(what), number(number) {}
  int number;
};

/// Throws a Refusal of that number from below `depth` frames.
THROWER_API void Refuse(int number, int depth);

/// Calls `callback`, and counts in `unwound` when its frame is left, however that is.
THROWER_API void CallThrough(void (*callback)(), int& unwound);
