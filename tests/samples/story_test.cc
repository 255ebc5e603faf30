#include "samples/03_cartpole_swarm/story.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "samples/03_cartpole_swarm/frame_log.h"

namespace graft::samples {
namespace {

using Events = std::vector<std::string>;

class StoryTest : public testing::Test {
 protected:
  StoryTest() {
    stats_.serving_version = 1;
    stats_.versions_served = 1;
  }
  Story Tell(std::vector<Story::Step> steps) {
    return Story(std::move(steps), "novice", stats_,
                 [this](const Delivery& delivery) { delivered_.push_back(FileName(delivery)); });
  }
  void Serve(uint64_t version) {
    stats_.serving_version = version;
    ++stats_.versions_served;
  }

  graft_model_stats stats_{};
  std::vector<std::string> delivered_;
};

TEST_F(StoryTest, TellsWhoServesFromTheStart) {
  Story story = Tell({});
  EXPECT_EQ(story.Update(0, stats_), Events{"serve novice 1"});
  EXPECT_EQ(story.Update(1, stats_), Events{});
  EXPECT_EQ(story.stage_of(1), "novice");
  EXPECT_EQ(story.stage_of(2), "");
}

TEST_F(StoryTest, DeliversAtTheFrameAndTellsWhatBecameOfIt) {
  Story story = Tell({{5, {.stage = "better"}}, {9, {.stage = "expert", .torn = true}}});
  story.Update(4, stats_);
  EXPECT_TRUE(delivered_.empty());
  EXPECT_EQ(story.Update(5, stats_), Events{"deliver better.pt"});
  EXPECT_EQ(delivered_, Events{"better.pt"});
  EXPECT_TRUE(story.undecided());
  Serve(2);
  EXPECT_EQ(story.Update(6, stats_), Events{"serve better 2"});
  EXPECT_EQ(story.stage_of(2), "better");
  EXPECT_FALSE(story.went_well());

  story.Update(9, stats_);
  ++stats_.versions_rejected;
  EXPECT_EQ(story.Update(10, stats_), Events{"refuse expert-torn.pt"});
  EXPECT_TRUE(story.went_well());
}

TEST_F(StoryTest, HoldsTheNextDeliveryBackUntilTheLastIsDecided) {
  Story story = Tell({{1, {.stage = "better"}}, {2, {.stage = "expert"}}});
  story.Update(1, stats_);
  story.Update(2, stats_);
  EXPECT_EQ(delivered_, Events{"better.pt"});
  Serve(2);
  EXPECT_EQ(story.Update(3, stats_), (Events{"serve better 2", "deliver expert.pt"}));
}

TEST_F(StoryTest, DoesNotGoWellWhenATornFileIsServed) {
  Story story = Tell({{1, {.stage = "expert", .torn = true}}});
  story.Update(1, stats_);
  Serve(2);
  story.Update(2, stats_);
  EXPECT_FALSE(story.went_well());
}

TEST(FrameLog, SumsUp) {
  FrameLog log(100);
  for (int i = 1; i <= 100; ++i) {
    log.Add({.work_us = static_cast<double>(i),
             .standing = i <= 50 ? 10u : 30u,
             .version = i <= 50 ? 1u : 2u,
             .fresh = i > 3});
  }
  EXPECT_EQ(log.work_times().p50_us, 50);
  EXPECT_EQ(log.work_times().p99_us, 99);
  EXPECT_EQ(log.work_times().max_us, 100);
  EXPECT_EQ(log.missed(), 2u);  // the very first frame can have none
  EXPECT_EQ(log.over(90), 10u);
  EXPECT_EQ(log.standing_under(1), 10);
  EXPECT_EQ(log.standing_under(2), 30);
  EXPECT_EQ(log.standing_under(3), 0);
}

}  // namespace
}  // namespace graft::samples
