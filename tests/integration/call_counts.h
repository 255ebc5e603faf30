// Counts what one thread does that a frame must not do: allocate, lock, wait in the kernel.
//
//   CallCounts::Begin();
//   ...frames...
//   const CallCounts counts = CallCounts::End();   // of this thread, since Begin
//
// Linking this in replaces malloc and its kin, pthread_mutex_lock and its kin, and syscall() for
// the whole process, opened libraries included; each does what it did before. What the C library
// calls inside itself is not seen. Threads: counts are the calling thread's.
#ifndef GRAFT_TESTS_INTEGRATION_CALL_COUNTS_H_
#define GRAFT_TESTS_INTEGRATION_CALL_COUNTS_H_

#include <cstdint>

namespace graft::testing {

struct CallCounts {
  uint64_t allocations = 0;  // malloc, calloc, realloc, aligned allocation, operator new
  uint64_t frees = 0;
  uint64_t locks = 0;           // mutexes, read-write locks, conditions, semaphores of POSIX
  uint64_t futex_waits = 0;     // syscall(SYS_futex) that may sleep
  uint64_t futex_wakes = 0;     // and that only wakes others
  uint64_t other_syscalls = 0;  // through syscall()

  static void Begin();
  static CallCounts End();
};

}  // namespace graft::testing

#endif  // GRAFT_TESTS_INTEGRATION_CALL_COUNTS_H_
