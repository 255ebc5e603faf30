// Loads and frees that let the frames go first.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "models/tensor/pacing.h"
#include "runtime/model.h"
#include "tests/runtime/fakes.h"
#include "tests/runtime/model_fixture.h"
#include "tests/runtime/simulated_frames.h"

namespace graft::runtime {
namespace {

using testing::FakeExecutable;
using testing::kMillisecond;
using testing::ModelTest;
using testing::SimulatedFrames;

// Loads and frees beside a simulated host whose workers never rest.
class PacedModelTest : public ModelTest {
 protected:
  PacedModelTest() {
    frames_ = &host_;
    host_.batch_ns = host_.period_ns;
    host_.Pass(50 * kMillisecond);
    directory_.Write("a.pt", "1");
  }

  SimulatedFrames host_;
};

TEST_F(PacedModelTest, LetsFramesGoFirstAtThePointsOfALoad) {
  options_.pace.stretch = 3;
  ASSERT_TRUE(Open().ok());
  EXPECT_TRUE(host_.pauses.empty()) << "the host waits for its first version";
  loader_->on_load = [&](const std::string&) {
    for (int piece = 0; piece < 1000; ++piece) {
      host_.Pass(kMillisecond / 10);
      models::PacingPoint();
    }
  };
  const int64_t begin_ns = host_.NowNs();
  ASSERT_TRUE(model_->Load(directory_.File("a.pt"), 0, nullptr).ok());
  while (queue_.RunOne()) {
  }
  EXPECT_EQ(Newest().state, VersionState::kReady);
  EXPECT_NEAR(static_cast<double>(host_.NowNs() - begin_ns) / kMillisecond, 300, 25);
  EXPECT_EQ(models::CurrentPacing(), nullptr);
}

TEST_F(PacedModelTest, EndsALoadThatIsCancelledInAPause) {
  ASSERT_TRUE(Open().ok());
  int points = 0;
  loader_->on_load = [&](const std::string&) {
    for (; points < 10; ++points) {
      host_.Pass(kMillisecond / 10);
      models::PacingPoint();
    }
  };
  size_t pauses = 0;
  host_.on_sleep = [&] {
    if (points == 0) return;  // before it began
    model_->CancelLoads();
    pauses = host_.pauses.size();
  };
  ASSERT_TRUE(model_->Load(directory_.File("a.pt"), 0, nullptr).ok());
  while (queue_.RunOne()) {
  }
  EXPECT_EQ(points, 10);
  EXPECT_GT(pauses, 0u);
  EXPECT_EQ(host_.pauses.size(), pauses) << "once cancelled, it is not held up";
  EXPECT_EQ(Newest().state, VersionState::kRejected);
}

TEST_F(PacedModelTest, FreesARetiredVersionOnALoaderThreadBetweenFrames) {
  options_.keep = 0;
  std::vector<bool> paced;
  on_ready_ = [&](FakeExecutable& executable) {
    auto life = std::make_shared<FakeExecutable::Life>();
    life->on_destroy = [&] {
      paced.push_back(models::CurrentPacing() != nullptr);
      host_.Pass(kMillisecond / 10);
      models::PacingPoint();
    };
    executable.set_life(life);
  };
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(model_->Load(directory_.File("a.pt"), 0, nullptr).ok());
  ASSERT_TRUE(queue_.RunOne());
  Tick();
  const size_t pauses = host_.pauses.size();
  model_->Visit(clock_.NowNs(), arrived_);
  EXPECT_TRUE(paced.empty()) << "not on the watcher's thread";
  ASSERT_TRUE(queue_.RunOne());
  EXPECT_EQ(paced, std::vector<bool>{true});
  EXPECT_GT(host_.pauses.size(), pauses);
  EXPECT_FALSE(queue_.RunOne());
  model_.reset();  // the version that serves is destroyed while `paced` is there
}

TEST_F(PacedModelTest, ClosesAtOnceWhileALoadIsHeldUp) {
  ASSERT_TRUE(Open().ok());
  std::atomic<bool> held_up{false};
  std::atomic<bool> closing{false};
  loader_->until_cancelled = true;
  loader_->on_load = [&](const std::string&) {
    while (!closing) {
      host_.Pass(kMillisecond / 10);
      models::PacingPoint();
      held_up = true;
    }
  };
  ASSERT_TRUE(model_->Load(directory_.File("a.pt"), 0, nullptr).ok());
  LoadQueue& queue = queue_;
  std::thread load([&queue] { queue.RunOne(); });
  while (!held_up) std::this_thread::yield();
  closing = true;
  model_.reset();  // would wait for ever if the load did not end
  load.join();
}

}  // namespace
}  // namespace graft::runtime
