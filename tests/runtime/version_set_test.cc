#include "runtime/version_set.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tests/runtime/fakes.h"

namespace graft::runtime {
namespace {

using testing::FakeExecutable;

class VersionSetTest : public ::testing::Test {
 protected:
  // A ready version answering `constant`; its life tells when it is freed.
  std::shared_ptr<FakeExecutable::Life> MakeReady(VersionSet& versions, float constant,
                                                  bool publish_now = false) {
    auto life = std::make_shared<FakeExecutable::Life>();
    const uint64_t number = versions.Discover("file", 0);
    versions.Ready(number, std::make_unique<FakeExecutable>(constant, life), 0, 0,
                   publish_now ? Publication::kAtOnce : Publication::kHeld);
    return life;
  }

  static VersionState StateOf(VersionSet& versions, uint64_t number) {
    for (const VersionInfo& info : versions.Describe()) {
      if (info.number == number) return info.state;
    }
    return VersionState::kDiscovered;
  }

  std::atomic<int> wakes_{0};
  VersionSet versions_{1, [this] { ++wakes_; }};
};

TEST_F(VersionSetTest, ServesNothingBeforeTheFirstVersion) {
  EXPECT_EQ(versions_.Acquire(), nullptr);
  EXPECT_EQ(versions_.serving_number(), 0u);
  EXPECT_FALSE(versions_.Flip(1));
}

TEST_F(VersionSetTest, PublishesTheFirstVersionWithoutATickWhenAsked) {
  MakeReady(versions_, 1, /*publish_now=*/true);
  const Version* version = versions_.Acquire();
  ASSERT_NE(version, nullptr);
  EXPECT_EQ(version->number, 1u);
  versions_.Release(version);
  EXPECT_EQ(StateOf(versions_, 1), VersionState::kServing);
}

TEST_F(VersionSetTest, ChangesTheServingVersionOnlyAtAFlip) {
  MakeReady(versions_, 1, true);
  MakeReady(versions_, 2);
  ASSERT_TRUE(versions_.Commit().ok());
  EXPECT_EQ(versions_.serving_number(), 1u);
  EXPECT_TRUE(versions_.Flip(7));
  EXPECT_EQ(versions_.serving_number(), 2u);
  EXPECT_EQ(versions_.Describe()[1].published_tick, 7u);
  EXPECT_FALSE(versions_.Flip(8));
}

TEST_F(VersionSetTest, KeepsAReplacedVersionAliveWhileABatchHoldsIt) {
  VersionSet versions(0, [] {});
  auto old_life = MakeReady(versions, 1, true);
  const Version* held = versions.Acquire();
  MakeReady(versions, 2);
  ASSERT_TRUE(versions.Commit().ok());
  versions.Flip(1);
  versions.Reap();
  EXPECT_FALSE(old_life->destroyed);
  EXPECT_EQ(StateOf(versions, 1), VersionState::kDraining);
  versions.Release(held);
  versions.Reap();
  EXPECT_TRUE(old_life->destroyed);
  EXPECT_EQ(StateOf(versions, 1), VersionState::kRetired);
}

TEST_F(VersionSetTest, WakesTheControlSideWhenTheLastHolderOfAReplacedVersionLeaves) {
  MakeReady(versions_, 1, true);
  const Version* held = versions_.Acquire();
  MakeReady(versions_, 2);
  ASSERT_TRUE(versions_.Commit().ok());
  versions_.Flip(1);
  const int before = wakes_;
  versions_.Release(held);
  EXPECT_EQ(wakes_, before + 1);
}

TEST_F(VersionSetTest, DoesNotWakeTheControlSideForTheServingVersion) {
  MakeReady(versions_, 1, true);
  versions_.Release(versions_.Acquire());
  EXPECT_EQ(wakes_, 0);
}

TEST_F(VersionSetTest, KeepsAsManyReplacedVersionsAsToldAndRetiresTheOldest) {
  std::vector<std::shared_ptr<FakeExecutable::Life>> lives = {MakeReady(versions_, 1, true)};
  for (int i = 2; i <= 4; ++i) {
    lives.push_back(MakeReady(versions_, static_cast<float>(i)));
    ASSERT_TRUE(versions_.Commit().ok());
    versions_.Flip(static_cast<uint64_t>(i));
    versions_.Reap();
  }
  EXPECT_TRUE(lives[0]->destroyed);
  EXPECT_TRUE(lives[1]->destroyed);
  EXPECT_FALSE(lives[2]->destroyed);
  EXPECT_EQ(StateOf(versions_, 3), VersionState::kKept);
  EXPECT_EQ(StateOf(versions_, 4), VersionState::kServing);
}

TEST_F(VersionSetTest, RollsBackToTheVersionBeforeAtTheNextFlip) {
  MakeReady(versions_, 1, true);
  MakeReady(versions_, 2);
  ASSERT_TRUE(versions_.Commit().ok());
  versions_.Flip(1);
  ASSERT_TRUE(versions_.Rollback().ok());
  EXPECT_EQ(versions_.serving_number(), 2u);
  versions_.Flip(2);
  EXPECT_EQ(versions_.serving_number(), 1u);
  versions_.Reap();
  EXPECT_EQ(StateOf(versions_, 2), VersionState::kKept);
  EXPECT_TRUE(absl::IsFailedPrecondition(versions_.Rollback()));
}

TEST_F(VersionSetTest, DropsACandidateThatWaitsForItsTickWhenARollbackComes) {
  MakeReady(versions_, 1, true);
  MakeReady(versions_, 2);
  ASSERT_TRUE(versions_.Commit().ok());
  versions_.Flip(1);
  auto candidate = MakeReady(versions_, 3);
  ASSERT_TRUE(versions_.Commit().ok());
  ASSERT_TRUE(versions_.Rollback().ok());
  versions_.Flip(2);
  versions_.Reap();
  EXPECT_EQ(versions_.serving_number(), 1u);
  EXPECT_TRUE(candidate->destroyed);
}

TEST_F(VersionSetTest, RetiresACandidateThatANewerOneOvertakesBeforeItServed) {
  MakeReady(versions_, 1, true);
  auto overtaken = MakeReady(versions_, 2);
  ASSERT_TRUE(versions_.Commit().ok());
  MakeReady(versions_, 3);
  ASSERT_TRUE(versions_.Commit().ok());
  versions_.Flip(1);
  versions_.Reap();
  EXPECT_EQ(versions_.serving_number(), 3u);
  EXPECT_TRUE(overtaken->destroyed);
  EXPECT_EQ(StateOf(versions_, 2), VersionState::kRetired);
}

TEST_F(VersionSetTest, LeavesTheServingVersionWhenACandidateIsRejected) {
  MakeReady(versions_, 1, true);
  const uint64_t number = versions_.Discover("bad", 0);
  versions_.Reject(number, "bad: torn");
  EXPECT_TRUE(absl::IsFailedPrecondition(versions_.Commit()));
  EXPECT_FALSE(versions_.Flip(1));
  EXPECT_EQ(versions_.serving_number(), 1u);
  EXPECT_EQ(versions_.rejections(), 1u);
  EXPECT_EQ(versions_.Describe()[1].reason, "bad: torn");
}

TEST_F(VersionSetTest, ForgetsOldRejectionsButNoLoadedVersion) {
  MakeReady(versions_, 1, true);
  for (size_t i = 0; i < 3 * VersionSet::kHistory; ++i) {
    versions_.Reject(versions_.Discover("bad", 0), "bad");
  }
  const std::vector<VersionInfo> infos = versions_.Describe();
  EXPECT_EQ(infos.size(), VersionSet::kHistory);
  EXPECT_EQ(infos.front().number, 1u);
  EXPECT_EQ(infos.back().number, 1 + 3 * VersionSet::kHistory);
}

// The promise behind everything: whoever holds a version never sees it die, whatever flips
// meanwhile.
TEST_F(VersionSetTest, NeverFreesAVersionInUseWhileFourThreadsAcquireAndVersionsFlip) {
  constexpr int kSwaps = 2000;
  VersionSet versions(1, [] {});
  MakeReady(versions, 1, true);
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::atomic<uint64_t> uses{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const float observation = 0;
      float action[2];
      const void* in[] = {&observation};
      void* out[] = {action};
      while (!done) {
        const Version* version = versions.Acquire();
        const uint64_t number = version->number;
        if (!version->executable->Run(1, in, out).ok() || action[0] != static_cast<float>(number)) {
          ++wrong;
        }
        versions.Release(version);
        ++uses;
      }
    });
  }
  while (uses < 4) std::this_thread::yield();
  for (int i = 0; i < kSwaps; ++i) {
    MakeReady(versions, static_cast<float>(i + 2));
    ASSERT_TRUE(versions.Commit().ok());
    versions.Flip(static_cast<uint64_t>(i));
    versions.Reap();
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(versions.serving_number(), 1u + kSwaps);
}

TEST_F(VersionSetTest, PutsANewerCandidateInThePlaceOfTheOneThatPends) {
  MakeReady(versions_, 1, true);
  const auto overtaken = MakeReady(versions_, 2);
  ASSERT_TRUE(versions_.Commit().ok());
  versions_.Ready(versions_.Discover("file", 0), std::make_unique<FakeExecutable>(3), 0, 0,
                  Publication::kOffered);
  versions_.Reap();
  EXPECT_TRUE(overtaken->destroyed);
  EXPECT_EQ(StateOf(versions_, 2), VersionState::kRetired);
  ASSERT_TRUE(versions_.Flip(1));
  EXPECT_EQ(versions_.serving_number(), 3u);
}

TEST_F(VersionSetTest, PublishesWhatWasCommittedAlsoWhenANewerCandidateWaits) {
  MakeReady(versions_, 1, true);
  MakeReady(versions_, 2);
  ASSERT_TRUE(versions_.Commit().ok());
  MakeReady(versions_, 3);
  ASSERT_TRUE(versions_.Flip(1));
  EXPECT_EQ(versions_.serving_number(), 2u);
  ASSERT_TRUE(versions_.Commit().ok());
  ASSERT_TRUE(versions_.Flip(2));
  EXPECT_EQ(versions_.serving_number(), 3u);
}

TEST_F(VersionSetTest, TellsWhatHappenedInOrder) {
  MakeReady(versions_, 1, true);
  versions_.Reject(versions_.Discover("bad", 0), "no model");
  MakeReady(versions_, 3);
  ASSERT_TRUE(versions_.Commit().ok());
  versions_.Flip(5);
  std::vector<std::pair<uint64_t, VersionState>> seen;
  for (const VersionEvent& event : versions_.TakeEvents()) {
    seen.emplace_back(event.number, event.state);
    EXPECT_EQ(event.tick, event.number == 3 && event.state == VersionState::kServing ? 5u : 0u);
    EXPECT_EQ(event.reason, event.state == VersionState::kRejected ? "no model" : "");
  }
  const std::vector<std::pair<uint64_t, VersionState>> expected = {
      {1, VersionState::kDiscovered}, {1, VersionState::kReady},    {1, VersionState::kServing},
      {2, VersionState::kDiscovered}, {2, VersionState::kRejected}, {3, VersionState::kDiscovered},
      {3, VersionState::kReady},      {1, VersionState::kDraining}, {3, VersionState::kServing}};
  EXPECT_EQ(seen, expected);
  EXPECT_TRUE(versions_.TakeEvents().empty());
}

// Two models whose versions must change together.
class VersionGroupTest : public VersionSetTest {
 protected:
  VersionGroupTest() {
    for (VersionSet* set : sets_) MakeReady(*set, 1, true);
  }

  absl::Status CommitBoth() {
    size_t index = 0;
    return VersionSet::ChangeTogether(sets_, VersionSet::Change::kCommit, &index);
  }
  // As Runtime::Tick.
  int FlipAll(int64_t now_ns) {
    bool hold = false;
    for (VersionSet* set : sets_) hold |= set->HoldsGroup(now_ns);
    int flips = 0;
    for (VersionSet* set : sets_) flips += set->Flip(++tick_, now_ns, hold) ? 1 : 0;
    return flips;
  }

  VersionSet one_{1, [] {}, /*fade_ns=*/100};
  VersionSet other_{1, [] {}, /*fade_ns=*/100};
  std::vector<VersionSet*> sets_ = {&one_, &other_};
  uint64_t tick_ = 0;
};

TEST_F(VersionGroupTest, ChangesNoneWhenOneHasNoCandidate) {
  MakeReady(one_, 2);
  size_t index = 0;
  EXPECT_TRUE(absl::IsFailedPrecondition(
      VersionSet::ChangeTogether(sets_, VersionSet::Change::kCommit, &index)));
  EXPECT_EQ(index, 1u);
  EXPECT_EQ(FlipAll(0), 0);
  EXPECT_EQ(StateOf(one_, 2), VersionState::kReady);
}

TEST_F(VersionGroupTest, ChangesAllAtOneTickAndBackAgain) {
  MakeReady(one_, 2);
  MakeReady(other_, 2);
  ASSERT_TRUE(CommitBoth().ok());
  EXPECT_EQ(FlipAll(0), 2);
  size_t index = 0;
  ASSERT_TRUE(VersionSet::ChangeTogether(sets_, VersionSet::Change::kRollback, &index).ok());
  EXPECT_EQ(FlipAll(1000), 2);
  EXPECT_EQ(one_.serving_number(), 1u);
  EXPECT_EQ(other_.serving_number(), 1u);
}

TEST_F(VersionGroupTest, WaitsForTheFadeOfEveryOne) {
  MakeReady(one_, 2);
  ASSERT_TRUE(one_.Commit().ok());
  EXPECT_EQ(FlipAll(0), 1);
  MakeReady(one_, 3);
  MakeReady(other_, 2);
  ASSERT_TRUE(CommitBoth().ok());
  EXPECT_EQ(FlipAll(50), 0) << "one of them still fades";
  EXPECT_EQ(FlipAll(100), 2);
}

TEST_F(VersionGroupTest, KeepsTogetherWhenANewerCandidateTakesOnesPlace) {
  MakeReady(one_, 2);
  MakeReady(other_, 2);
  ASSERT_TRUE(CommitBoth().ok());
  one_.Ready(one_.Discover("file", 0), std::make_unique<FakeExecutable>(3), 0, 0,
             Publication::kOffered);
  EXPECT_EQ(FlipAll(0), 2);
  EXPECT_EQ(one_.serving_number(), 3u);
  EXPECT_EQ(other_.serving_number(), 2u);
}

class VersionFadeTest : public VersionSetTest {
 protected:
  VersionFadeTest() {
    MakeReady(set_, 1, true);
    MakeReady(set_, 2);
    EXPECT_TRUE(set_.Commit().ok());
    EXPECT_TRUE(set_.Flip(1, kStart));
  }

  // How far the fade is; the numbers of the serving and the fading version.
  struct Look {
    uint64_t serving = 0;
    uint64_t fading = 0;
    double faded = 0;
    friend bool operator==(const Look&, const Look&) = default;
  };
  Look LookAt(int64_t now_ns) {
    const VersionSet::Running running = set_.AcquireRunning(now_ns, /*trials=*/true);
    Look look{running.version->number, 0, running.beside.faded};
    if (running.beside.role == CompanionRole::kFades) {
      look.fading = running.beside.version->number;
      set_.Release(running.beside.version);
    }
    set_.Release(running.version);
    return look;
  }

  static constexpr int64_t kStart = 1000;
  static constexpr int64_t kFade = 100;
  VersionSet set_{0, [this] { ++wakes_; }, kFade};
};

TEST_F(VersionFadeTest, RunsTheOldVersionBesideTheNewOneUntilItHasFaded) {
  EXPECT_EQ(LookAt(kStart), (Look{2, 1, 0}));
  EXPECT_EQ(LookAt(kStart + 25), (Look{2, 1, 0.25}));
  EXPECT_EQ(LookAt(kStart + kFade), (Look{2, 0, 1}));
}

TEST_F(VersionFadeTest, KeepsTheFadingVersionLoadedAndFreesItAfterwards) {
  EXPECT_TRUE(set_.Reap().empty());
  EXPECT_EQ(StateOf(set_, 1), VersionState::kDraining);
  set_.HoldsGroup(kStart + kFade);
  EXPECT_EQ(set_.Reap().size(), 1u);
  EXPECT_EQ(StateOf(set_, 1), VersionState::kRetired);
}

TEST_F(VersionFadeTest, LetsTheNextVersionWaitUntilTheFadeHasEnded) {
  MakeReady(set_, 3);
  ASSERT_TRUE(set_.Commit().ok());
  EXPECT_FALSE(set_.Flip(2, kStart + 50));
  EXPECT_TRUE(set_.Flip(3, kStart + kFade));
  EXPECT_EQ(LookAt(kStart + kFade), (Look{3, 2, 0}));
}

TEST_F(VersionFadeTest, TurnsRoundForARollbackFromWhereItIs) {
  ASSERT_TRUE(set_.Rollback().ok());
  EXPECT_TRUE(set_.Flip(2, kStart + 25));
  EXPECT_EQ(LookAt(kStart + 25), (Look{1, 2, 0.75}));
  EXPECT_EQ(LookAt(kStart + 50), (Look{1, 0, 1}));
}

class VersionTrialTest : public VersionSetTest {
 protected:
  VersionTrialTest() {
    MakeReady(versions_, 1, true);
    tried_ = MakeReady(versions_, 2);
    EXPECT_TRUE(versions_.StartTrial().ok());
    EXPECT_TRUE(versions_.Flip(1));
  }

  std::shared_ptr<FakeExecutable::Life> tried_;
};

TEST_F(VersionTrialTest, RunsBesideTheServingVersion) {
  EXPECT_EQ(StateOf(versions_, 2), VersionState::kTrial);
  EXPECT_EQ(versions_.serving_number(), 1u);
  const Version* trial = versions_.AcquireTrial(nullptr);
  ASSERT_NE(trial, nullptr);
  EXPECT_EQ(trial->number, 2u);
  versions_.Release(trial);
}

TEST_F(VersionTrialTest, TakesOverWhenItIsCommitted) {
  ASSERT_TRUE(versions_.Commit().ok());
  ASSERT_TRUE(versions_.Flip(2));
  EXPECT_EQ(StateOf(versions_, 2), VersionState::kServing);
  EXPECT_EQ(versions_.serving_number(), 2u);
}

TEST_F(VersionTrialTest, IsFreedOnceNoBatchHoldsItWhenItIsRejected) {
  const Version* trial = versions_.AcquireTrial(nullptr);
  EXPECT_TRUE(versions_.RejectCandidate(2, "too different"));
  EXPECT_EQ(StateOf(versions_, 2), VersionState::kRejected);
  EXPECT_EQ(versions_.AcquireTrial(nullptr), nullptr);
  versions_.Reap();
  EXPECT_FALSE(tried_->destroyed);
  versions_.Release(trial);
  versions_.Reap();
  EXPECT_TRUE(tried_->destroyed);
}

TEST_F(VersionTrialTest, GivesWayToANewerVersionThatServes) {
  MakeReady(versions_, 3);
  ASSERT_TRUE(versions_.Commit().ok());
  ASSERT_TRUE(versions_.Flip(2));
  EXPECT_EQ(StateOf(versions_, 2), VersionState::kRetired);
  EXPECT_EQ(versions_.serving_number(), 3u);
  versions_.Reap();
  EXPECT_TRUE(tried_->destroyed);
}

}  // namespace
}  // namespace graft::runtime
