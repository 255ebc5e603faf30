// Batches of a model with recurrent state, closed, run and flipped by the test.
#ifndef GRAFT_TESTS_RUNTIME_CONTINUITY_FIXTURE_H_
#define GRAFT_TESTS_RUNTIME_CONTINUITY_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/agent_group.h"
#include "runtime/batcher.h"
#include "runtime/continuity.h"
#include "tests/runtime/counting_executable.h"
#include "tests/runtime/fakes.h"

namespace graft::runtime::testing {

class ContinuityTest : public ::testing::Test {
 protected:
  void Start(const ContinuityOptions& continuity, double trial_fraction = 0) {
    versions_ = std::make_unique<VersionSet>(
        1, [] {}, continuity.blend_ns, continuity.burns_in());
    BatcherOptions options{.schema = CountingExecutable::Schema(),
                           .max_rows = 3,
                           .deadline_ns = deadline_ns_,
                           .has_trials = true,
                           .trial_fraction = trial_fraction};
    ASSERT_TRUE(ApplyContinuity(continuity, &options).ok());
    batcher_ = *Batcher::Create(std::move(options), *versions_, nullptr, clock_);
    MakeReady(0, Publication::kAtOnce);
  }
  static ContinuityOptions Recurrent(int64_t blend_ns = 0) {
    return {.blend_ns = blend_ns,
            .blend_curve = BlendCurve::kLinear,
            .blends = {},
            .states = {{"h", "h_next"}}};
  }

  CountingExecutable* MakeReady(float constant, Publication publication) {
    auto executable = std::make_unique<CountingExecutable>(constant);
    CountingExecutable* made = executable.get();
    versions_->Ready(versions_->Discover("file", 0), std::move(executable), 0, 0, publication);
    return made;
  }
  void Swap(float constant) {
    MakeReady(constant, Publication::kOffered);
    ASSERT_TRUE(Flip());
  }
  bool Flip() {
    batcher_->FollowBurnIn();
    versions_->HoldsGroup(clock_.NowNs());
    return versions_->Flip(++tick_, clock_.NowNs());
  }
  std::unique_ptr<AgentGroup> OpenGroup(uint32_t agents, uint32_t depth = 4) {
    return *AgentGroup::Open(*batcher_, {.agents = agents, .depth = depth}, {});
  }
  // Writes zeros for all inputs and submits them for the next tick.
  static uint64_t Submit(AgentGroup& group, uint32_t agents) {
    Block* block = group.Input();
    EXPECT_NE(block, nullptr);
    std::fill_n(reinterpret_cast<float*>(block->inputs[0]), agents, 0.0f);
    uint64_t ticket = 0;
    EXPECT_EQ(group.Submit(agents, false, 0, &ticket), AgentGroup::Answer::kOk);
    return ticket;
  }
  static std::vector<float> Actions(AgentGroup& group) {
    const Block* block = group.Latest();
    const auto* actions = reinterpret_cast<const float*>(block->outputs[0]);
    return {actions, actions + block->agents};
  }
  // One frame of all agents.
  std::vector<float> Frame(AgentGroup& group) { return Frame(group, group.capacity()); }
  std::vector<float> Frame(AgentGroup& group, uint32_t agents) {
    const uint64_t ticket = Submit(group, agents);
    batcher_->CloseTick(++tick_);
    EXPECT_EQ(group.Wait(ticket, -1), AgentGroup::Answer::kOk);
    return Actions(group);
  }

  FakeClock clock_;
  int64_t deadline_ns_ = 0;
  std::unique_ptr<VersionSet> versions_;
  std::unique_ptr<Batcher> batcher_;
  uint64_t tick_ = 0;
};

}  // namespace graft::runtime::testing

#endif  // GRAFT_TESTS_RUNTIME_CONTINUITY_FIXTURE_H_
