// std::mutex with the annotations that ABSL_GUARDED_BY refers to.
//
// Why not absl::Mutex: Debian's prebuilt one reports false races under ThreadSanitizer, and the
// core is kept clean there. Never taken on the frame path.
#ifndef GRAFT_RUNTIME_MUTEX_H_
#define GRAFT_RUNTIME_MUTEX_H_

#include <mutex>

#include "absl/base/thread_annotations.h"

namespace graft::runtime {

class ABSL_LOCKABLE Mutex {
 public:
  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_MUTEX_H_
