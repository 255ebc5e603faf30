// A host that ticks in simulated time, as background work sees it.
//
//   SimulatedFrames frames;                  // 200 Hz; batches of 0.6 ms
//   Pacer pacer(frames, {}, nullptr);
//   frames.Pass(50'000);                     // work
//   pacer.AtPoint();                         // pauses pass time too
#ifndef GRAFT_TESTS_RUNTIME_SIMULATED_FRAMES_H_
#define GRAFT_TESTS_RUNTIME_SIMULATED_FRAMES_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "runtime/frame_view.h"

namespace graft::runtime::testing {

class SimulatedFrames final : public FrameView {
 public:
  SimulatedFrames() : FrameView(&core_) {}

  int64_t period_ns = 5'000'000;
  int64_t batch_ns = 600'000;  // after each tick, the other core is a worker's
  bool ticking = true;
  std::function<void()> on_sleep;

  struct Span {
    int64_t begin_ns = 0;
    int64_t end_ns = 0;
  };
  std::vector<Span> pauses;

  void Pass(int64_t ns) {
    now_ns_ += ns;
    for (; ticking && next_tick_ns_ <= now_ns_; next_tick_ns_ += period_ns) {
      NoteTick(next_tick_ns_);
      last_tick_ns_ = next_tick_ns_;
    }
  }

  int64_t last_tick_ns() const { return last_tick_ns_; }
  int64_t NowNs() const override { return now_ns_; }
  bool CoresAreTaken() const override { return now_ns_ - last_tick_ns_ < batch_ns; }
  void SleepUntil(int64_t time_ns) override {
    const int64_t begin_ns = now_ns_;
    Pass(std::max<int64_t>(time_ns - now_ns_, 0));
    pauses.push_back({begin_ns, now_ns_});
    if (on_sleep) on_sleep();
  }

 private:
  static constexpr int64_t kBeginNs = 1'000'000'000;

  HostCore core_;
  int64_t now_ns_ = kBeginNs;
  int64_t last_tick_ns_ = kBeginNs;
  int64_t next_tick_ns_ = kBeginNs + period_ns;
};

}  // namespace graft::runtime::testing

#endif  // GRAFT_TESTS_RUNTIME_SIMULATED_FRAMES_H_
