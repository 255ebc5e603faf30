// Versions that are burned in one after the other under load: agents of several groups, submitted
// by threads of their own, with workers, resets and rollbacks. Under every version each agent's
// frames are counted without a gap, whenever it took over.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/runtime.h"
#include "tests/runtime/counting_executable.h"
#include "tests/runtime/fakes.h"

namespace graft::runtime {
namespace {

using Answer = AgentGroup::Answer;

int Swaps() {
  const char* text = std::getenv("GRAFT_STORM_SWAPS");
  return text != nullptr ? std::atoi(text) : 60;
}

struct Storm {
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> failed{0};
  std::atomic<uint64_t> gaps{0};
  std::atomic<uint64_t> takeovers{0};
};

// The frames of one group: each agent's count goes on by one as long as the version is the same.
void Submit(Runtime& runtime, Model& model, bool with_ticks, Storm& storm) {
  constexpr uint32_t kAgents = 7;
  auto group = *runtime.OpenGroup(model, {.agents = kAgents});
  std::vector<float> counts(kAgents, -1);
  uint64_t version = 0;
  uint64_t published = 0;  // before the newest result was submitted
  for (uint64_t round = 0; !storm.stop; ++round) {
    Block* block = group->Input();
    if (block == nullptr) {  // its blocks are still observed
      std::this_thread::yield();
      continue;
    }
    std::fill_n(reinterpret_cast<float*>(block->inputs[0]), kAgents, 0.0f);
    const bool resets = round % 50 == 49;
    if (resets) group->ResetAgents(2, 1);
    const uint64_t published_before = model.versions().publications();
    uint64_t ticket = 0;
    if (group->Submit(kAgents, !with_ticks, runtime.last_tick(), &ticket) != Answer::kOk ||
        group->Wait(ticket, -1) != Answer::kOk) {
      ++storm.failed;
      continue;
    }
    const Block* result = group->Latest();
    const auto* actions = reinterpret_cast<const float*>(result->outputs[0]);
    // A version may go and come back between two frames of a slow group.
    const bool same = model.versions().publications() == published;
    for (uint32_t i = 0; i < kAgents; ++i) {
      const float count = actions[i] / 10;
      const bool begins = resets && i == 2;
      if (begins ? count != 0 : same && count != counts[i] + 1) ++storm.gaps;
      counts[i] = count;
    }
    storm.takeovers += version != 0 && result->version != version ? 1 : 0;
    version = result->version;
    published = published_before;
  }
  runtime.CloseGroup(std::move(group));
}

void RunStorm(const ContinuityOptions& continuity, const TrialRule& trial) {
  Runtime runtime(RuntimeOptions{}, MakeThreadExecutor(2), Clock::Real(), RuntimeHooks{});
  testing::TempDirectory directory;
  directory.Write("a.pt", "1");
  ModelOptions options;
  options.name = "walker";
  options.source = directory.File("a.pt");
  options.watch = false;
  options.keep = 2;
  options.max_rows = 5;  // batches have several parts, and parts cross groups
  options.continuity = continuity;
  options.trial = trial;
  Model* model =
      *runtime.OpenModel(std::move(options), std::make_unique<testing::CountingLoader>());
  Storm storm;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] { Submit(runtime, *model, i % 2 == 0, storm); });
  }
  const int swaps = Swaps();
  uint64_t loaded = 1;
  for (int i = 0; i < swaps; ++i) {
    const uint64_t published = model->versions().publications();
    EXPECT_TRUE(model->Load(directory.File("a.pt"), 0, &loaded).ok());
    // Some are ended by a rollback, some change their mind while they are under way.
    for (int ticks = 0; model->versions().publications() == published; ++ticks) {
      runtime.Tick(nullptr);
      if (i % 5 == 4 && ticks == 3) model->Rollback().IgnoreError();
      if (i % 5 == 4 && ticks > 50) break;
      std::this_thread::yield();
    }
  }
  storm.stop = true;
  std::atomic<bool> joined{false};
  std::thread ticker([&] {
    while (!joined) runtime.Tick(nullptr);  // threads that wait for a tick still get one
  });
  for (std::thread& thread : threads) thread.join();
  joined = true;
  ticker.join();
  EXPECT_EQ(storm.failed, 0u);
  EXPECT_EQ(storm.gaps, 0u);
  EXPECT_GT(storm.takeovers, 0u);
  EXPECT_EQ(model->versions().rejections(), 0u);
  std::printf("%lu takeovers seen by groups, %lu publications\n",
              static_cast<unsigned long>(storm.takeovers),
              static_cast<unsigned long>(model->versions().publications()));
}

ContinuityOptions BurnsIn() {
  ContinuityOptions continuity;
  continuity.states = {{"h", "h_next", StateSwap::kBurnIn}};
  continuity.burn_in_frames = 3;
  return continuity;
}

TEST(BurnInStorm, NoAgentLosesAFrameOfAnyVersion) { RunStorm(BurnsIn(), {}); }

TEST(BurnInStorm, NoAgentLosesAFrameOfAnyVersionOnTheWayOverATrial) {
  RunStorm(BurnsIn(), {.enabled = true, .duration_ns = 0, .rows = 1});
}

}  // namespace
}  // namespace graft::runtime
