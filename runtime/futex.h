// Sleep until a 32-bit word changes, with a time limit: what std::atomic::wait lacks.
//
//   while (word.load() == kBusy) FutexWait(word, kBusy, /*timeout_ns=*/-1);      // sleeper
//   word.store(kDone);  FutexWakeAll(word);                                      // waker
//
// Threads: any. FutexWakeAll is one system call that cannot wait; skip it when nobody sleeps.
#ifndef GRAFT_RUNTIME_FUTEX_H_
#define GRAFT_RUNTIME_FUTEX_H_

#include <atomic>
#include <cstdint>

namespace graft::runtime {

// Returns when the word is no longer `expected`, after a wake, or after timeout_ns (negative: no
// limit); the caller looks at the word again in every case.
void FutexWait(const std::atomic<uint32_t>& word, uint32_t expected, int64_t timeout_ns);

void FutexWakeAll(const std::atomic<uint32_t>& word);

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_FUTEX_H_
