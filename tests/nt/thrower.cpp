// thrower: see thrower.h.
#include "thrower.h"

namespace {

struct Counted {
  int& unwound;
  ~Counted() { ++unwound; }
};

}  // namespace

void Refuse(int number, int depth) {
  if (depth == 0) throw Refusal("refused", number);
  Refuse(number, depth - 1);
  // The call is no tail call, or there were no frames to go through.
  asm volatile("");
}

void CallThrough(void (*callback)(), int& unwound) {
  const Counted counted{unwound};
  callback();
}
