#include "runtime/pacer.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <vector>

#include "runtime/background_thread.h"
#include "tests/runtime/simulated_frames.h"

namespace graft::runtime {
namespace {

using testing::SimulatedFrames;

constexpr int64_t kMicrosecond = 1'000;
constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kPiece = 50 * kMicrosecond;

// Works in pieces until `end_ns`; when it had the core.
std::vector<SimulatedFrames::Span> Work(SimulatedFrames& frames, Pacer& pacer, int64_t end_ns) {
  std::vector<SimulatedFrames::Span> pieces;
  while (frames.NowNs() < end_ns) {
    const int64_t begin_ns = frames.NowNs();
    frames.Pass(kPiece);
    pieces.push_back({begin_ns, frames.NowNs()});
    pacer.AtPoint();
  }
  return pieces;
}

int64_t Total(const std::vector<SimulatedFrames::Span>& spans) {
  int64_t total_ns = 0;
  for (const SimulatedFrames::Span& span : spans) total_ns += span.end_ns - span.begin_ns;
  return total_ns;
}

// Time of the frame that it is in, from the tick before.
int64_t InFrame(const SimulatedFrames& frames, int64_t time_ns) {
  return (time_ns - frames.last_tick_ns()) % frames.period_ns;
}

TEST(Pacer, IsOffItsCoreAtEachTickAndDuringTheBatch) {
  SimulatedFrames frames;
  frames.Pass(50 * kMillisecond);
  Pacer pacer(frames, {}, nullptr);
  Work(frames, pacer, frames.NowNs() + 10 * frames.period_ns);
  frames.Pass(frames.last_tick_ns() + frames.period_ns - frames.NowNs());
  pacer.AtPoint();
  const int64_t begin_ns = frames.last_tick_ns();
  const auto pieces = Work(frames, pacer, begin_ns + 20 * frames.period_ns);
  ASSERT_FALSE(pieces.empty());
  for (const SimulatedFrames::Span& piece : pieces) {
    const int64_t from = (piece.begin_ns - begin_ns) % frames.period_ns;
    const int64_t to = from + kPiece;
    EXPECT_GE(from, frames.batch_ns) << "a batch is in work";
    EXPECT_LE(to, frames.period_ns) << "a tick";
  }
  // A tenth of a millisecond before the tick, the batch, and what is left of the pieces.
  EXPECT_GT(Total(pieces), 20 * frames.period_ns * 4 / 5);
}

TEST(Pacer, PausesForTheTickAloneWhereThereAreNoBatches) {
  SimulatedFrames frames;
  frames.batch_ns = 0;
  frames.Pass(50 * kMillisecond);
  Pacer pacer(frames, {}, nullptr);
  Work(frames, pacer, frames.NowNs() + 10 * frames.period_ns);
  EXPECT_EQ(frames.pauses.size(), 10u);
  for (const SimulatedFrames::Span& pause : frames.pauses) {
    EXPECT_LT(InFrame(frames, pause.end_ns), kMillisecond / 5) << "soon after a tick";
  }
}

TEST(Pacer, TakesAsManyTimesAsLongAsItMayAndNoLonger) {
  for (const double stretch : {1.5, 4.0}) {
    SimulatedFrames frames;
    frames.batch_ns = frames.period_ns;  // workers never rest
    frames.Pass(50 * kMillisecond);
    Pacer pacer(frames, {.stretch = stretch}, nullptr);
    const int64_t begin_ns = frames.NowNs();
    const int64_t worked_ns = Total(Work(frames, pacer, begin_ns + 1000 * kMillisecond));
    const auto took_ns = static_cast<double>(frames.NowNs() - begin_ns);
    EXPECT_EQ(pacer.paused_ns(), frames.NowNs() - begin_ns - worked_ns);
    // The credit that it began with.
    EXPECT_LE(took_ns, static_cast<double>(worked_ns) * stretch + 25.0 * kMillisecond);
    EXPECT_GE(took_ns, static_cast<double>(worked_ns) * stretch - 1.0 * kMillisecond);
  }
}

TEST(Pacer, IsNeverHeldUpWithAStretchOfOne) {
  SimulatedFrames frames;
  frames.Pass(50 * kMillisecond);
  Pacer pacer(frames, {.stretch = 1}, nullptr);
  Work(frames, pacer, frames.NowNs() + 100 * kMillisecond);
  EXPECT_TRUE(frames.pauses.empty());
}

TEST(Pacer, IsNotHeldUpByAHostThatDoesNotTick) {
  SimulatedFrames frames;
  frames.ticking = false;
  Pacer pacer(frames, {}, nullptr);
  Work(frames, pacer, frames.NowNs() + 100 * kMillisecond);
  EXPECT_TRUE(frames.pauses.empty());
}

TEST(Pacer, IsNotHeldUpByTicksThatLeaveNoRoomBetweenThem) {
  SimulatedFrames frames;
  frames.period_ns = 100 * kMicrosecond;
  frames.Pass(50 * kMillisecond);
  Pacer pacer(frames, {}, nullptr);
  Work(frames, pacer, frames.NowNs() + 100 * kMillisecond);
  EXPECT_TRUE(frames.pauses.empty());
}

TEST(Pacer, WaitsForALateTickButNotForOneThatNeverComes) {
  SimulatedFrames frames;
  frames.batch_ns = 0;
  frames.Pass(50 * kMillisecond);
  Pacer pacer(frames, {}, nullptr);
  Work(frames, pacer, frames.NowNs() + 10 * frames.period_ns);
  frames.ticking = false;
  const int64_t stopped_ns = frames.last_tick_ns();
  Work(frames, pacer, frames.NowNs() + 100 * kMillisecond);
  const int64_t late_ns = stopped_ns + frames.period_ns * 5 / 4;
  EXPECT_GT(frames.pauses.back().end_ns, stopped_ns + frames.period_ns);
  EXPECT_LE(frames.pauses.back().begin_ns, late_ns);
}

TEST(Pacer, DoesNotPauseAgainOnceItsWorkIsCancelled) {
  SimulatedFrames frames;
  frames.batch_ns = frames.period_ns;
  frames.Pass(50 * kMillisecond);
  CancelToken cancel;
  Pacer pacer(frames, {}, &cancel);
  frames.on_sleep = [&] { cancel.Cancel(); };
  frames.Pass(kPiece);
  pacer.AtPoint();
  EXPECT_EQ(frames.pauses.size(), 1u) << "cancelled in the middle of a pause";
  Work(frames, pacer, frames.NowNs() + 100 * kMillisecond);
  EXPECT_EQ(frames.pauses.size(), 1u);
}

TEST(Pacer, KeepsOffTheHostsCoreUnlessTheOthersAreTakenAndLeaveItNoTime) {
  const cpu_set_t before = *CoresOfThread();
  if (CPU_COUNT(&before) < 2) GTEST_SKIP() << "skipped: this process has one core";
  SimulatedFrames frames;
  frames.batch_ns = 0;
  frames.Pass(50 * kMillisecond);
  {
    Pacer pacer(frames, {}, nullptr);
    frames.Pass(kPiece);
    pacer.AtPoint();
    const cpu_set_t away = *CoresOfThread();
    EXPECT_FALSE(CPU_ISSET(static_cast<size_t>(frames.host_core().core()), &away));
    EXPECT_EQ(CPU_COUNT(&away) + 1, CPU_COUNT(&before));
    frames.batch_ns = frames.period_ns;  // workers never rest
    Work(frames, pacer, frames.NowNs() + 100 * kMillisecond);
    const cpu_set_t anywhere = *CoresOfThread();
    EXPECT_TRUE(CPU_EQUAL(&anywhere, &before));
    frames.batch_ns = 0;
    frames.Pass(kPiece);
    pacer.AtPoint();
    const cpu_set_t again = *CoresOfThread();
    EXPECT_FALSE(CPU_ISSET(static_cast<size_t>(frames.host_core().core()), &again));
  }
  const cpu_set_t after = *CoresOfThread();
  EXPECT_TRUE(CPU_EQUAL(&after, &before));
}

}  // namespace
}  // namespace graft::runtime
