// Blending, recurrent state and trials: versions that run beside each other, batch after batch.
// Burn-in is in burn_in_test.cc.
#include "runtime/continuity.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/runtime/continuity_fixture.h"

namespace graft::runtime {
namespace {

using Answer = AgentGroup::Answer;
using models::TensorSpec;
using testing::ContinuityTest;
using testing::CountingExecutable;

using V = std::vector<float>;

TEST_F(ContinuityTest, HandsEachAgentItsStateFromFrameToFrame) {
  Start(Recurrent());
  auto group = OpenGroup(5);  // two parts of a batch
  EXPECT_EQ(Frame(*group), (V{0, 0, 0, 0, 0}));
  EXPECT_EQ(Frame(*group), (V{10, 10, 10, 10, 10}));
  EXPECT_EQ(Frame(*group), (V{20, 20, 20, 20, 20}));
}

TEST_F(ContinuityTest, ShowsTheHostNeitherStateInputsNorOutputs) {
  Start(Recurrent());
  EXPECT_EQ(batcher_->host_inputs(), (std::vector<size_t>{0}));
  EXPECT_EQ(batcher_->host_outputs(), (std::vector<size_t>{0}));
  auto group = OpenGroup(2);
  EXPECT_EQ(group->Input()->inputs[1], nullptr);
}

TEST_F(ContinuityTest, KeepsTheStateOfGroupsApart) {
  Start(Recurrent());
  auto one = OpenGroup(2);
  auto other = OpenGroup(1);
  Frame(*one);
  Frame(*one);
  Submit(*one, 2);
  Submit(*other, 1);
  batcher_->CloseTick(++tick_);
  ASSERT_EQ(one->Wait(3, -1), Answer::kOk);
  ASSERT_EQ(other->Wait(1, -1), Answer::kOk);
  EXPECT_EQ(Actions(*one), (V{20, 20}));
  EXPECT_EQ(Actions(*other), (V{0}));
}

TEST_F(ContinuityTest, RunsFramesOfAGroupOneAfterTheOtherHoweverTheyWereClosed) {
  Start(Recurrent());
  auto group = OpenGroup(2, /*depth=*/6);
  Submit(*group, 2);
  Submit(*group, 2);
  EXPECT_EQ(batcher_->CloseTick(++tick_).batches, 2u);
  const uint64_t third = Submit(*group, 2);
  batcher_->CloseTick(++tick_);
  EXPECT_EQ(group->Poll(third), Answer::kPending);
  EXPECT_EQ(group->Wait(third, -1), Answer::kOk);
  EXPECT_EQ(Actions(*group), (V{20, 20}));
  EXPECT_EQ(group->Poll(1), Answer::kOk);
}

TEST_F(ContinuityTest, KeepsTheStateOfAgentsThatAreNotSubmitted) {
  Start(Recurrent());
  auto group = OpenGroup(3);
  Frame(*group);
  const uint64_t ticket = Submit(*group, 1);
  batcher_->CloseTick(++tick_);
  ASSERT_EQ(group->Wait(ticket, -1), Answer::kOk);
  EXPECT_EQ(Frame(*group), (V{20, 10, 10}));
}

TEST_F(ContinuityTest, ResetsTheAgentsThatTheHostNames) {
  Start(Recurrent());
  auto group = OpenGroup(4);
  Frame(*group);
  Frame(*group);
  EXPECT_EQ(group->ResetAgents(1, 2), Answer::kOk);
  EXPECT_EQ(Frame(*group), (V{20, 0, 0, 20}));
  EXPECT_EQ(Frame(*group), (V{30, 10, 10, 30}));
  EXPECT_EQ(group->ResetAgents(3, 2), Answer::kInvalidArgument);
  EXPECT_EQ(group->ResetAgents(4, 0), Answer::kOk);
}

TEST_F(ContinuityTest, ResetsAgentsBeyondTheRowsThatAreSubmittedToo) {
  Start(Recurrent());
  auto group = OpenGroup(100);
  Frame(*group);
  ASSERT_EQ(group->ResetAgents(70, 30), Answer::kOk);
  const uint64_t ticket = Submit(*group, 1);
  batcher_->CloseTick(++tick_);
  ASSERT_EQ(group->Wait(ticket, -1), Answer::kOk);
  const V actions = Frame(*group);
  EXPECT_EQ(actions[0], 20);
  EXPECT_EQ(actions[69], 10);
  EXPECT_EQ(actions[70], 0);
  EXPECT_EQ(actions[99], 0);
}

TEST_F(ContinuityTest, LeavesTheStateAsItWasWhenAFrameFailsAndForgetsNoReset) {
  Start(Recurrent());
  CountingExecutable* failing = MakeReady(0, Publication::kOffered);
  Flip();
  auto group = OpenGroup(2);
  Frame(*group);
  ASSERT_EQ(group->ResetAgents(0, 1), Answer::kOk);
  failing->fails = true;
  const uint64_t ticket = Submit(*group, 2);
  batcher_->CloseTick(++tick_);
  EXPECT_EQ(group->Wait(ticket, -1), Answer::kFailed);
  failing->fails = false;
  EXPECT_EQ(Frame(*group), (V{0, 10}));
}

TEST_F(ContinuityTest, CarriesTheStateOverASwap) {
  Start(Recurrent());
  auto group = OpenGroup(2);
  Frame(*group);
  Swap(0.5f);
  EXPECT_EQ(Frame(*group), (V{10.5f, 10.5f}));
  EXPECT_EQ(Frame(*group), (V{20.5f, 20.5f}));
}

TEST_F(ContinuityTest, BeginsANewVersionWithZerosWhenToldTo) {
  ContinuityOptions continuity = Recurrent();
  continuity.states[0].swap = StateSwap::kReset;
  Start(continuity);
  auto group = OpenGroup(2);
  Frame(*group);
  Frame(*group);
  Swap(0.5f);
  EXPECT_EQ(Frame(*group), (V{0.5f, 0.5f}));
  EXPECT_EQ(Frame(*group), (V{10.5f, 10.5f}));
}

TEST_F(ContinuityTest, RefusesARunWhileEarlierRowsWaitForTheirTick) {
  Start(Recurrent());
  auto group = OpenGroup(1);
  Submit(*group, 1);
  ASSERT_NE(group->Input(), nullptr);
  EXPECT_EQ(group->Run(1, 0), Answer::kBusy);
  EXPECT_EQ(group->Submit(1, true, 0, nullptr), Answer::kBusy);
  batcher_->CloseTick(++tick_);
  EXPECT_EQ(group->Run(1, 0), Answer::kOk);
  EXPECT_EQ(Actions(*group)[0], 10);
}

// Old and new answer 0 and 100; the state is carried, and goes on in both.
TEST_F(ContinuityTest, MixesOldAndNewWhileTheOldVersionFades) {
  Start(Recurrent(/*blend_ns=*/1000));
  auto group = OpenGroup(4);
  Frame(*group);
  Swap(100);
  EXPECT_EQ(Frame(*group)[0], 10);
  EXPECT_EQ(group->Latest()->fading_version, 1u);
  EXPECT_EQ(group->Latest()->version, 2u);
  clock_.Advance(250);
  EXPECT_EQ(Frame(*group), (V{45, 45, 45, 45}));
  EXPECT_EQ(group->Latest()->share, 0.25);
  clock_.Advance(500);
  EXPECT_EQ(Frame(*group)[3], 105);
  clock_.Advance(250);
  EXPECT_EQ(Frame(*group)[3], 140);
  EXPECT_EQ(group->Latest()->fading_version, 0u);
}

TEST_F(ContinuityTest, LetsEachVersionGoOnWithItsOwnStateWhileOneFades) {
  ContinuityOptions continuity = Recurrent(/*blend_ns=*/1000);
  continuity.states[0].swap = StateSwap::kReset;
  Start(continuity);
  auto group = OpenGroup(2);
  Frame(*group);
  Frame(*group);
  Swap(0);
  EXPECT_EQ(Frame(*group)[0], 20);  // all of the old one
  clock_.Advance(500);
  EXPECT_EQ(Frame(*group)[0], 20);  // half of 30 and half of 10
  ASSERT_EQ(group->ResetAgents(0, 1), Answer::kOk);
  EXPECT_EQ(Frame(*group), (V{0, 30}));  // half of 40 and half of 20
}

TEST_F(ContinuityTest, GoesBackWithTheOldVersionsOwnStateWhenAFadeIsTurnedRound) {
  ContinuityOptions continuity = Recurrent(/*blend_ns=*/1000);
  continuity.states[0].swap = StateSwap::kReset;
  Start(continuity);
  auto group = OpenGroup(1);
  Frame(*group);
  Frame(*group);
  Swap(0);
  Frame(*group);
  ASSERT_TRUE(versions_->Rollback().ok());
  clock_.Advance(500);
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group)[0], 20);  // half of 30 and half of 10
  clock_.Advance(500);
  EXPECT_EQ(Frame(*group)[0], 40);
}

TEST_F(ContinuityTest, AnswersWithTheNewVersionAloneWhenTheFadingOneFails) {
  Start(Recurrent(/*blend_ns=*/1000));
  CountingExecutable* old = MakeReady(0, Publication::kOffered);
  Flip();
  clock_.Advance(1000);
  auto group = OpenGroup(2);
  Frame(*group);
  Swap(100);
  old->fails = true;
  EXPECT_EQ(Frame(*group), (V{110, 110}));
  EXPECT_EQ(group->Latest()->fading_version, 0u);
}

TEST_F(ContinuityTest, ServesTheFirstAgentsOfEachGroupByTheVersionOnTrial) {
  Start(Recurrent(), /*trial_fraction=*/0.25);
  auto group = OpenGroup(8);
  auto small = OpenGroup(1);
  Frame(*group);
  MakeReady(100, Publication::kHeld);
  batcher_->trial_report().Begin(2);
  ASSERT_TRUE(versions_->StartTrial().ok());
  ASSERT_TRUE(Flip());
  Submit(*small, 1);
  EXPECT_EQ(Frame(*group), (V{110, 110, 10, 10, 10, 10, 10, 10}));
  EXPECT_EQ(group->Latest()->version, 1u);
  EXPECT_EQ(group->Latest()->trial_version, 2u);
  EXPECT_EQ(group->Latest()->trial_agents, 2u);
  ASSERT_EQ(small->Wait(1, -1), Answer::kOk);
  EXPECT_EQ(Actions(*small), (V{100}));
  const TrialReport::Figures figures = batcher_->trial_report().Read();
  EXPECT_EQ(figures.rows, 3u);
  EXPECT_EQ(figures.max_difference, 100);
  EXPECT_EQ(figures.failed_rows, 0u);
  ASSERT_TRUE(versions_->Commit().ok());
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{120, 120, 120, 120, 120, 120, 120, 120}));
}

TEST_F(ContinuityTest, KeepsServingAllAgentsWhenTheVersionOnTrialFails) {
  Start(Recurrent(), /*trial_fraction=*/0.5);
  auto group = OpenGroup(4);
  CountingExecutable* trial = MakeReady(100, Publication::kHeld);
  trial->fails = true;
  batcher_->trial_report().Begin(2);
  ASSERT_TRUE(versions_->StartTrial().ok());
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{0, 0, 0, 0}));
  EXPECT_EQ(group->Latest()->trial_version, 0u);
  EXPECT_EQ(batcher_->trial_report().Read().failed_rows, 2u);
  EXPECT_EQ(batcher_->trial_report().Read().failure, "the device is lost");
}

TEST_F(ContinuityTest, FadesOnlyTheRowsThatWereNotOnTrial) {
  Start(Recurrent(/*blend_ns=*/1000), /*trial_fraction=*/0.5);
  auto group = OpenGroup(2);
  MakeReady(100, Publication::kHeld);
  ASSERT_TRUE(versions_->StartTrial().ok());
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{0, 0}));  // a trial begins as softly as a swap
  clock_.Advance(1000);
  EXPECT_EQ(Frame(*group), (V{110, 10}));
  ASSERT_TRUE(versions_->Commit().ok());
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{120, 20}));
}

// A lane that nobody waits for compares the version on trial, after the agents have their answers.
TEST_F(ContinuityTest, ComparesAShadowOnRealObservationsAndAppliesNothing) {
  Start(Recurrent());
  auto group = OpenGroup(3);
  MakeReady(100, Publication::kHeld);
  batcher_->trial_report().Begin(2);
  ASSERT_TRUE(versions_->StartTrial().ok());
  ASSERT_TRUE(Flip());
  Staging lane;
  for (int frame = 0; frame < 3; ++frame) {
    Submit(*group, 3);
    batcher_->CloseTick(++tick_);
    const ReadyBatch ready = batcher_->OldestReady();
    ASSERT_TRUE(Batcher::RunPart(*ready.batch, ready.generation, lane, /*may_shadow=*/true));
    const float expected = static_cast<float>(frame) * 10;
    EXPECT_EQ(Actions(*group), (V{expected, expected, expected}));
  }
  const TrialReport::Figures figures = batcher_->trial_report().Read();
  EXPECT_EQ(figures.rows, 9u);
  EXPECT_EQ(figures.max_difference, 100);
  EXPECT_EQ(group->Latest()->trial_version, 0u);
}

TEST(ApplyContinuity, SaysWhatDoesNotFit) {
  const auto message = [](const ContinuityOptions& continuity) {
    BatcherOptions options{.schema = CountingExecutable::Schema()};
    options.schema.outputs[1].shape = {TensorSpec::kAgents, 2};
    return std::string(ApplyContinuity(continuity, &options).message());
  };
  EXPECT_EQ(message({.states = {{"c", "h_next"}}}),
            "the manifest speaks of the state input \"c\"; the model has obs, h");
  EXPECT_EQ(message({.states = {{"h", "h_next"}}}),
            "state: expected an output like the input h: float32 [agents, 1], found h_next: "
            "float32 [agents, 2]");
  EXPECT_EQ(message({.states = {{"h", "action"}, {"obs", "action"}}}),
            "state: \"obs\" or \"action\" is in two states; each is in one");
  EXPECT_EQ(message({.blends = {{"action", BlendKind::kQuaternion}}}),
            "blend: expected float32 or float64 values, four for each quaternion, found action: "
            "float32 [agents, 1]");
  EXPECT_EQ(message({.blends = {{"action", BlendKind::kAngle}}}), "");
}

}  // namespace
}  // namespace graft::runtime
