#include "tests/integration/call_counts.h"

#include <dlfcn.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdlib>
#include <cstring>

// The C library's own names for what is replaced below, and its own functions under their names.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name,bugprone-macro-parentheses)
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* data, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* data);
}

namespace graft::testing {
namespace {

thread_local bool counting = false;
thread_local CallCounts counts;

void Count(uint64_t CallCounts::*what) {
  if (counting) ++(counts.*what);
}

// The function that a program without us would call. dlsym may allocate: malloc works without it.
template <typename Function>
Function* Next(const char* name, Function*& cached) {
  Function* found = __atomic_load_n(&cached, __ATOMIC_RELAXED);
  if (found == nullptr) {
    found = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
    __atomic_store_n(&cached, found, __ATOMIC_RELAXED);
  }
  return found;
}

}  // namespace

void CallCounts::Begin() {
  counts = CallCounts();
  counting = true;
}

CallCounts CallCounts::End() {
  counting = false;
  return counts;
}

}  // namespace graft::testing

using graft::testing::CallCounts;
using graft::testing::Count;
using graft::testing::Next;

extern "C" {

void* malloc(size_t size) {
  Count(&CallCounts::allocations);
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  Count(&CallCounts::allocations);
  return __libc_calloc(count, size);
}
void* realloc(void* data, size_t size) {
  Count(&CallCounts::allocations);
  return __libc_realloc(data, size);
}
void* memalign(size_t alignment, size_t size) {
  Count(&CallCounts::allocations);
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  Count(&CallCounts::allocations);
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** out, size_t alignment, size_t size) {
  Count(&CallCounts::allocations);
  void* data = __libc_memalign(alignment, size);
  if (data == nullptr) return ENOMEM;
  *out = data;
  return 0;
}
void free(void* data) {
  if (data != nullptr) Count(&CallCounts::frees);
  __libc_free(data);
}

#define GRAFT_COUNT_LOCK(name, parameters, arguments)   \
  int name parameters {                                 \
    static int(*next) parameters = nullptr;             \
    Count(&CallCounts::locks);                          \
    return Next<int parameters>(#name, next) arguments; \
  }

GRAFT_COUNT_LOCK(pthread_mutex_lock, (pthread_mutex_t * mutex), (mutex))
GRAFT_COUNT_LOCK(pthread_mutex_trylock, (pthread_mutex_t * mutex), (mutex))
GRAFT_COUNT_LOCK(pthread_rwlock_rdlock, (pthread_rwlock_t * lock), (lock))
GRAFT_COUNT_LOCK(pthread_rwlock_wrlock, (pthread_rwlock_t * lock), (lock))
GRAFT_COUNT_LOCK(pthread_spin_lock, (pthread_spinlock_t * lock), (lock))
GRAFT_COUNT_LOCK(pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t* mutex),
                 (condition, mutex))
GRAFT_COUNT_LOCK(sem_wait, (sem_t * semaphore), (semaphore))

// oneTBB takes the memory of its queues from libtbbmalloc when that is there, behind our back.
// Without it, from malloc.
void* dlopen(const char* path, int mode) {
  if (path != nullptr && std::strstr(path, "tbbmalloc") != nullptr) return nullptr;
  static void* (*next)(const char*, int) = nullptr;
  return Next<void*(const char*, int)>("dlopen", next)(path, mode);
}

long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long argument[6];
  for (long& value : argument) value = va_arg(list, long);
  va_end(list);
  if (number != SYS_futex) {
    Count(&CallCounts::other_syscalls);
  } else {
    const long operation = argument[1] & FUTEX_CMD_MASK;
    Count(operation == FUTEX_WAKE ? &CallCounts::futex_wakes : &CallCounts::futex_waits);
  }
  static long (*next)(long, ...) = nullptr;
  return Next<long(long, ...)>("syscall", next)(number, argument[0], argument[1], argument[2],
                                                argument[3], argument[4], argument[5]);
}

}  // extern "C"
// NOLINTEND(readability-inconsistent-declaration-parameter-name,bugprone-macro-parentheses)
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
