// Keeps background work below a rate, so that the frame path keeps its memory bandwidth and its
// disk.
//
//   Pace pace(200'000'000, Clock::Real());
//   while (Read(chunk)) pace.Spend(chunk.size());     // sleeps when it is ahead
//
// Threads: one; Spend blocks.
#ifndef GRAFT_RUNTIME_PACE_H_
#define GRAFT_RUNTIME_PACE_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <thread>

#include "runtime/clock.h"

namespace graft::runtime {

class Pace {
 public:
  // units_per_second >= 1. A burst of a hundredth of a second passes at once.
  Pace(int64_t units_per_second, const Clock& clock)
      : units_per_second_(units_per_second), clock_(clock), due_ns_(clock.NowNs()) {}

  void Spend(int64_t units) {
    const int64_t sleep_ns = Debt(units);
    if (sleep_ns > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(sleep_ns));
  }

  // What Spend would sleep now: nanoseconds, 0 when the work is behind its rate.
  int64_t Debt(int64_t units) {
    const int64_t now_ns = clock_.NowNs();
    // Time in which nothing was done is not saved up; a clock that jumps back owes nothing.
    due_ns_ = std::clamp(due_ns_, now_ns, now_ns + kMostDebtNs);
    due_ns_ += static_cast<int64_t>(static_cast<double>(units) * 1e9 /
                                    static_cast<double>(units_per_second_));
    return std::clamp<int64_t>(due_ns_ - now_ns - kBurstNs, 0, kMostDebtNs);
  }

 private:
  static constexpr int64_t kBurstNs = 10'000'000;
  static constexpr int64_t kMostDebtNs = 1'000'000'000;

  const int64_t units_per_second_;
  const Clock& clock_;
  int64_t due_ns_;  // when what was spent so far is paid off
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_PACE_H_
