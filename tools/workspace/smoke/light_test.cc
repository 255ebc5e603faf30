// One use of each dependency but LibTorch.

#include <libdeflate.h>
#include <zlib.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "benchmark/benchmark.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/task_arena.h"
#include "re2/re2.h"

namespace {

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return absl::InvalidArgumentError(absl::StrCat(value, " is odd"));
  return value / 2;
}

TEST(AbseilSmoke, StatusStringsAndContainersLink) {
  EXPECT_EQ(Half(4).value(), 2);
  EXPECT_EQ(Half(3).status().message(), "3 is odd");
  absl::flat_hash_map<std::string, int> hashed = {{"a", 1}};
  absl::btree_map<int, int> sorted = {{2, 1}, {1, 1}};
  absl::InlinedVector<int, 4> few = {1, 2, 3};
  EXPECT_EQ(hashed.at("a"), 1);
  EXPECT_EQ(sorted.begin()->first, 1);
  EXPECT_EQ(absl::Span<const int>(few).size(), 3u);
  EXPECT_EQ(absl::StrFormat("%.1f", 0.5), "0.5");
}

TEST(AbseilSmoke, ClockMutexAndRandomLink) {
  absl::Mutex mutex;
  absl::MutexLock lock(&mutex);
  absl::BitGen random;
  EXPECT_LT(absl::Uniform(random, 0, 10), 10);
  EXPECT_GT(absl::Now(), absl::UnixEpoch());
}

TEST(TbbSmoke, ArenaRunsEveryIndex) {
  std::atomic<int> sum = 0;
  tbb::task_arena arena(2);
  arena.execute([&] { tbb::parallel_for(0, 100, [&](int i) { sum += i; }); });
  EXPECT_EQ(sum, 4950);
}

TEST(GoogleMockSmoke, MatchersLink) {
  EXPECT_THAT(std::vector<int>({1, 2}), ::testing::ElementsAre(1, 2));
}

TEST(BenchmarkSmoke, Links) {
  std::string version = benchmark::internal::GetGlobalContext() == nullptr ? "none" : "some";
  EXPECT_EQ(version, "none");
}

TEST(JsonSmoke, Parses) { EXPECT_EQ(nlohmann::json::parse(R"({"graft": 1})").at("graft"), 1); }

TEST(Cli11Smoke, Parses) {
  CLI::App app("smoke");
  int number = 0;
  app.add_option("--number", number);
  app.parse("--number 3", /*program_name_included=*/false);
  EXPECT_EQ(number, 3);
}

TEST(Re2Smoke, Replaces) {
  std::string name = "module.fc.weight";
  EXPECT_EQ(RE2::GlobalReplace(&name, "^module\\.", ""), 1);
  EXPECT_EQ(name, "fc.weight");
}

TEST(ZlibSmoke, ComputesTheCrcOfTheSpecification) {
  const std::string digits = "123456789";
  EXPECT_EQ(crc32(0, reinterpret_cast<const Bytef*>(digits.data()), digits.size()), 0xCBF43926u);
}

TEST(LibdeflateSmoke, ComputesTheCrcOfTheSpecification) {
  const std::string digits = "123456789";
  EXPECT_EQ(libdeflate_crc32(0, digits.data(), digits.size()), 0xCBF43926u);
}

}  // namespace
