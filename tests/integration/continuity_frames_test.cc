// The frame path allocates nothing, takes no lock and never waits while versions fade, are burned
// in and are on trial and agents have a state: counted on the host's thread, call by call, through
// swaps.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>

#include "runtime/runtime.h"
#include "tests/integration/call_counts.h"
#include "tests/runtime/counting_executable.h"
#include "tests/runtime/fakes.h"

namespace graft::runtime {
namespace {

using graft::testing::CallCounts;
using Answer = AgentGroup::Answer;

struct Totals {
  CallCounts calls;
  uint64_t submitted = 0;
  uint64_t swaps = 0;
  uint64_t faded = 0;  // results that are a mixture
  uint64_t on_trial = 0;
};

void AddTo(CallCounts* all, const CallCounts& more) {
  all->allocations += more.allocations;
  all->frees += more.frees;
  all->locks += more.locks;
  all->futex_waits += more.futex_waits;
  all->other_syscalls += more.other_syscalls;
}

// Frames without end until `frames` were submitted, while versions follow each other.
Totals RunFrames(const ContinuityOptions& continuity, const TrialRule& trial, uint64_t frames) {
  constexpr uint32_t kAgents = 70;
  testing::TempDirectory directory;
  directory.Write("a.pt", "1");
  RuntimeOptions options;
  options.scheduler.spin_ns = 10'000'000'000;
  Runtime runtime(options, MakeThreadExecutor(1), Clock::Real(), {});
  ModelOptions model_options;
  model_options.name = "walker";
  model_options.source = directory.File("a.pt");
  model_options.watch = false;
  model_options.continuity = continuity;
  model_options.trial = trial;
  Model* model = *runtime.OpenModel(model_options, std::make_unique<testing::CountingLoader>());
  auto group = *runtime.OpenGroup(*model, {.agents = kAgents});

  std::atomic<bool> done{false};
  std::thread courier([&] {
    while (!done) model->Load(directory.File("a.pt"), -1, nullptr).IgnoreError();
  });
  Totals totals;
  bool warm = false;
  uint64_t ticket = 0;
  // On a busy machine the courier may come late.
  const auto something_changed = [&] {
    return totals.faded > 0 || totals.on_trial > 0 || (continuity.burns_in() && totals.swaps > 0);
  };
  while (totals.submitted < frames || (!something_changed() && totals.submitted < 1000 * frames)) {
    CallCounts::Begin();
    if (Block* block = group->Input()) {
      std::fill_n(reinterpret_cast<float*>(block->inputs[0]), kAgents, 0.0f);
      group->ResetAgents(3, 65);
      if (group->Submit(kAgents, false, 0, &ticket) == Answer::kOk) ++totals.submitted;
    }
    TickInfo info;
    runtime.Tick(&info);
    group->Poll(ticket);
    const Block* newest = group->Latest();
    const CallCounts counts = CallCounts::End();
    totals.swaps += info.swaps;
    if (newest != nullptr && newest->fading_version != 0) ++totals.faded;
    if (newest != nullptr && newest->trial_version != 0) ++totals.on_trial;
    if (warm) AddTo(&totals.calls, counts);
    if (!warm && totals.submitted >= 100) {  // the worker has started
      warm = true;
      totals.submitted = 0;
    }
    std::this_thread::yield();
  }
  done = true;
  courier.join();
  runtime.CloseGroup(std::move(group));
  return totals;
}

void ExpectNothing(const CallCounts& calls) {
  EXPECT_EQ(calls.allocations, 0u);
  EXPECT_EQ(calls.frees, 0u);
  EXPECT_EQ(calls.locks, 0u);
  EXPECT_EQ(calls.futex_waits, 0u);
  EXPECT_EQ(calls.other_syscalls, 0u);
}

TEST(FramePath, OnlyCountsAndCopiesWhileVersionsFadeAndAgentsHaveAState) {
  ContinuityOptions continuity;
  continuity.blend_ns = 2'000'000;
  continuity.states = {{"h", "h_next"}};
  const Totals totals = RunFrames(continuity, {}, 2000);
  ExpectNothing(totals.calls);
  EXPECT_GT(totals.swaps, 0u);
  EXPECT_GT(totals.faded, 0u);
}

TEST(FramePath, OnlyCountsAndCopiesWhileVersionsAreBurnedInAndFade) {
  ContinuityOptions continuity;
  continuity.blend_ns = 1'000'000;
  continuity.states = {{"h", "h_next", StateSwap::kBurnIn}};
  continuity.burn_in_frames = 10;
  const Totals totals = RunFrames(continuity, {}, 2000);
  ExpectNothing(totals.calls);
  EXPECT_GT(totals.swaps, 0u);
}

TEST(FramePath, OnlyCountsAndCopiesWhileAVersionIsOnTrial) {
  TrialRule trial;
  trial.enabled = true;
  trial.fraction = 0.5;
  trial.duration_ns = 0;
  trial.rows = 1;
  ContinuityOptions continuity;
  continuity.states = {{"h", "h_next"}};
  const Totals totals = RunFrames(continuity, trial, 2000);
  ExpectNothing(totals.calls);
  EXPECT_GT(totals.on_trial, 0u);
}

}  // namespace
}  // namespace graft::runtime
