#include "runtime/frame_rhythm.h"

#include <algorithm>
#include <cstdlib>

namespace graft::runtime {

void FrameRhythm::NoteTick(int64_t now_ns) noexcept {
  const uint64_t count = count_.load(std::memory_order_relaxed);
  times_[count % kTimes].store(now_ns, std::memory_order_relaxed);
  count_.store(count + 1, std::memory_order_release);
}

FrameRhythm::Beat FrameRhythm::Read() const {
  Beat beat;
  beat.ticks = count_.load(std::memory_order_acquire);
  if (beat.ticks == 0) return beat;
  beat.last_ns = times_[(beat.ticks - 1) % kTimes].load(std::memory_order_relaxed);
  if (beat.ticks <= kIntervals) return beat;
  std::array<int64_t, kIntervals> intervals;
  int64_t after_ns = beat.last_ns;
  for (uint64_t i = 0; i < kIntervals; ++i) {
    const int64_t before_ns = times_[(beat.ticks - 2 - i) % kTimes].load(std::memory_order_relaxed);
    intervals[i] = after_ns - before_ns;
    after_ns = before_ns;
  }
  // Overtaken by so many ticks, they keep no rhythm that matters here.
  if (count_.load(std::memory_order_acquire) - beat.ticks >= kTimes - kIntervals - 1) return beat;
  std::array<int64_t, kIntervals> sorted = intervals;
  std::nth_element(sorted.begin(), sorted.begin() + kIntervals / 2, sorted.end());
  const int64_t period_ns = sorted[kIntervals / 2];
  for (int64_t& interval : intervals) interval = std::abs(interval - period_ns);
  // Two may be late: the frames of a host that loads something else.
  std::nth_element(intervals.begin(), intervals.end() - 3, intervals.end());
  const int64_t jitter_ns = *(intervals.end() - 3);
  if (period_ns <= 0 || jitter_ns > period_ns / 4) return beat;
  beat.period_ns = period_ns;
  beat.jitter_ns = jitter_ns;
  return beat;
}

}  // namespace graft::runtime
