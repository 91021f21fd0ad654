// SharedLock: many may read what it guards, or one may change it, across disk transfers.
// Invariants: a writer is alone. Readers that come after a waiting writer let it go first, so no
//   stream of readers keeps it out for ever; hence nobody takes the lock twice.
// Threads: they change only where one of them sleeps, so the counts are plain numbers.
#pragma once

#include "fs/system.h"
#include "kernel/base/assert.h"

namespace fl::fs {

class SharedLock {
 public:
  explicit SharedLock(System& system) : system_(system) {}
  SharedLock(const SharedLock&) = delete;
  SharedLock& operator=(const SharedLock&) = delete;
  ~SharedLock() { KASSERT(!writing_ && readers_ == 0); }

  class Reader {
   public:
    explicit Reader(SharedLock& lock) : lock_(lock) {
      while (lock_.writing_ || lock_.waiting_writers_ != 0) lock_.system_.Sleep(&lock_);
      ++lock_.readers_;
    }
    ~Reader() {
      // Readers wait for no reader.
      if (--lock_.readers_ == 0 && lock_.waiting_writers_ != 0) lock_.system_.WakeAll(&lock_);
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

   private:
    SharedLock& lock_;
  };

  class Writer {
   public:
    explicit Writer(SharedLock& lock) : lock_(lock) {
      ++lock_.waiting_writers_;
      while (lock_.writing_ || lock_.readers_ != 0) lock_.system_.Sleep(&lock_);
      --lock_.waiting_writers_;
      lock_.writing_ = true;
    }
    ~Writer() {
      lock_.writing_ = false;
      lock_.system_.WakeAll(&lock_);
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

   private:
    SharedLock& lock_;
  };

 private:
  System& system_;
  u32 readers_ = 0;
  u32 waiting_writers_ = 0;
  bool writing_ = false;
};

}  // namespace fl::fs
