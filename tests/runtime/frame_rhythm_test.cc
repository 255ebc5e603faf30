#include "runtime/frame_rhythm.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "runtime/frame_start.h"

namespace graft::runtime {
namespace {

constexpr int64_t kMillisecond = 1'000'000;

TEST(FrameRhythm, HearsThePeriodOfTicks) {
  FrameRhythm rhythm;
  for (int64_t tick = 1; tick <= 8; ++tick) {
    rhythm.NoteTick(tick * 5 * kMillisecond);
    EXPECT_EQ(rhythm.Read().period_ns, 0) << "too few ticks";
  }
  rhythm.NoteTick(45 * kMillisecond);
  const FrameRhythm::Beat beat = rhythm.Read();
  EXPECT_EQ(beat.ticks, 9u);
  EXPECT_EQ(beat.last_ns, 45 * kMillisecond);
  EXPECT_EQ(beat.period_ns, 5 * kMillisecond);
  EXPECT_EQ(beat.jitter_ns, 0);
}

TEST(FrameRhythm, HearsItThroughJitterAndALateFrame) {
  FrameRhythm rhythm;
  int64_t now_ns = 0;
  const int64_t intervals_us[] = {5000, 5100, 4900, 5000, 9000, 5100, 4950, 5050, 5000};
  for (const int64_t interval_us : intervals_us) rhythm.NoteTick(now_ns += interval_us * 1000);
  const FrameRhythm::Beat beat = rhythm.Read();
  EXPECT_NEAR(static_cast<double>(beat.period_ns), 5e6, 1e5);
  EXPECT_LE(beat.jitter_ns, 200'000);
}

TEST(FrameRhythm, HearsNoneInTicksThatKeepNone) {
  FrameRhythm rhythm;
  int64_t now_ns = 0;
  const int64_t intervals_us[] = {1000, 9000, 200, 4000, 17000, 600, 3000, 12000, 5000};
  for (const int64_t interval_us : intervals_us) rhythm.NoteTick(now_ns += interval_us * 1000);
  EXPECT_EQ(rhythm.Read().period_ns, 0);
  EXPECT_EQ(rhythm.Read().last_ns, now_ns);
}

TEST(FrameRhythm, KnowsTheThreadThatTicks) {
  FrameRhythm rhythm;
  EXPECT_EQ(rhythm.host_thread(), 0);
  rhythm.NoteTick(1);
  const int32_t here = rhythm.host_thread();
  std::thread([&] { rhythm.NoteTick(2); }).join();
  EXPECT_NE(here, 0);
  EXPECT_NE(rhythm.host_thread(), here);
}

TEST(FrameRhythm, IsReadWhileItIsWritten) {
  FrameRhythm rhythm;
  std::atomic<bool> done{false};
  std::thread host([&] {
    for (int64_t tick = 1; !done; ++tick) rhythm.NoteTick(tick * kMillisecond);
  });
  for (int i = 0; i < 20'000; ++i) {
    const int64_t period_ns = rhythm.Read().period_ns;
    EXPECT_TRUE(period_ns == 0 || period_ns == kMillisecond) << period_ns;
  }
  done = true;
  host.join();
}

// A host of 200 Hz that is woken 1 ms before each tick.
FrameRhythm::Beat BeatOf(int64_t tick) {
  return {static_cast<uint64_t>(tick), tick * 5 * kMillisecond, 5 * kMillisecond, 0};
}

TEST(FrameStart, FindsHowLongBeforeItsTickTheHostIsWoken) {
  FrameStart start(0);
  EXPECT_FALSE(start.Look(2 * kMillisecond, 100, BeatOf(0)));
  EXPECT_FALSE(start.Look(3 * kMillisecond, 100, BeatOf(0))) << "asleep";
  EXPECT_FALSE(start.Look(4'300'000, 100 + 300'000, BeatOf(0))) << "woken at 4 ms";
  EXPECT_TRUE(start.host_runs());
  EXPECT_TRUE(start.Look(5'500'000, 100 + kMillisecond, BeatOf(1)));
  EXPECT_EQ(start.lead_ns(), kMillisecond);
}

TEST(FrameStart, BelievesNoWakeUpThatATickMayHaveEnded) {
  FrameStart start(0);
  start.Look(2 * kMillisecond, 0, BeatOf(0));
  start.Look(3 * kMillisecond, 0, BeatOf(0));
  EXPECT_FALSE(start.Look(5'500'000, kMillisecond, BeatOf(1)));
  EXPECT_FALSE(start.Look(10'500'000, 2 * kMillisecond, BeatOf(2)));
  EXPECT_EQ(start.lead_ns(), 0);
}

TEST(FrameStart, NeverSeesAHostWakeThatNeverSleeps) {
  FrameStart start(0);
  for (int64_t now_ns = kMillisecond; now_ns < 100 * kMillisecond; now_ns += 100'000) {
    EXPECT_FALSE(start.Look(now_ns, now_ns, BeatOf(now_ns / (5 * kMillisecond))));
    EXPECT_TRUE(start.host_runs());
  }
}

TEST(FrameStart, ForgetsALongLeadByAndBy) {
  FrameStart start(3 * kMillisecond);
  int64_t ran_ns = 0;
  start.Look(2 * kMillisecond, ran_ns, BeatOf(0));
  for (int64_t tick = 0; tick < 20; ++tick) {
    const int64_t begin_ns = tick * 5 * kMillisecond;
    start.Look(begin_ns + 3 * kMillisecond, ran_ns, BeatOf(tick));
    start.Look(begin_ns + 3'500'000, ran_ns, BeatOf(tick));
    start.Look(begin_ns + 4'500'000, ran_ns += 500'000, BeatOf(tick));
    start.Look(begin_ns + 5'500'000, ran_ns += 500'000, BeatOf(tick + 1));
  }
  EXPECT_NEAR(static_cast<double>(start.lead_ns()), 1e6, 2e4);
}

}  // namespace
}  // namespace graft::runtime
