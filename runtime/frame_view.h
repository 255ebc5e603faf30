// What background work may know of the frames beside which it runs.
//
//   LiveFrames frames(scheduler, clock);               // of a runtime
//   frames.rhythm().NoteTick(now_ns);                  // its ticks
//   Pacer pacer(frames, options, &cancel);             // pacer.h
//
// Threads: any, at once. Nothing but SleepUntil blocks.
#ifndef GRAFT_RUNTIME_FRAME_VIEW_H_
#define GRAFT_RUNTIME_FRAME_VIEW_H_

#include <cstdint>

#include "runtime/clock.h"
#include "runtime/frame_rhythm.h"
#include "runtime/scheduler.h"

namespace graft::runtime {

class FrameView {
 public:
  virtual ~FrameView() = default;

  FrameRhythm& rhythm() { return rhythm_; }
  const FrameRhythm& rhythm() const { return rhythm_; }

  virtual int64_t NowNs() const = 0;
  // CPU time of the host's thread so far; negative: not known.
  virtual int64_t HostRanNs() const = 0;
  // Batches are ready or in work, and no core is left beside them and the host.
  virtual bool CoresAreTaken() const = 0;
  virtual void SleepUntil(int64_t time_ns) = 0;

 private:
  FrameRhythm rhythm_;
};

class LiveFrames final : public FrameView {
 public:
  // scheduler: null without workers. Both outlive this.
  LiveFrames(Scheduler* scheduler, const Clock& clock);

  int64_t NowNs() const override { return clock_.NowNs(); }
  int64_t HostRanNs() const override;
  bool CoresAreTaken() const override;
  void SleepUntil(int64_t time_ns) override;

 private:
  Scheduler* const scheduler_;
  const Clock& clock_;
  const uint32_t cores_;  // that this process may use
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_FRAME_VIEW_H_
