// IoCompletion: see io_completion.h.
#include "kernel/io_completion.h"

#include <new>

#include "kernel/kernel.h"

namespace fl::kernel {

IoCompletion::~IoCompletion() {
  while (Packet* packet = packets_.PopFront()) delete packet;
}

Result<IoCompletion::Taker*> IoCompletion::Post(const Completion& completion) {
  if (Taker* const taker = takers_.PopFront()) {
    taker->completion = completion;
    taker->served = true;
    return taker;
  }
  if (count_ == kMostPackets) return Status::kInsufficientResources;
  auto* packet = new (std::nothrow) Packet;
  if (!packet) return Status::kNoMemory;
  packet->completion = completion;
  packets_.PushBack(*packet);
  if (count_++ == 0) EndWaits(*this);
  return static_cast<Taker*>(nullptr);
}

void IoCompletion::PostOwn(Packet& packet, const Completion& completion) {
  if (Taker* const taker = takers_.PopFront()) {
    taker->completion = completion;
    taker->served = true;
    TheKernel().scheduler.WakeAll(taker);
    delete &packet;
    return;
  }
  packet.completion = completion;
  packets_.PushBack(packet);
  if (count_++ == 0) EndWaits(*this);
}

bool IoCompletion::Take(Completion& completion) {
  Packet* const first = packets_.PopFront();
  if (!first) return false;
  completion = first->completion;
  delete first;
  --count_;
  return true;
}

void IoCompletion::OnLastHandleClosed() {
  NamedObject::OnLastHandleClosed();
  while (Taker* taker = takers_.PopFront()) {
    taker->abandoned = true;
    TheKernel().scheduler.WakeAll(taker);
  }
}

}  // namespace fl::kernel
