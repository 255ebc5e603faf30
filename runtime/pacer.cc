#include "runtime/pacer.h"

#include <algorithm>

namespace graft::runtime {
namespace {

// Ticks that come more often leave no room between them.
constexpr int64_t kShortestPeriodNs = 1'000'000;
// A single long step (a pass over the graph) does not say how long the next piece takes.
constexpr int64_t kLongestPieceNs = 400'000;
// What a prediction may be wrong by, besides the jitter of the ticks.
constexpr int64_t kMarginNs = 100'000;
// From being woken to running, on the core that was chosen.
constexpr int64_t kSettleNs = 100'000;
// Between two looks at what takes its time.
constexpr int64_t kLookNs = 100'000;

}  // namespace

Pacer::Pacer(FrameView& frames, const PaceOptions& options, const CancelToken* cancel)
    : frames_(frames),
      options_(options),
      cancel_(cancel),
      keeps_off_(frames.host_core()),
      resumed_ns_(frames.NowNs()),
      credit_ns_(options.stretch > 1 ? options.most_credit_ns : 0) {}

void Pacer::AtPoint() {
  int64_t now_ns = frames_.NowNs();
  const int64_t worked_ns = std::max<int64_t>(now_ns - resumed_ns_, 0);
  piece_ns_ = std::min(std::max(worked_ns, piece_ns_ - piece_ns_ / 8), kLongestPieceNs);
  const double earned = static_cast<double>(worked_ns) * (options_.stretch - 1);
  credit_ns_ = static_cast<int64_t>(std::min(static_cast<double>(credit_ns_) + earned,
                                             static_cast<double>(options_.most_credit_ns)));
  while (credit_ns_ > 0 && (cancel_ == nullptr || !cancel_->cancelled())) {
    const int64_t until_ns = std::min(PauseUntil(now_ns), now_ns + credit_ns_);
    if (until_ns <= now_ns) break;
    frames_.SleepUntil(until_ns);
    const int64_t woken_ns = std::max(frames_.NowNs(), now_ns + 1);
    credit_ns_ -= woken_ns - now_ns;
    paused_ns_ += woken_ns - now_ns;
    now_ns = woken_ns;
  }
  // A worker that is never idle would leave it a tenth of the other core, for as long as it takes.
  keeps_off_.Renew(/*away=*/!frames_.CoresAreTaken());
  resumed_ns_ = now_ns;
}

int64_t Pacer::PauseUntil(int64_t now_ns) const {
  const FrameRhythm::Beat beat = frames_.rhythm().Read();
  if (beat.period_ns < kShortestPeriodNs) return now_ns;
  const int64_t next_ns = beat.last_ns + beat.period_ns;
  // A host that is so late may not tick any more; it is heard again when it does.
  const int64_t late_ns = next_ns + beat.period_ns / 4;
  if (now_ns >= late_ns) return now_ns;
  if (frames_.CoresAreTaken()) return now_ns + kLookNs;
  if (now_ns < next_ns - beat.jitter_ns - piece_ns_ - kMarginNs) return now_ns;
  return std::max(next_ns + kSettleNs, now_ns + kLookNs);
}

}  // namespace graft::runtime
