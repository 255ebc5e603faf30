// Models whose versions are burned in, with a real watcher and real ticks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/runtime.h"
#include "tests/runtime/counting_executable.h"
#include "tests/runtime/fakes.h"

namespace graft::runtime {
namespace {

using Answer = AgentGroup::Answer;
using testing::CountingExecutable;
using testing::CountingLoader;

class ModelBurnInTest : public ::testing::Test {
 protected:
  // No workers: frames are run by who waits for them.
  ModelBurnInTest() {
    RuntimeHooks hooks;
    hooks.log = [this](LogLevel, const std::string& text) {
      MutexLock lock(mutex_);
      log_.push_back(text);
    };
    hooks.listener = [this](const std::string&, const VersionEvent& event) {
      MutexLock lock(mutex_);
      events_.push_back(event);
    };
    runtime_ = std::make_unique<Runtime>(RuntimeOptions{}, nullptr, Clock::Real(), hooks);
    directory_.Write("a.pt", "1");
  }

  Model* OpenModel(const std::string& name, bool burns_in, bool manual = false) {
    ModelOptions options;
    options.name = name;
    options.source = directory_.File("a.pt");
    options.watch = false;
    options.manual_commit = manual;
    const StateSwap swap = burns_in ? StateSwap::kBurnIn : StateSwap::kCarry;
    options.continuity.states = {{"h", "h_next", swap}};
    options.continuity.burn_in_frames = 3;
    auto loader = std::make_unique<CountingLoader>();
    loader->on_load = [this](CountingExecutable& executable) { newest_ = &executable; };
    return *runtime_->OpenModel(std::move(options), std::move(loader));
  }
  void Load(Model& model) { ASSERT_TRUE(model.Load(directory_.File("a.pt"), -1, nullptr).ok()); }
  // One frame of one group; how many models changed at its tick.
  uint32_t Frame(AgentGroup& group) {
    Block* block = group.Input();
    std::fill_n(reinterpret_cast<float*>(block->inputs[0]), group.capacity(), 0.0f);
    uint64_t ticket = 0;
    EXPECT_EQ(group.Submit(group.capacity(), false, 0, &ticket), Answer::kOk);
    TickInfo info;
    EXPECT_TRUE(runtime_->Tick(&info));
    EXPECT_EQ(group.Wait(ticket, -1), Answer::kOk);
    return info.swaps;
  }
  static float Action(AgentGroup& group) {
    return reinterpret_cast<const float*>(group.Latest()->outputs[0])[0];
  }
  static VersionState StateOf(Model& model, uint64_t number) {
    for (const VersionInfo& info : model.versions().Describe()) {
      if (info.number == number) return info.state;
    }
    return VersionState::kDiscovered;
  }

  testing::TempDirectory directory_;
  Mutex mutex_;
  std::vector<std::string> log_ ABSL_GUARDED_BY(mutex_);
  std::vector<VersionEvent> events_ ABSL_GUARDED_BY(mutex_);
  CountingExecutable* newest_ = nullptr;
  std::unique_ptr<Runtime> runtime_;
};

TEST_F(ModelBurnInTest, TellsTheHostAndRejectsAVersionThatFailsOnTheWay) {
  Model* model = OpenModel("walker", /*burns_in=*/true);
  auto group = *runtime_->OpenGroup(*model, {.agents = 2});
  Frame(*group);
  Load(*model);
  newest_->fails = true;
  float expected = 0;
  while (StateOf(*model, 2) != VersionState::kRejected) {
    EXPECT_EQ(Frame(*group), 0u);
    EXPECT_EQ(Action(*group), expected += 10);
    std::this_thread::yield();  // for the watcher
  }
  EXPECT_EQ(model->versions().serving_number(), 1u);
  runtime_->CloseGroup(std::move(group));
  runtime_->CloseModel(model);
  MutexLock lock(mutex_);
  const auto of_state = [this](VersionState state) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return std::find_if(events_.begin(), events_.end(), [&](const VersionEvent& event) {
      return event.number == 2 && event.state == state;
    });
  };
  const auto begun = of_state(VersionState::kBurnIn);
  ASSERT_NE(begun, events_.end());
  EXPECT_EQ(begun->tick, 2u);
  const auto rejected = of_state(VersionState::kRejected);
  ASSERT_NE(rejected, events_.end());
  EXPECT_EQ(rejected->reason, "while it was burned in: the device is lost");
  EXPECT_NE(std::find(log_.begin(), log_.end(),
                      "walker: version 2 refused: while it was burned in: the device is lost"),
            log_.end());
}

TEST_F(ModelBurnInTest, TakesOverAtOneTickWithAnotherModel) {
  Model* walker = OpenModel("walker", /*burns_in=*/true, /*manual=*/true);
  Model* arm = OpenModel("arm", /*burns_in=*/false, /*manual=*/true);
  auto walkers = *runtime_->OpenGroup(*walker, {.agents = 2});
  auto arms = *runtime_->OpenGroup(*arm, {.agents = 1});
  Frame(*walkers);
  Frame(*arms);
  Load(*walker);
  Load(*arm);
  ASSERT_TRUE(
      runtime_->ChangeTogether(std::vector<Model*>{walker, arm}, VersionSet::Change::kCommit).ok());
  uint32_t swaps = 0;
  for (int frame = 0; swaps == 0 && frame < 20; ++frame) {
    EXPECT_EQ(walker->versions().serving_number(), arm->versions().serving_number());
    swaps = Frame(*walkers);
  }
  EXPECT_EQ(swaps, 2u);
  EXPECT_EQ(arm->versions().serving_number(), 2u);
  EXPECT_EQ(Action(*walkers), 40) << "the second round of the third frame came with the fourth";
  runtime_->CloseGroup(std::move(walkers));
  runtime_->CloseGroup(std::move(arms));
}

TEST_F(ModelBurnInTest, IsClosedInTheMiddleOfIt) {
  Model* model = OpenModel("walker", /*burns_in=*/true);
  auto group = *runtime_->OpenGroup(*model, {.agents = 2});
  Frame(*group);
  Load(*model);
  Frame(*group);
  EXPECT_EQ(StateOf(*model, 2), VersionState::kBurnIn);
  model->SetPinned(true);  // of files that come, not of what is on its way
  Frame(*group);
  EXPECT_EQ(StateOf(*model, 2), VersionState::kBurnIn);
  runtime_->CloseGroup(std::move(group));
  runtime_->CloseModel(model);
}

TEST_F(ModelBurnInTest, TakesOverAtOnceWhereNoAgentHasHadAFrame) {
  Model* model = OpenModel("walker", /*burns_in=*/true);
  auto group = *runtime_->OpenGroup(*model, {.agents = 2});
  Load(*model);
  runtime_->Tick(nullptr);
  TickInfo info;
  runtime_->Tick(&info);
  EXPECT_EQ(info.swaps, 1u);
  runtime_->CloseGroup(std::move(group));
}

}  // namespace
}  // namespace graft::runtime
