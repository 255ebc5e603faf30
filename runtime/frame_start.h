// Finds out how long before its tick a host's thread is woken: from the time that the kernel says
// it has run, looked at now and then.
//
//   frame_start.Look(now_ns, host_ran_ns, beat);       // at every pacing point
//   if (frame_start.lead_ns() > 0) wake_ns = beat.last_ns + beat.period_ns - frame_start.lead_ns();
//
// A thread that has not run between two looks was asleep; when it has run for d by the next look,
// it was woken d before. A host that never sleeps is never seen to wake, and has no lead.
//
// Threads: one.
#ifndef GRAFT_RUNTIME_FRAME_START_H_
#define GRAFT_RUNTIME_FRAME_START_H_

#include <cstdint>

#include "runtime/frame_rhythm.h"

namespace graft::runtime {

class FrameStart {
 public:
  // lead_ns: what is known already; 0: nothing.
  explicit FrameStart(int64_t lead_ns) : lead_ns_(lead_ns) {}

  // host_ran_ns: CPU time of the host's thread so far; negative: not known. True: lead_ns is new.
  bool Look(int64_t now_ns, int64_t host_ran_ns, const FrameRhythm::Beat& beat);

  int64_t lead_ns() const { return lead_ns_; }
  // At the last look the host's thread was in the middle of its frame.
  bool host_runs() const { return runs_; }

 private:
  int64_t lead_ns_;
  int64_t ran_ns_ = -1;
  bool runs_ = true;      // until it is seen asleep
  int64_t woken_ns_ = 0;  // when it was woken last; 0: not seen
  uint64_t ticks_ = 0;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_FRAME_START_H_
