#include "runtime/frame_start.h"

namespace graft::runtime {

bool FrameStart::Look(int64_t now_ns, int64_t host_ran_ns, const FrameRhythm::Beat& beat) {
  if (host_ran_ns < 0) return false;
  const bool first_look = ran_ns_ < 0;
  const int64_t ran_ns = host_ran_ns - ran_ns_;
  // With a tick between the looks, it may have run and gone to sleep again.
  const bool slept = !runs_ && beat.ticks == ticks_;
  ran_ns_ = host_ran_ns;
  runs_ = first_look || ran_ns > 0;
  // The first wake-up after a tick is the next frame's; others are waits inside of it.
  if (runs_ && slept && woken_ns_ == 0) woken_ns_ = now_ns - ran_ns;
  if (beat.ticks == ticks_) return false;
  ticks_ = beat.ticks;
  const int64_t lead_ns = beat.last_ns - woken_ns_;
  const bool of_this_frame = woken_ns_ != 0 && lead_ns > 0 && lead_ns < beat.period_ns;
  woken_ns_ = 0;
  if (!of_this_frame) return false;
  // Late wake-ups of the past are not repeated: the longest of the last few counts.
  lead_ns_ = lead_ns > lead_ns_ ? lead_ns : lead_ns_ - (lead_ns_ - lead_ns) / 4;
  return true;
}

}  // namespace graft::runtime
