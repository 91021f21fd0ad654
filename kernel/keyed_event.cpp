// KeyedEvent: see keyed_event.h.
#include "kernel/keyed_event.h"

namespace fl::kernel {

KeyedEvent::Comer* KeyedEvent::Meet(Comer& comer) {
  for (Comer& other : comers_) {
    if (other.key != comer.key || other.process != comer.process) continue;
    if (other.role == comer.role) break;
    other.Unlink();
    other.met = comer.met = true;
    return &other;
  }
  comers_.PushBack(comer);
  return nullptr;
}

}  // namespace fl::kernel
