// A candidate on trial, judged by the watcher.
#include <gtest/gtest.h>

#include <memory>

#include "runtime/agent_group.h"
#include "runtime/model.h"
#include "tests/runtime/fakes.h"
#include "tests/runtime/model_fixture.h"

namespace graft::runtime {
namespace {

using testing::kMillisecond;
using testing::ModelTest;

// Runs one frame of a group of four and lets the watcher look.
class TrialTest : public ModelTest {
 protected:
  void SetUp() override {
    options_.trial = {.enabled = true,
                      .fraction = 0.5,
                      .duration_ns = 100 * kMillisecond,
                      .rows = 10,
                      .max_difference = 5};
    directory_.Write("a.pt", "1");
    ASSERT_TRUE(Open().ok());
    group_ = *AgentGroup::Open(model_->batcher(), {.agents = 4}, {});
  }
  void TearDown() override { model_->batcher().RemoveGroup(group_.get()); }

  void Frame() {
    ASSERT_NE(group_->Input(), nullptr);
    ASSERT_EQ(group_->Run(4, tick_), AgentGroup::Answer::kOk);
  }

  std::unique_ptr<AgentGroup> group_;
};

TEST_F(TrialTest, EndsWithTheTakeOverAfterTimeAndRowsEnough) {
  directory_.Write("b.pt", "2");
  Elapse(200);
  Tick();
  EXPECT_EQ(Newest().state, VersionState::kTrial);
  for (int i = 0; i < 4; ++i) Frame();
  Elapse(200);
  EXPECT_EQ(Serving(), 1u) << "8 rows are not enough";
  Frame();
  Elapse(100);
  Tick();
  EXPECT_EQ(Serving(), 2u);
}

TEST_F(TrialTest, EndsWithARejectionWhenItDiffersTooMuch) {
  directory_.Write("b.pt", "20");
  Elapse(200);
  Tick();
  Frame();
  Elapse(20);
  EXPECT_EQ(Newest().state, VersionState::kRejected);
  EXPECT_EQ(Newest().reason,
            "on trial a value differed by 19 from the serving version's; at most 5 was allowed");
  Tick();
  Frame();
  EXPECT_EQ(group_->Latest()->trial_version, 0u);
  EXPECT_EQ(Serving(), 1u);
}

TEST_F(TrialTest, EndsAtOnceWhenTheHostCommits) {
  directory_.Write("b.pt", "20");
  Elapse(200);
  Tick();
  ASSERT_TRUE(model_->Commit().ok());
  Tick();
  EXPECT_EQ(Serving(), 2u);
}

}  // namespace
}  // namespace graft::runtime
