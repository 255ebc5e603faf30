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
    versions.Ready(number, std::make_unique<FakeExecutable>(constant, life), 0, 0, publish_now);
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

}  // namespace
}  // namespace graft::runtime
