// The whole core at once: real threads, real watcher, fake models.
#include "runtime/runtime.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "tests/runtime/fakes.h"

namespace graft::runtime {
namespace {

using Answer = AgentGroup::Answer;
using testing::FakeLoader;
using testing::TempDirectory;

class RuntimeTest : public ::testing::Test {
 protected:
  void Start(std::unique_ptr<Executor> executor) {
    runtime_ = std::make_unique<Runtime>(RuntimeOptions{}, std::move(executor), Clock::Real(),
                                         RuntimeHooks{});
  }

  ModelOptions Options(const std::string& name) {
    ModelOptions options;
    options.name = name;
    options.source = directory_.File(name + ".pt");
    options.stable_ns = 1'000'000;
    options.poll_ns = 20'000'000;
    return options;
  }

  Model* OpenModel(ModelOptions options) {
    absl::StatusOr<Model*> model =
        runtime_->OpenModel(std::move(options), std::make_unique<FakeLoader>());
    EXPECT_TRUE(model.ok()) << model.status();
    return *model;
  }

  std::unique_ptr<AgentGroup> OpenGroup(Model& model, uint32_t agents) {
    absl::StatusOr<std::unique_ptr<AgentGroup>> group =
        runtime_->OpenGroup(model, {.agents = agents});
    EXPECT_TRUE(group.ok()) << group.status();
    return *std::move(group);
  }

  TempDirectory directory_;
  std::unique_ptr<Runtime> runtime_;
};

TEST_F(RuntimeTest, FlipsAllModelsAtTheSameTick) {
  Start(nullptr);
  directory_.Write("a.pt", "1");
  directory_.Write("b.pt", "1");
  Model* a = OpenModel(Options("a"));
  Model* b = OpenModel(Options("b"));
  ASSERT_TRUE(a->Load(directory_.File("a.pt"), -1, nullptr).ok());
  ASSERT_TRUE(b->Load(directory_.File("b.pt"), -1, nullptr).ok());
  TickInfo info;
  ASSERT_TRUE(runtime_->Tick(&info));
  EXPECT_EQ(info.swaps, 2u);
  EXPECT_EQ(info.tick, 1u);
  EXPECT_EQ(a->versions().serving_number(), 2u);
  EXPECT_EQ(b->versions().serving_number(), 2u);
}

// Ticks all the time: a tick that saw only one of the two changes would show.
TEST_F(RuntimeTest, ChangesSeveralModelsAtOneTickOrNone) {
  Start(nullptr);
  directory_.Write("a.pt", "1");
  directory_.Write("b.pt", "1");
  std::vector<Model*> models;
  for (const std::string name : {"a", "b"}) {
    ModelOptions options = Options(name);
    options.manual_commit = true;
    options.watch = false;
    models.push_back(OpenModel(options));
  }
  EXPECT_TRUE(
      absl::IsFailedPrecondition(runtime_->ChangeTogether(models, VersionSet::Change::kCommit)));
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> torn{0};
  std::thread ticker([&] {
    TickInfo info;
    while (!stop) {
      runtime_->Tick(&info);
      if (info.swaps == 1) ++torn;
    }
  });
  for (int i = 0; i < 300; ++i) {
    for (Model* model : models) {
      ASSERT_TRUE(model->Load(directory_.File("a.pt"), -1, nullptr).ok());
    }
    ASSERT_TRUE(runtime_->ChangeTogether(models, VersionSet::Change::kCommit).ok());
    const uint64_t expected = static_cast<uint64_t>(i) + 2;
    while (models[0]->versions().serving_number() != expected ||
           models[1]->versions().serving_number() != expected) {
      std::this_thread::yield();
    }
  }
  stop = true;
  ticker.join();
  EXPECT_EQ(torn, 0u);
}

TEST_F(RuntimeTest, FollowsAFileThroughTheRealWatcher) {
  Start(nullptr);
  directory_.Write("a.pt", "1");
  Model* a = OpenModel(Options("a"));
  directory_.Write("a.pt", "22");
  TickInfo info;
  while (info.swaps == 0) {
    ASSERT_TRUE(runtime_->Tick(&info));
    std::this_thread::yield();
  }
  EXPECT_EQ(a->versions().serving_number(), 2u);
}

TEST_F(RuntimeTest, NoticesAFileThroughTheKernelLongBeforeItWouldLookAgain) {
  Start(nullptr);
  directory_.Write("a.pt", "1");
  ModelOptions options = Options("a");
  options.poll_ns = 3'600'000'000'000;
  OpenModel(options);
  directory_.Write("a.pt", "22");
  TickInfo info;
  while (info.swaps == 0) {
    ASSERT_TRUE(runtime_->Tick(&info));
    std::this_thread::yield();
  }
}

TEST_F(RuntimeTest, RefusesASecondTickFromAnotherThreadAtTheSameTime) {
  Start(nullptr);
  std::atomic<uint64_t> refused{0};
  std::atomic<uint64_t> done{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) ++(runtime_->Tick(nullptr) ? done : refused);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done + refused, 8000u);
  EXPECT_EQ(runtime_->last_tick(), done);
}

TEST_F(RuntimeTest, WakesAParkedLaneFrameAfterFrameAndStartsItOnce) {
  RuntimeOptions options;
  options.scheduler = {.spin_ns = 0, .park_ns = 3'600'000'000'000};  // closing must not wait for it
  runtime_ =
      std::make_unique<Runtime>(options, MakeThreadExecutor(1), Clock::Real(), RuntimeHooks{});
  directory_.Write("a.pt", "1");
  Model* model = OpenModel(Options("a"));
  auto group = OpenGroup(*model, 1);
  for (int frame = 0; frame < 500; ++frame) {
    uint64_t ticket = 0;
    ASSERT_NE(group->Input(), nullptr);
    ASSERT_EQ(group->Submit(1, false, 0, &ticket), Answer::kOk);
    ASSERT_TRUE(runtime_->Tick(nullptr));
    while (group->Poll(ticket) == Answer::kPending) std::this_thread::yield();
    ASSERT_EQ(group->Poll(ticket), Answer::kOk);
  }
  EXPECT_EQ(runtime_->scheduler()->lane_starts(), 1u);
  runtime_->CloseGroup(std::move(group));
}

// Three schedulers that believe to share one thread ask each other for it all the time; each must
// get every frame done, also while others come and go.
TEST_F(RuntimeTest, PassesASharedThreadOnAmongSchedulersThatComeAndGo) {
  directory_.Write("a.pt", "1");
  std::vector<std::thread> hosts;
  for (int h = 0; h < 3; ++h) {
    hosts.emplace_back([&] {
      for (int life = 0; life < 10; ++life) {
        RuntimeOptions options;
        options.scheduler = {.spin_ns = 0, .park_ns = 3'600'000'000'000};
        Runtime runtime(options, MakeThreadExecutor(1, /*shared_threads=*/1), Clock::Real(),
                        RuntimeHooks{});
        ModelOptions model_options = Options("a");
        model_options.watch = false;
        Model* model = *runtime.OpenModel(model_options, std::make_unique<FakeLoader>());
        auto group = *runtime.OpenGroup(*model, {.agents = 1});
        for (int frame = 0; frame < 50; ++frame) {
          uint64_t ticket = 0;
          ASSERT_NE(group->Input(), nullptr);
          ASSERT_EQ(group->Submit(1, false, 0, &ticket), Answer::kOk);
          ASSERT_TRUE(runtime.Tick(nullptr));
          while (group->Poll(ticket) == Answer::kPending) std::this_thread::yield();
          ASSERT_EQ(group->Poll(ticket), Answer::kOk);
        }
        runtime.CloseGroup(std::move(group));
      }
    });
  }
  for (std::thread& host : hosts) host.join();
}

TEST_F(RuntimeTest, ClosesAModelWhileTicksGoOn) {
  Start(MakeThreadExecutor(2));
  directory_.Write("a.pt", "1");
  std::atomic<bool> stop{false};
  std::thread ticker([&] {
    while (!stop) runtime_->Tick(nullptr);
  });
  for (int i = 0; i < 50; ++i) {
    Model* model = OpenModel(Options("a"));
    auto group = OpenGroup(*model, 4);
    uint64_t ticket = 0;
    ASSERT_NE(group->Input(), nullptr);
    ASSERT_EQ(group->Submit(4, false, 0, &ticket), Answer::kOk);
    if (i % 2 == 0) {
      ASSERT_EQ(group->Wait(ticket, -1), Answer::kOk);
    }
    runtime_->CloseGroup(std::move(group));
    runtime_->CloseModel(model);
  }
  stop = true;
  ticker.join();
}

TEST_F(RuntimeTest, ClosesInTheMiddleOfALoad) {
  Start(nullptr);
  directory_.Write("a.pt", "1");
  Model* model = OpenModel(Options("a"));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(model->Load(directory_.File("a.pt"), 0, nullptr).ok());
  runtime_.reset();
}

}  // namespace
}  // namespace graft::runtime
