// A thousand swaps under load: no request fails, every result is of one version, memory stays.
#include <gtest/gtest.h>

#include <cstdio>

#include "graft/graft.hpp"
#include "tests/integration/swap_load.h"

namespace graft {
namespace {

constexpr size_t kWarm = 100;
// LibTorch itself keeps 20 to 150 bytes of every module it ever loaded, and the allocator moves in
// pages.
constexpr double kMostGrowthBytesPerSwap = 2048;

TEST(SwapUnderLoad, AThousandSwapsFailNoRequestAndKeepMemoryFlat) {
  Library library = Library::Load("plugin/libgraft.so").value();
  Result<testing::SwapLoadOutcome> run = testing::RunSwapLoad(library, {});
  ASSERT_TRUE(run.ok()) << run.error().message;
  const testing::SwapLoadOutcome& outcome = run.value();
  EXPECT_EQ(outcome.swap_ns.size(), 1000u);
  EXPECT_EQ(outcome.failed, 0u);
  EXPECT_EQ(outcome.mixed, 0u);
  EXPECT_GE(outcome.requests, 1000u);

  const double growth = GrowthBytesPerSwap(outcome, kWarm);
  std::printf(
      "%lu requests; resident %.1f MB after %zu swaps, %.1f MB after 1000: %.0f bytes a swap\n",
      static_cast<unsigned long>(outcome.requests),
      static_cast<double>(outcome.resident_bytes[kWarm]) / 1e6, kWarm,
      static_cast<double>(outcome.resident_bytes.back()) / 1e6, growth);
  EXPECT_LT(growth, kMostGrowthBytesPerSwap);
  // One more may be open: the file that a loader reads just now.
  EXPECT_LE(outcome.open_files.back(), outcome.open_files[kWarm] + 1);
}

}  // namespace
}  // namespace graft
