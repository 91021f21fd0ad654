// What the parts of cpp share. Each part prints what it found, the same in every run, and checks it.
#pragma once

#include <iostream>

/// Ends the program with status 1 unless `what` holds.
#define CHECK(what)                                 \
  do {                                              \
    if (!(what)) Failed(__FILE__, __LINE__, #what); \
  } while (false)

[[noreturn]] void Failed(const char* file, int line, const char* what);

void RunExceptions();
void RunThreads();
