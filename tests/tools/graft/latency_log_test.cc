#include "tools/graft/latency_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace graft::tools {
namespace {

using ::testing::HasSubstr;

TEST(LatencyLog, GivesPercentilesByNearestRank) {
  LatencyLog log;
  for (int i = 100; i >= 1; --i) log.Add(i);
  EXPECT_EQ(log.PercentileNs(50), 50);
  EXPECT_EQ(log.PercentileNs(99), 99);
  EXPECT_EQ(log.PercentileNs(99.9), 100);
  EXPECT_EQ(log.PercentileNs(0), 1);
  EXPECT_EQ(log.MaxNs(), 100);
  EXPECT_EQ(log.SumNs(), 5050);
  log.Add(1000);
  EXPECT_EQ(log.MaxNs(), 1000);
}

TEST(LatencyLog, IsZeroWhenEmpty) {
  EXPECT_EQ(LatencyLog().PercentileNs(50), 0);
  EXPECT_EQ(LatencyLog().Histogram(4, 10), "");
}

TEST(LatencyLog, DrawsEverySampleOnce) {
  LatencyLog log;
  for (int i = 0; i < 900; ++i) log.Add(1'000);
  for (int i = 0; i < 99; ++i) log.Add(8'000);
  log.Add(5'000'000);  // beyond p99.9
  const std::string text = log.Histogram(3, 10);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4) << text;
  EXPECT_THAT(text, HasSubstr("<= 2.00 us |########## "));
  EXPECT_THAT(text, HasSubstr("90.00 %"));
  EXPECT_THAT(text, HasSubstr("<= 8.00 us |##         "));
  EXPECT_THAT(text, HasSubstr("slower |#          "));
}

TEST(LatencyLog, DrawsOneLineWhenAllAreEqual) {
  LatencyLog log;
  for (int i = 0; i < 5; ++i) log.Add(700);
  EXPECT_EQ(log.Histogram(12, 4), "   <= 700 ns |#### 100.00 %\n");
}

TEST(DurationText, HasThreeDigitsAndAUnit) {
  EXPECT_EQ(DurationText(0), "0 ns");
  EXPECT_EQ(DurationText(999), "999 ns");
  EXPECT_EQ(DurationText(1'000), "1.00 us");
  EXPECT_EQ(DurationText(13'940), "13.9 us");
  EXPECT_EQ(DurationText(830'000), "830 us");
  EXPECT_EQ(DurationText(999'999), "1.00 ms");
  EXPECT_EQ(DurationText(2e9), "2.00 s");
}

}  // namespace
}  // namespace graft::tools
