// KeyedEvent: where two threads of a process meet under a key: one waits, the other releases it, and whichever
// comes first sleeps until the other is there.
// Owns:        nothing: whoever sleeps is the sleeping call's, on its stack.
// Invariants:  never are two in the list that would meet.
// Semantics:   NtWaitForKeyedEvent and NtReleaseKeyedEvent (phnt).
#pragma once

#include "kernel/named_objects.h"

namespace fl::kernel {

class Process;

enum class KeyedRole : u8 { kWaits, kReleases };

class KeyedEvent final : public NamedObject {
 public:
  static constexpr ObjectType kType = ObjectType::kKeyedEvent;

  KeyedEvent() : NamedObject(kType) {}

  struct Comer : ListNode<Comer> {
    const Process* process = nullptr;
    u32 key = 0;
    KeyedRole role = KeyedRole::kWaits;
    bool met = false;
  };
  /// Who `comer` meets, and does not stay here; or null: `comer` stays until somebody meets it or it leaves by
  /// unlinking itself.
  Comer* Meet(Comer& comer);

 private:
  IntrusiveList<Comer> comers_;
};

}  // namespace fl::kernel
