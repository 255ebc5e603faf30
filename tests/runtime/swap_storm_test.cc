// Swaps under load, by the thousand: no failed request, every result from exactly one version, and
// memory, files and threads stay as they are.
//
//   GRAFT_STORM_SWAPS=10000 bazel test --config=tsan --test_env=GRAFT_STORM_SWAPS ...
#include <dirent.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "runtime/runtime.h"
#include "tests/runtime/fakes.h"

namespace graft::runtime {
namespace {

using Answer = AgentGroup::Answer;
using testing::FakeLoader;
using testing::TempDirectory;

#if defined(__SANITIZE_ADDRESS__)
// Freed memory is held back, 256 MB of it; what leaks is reported at the end.
constexpr double kMostGrowthBytesPerSwap = 1e6;
#elif defined(__SANITIZE_THREAD__)
constexpr double kMostGrowthBytesPerSwap = 16384;  // shadow memory of a short run
#else
constexpr double kMostGrowthBytesPerSwap = 4096;
#endif

int Swaps() {
  const char* text = std::getenv("GRAFT_STORM_SWAPS");
  return text != nullptr ? std::atoi(text) : 1000;
}

int CountEntries(const char* path) {
  int count = 0;
  if (DIR* folder = opendir(path)) {
    while (readdir(folder) != nullptr) ++count;
    closedir(folder);
  }
  return count;
}

// What the process holds.
struct Footprint {
  int64_t resident_bytes = 0;
  int open_files = 0;
  int threads = 0;

  static Footprint Now() {
    Footprint now;
    long pages = 0;
    if (FILE* file = std::fopen("/proc/self/statm", "r")) {
      if (std::fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
      std::fclose(file);
    }
    now.resident_bytes = int64_t{pages} * sysconf(_SC_PAGESIZE);
    now.open_files = CountEntries("/proc/self/fd");
    now.threads = CountEntries("/proc/self/task");
    return now;
  }
};

class SwapStormTest : public ::testing::Test {
 protected:
  void Start(std::unique_ptr<Executor> executor) {
    runtime_ = std::make_unique<Runtime>(RuntimeOptions{}, std::move(executor), Clock::Real(),
                                         RuntimeHooks{});
  }
  ModelOptions Options(const std::string& name) {
    ModelOptions options;
    options.name = name;
    options.source = directory_.File(name + ".pt");
    return options;
  }
  Model* OpenModel(ModelOptions options) {
    return *runtime_->OpenModel(std::move(options), std::make_unique<FakeLoader>());
  }
  std::unique_ptr<AgentGroup> OpenGroup(Model& model, uint32_t agents) {
    return *runtime_->OpenGroup(model, {.agents = agents});
  }

  TempDirectory directory_;
  std::unique_ptr<Runtime> runtime_;
};

// The model answers its own constant in every row, so a mixed batch would show.
TEST_F(SwapStormTest, AnswersEveryRequestFromOneVersionWithFourSubmittingThreads) {
  const int swaps = Swaps();
  constexpr uint32_t kAgents = 8;
  Start(MakeThreadExecutor(2));
  directory_.Write("a.pt", "1");
  ModelOptions options = Options("a");
  options.watch = false;
  options.max_rows = 5;  // batches have several parts, and parts cross groups
  Model* model = OpenModel(options);
  // What version n answers; n is known only when it has been loaded, so the files say it.
  for (int i = 1; i <= 7; ++i) {
    directory_.Write("v" + std::to_string(i) + ".pt", std::to_string(i));
  }
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> failed{0};
  std::atomic<uint64_t> mixed{0};
  std::atomic<uint64_t> answered{0};
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      auto group = OpenGroup(*model, kAgents);
      uint64_t last_version = 0;
      for (uint64_t round = 0; !stop; ++round) {
        Block* block = group->Input();
        if (block == nullptr) {
          ++failed;
          break;
        }
        float* observations = reinterpret_cast<float*>(block->inputs[0]);
        for (uint32_t i = 0; i < kAgents; ++i) observations[i] = static_cast<float>(t * 100 + i);
        uint64_t ticket = 0;
        // Half of them ride on ticks, half do not wait for one.
        if (group->Submit(kAgents, t % 2 == 0, runtime_->last_tick(), &ticket) != Answer::kOk ||
            group->Wait(ticket, -1) != Answer::kOk) {
          ++failed;
          continue;
        }
        const Block* result = group->Latest();
        if (result->ticket != ticket || result->version < last_version) ++mixed;
        last_version = result->version;
        const float* actions = reinterpret_cast<const float*>(result->outputs[0]);
        // Version 1 answers 1; version n answers (n - 2) % 7 + 1.
        const float expected =
            result->version == 1 ? 1 : static_cast<float>((result->version - 2) % 7 + 1);
        for (uint32_t i = 0; i < kAgents; ++i) {
          if (actions[2 * i] != expected || actions[2 * i + 1] != static_cast<float>(t * 100 + i)) {
            ++mixed;
          }
        }
        ++answered;
      }
      runtime_->CloseGroup(std::move(group));
    });
  }
  uint64_t loaded = 1;
  Footprint begin;
  for (int i = 0; i < swaps; ++i) {
    if (i == swaps / 10) begin = Footprint::Now();
    const std::string file = directory_.File("v" + std::to_string(i % 7 + 1) + ".pt");
    ASSERT_TRUE(model->Load(file, 0, &loaded).ok());
    while (model->versions().serving_number() != loaded) {
      runtime_->Tick(nullptr);
      std::this_thread::yield();
    }
  }
  const Footprint end = Footprint::Now();
  stop = true;
  // Threads that wait for a tick still get one.
  std::atomic<bool> joined{false};
  std::thread ticker([&] {
    while (!joined) runtime_->Tick(nullptr);
  });
  for (std::thread& thread : threads) thread.join();
  joined = true;
  ticker.join();
  EXPECT_EQ(failed, 0u);
  EXPECT_EQ(mixed, 0u);
  EXPECT_GT(answered, static_cast<uint64_t>(swaps));
  EXPECT_EQ(model->versions().publications(), 1u + static_cast<uint64_t>(swaps));
  const double growth = static_cast<double>(end.resident_bytes - begin.resident_bytes) /
                        (0.9 * static_cast<double>(swaps));
  std::printf("%d swaps, %lu answers; resident %.1f MB, then %.1f MB: %.0f bytes a swap\n", swaps,
              static_cast<unsigned long>(answered), static_cast<double>(begin.resident_bytes) / 1e6,
              static_cast<double>(end.resident_bytes) / 1e6, growth);
  EXPECT_LT(growth, kMostGrowthBytesPerSwap);
  EXPECT_LE(end.open_files, begin.open_files + 1) << "one may be the file that is being read";
  EXPECT_LE(end.threads, begin.threads);
}

}  // namespace
}  // namespace graft::runtime
