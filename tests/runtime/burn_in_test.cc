// Versions that are burned in: they run unseen beside the serving one until their state is their
// own, batch after batch. An action tells how many frames the version has seen of the agent.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "tests/runtime/continuity_fixture.h"

namespace graft::runtime {
namespace {

using Answer = AgentGroup::Answer;
using testing::ContinuityTest;
using testing::CountingExecutable;
using V = std::vector<float>;

class BurnInTest : public ContinuityTest {
 protected:
  static constexpr uint32_t kFrames = 3;

  static ContinuityOptions BurnsIn(int64_t blend_ns = 0) {
    ContinuityOptions continuity = Recurrent(blend_ns);
    continuity.states[0].swap = StateSwap::kBurnIn;
    continuity.burn_in_frames = kFrames;
    return continuity;
  }
  // What lanes do: second rounds.
  void RunUnseen() {
    Staging lane;
    while (batcher_->RunOldestReady(lane)) {
    }
  }
  // One frame of all agents, and what follows it.
  V FrameAndUnseen(AgentGroup& group) {
    V actions = Frame(group);
    RunUnseen();
    return actions;
  }
  // The version is ready and its burn-in begins.
  CountingExecutable* BeginBurnIn(float constant) {
    CountingExecutable* made = MakeReady(constant, Publication::kOffered);
    EXPECT_FALSE(Flip());
    return made;
  }
  VersionState StateOf(uint64_t number) {
    for (const VersionInfo& info : versions_->Describe()) {
      if (info.number == number) return info.state;
    }
    return VersionState::kDiscovered;
  }
};

TEST_F(BurnInTest, TakesOverWithTheStateThatItHasMadeOfTheLastFrames) {
  Start(BurnsIn());
  auto group = OpenGroup(5);  // two parts of a batch
  for (int frame = 0; frame < 10; ++frame) Frame(*group);
  BeginBurnIn(0.5f);
  for (uint32_t frame = 0; frame < kFrames; ++frame) {
    EXPECT_FALSE(Flip());
    EXPECT_EQ(StateOf(2), VersionState::kBurnIn);
    const float serving = 100 + 10 * static_cast<float>(frame);
    EXPECT_EQ(FrameAndUnseen(*group), (V{serving, serving, serving, serving, serving}));
    EXPECT_EQ(group->Latest()->version, 1u);
  }
  EXPECT_TRUE(Flip());
  EXPECT_EQ(StateOf(2), VersionState::kServing);
  EXPECT_EQ(Frame(*group), (V{30.5f, 30.5f, 30.5f, 30.5f, 30.5f}));
  EXPECT_EQ(group->Latest()->version, 2u);
  EXPECT_EQ(Frame(*group), (V{40.5f, 40.5f, 40.5f, 40.5f, 40.5f}));
}

TEST_F(BurnInTest, LetsTheAgentsHaveTheirAnswersBeforeItRuns) {
  Start(BurnsIn());
  auto group = OpenGroup(2);
  Frame(*group);
  CountingExecutable* burning = BeginBurnIn(0.5f);
  Frame(*group);
  EXPECT_EQ(burning->forwards, 0) << "the answer is there, and it has not run yet";
  EXPECT_TRUE(batcher_->HasReady()) << "a lane can run it now";
  const uint64_t next = Submit(*group, 2);
  batcher_->CloseTick(++tick_);
  EXPECT_EQ(group->Poll(next), Answer::kPending);
  Staging lane;
  ASSERT_TRUE(batcher_->RunOldestReady(lane));
  EXPECT_EQ(burning->forwards, 1) << "the next frame comes after it";
  EXPECT_EQ(group->Wait(next, -1), Answer::kOk);
  EXPECT_EQ(Actions(*group), (V{20, 20}));
}

// A block that went well is not written anyway while it is the newest.
TEST_F(BurnInTest, DoesNotLetTheHostWriteABlockThatFailedBeforeItHasRunItsRows) {
  Start(BurnsIn());
  CountingExecutable* serving = MakeReady(0, Publication::kOffered);
  Flip();
  ASSERT_TRUE(Flip());
  auto group = OpenGroup(1, /*depth=*/3);
  Frame(*group);
  BeginBurnIn(0.5f);
  serving->fails = true;
  const uint64_t failed = Submit(*group, 1);
  batcher_->CloseTick(++tick_);
  EXPECT_EQ(group->Wait(failed, -1), Answer::kFailed);
  Submit(*group, 1);
  batcher_->CloseTick(++tick_);  // waits for the second round of the frame before
  EXPECT_EQ(group->Input(), nullptr);
  Staging lane;
  ASSERT_TRUE(batcher_->RunOldestReady(lane));
  EXPECT_NE(group->Input(), nullptr);
}

TEST_F(BurnInTest, GivesEachAgentItsOwnStateAndZerosToThoseThatWereNotSubmitted) {
  Start(BurnsIn());
  auto group = OpenGroup(4);
  for (int frame = 0; frame < 5; ++frame) Frame(*group);
  BeginBurnIn(0.5f);
  Frame(*group, 3);
  RunUnseen();
  Frame(*group, 3);
  RunUnseen();
  Frame(*group, 1);
  RunUnseen();
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{30.5f, 20.5f, 20.5f, 0.5f}));
}

TEST_F(BurnInTest, BeginsAgentsAnewInBothVersionsWhenTheyAreReset) {
  Start(BurnsIn());
  auto group = OpenGroup(100);
  for (int frame = 0; frame < 5; ++frame) Frame(*group);
  BeginBurnIn(0.5f);
  FrameAndUnseen(*group);
  ASSERT_EQ(group->ResetAgents(70, 1), Answer::kOk);
  ASSERT_EQ(group->ResetAgents(99, 1), Answer::kOk);
  Frame(*group, 80);  // agent 99 is reset, though it is not among the rows
  RunUnseen();
  EXPECT_EQ(Actions(*group)[70], 0);
  EXPECT_EQ(Actions(*group)[69], 60);
  FrameAndUnseen(*group);
  EXPECT_EQ(Actions(*group)[99], 0);
  ASSERT_TRUE(Flip());
  const V actions = Frame(*group);
  EXPECT_EQ(actions[69], 30.5f);
  EXPECT_EQ(actions[70], 20.5f);
  EXPECT_EQ(actions[99], 10.5f);
  EXPECT_EQ(actions[98], 20.5f);
}

TEST_F(BurnInTest, SeesTheRowsOfFramesInWhichTheServingVersionFails) {
  Start(BurnsIn());
  CountingExecutable* serving = MakeReady(0, Publication::kOffered);
  ASSERT_FALSE(Flip());
  ASSERT_TRUE(Flip()) << "no agent has had a frame: there is nothing to burn in";
  auto group = OpenGroup(2);
  Frame(*group);
  BeginBurnIn(0.5f);
  serving->fails = true;
  ASSERT_EQ(group->ResetAgents(0, 1), Answer::kOk);
  for (uint32_t frame = 0; frame < kFrames; ++frame) {
    const uint64_t ticket = Submit(*group, 2);
    batcher_->CloseTick(++tick_);
    EXPECT_EQ(group->Wait(ticket, -1), Answer::kFailed);
    RunUnseen();
  }
  ASSERT_TRUE(Flip()) << "a version that fails is replaced all the same";
  EXPECT_EQ(Frame(*group), (V{30.5f, 30.5f}));
}

TEST_F(BurnInTest, DoesNotCountFramesThatAreDroppedAndDoesNotWaitForThemForEver) {
  deadline_ns_ = 100;
  Start(BurnsIn());
  auto group = OpenGroup(1);
  Frame(*group);
  BeginBurnIn(0.5f);
  FrameAndUnseen(*group);
  for (uint32_t frame = 1; frame < 4 * kFrames; ++frame) {
    EXPECT_FALSE(Flip());
    const uint64_t ticket = Submit(*group, 1);
    batcher_->CloseTick(++tick_);
    clock_.Advance(200);
    EXPECT_EQ(group->Wait(ticket, -1), Answer::kLate);
  }
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{10.5f})) << "one frame was seen";
}

TEST_F(BurnInTest, IsRejectedWhenItFailsAndTheServingVersionWasNeverDisturbed) {
  Start(BurnsIn());
  auto group = OpenGroup(2);
  Frame(*group);
  CountingExecutable* burning = BeginBurnIn(0.5f);
  burning->fails = true;
  EXPECT_EQ(FrameAndUnseen(*group), (V{10, 10}));
  for (uint32_t frame = 0; frame < 5 * kFrames; ++frame) {
    EXPECT_FALSE(Flip()) << "one that failed does not take over, whoever is late to reject it";
    FrameAndUnseen(*group);
  }
  const auto failure = batcher_->TakeBurnInFailure();
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->version, 2u);
  EXPECT_EQ(failure->reason, "while it was burned in: the device is lost");
  EXPECT_TRUE(versions_->RejectCandidate(failure->version, failure->reason));
  EXPECT_EQ(StateOf(2), VersionState::kRejected);
  EXPECT_EQ(Frame(*group), (V{170, 170}));
  EXPECT_FALSE(batcher_->BurnedFrames().has_value());
}

TEST_F(BurnInTest, IsRejectedWhenItsAnswersOrItsStateAreNotFinite) {
  Start(BurnsIn());
  auto group = OpenGroup(2);
  Frame(*group);
  BeginBurnIn(std::numeric_limits<float>::infinity());
  FrameAndUnseen(*group);
  auto failure = batcher_->TakeBurnInFailure();
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->reason,
            "while it was burned in: it answered 2 values that are infinite or NaN");
  ASSERT_TRUE(versions_->RejectCandidate(2, failure->reason));

  CountingExecutable* burning = BeginBurnIn(0.5f);
  burning->step = std::nanf("");
  FrameAndUnseen(*group);
  failure = batcher_->TakeBurnInFailure();
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->reason, "while it was burned in: its state \"h_next\" became infinite or NaN");
}

TEST_F(BurnInTest, WaitsForEveryGroup) {
  Start(BurnsIn());
  auto fast = OpenGroup(1);
  auto slow = OpenGroup(1);
  auto unused = OpenGroup(1);
  Frame(*fast);
  Frame(*slow);
  BeginBurnIn(0.5f);
  for (uint32_t frame = 0; frame < kFrames; ++frame) {
    FrameAndUnseen(*fast);
    FrameAndUnseen(*fast);
    EXPECT_FALSE(Flip());
    EXPECT_EQ(batcher_->BurnedFrames(), frame);
    FrameAndUnseen(*slow);
  }
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*fast), (V{60.5f}));
  EXPECT_EQ(Frame(*slow), (V{30.5f}));
  EXPECT_EQ(Frame(*unused), (V{0.5f}));
}

TEST_F(BurnInTest, DoesNotWaitForEverForAGroupThatPauses) {
  Start(BurnsIn());
  auto going = OpenGroup(1);
  auto pausing = OpenGroup(1);
  Frame(*going);
  Frame(*pausing);
  BeginBurnIn(0.5f);
  for (uint32_t frame = 0; frame < 4 * kFrames; ++frame) {
    EXPECT_FALSE(Flip());
    FrameAndUnseen(*going);
  }
  EXPECT_TRUE(Flip());
  EXPECT_EQ(Frame(*pausing), (V{0.5f})) << "what it remembers means nothing to the new version";
}

TEST_F(BurnInTest, IsNotHeldUpByGroupsThatAreOpenedMeanwhile) {
  Start(BurnsIn());
  auto group = OpenGroup(1);
  Frame(*group);
  BeginBurnIn(0.5f);
  FrameAndUnseen(*group);
  FrameAndUnseen(*group);
  auto opened = OpenGroup(1);
  EXPECT_EQ(FrameAndUnseen(*opened), (V{0}));
  FrameAndUnseen(*group);
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*opened), (V{10.5f})) << "it has seen all that there was";
}

TEST_F(BurnInTest, WaitsWhileNoAgentIsSubmitted) {
  Start(BurnsIn());
  auto group = OpenGroup(1);
  Frame(*group);
  BeginBurnIn(0.5f);
  for (int tick = 0; tick < 100; ++tick) EXPECT_FALSE(Flip());
}

TEST_F(BurnInTest, BurnsAKeptVersionInAnewWhenItComesBack) {
  Start(BurnsIn());
  auto group = OpenGroup(1);
  for (int frame = 0; frame < 10; ++frame) Frame(*group);
  BeginBurnIn(0.5f);
  for (uint32_t frame = 0; frame < kFrames; ++frame) FrameAndUnseen(*group);
  ASSERT_TRUE(Flip());
  for (int frame = 0; frame < 7; ++frame) Frame(*group);
  versions_->Reap();
  ASSERT_TRUE(versions_->Rollback().ok());
  EXPECT_FALSE(Flip());
  EXPECT_EQ(StateOf(1), VersionState::kBurnIn);
  for (uint32_t frame = 0; frame < kFrames; ++frame) FrameAndUnseen(*group);
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{30})) << "what it remembered is of another time";
}

TEST_F(BurnInTest, FadesInWithItsOwnStateOnceItIsBurnedIn) {
  Start(BurnsIn(/*blend_ns=*/1000));
  auto group = OpenGroup(2);
  for (int frame = 0; frame < 5; ++frame) Frame(*group);
  BeginBurnIn(0);
  for (uint32_t frame = 0; frame < kFrames; ++frame) {
    FrameAndUnseen(*group);
    EXPECT_EQ(group->Latest()->fading_version, 0u);
    clock_.Advance(1000);
  }
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{80, 80}));  // all of the old one
  EXPECT_EQ(group->Latest()->fading_version, 1u);
  clock_.Advance(500);
  EXPECT_EQ(Frame(*group), (V{65, 65}));  // half of 90 and half of 40
  ASSERT_TRUE(versions_->Rollback().ok());
  ASSERT_TRUE(Flip()) << "a fade is turned round at once: the old one's state has gone on";
  EXPECT_EQ(Frame(*group), (V{75, 75}));  // half of 100 and half of 50
  clock_.Advance(1000);
  Flip();
  EXPECT_EQ(Frame(*group), (V{110, 110}));
}

TEST_F(BurnInTest, WaitsForAFadeBeforeItBegins) {
  Start(BurnsIn(/*blend_ns=*/1000));
  auto group = OpenGroup(1);
  Frame(*group);
  BeginBurnIn(0.5f);
  for (uint32_t frame = 0; frame < kFrames; ++frame) FrameAndUnseen(*group);
  ASSERT_TRUE(Flip());
  BeginBurnIn(0.25f);
  EXPECT_EQ(StateOf(3), VersionState::kReady);
  clock_.Advance(1000);
  EXPECT_FALSE(Flip());
  EXPECT_EQ(StateOf(3), VersionState::kBurnIn);
}

TEST_F(BurnInTest, RunsACandidateOnTrialOnItsOwnStateAfterItsBurnIn) {
  Start(BurnsIn(), /*trial_fraction=*/0.5);
  auto group = OpenGroup(4);
  for (int frame = 0; frame < 5; ++frame) Frame(*group);
  MakeReady(0.5f, Publication::kHeld);
  batcher_->trial_report().Begin(2);
  ASSERT_TRUE(versions_->StartTrial().ok());
  EXPECT_FALSE(Flip());
  EXPECT_EQ(StateOf(2), VersionState::kBurnIn);
  for (uint32_t frame = 0; frame < kFrames; ++frame) {
    FrameAndUnseen(*group);
    EXPECT_EQ(group->Latest()->trial_version, 0u);
  }
  EXPECT_EQ(batcher_->trial_report().Read().rows, 0u) << "what it answers on the way is no trial";
  EXPECT_TRUE(Flip());
  EXPECT_EQ(StateOf(2), VersionState::kTrial);
  EXPECT_EQ(Frame(*group), (V{30.5f, 30.5f, 80, 80}));
  EXPECT_EQ(group->Latest()->trial_version, 2u);
  EXPECT_EQ(group->Latest()->trial_agents, 2u);
  EXPECT_EQ(batcher_->trial_report().Read().rows, 4u);
  EXPECT_EQ(Frame(*group), (V{40.5f, 40.5f, 90, 90}));
  ASSERT_TRUE(versions_->Commit().ok());
  ASSERT_TRUE(Flip()) << "it is burned in already";
  EXPECT_EQ(Frame(*group), (V{50.5f, 50.5f, 50.5f, 50.5f}));
}

TEST_F(BurnInTest, ComparesAShadowOnItsOwnStateInEveryFrame) {
  Start(BurnsIn());
  auto group = OpenGroup(2);
  for (int frame = 0; frame < 5; ++frame) Frame(*group);
  MakeReady(0.5f, Publication::kHeld);
  batcher_->trial_report().Begin(2);
  ASSERT_TRUE(versions_->StartTrial().ok());
  Flip();
  for (uint32_t frame = 0; frame < kFrames; ++frame) FrameAndUnseen(*group);
  ASSERT_TRUE(Flip());
  EXPECT_EQ(StateOf(2), VersionState::kTrial);
  EXPECT_EQ(FrameAndUnseen(*group), (V{80, 80}));
  EXPECT_EQ(FrameAndUnseen(*group), (V{90, 90}));
  const TrialReport::Figures figures = batcher_->trial_report().Read();
  EXPECT_EQ(figures.rows, 4u);
  EXPECT_EQ(figures.max_difference, 49.5) << "of the answers; states are each version's own";
  ASSERT_TRUE(versions_->Commit().ok());
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{50.5f, 50.5f}));
}

// Without a burn-in, a version whose state begins with zeros makes it while it is on trial.
TEST_F(BurnInTest, LetsACandidateOnTrialBeginWithZerosWhereItsStateIsReset) {
  ContinuityOptions continuity = Recurrent();
  continuity.states[0].swap = StateSwap::kReset;
  Start(continuity, /*trial_fraction=*/0.5);
  auto group = OpenGroup(2);
  for (int frame = 0; frame < 5; ++frame) Frame(*group);
  MakeReady(0.5f, Publication::kHeld);
  ASSERT_TRUE(versions_->StartTrial().ok());
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{0.5f, 50}));
  EXPECT_EQ(Frame(*group), (V{10.5f, 60}));
  ASSERT_TRUE(versions_->Commit().ok());
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{20.5f, 20.5f}));
}

TEST_F(BurnInTest, GoesWithoutATrialWhenItIsCommittedMeanwhile) {
  Start(BurnsIn(), /*trial_fraction=*/0.5);
  auto group = OpenGroup(2);
  Frame(*group);
  MakeReady(0.5f, Publication::kHeld);
  ASSERT_TRUE(versions_->StartTrial().ok());
  Flip();
  FrameAndUnseen(*group);
  ASSERT_TRUE(versions_->Commit().ok());
  FrameAndUnseen(*group);
  EXPECT_FALSE(Flip()) << "but not without its frames";
  FrameAndUnseen(*group);
  ASSERT_TRUE(Flip());
  EXPECT_EQ(StateOf(2), VersionState::kServing);
}

TEST_F(BurnInTest, RunsSecondRoundsOfFramesThatWereClosedTogetherInTheirOrder) {
  Start(BurnsIn());
  auto group = OpenGroup(2, /*depth=*/8);
  Frame(*group);
  BeginBurnIn(0.5f);
  for (uint32_t frame = 0; frame < kFrames; ++frame) Submit(*group, 2);
  EXPECT_EQ(batcher_->CloseTick(++tick_).batches, kFrames);
  EXPECT_FALSE(Flip());
  const uint64_t ticket = Submit(*group, 2);
  batcher_->CloseTick(++tick_);
  ASSERT_EQ(group->Wait(ticket, -1), Answer::kOk);
  EXPECT_EQ(Actions(*group), (V{40, 40}));
  RunUnseen();
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{40.5f, 40.5f}));
}

TEST_F(BurnInTest, GoesOnInFramesOfTheirOwnBatches) {
  Start(BurnsIn());
  auto group = OpenGroup(1);
  Frame(*group);
  BeginBurnIn(0.5f);
  for (uint32_t frame = 0; frame <= kFrames; ++frame) {
    ASSERT_NE(group->Input(), nullptr);
    *reinterpret_cast<float*>(group->Input()->inputs[0]) = 0;
    EXPECT_EQ(group->Run(1, tick_), Answer::kOk);
  }
  ASSERT_TRUE(Flip());
  EXPECT_EQ(Frame(*group), (V{40.5f}));
}

TEST_F(BurnInTest, ClosesAGroupWhoseLastFrameIsNotSeenYet) {
  Start(BurnsIn());
  auto group = OpenGroup(1);
  Frame(*group);
  CountingExecutable* burning = BeginBurnIn(0.5f);
  Frame(*group);
  batcher_->RemoveGroup(group.get());
  group.reset();
  EXPECT_EQ(burning->forwards, 1);
}

}  // namespace
}  // namespace graft::runtime
