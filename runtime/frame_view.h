// What background work may know of the frames beside which it runs.
//
//   LiveFrames frames(scheduler, &host_core, clock);   // of a runtime
//   frames.NoteTick(now_ns);                           // its ticks
//   Pacer pacer(frames, options, &cancel);             // pacer.h
//
// Threads: any, at once. Nothing but SleepUntil blocks.
#ifndef GRAFT_RUNTIME_FRAME_VIEW_H_
#define GRAFT_RUNTIME_FRAME_VIEW_H_

#include <cstdint>

#include "runtime/clock.h"
#include "runtime/frame_rhythm.h"
#include "runtime/host_core.h"
#include "runtime/scheduler.h"

namespace graft::runtime {

class FrameView {
 public:
  // host_core: outlives this.
  explicit FrameView(HostCore* host_core) : host_core_(*host_core) {}
  virtual ~FrameView() = default;

  // [frame] A tick, by the calling thread.
  void NoteTick(int64_t now_ns) noexcept {
    rhythm_.NoteTick(now_ns);
    host_core_.Note();
  }
  const FrameRhythm& rhythm() const { return rhythm_; }
  const HostCore& host_core() const { return host_core_; }

  virtual int64_t NowNs() const = 0;
  // Batches are ready or in work, and no core is left beside them and the host.
  virtual bool CoresAreTaken() const = 0;
  virtual void SleepUntil(int64_t time_ns) = 0;

 private:
  FrameRhythm rhythm_;
  HostCore& host_core_;
};

class LiveFrames final : public FrameView {
 public:
  // scheduler: null without workers. All outlive this.
  LiveFrames(Scheduler* scheduler, HostCore* host_core, const Clock& clock);

  int64_t NowNs() const override { return clock_.NowNs(); }
  bool CoresAreTaken() const override;
  void SleepUntil(int64_t time_ns) override;

 private:
  Scheduler* const scheduler_;
  const Clock& clock_;
  const uint32_t cores_;  // that this process may use
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_FRAME_VIEW_H_
