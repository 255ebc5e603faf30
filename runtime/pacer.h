// Keeps one stretch of background work (a load, a version being freed) out of the frames' way.
//
//   PacedWork paced(&frames, {.stretch = 4}, &cancel);  // its pacing points ask from here on
//   loader.Load(path, cancel);
//
// It keeps off the host's core (host_core.h), and off every core when a tick wakes a worker: a
// worker that is woken while its core is taken is put on the host's, or queues behind the work for
// whole time slices, whatever its priority. Ticks that keep a rhythm tell that instant in advance.
// While batches are in work it waits as well, unless a core is left over; where they leave it no
// time at all, it takes the host's core between its frames.
//
// The work is not starved: pauses are paid from a credit that work earns, stretch - 1 times its own
// time, so that it takes `stretch` times as long at most. Where ticks keep no rhythm, or come more
// often than pieces of work end, nothing is held up; nor is what was cancelled.
//
// Threads: one. AtPoint sleeps, for milliseconds.
#ifndef GRAFT_RUNTIME_PACER_H_
#define GRAFT_RUNTIME_PACER_H_

#include <cstdint>
#include <memory>

#include "models/tensor/pacing.h"
#include "runtime/frame_view.h"
#include "runtime/host_core.h"
#include "runtime/loader.h"

namespace graft::runtime {

struct PaceOptions {
  // How many times as long the work may take for the frames' sake; 1: it is never held up.
  double stretch = 4;
  // What pauses may take before it is earned, and the most that is saved up of what is.
  int64_t most_credit_ns = 20'000'000;
};

class Pacer final : public models::PacingHook {
 public:
  // cancel: may be null.
  Pacer(FrameView& frames, const PaceOptions& options, const CancelToken* cancel);

  void AtPoint() override;

  int64_t paused_ns() const { return paused_ns_; }

 private:
  // Until when the frames should have the cores; not after now_ns: go on.
  int64_t PauseUntil(int64_t now_ns) const;

  FrameView& frames_;
  const PaceOptions options_;
  const CancelToken* const cancel_;
  KeepsOff keeps_off_;
  int64_t resumed_ns_;    // since when it works
  int64_t piece_ns_ = 0;  // how long a piece of work may take, by the last ones
  int64_t credit_ns_;     // that pauses may take
  int64_t paused_ns_ = 0;
};

// Paces what the calling thread does while it lives; where there are no frames to look at, nothing.
class PacedWork {
 public:
  // frames, cancel: may be null.
  PacedWork(FrameView* frames, const PaceOptions& options, const CancelToken* cancel)
      : pacer_(frames == nullptr ? nullptr : std::make_unique<Pacer>(*frames, options, cancel)),
        scope_(pacer_.get()) {
    models::PacingPoint();
  }

 private:
  const std::unique_ptr<Pacer> pacer_;
  const models::PacedScope scope_;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_PACER_H_
