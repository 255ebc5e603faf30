// The clock of a host that is simulated: frames are due at points of it.
#ifndef GRAFT_TESTS_BENCHMARKS_HOST_CLOCK_H_
#define GRAFT_TESTS_BENCHMARKS_HOST_CLOCK_H_

#include <time.h>

#include <cstdint>

namespace graft::benchmarks {

inline constexpr int64_t kSecondNs = 1'000'000'000;

inline int64_t NowNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * kSecondNs + now.tv_nsec;
}

inline void SleepUntil(int64_t due_ns) {
  const timespec due = {due_ns / kSecondNs, due_ns % kSecondNs};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr) != 0) {
  }
}

}  // namespace graft::benchmarks

#endif  // GRAFT_TESTS_BENCHMARKS_HOST_CLOCK_H_
