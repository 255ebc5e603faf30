// When the host ticks: written by the frame path, read by background work that keeps out of its
// way.
//
//   rhythm.NoteTick(now_ns);                          // inside every tick
//   const FrameRhythm::Beat beat = rhythm.Read();     // loader: beat.last_ns + beat.period_ns
//
// Threads. NoteTick: the ticking thread, one at a time; a few plain stores. All else: any thread.
#ifndef GRAFT_RUNTIME_FRAME_RHYTHM_H_
#define GRAFT_RUNTIME_FRAME_RHYTHM_H_

#include <array>
#include <atomic>
#include <cstdint>

namespace graft::runtime {

class FrameRhythm {
 public:
  struct Beat {
    uint64_t ticks = 0;     // so far
    int64_t last_ns = 0;    // Clock time of the last one
    int64_t period_ns = 0;  // between two; 0: they keep no rhythm
    int64_t jitter_ns = 0;  // what most of them differ from it
  };

  // [frame]
  void NoteTick(int64_t now_ns) noexcept;
  Beat Read() const;

 private:
  static constexpr uint64_t kIntervals = 8;  // that a rhythm is heard from
  static constexpr uint64_t kTimes = 16;     // more, so that a reader is not overtaken at once

  // Time i is that of tick i modulo kTimes. Partner of each: count_, stored after it.
  std::array<std::atomic<int64_t>, kTimes> times_{};
  std::atomic<uint64_t> count_{0};
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_FRAME_RHYTHM_H_
