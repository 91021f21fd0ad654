// Exceptions: out of the runtime's DLL, out of a DLL of ours, through its frames, nested, as objects.
#include <cstdint>
#include <exception>
#include <string>
#include <typeinfo>
#include <vector>

#include "cpp.h"
#include "thrower.h"

namespace {

void ThrowText() { throw std::string("from the program"); }

void CatchFromRuntime() {
  try {
    std::vector<int>(3).at(7);
    CHECK(false);
  } catch (const std::out_of_range& error) {
    std::cout << "exceptions: the runtime says: " << error.what() << std::endl;
  }
}

void CatchFromDll() {
  int caught = 0;
  for (int depth = 0; depth < 20; ++depth) {
    try {
      Refuse(depth * 3, depth);
    } catch (const Refusal& refusal) {
      CHECK(refusal.number == depth * 3);
      ++caught;
    }
  }
  try {
    Refuse(5, 5);
  } catch (const std::exception& error) {  // By a base that the runtime's DLL defines.
    CHECK(typeid(error) == typeid(Refusal));
    ++caught;
  }
  std::cout << "exceptions: " << caught << " out of the DLL" << std::endl;
  CHECK(caught == 21);
}

void CatchThroughDll() {
  int unwound = 0;
  try {
    CallThrough(ThrowText, unwound);
    CHECK(false);
  } catch (const std::string& text) {
    std::cout << "exceptions: through the DLL: " << text << ", frames left: " << unwound
              << std::endl;
  }
  CHECK(unwound == 1);
}

void CatchNested() {
  std::string told;
  try {
    try {
      Refuse(1, 3);
    } catch (...) {
      std::throw_with_nested(std::logic_error("outer"));
    }
  } catch (const std::exception& outer) {
    told = outer.what();
    try {
      std::rethrow_if_nested(outer);
    } catch (const Refusal& inner) {
      told += std::string(" around ") + inner.what();
    }
  }
  std::cout << "exceptions: nested: " << told << std::endl;
  CHECK(told == "outer around refused");
}

void CatchBadCasts() {
  struct Base {
    virtual ~Base() = default;
  };
  struct Derived : Base {};
  Base base;
  bool caught = false;
  try {
    (void)dynamic_cast<Derived&>(base);
  } catch (const std::bad_cast&) {
    caught = true;
  }
  CHECK(caught);
  caught = false;
  try {
    std::vector<char> too_large(PTRDIFF_MAX - 0xFFFF);
    volatile char* use = too_large.data();
    (void)use;
  } catch (const std::bad_alloc&) {
    caught = true;
  }
  CHECK(caught);
}

}  // namespace

void RunExceptions() {
  CatchFromRuntime();
  CatchFromDll();
  CatchThroughDll();
  CatchNested();
  CatchBadCasts();
}
