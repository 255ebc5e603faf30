// Keeps one stretch of background work (a load, a version being freed) out of the frames' way.
//
//   Pacer pacer(frames, {.stretch = 4}, &cancel);
//   models::PacedScope scope(&pacer);          // the work's pacing points ask from here on
//   loader.Load(path, cancel);
//
// Two instants of a frame are tender: the one in which the host's thread is woken for it, and its
// tick, which wakes a worker. Kernels choose the core of a thread that is woken by what runs there
// at that instant, and a background thread that is running there makes frames late by whole time
// slices, whatever its priority: the woken thread queues behind it, or a worker takes the core of
// the host's thread. So the work is off its core at these instants, which ticks that keep a rhythm
// tell in advance; and while batches are in work, unless a core is left over.
//
// The work is not starved: pauses are paid from a credit that work earns, stretch - 1 times its own
// time, so that it takes `stretch` times as long at most. Where ticks keep no rhythm, or come more
// often than pieces of work end, nothing is held up; nor is what was cancelled.
//
// Threads: one. AtPoint sleeps, for milliseconds.
#ifndef GRAFT_RUNTIME_PACER_H_
#define GRAFT_RUNTIME_PACER_H_

#include <cstdint>

#include "models/tensor/pacing.h"
#include "runtime/frame_rhythm.h"
#include "runtime/frame_start.h"
#include "runtime/frame_view.h"
#include "runtime/loader.h"

namespace graft::runtime {

struct PaceOptions {
  // How many times as long the work may take for the frames' sake; 1: it is never held up.
  double stretch = 4;
};

class Pacer final : public models::PacingHook {
 public:
  // cancel: may be null.
  Pacer(FrameView& frames, const PaceOptions& options, const CancelToken* cancel);

  void AtPoint() override;

  int64_t paused_ns() const { return paused_ns_; }

 private:
  void Look(int64_t now_ns);
  // Until when the frames should have the cores; not after now_ns: go on.
  int64_t PauseUntil(int64_t now_ns) const;

  FrameView& frames_;
  const PaceOptions options_;
  const CancelToken* const cancel_;
  FrameRhythm::Beat beat_;
  FrameStart frame_start_;
  int64_t resumed_ns_;    // since when it works
  int64_t piece_ns_ = 0;  // how long a piece of work may take, by the last ones
  int64_t credit_ns_;     // that pauses may take
  int64_t paused_ns_ = 0;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_PACER_H_
