// A version that is burned in, among the versions of its model and of others.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/version_set.h"
#include "tests/runtime/fakes.h"

namespace graft::runtime {
namespace {

using testing::FakeExecutable;

class VersionBurnInTest : public ::testing::Test {
 protected:
  // A set whose version 1 serves.
  struct Versions : VersionSet {
    explicit Versions(bool burn_in = true) : VersionSet(/*keep=*/2, [] {}, /*fade_ns=*/0, burn_in) {
      MakeReady(Publication::kAtOnce);
    }
    uint64_t MakeReady(Publication publication) {
      const uint64_t number = Discover("file", 0);
      Ready(number, std::make_unique<FakeExecutable>(1), 0, 0, publication);
      return number;
    }
    VersionState StateOf(uint64_t number) {
      for (const VersionInfo& info : Describe()) {
        if (info.number == number) return info.state;
      }
      return VersionState::kDiscovered;
    }
    std::string ReasonOf(uint64_t number) {
      for (const VersionInfo& info : Describe()) {
        if (info.number == number) return info.reason;
      }
      return "";
    }
    // As if its groups had had their frames.
    void BurnIn() { NoteBurnedIn(burn_in_term()); }
  };

  bool Flip(Versions& versions) { return versions.Flip(++tick_); }
  // A tick of several models; how many published.
  int FlipAll() {
    ++tick_;
    bool hold = false;
    for (Versions* versions : {&one_, &other_}) hold |= versions->HoldsGroup(0);
    int flips = 0;
    for (Versions* versions : {&one_, &other_}) flips += versions->Flip(tick_, 0, hold) ? 1 : 0;
    return flips;
  }
  absl::Status ChangeBoth(VersionSet::Change change) {
    size_t index = 0;
    std::vector<VersionSet*> sets = {&one_, &other_};
    return VersionSet::ChangeTogether(sets, change, &index);
  }
  void ServeTwo(Versions& versions) {
    versions.MakeReady(Publication::kOffered);
    Flip(versions);
    versions.BurnIn();
    ASSERT_TRUE(Flip(versions));
    versions.Reap();
  }

  Versions one_;
  Versions other_{/*burn_in=*/false};
  uint64_t tick_ = 0;
};

TEST_F(VersionBurnInTest, TellsItsStepsWithTheirTicksHoweverLateItIsAsked) {
  one_.TakeEvents();
  one_.MakeReady(Publication::kOffered);
  Flip(one_);
  one_.BurnIn();
  Flip(one_);
  std::vector<std::pair<VersionState, uint64_t>> seen;
  for (const VersionEvent& event : one_.TakeEvents()) {
    if (event.number == 2) seen.emplace_back(event.state, event.tick);
  }
  EXPECT_EQ(seen, (std::vector<std::pair<VersionState, uint64_t>>{{VersionState::kDiscovered, 0},
                                                                  {VersionState::kReady, 0},
                                                                  {VersionState::kBurnIn, 1},
                                                                  {VersionState::kServing, 2}}));
}

TEST_F(VersionBurnInTest, LetsANewerVersionWaitUntilTheCommittedOneServes) {
  one_.MakeReady(Publication::kOffered);
  Flip(one_);
  one_.MakeReady(Publication::kOffered);
  EXPECT_FALSE(Flip(one_));
  EXPECT_EQ(one_.StateOf(2), VersionState::kBurnIn);
  EXPECT_EQ(one_.StateOf(3), VersionState::kReady);
  one_.MakeReady(Publication::kOffered);
  EXPECT_EQ(one_.StateOf(3), VersionState::kRetired) << "the newest waits";
  one_.BurnIn();
  EXPECT_TRUE(Flip(one_));
  EXPECT_EQ(one_.serving_number(), 2u);
  EXPECT_FALSE(Flip(one_));
  EXPECT_EQ(one_.StateOf(4), VersionState::kBurnIn);
}

TEST_F(VersionBurnInTest, GivesWayToANewerOneWhenItIsToGoOnTrial) {
  one_.MakeReady(Publication::kHeld);
  ASSERT_TRUE(one_.StartTrial().ok());
  Flip(one_);
  const VersionSet::Running held = one_.AcquireRunning(0, /*trials=*/true);
  EXPECT_EQ(held.beside.version->number, 2u);
  one_.MakeReady(Publication::kHeld);
  ASSERT_TRUE(one_.StartTrial().ok());
  Flip(one_);
  EXPECT_EQ(one_.StateOf(2), VersionState::kRetired);
  EXPECT_EQ(one_.ReasonOf(2), "a newer version took its place while it was burned in");
  EXPECT_EQ(one_.StateOf(3), VersionState::kBurnIn);
  one_.Release(held.version);
  one_.Release(held.beside.version);
  EXPECT_EQ(one_.Reap().size(), 1u);
}

TEST_F(VersionBurnInTest, HoldsWhenItIsCommittedAgain) {
  one_.MakeReady(Publication::kOffered);
  Flip(one_);
  EXPECT_TRUE(one_.Commit().ok());
  one_.BurnIn();
  EXPECT_TRUE(Flip(one_));
  EXPECT_EQ(one_.serving_number(), 2u);
}

TEST_F(VersionBurnInTest, IsEndedByARollbackAndTheServingVersionGoesOn) {
  ServeTwo(one_);
  one_.MakeReady(Publication::kOffered);
  Flip(one_);
  one_.MakeReady(Publication::kOffered);  // waits for it
  ASSERT_TRUE(one_.Rollback().ok());
  EXPECT_EQ(one_.StateOf(3), VersionState::kRetired);
  EXPECT_EQ(one_.ReasonOf(3), "a rollback came before it served");
  EXPECT_EQ(one_.StateOf(4), VersionState::kRetired);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(Flip(one_));
  EXPECT_EQ(one_.serving_number(), 2u);
  EXPECT_EQ(one_.burn_in_term(), 0u);
}

TEST_F(VersionBurnInTest, IsFollowedByAFurtherRollbackWhenItIsOneItself) {
  ServeTwo(one_);
  ServeTwo(one_);
  EXPECT_EQ(one_.serving_number(), 3u);
  ASSERT_TRUE(one_.Rollback().ok());
  Flip(one_);
  EXPECT_EQ(one_.StateOf(2), VersionState::kBurnIn);
  ASSERT_TRUE(one_.Rollback().ok());
  EXPECT_EQ(one_.StateOf(2), VersionState::kDraining);
  Flip(one_);
  EXPECT_EQ(one_.StateOf(1), VersionState::kBurnIn);
  EXPECT_TRUE(absl::IsFailedPrecondition(one_.Rollback())) << "there is none before it";
  EXPECT_EQ(one_.StateOf(1), VersionState::kBurnIn) << "and that changes nothing";
  one_.Reap();
  EXPECT_EQ(one_.StateOf(2), VersionState::kKept);
  one_.BurnIn();
  EXPECT_TRUE(Flip(one_));
  EXPECT_EQ(one_.serving_number(), 1u);
}

TEST_F(VersionBurnInTest, DoesNotTakeOverOnceItHasFailed) {
  one_.MakeReady(Publication::kOffered);
  Flip(one_);
  one_.NoteBurnInFailed(one_.burn_in_term());
  EXPECT_EQ(one_.burn_in_term(), 0u);
  EXPECT_FALSE(Flip(one_));
  EXPECT_TRUE(one_.RejectCandidate(2, "it failed"));
  EXPECT_EQ(one_.StateOf(2), VersionState::kRejected);
  EXPECT_FALSE(Flip(one_));
  EXPECT_FALSE(one_.RejectCandidate(2, "it failed"));
  EXPECT_EQ(one_.rejections(), 1u);
}

TEST_F(VersionBurnInTest, TakesOverAtOnceWhereNothingServes) {
  VersionSet empty(
      0, [] {}, 0, /*burn_in=*/true);
  empty.Ready(empty.Discover("file", 0), std::make_unique<FakeExecutable>(1), 0, 0,
              Publication::kOffered);
  EXPECT_TRUE(empty.Flip(1));
}

TEST_F(VersionBurnInTest, GivesEveryStretchOfRunningATermOfItsOwn) {
  const auto term = [this] {
    const VersionSet::Running running = one_.AcquireRunning(0, true);
    one_.Release(running.version);
    if (running.beside.version != nullptr) one_.Release(running.beside.version);
    return std::pair(running.term, running.beside.term);
  };
  const auto first = term();
  EXPECT_EQ(first.second, 0u);
  one_.MakeReady(Publication::kOffered);
  Flip(one_);
  const auto burning = term();
  EXPECT_EQ(burning.first, first.first);
  EXPECT_GT(burning.second, first.first);
  one_.BurnIn();
  Flip(one_);
  EXPECT_EQ(term().first, burning.second) << "it is the same stretch";
  one_.Reap();
  ASSERT_TRUE(one_.Rollback().ok());
  Flip(one_);
  EXPECT_GT(term().second, burning.second) << "version 1 begins anew";
}

TEST_F(VersionBurnInTest, TakesOverTogetherWithVersionsThatNeedNone) {
  one_.MakeReady(Publication::kHeld);
  other_.MakeReady(Publication::kHeld);
  ASSERT_TRUE(ChangeBoth(VersionSet::Change::kCommit).ok());
  EXPECT_EQ(FlipAll(), 0);
  EXPECT_EQ(one_.StateOf(2), VersionState::kBurnIn);
  EXPECT_EQ(FlipAll(), 0);
  one_.BurnIn();
  EXPECT_EQ(FlipAll(), 2);
}

TEST_F(VersionBurnInTest, GoesBackTogetherToo) {
  one_.MakeReady(Publication::kHeld);
  other_.MakeReady(Publication::kHeld);
  ASSERT_TRUE(ChangeBoth(VersionSet::Change::kCommit).ok());
  FlipAll();
  one_.BurnIn();
  FlipAll();
  one_.Reap();
  other_.Reap();
  ASSERT_TRUE(ChangeBoth(VersionSet::Change::kRollback).ok());
  EXPECT_EQ(FlipAll(), 0);
  one_.BurnIn();
  EXPECT_EQ(FlipAll(), 2);
  EXPECT_EQ(one_.serving_number(), 1u);
  EXPECT_EQ(other_.serving_number(), 1u);
}

TEST_F(VersionBurnInTest, JoinsAChangeOfSeveralModelsWhileItIsUnderWay) {
  one_.MakeReady(Publication::kOffered);
  FlipAll();
  other_.MakeReady(Publication::kHeld);
  ASSERT_TRUE(ChangeBoth(VersionSet::Change::kCommit).ok());
  EXPECT_EQ(FlipAll(), 0);
  one_.BurnIn();
  EXPECT_EQ(FlipAll(), 2);
}

TEST_F(VersionBurnInTest, TakesTheOthersBackWhenItIsRejectedBeforeTheirTick) {
  one_.MakeReady(Publication::kHeld);
  other_.MakeReady(Publication::kHeld);
  ASSERT_TRUE(ChangeBoth(VersionSet::Change::kCommit).ok());
  FlipAll();
  one_.NoteBurnInFailed(one_.burn_in_term());
  ASSERT_TRUE(one_.RejectCandidate(2, "it failed"));
  EXPECT_EQ(FlipAll(), 0);
  EXPECT_EQ(FlipAll(), 0);
  EXPECT_EQ(other_.StateOf(2), VersionState::kReady);
  EXPECT_EQ(other_.ReasonOf(2), "a version of another model that it was to take over with did not");
  ASSERT_TRUE(other_.Commit().ok()) << "it can be committed alone";
  EXPECT_EQ(FlipAll(), 1);
}

TEST_F(VersionBurnInTest, TakesTheOthersBackWhenARollbackEndsIt) {
  Versions third;
  one_.MakeReady(Publication::kHeld);
  third.MakeReady(Publication::kHeld);
  std::vector<VersionSet*> sets = {&one_, &third};
  size_t index = 0;
  ASSERT_TRUE(VersionSet::ChangeTogether(sets, VersionSet::Change::kCommit, &index).ok());
  Flip(one_);
  Flip(third);
  EXPECT_EQ(third.StateOf(2), VersionState::kBurnIn);
  third.BurnIn();
  ASSERT_TRUE(one_.Rollback().ok());
  EXPECT_FALSE(Flip(third));
  EXPECT_EQ(third.StateOf(2), VersionState::kReady);
  EXPECT_EQ(third.serving_number(), 1u);
}

TEST_F(VersionBurnInTest, JoinsAllThatChangesWithItByTwoCommitsThatShareIt) {
  Versions third(/*burn_in=*/false);
  one_.MakeReady(Publication::kHeld);
  other_.MakeReady(Publication::kHeld);
  third.MakeReady(Publication::kHeld);
  ASSERT_TRUE(ChangeBoth(VersionSet::Change::kCommit).ok());
  FlipAll();
  std::vector<VersionSet*> sets = {&third, &one_};
  size_t index = 0;
  ASSERT_TRUE(VersionSet::ChangeTogether(sets, VersionSet::Change::kCommit, &index).ok());
  one_.NoteBurnInFailed(one_.burn_in_term());
  ASSERT_TRUE(one_.RejectCandidate(2, "it failed"));
  EXPECT_EQ(FlipAll(), 0);
  EXPECT_FALSE(Flip(third));
  EXPECT_EQ(other_.StateOf(2), VersionState::kReady);
  EXPECT_EQ(third.StateOf(2), VersionState::kReady);
}

}  // namespace
}  // namespace graft::runtime
