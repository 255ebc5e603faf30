#include "runtime/frame_rhythm.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

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

}  // namespace
}  // namespace graft::runtime
