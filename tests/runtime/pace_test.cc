#include "runtime/pace.h"

#include <gtest/gtest.h>

#include "tests/runtime/fakes.h"

namespace graft::runtime {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

TEST(Pace, OwesTheTimeThatTheWorkIsAheadOfItsRate) {
  testing::FakeClock clock;
  Pace pace(1000, clock);
  EXPECT_EQ(pace.Debt(10), 0) << "a burst";
  EXPECT_EQ(pace.Debt(100), kSecond / 10);
  clock.Advance(kSecond / 10);
  EXPECT_EQ(pace.Debt(50), kSecond / 20);
}

TEST(Pace, SavesNoTimeUpInWhichNothingWasDone) {
  testing::FakeClock clock;
  Pace pace(1000, clock);
  clock.Advance(100 * kSecond);
  EXPECT_EQ(pace.Debt(110), kSecond / 10);
}

TEST(Pace, IsNotHeldUpByAClockThatJumpsBack) {
  testing::FakeClock clock;
  Pace pace(1000, clock);
  clock.Advance(-100 * kSecond / 100);
  EXPECT_LE(pace.Debt(1), kSecond);
}

}  // namespace
}  // namespace graft::runtime
