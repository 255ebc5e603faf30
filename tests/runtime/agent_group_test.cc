// AgentGroup, Batcher and Scheduler together: the road of one observation.
#include "runtime/agent_group.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "runtime/scheduler.h"
#include "tests/runtime/fakes.h"

namespace graft::runtime {
namespace {

using Answer = AgentGroup::Answer;
using testing::FakeClock;
using testing::FakeExecutable;
using testing::ManualExecutor;

class AgentGroupTest : public ::testing::Test {
 protected:
  AgentGroupTest() {
    auto executor = std::make_unique<ManualExecutor>();
    executor_ = executor.get();
    scheduler_ = std::make_unique<Scheduler>(std::move(executor),
                                             SchedulerOptions{.spin_ns = 0, .park_ns = 0}, clock_,
                                             host_core_, ThreadHooks{});
    life_->record = true;
    MakeBatcher({.schema = testing::OneFloatSchema()});
  }

  void MakeBatcher(BatcherOptions options) {
    batcher_ = *Batcher::Create(std::move(options), versions_, scheduler_.get(), clock_);
  }

  void Serve(float constant) {
    const bool first = versions_.serving_number() == 0;
    versions_.Ready(versions_.Discover("file", 0),
                    std::make_unique<FakeExecutable>(constant, life_), 0, 0,
                    first ? Publication::kAtOnce : Publication::kHeld);
    if (first) return;
    ASSERT_TRUE(versions_.Commit().ok());
    versions_.Flip(++tick_);
  }

  std::unique_ptr<AgentGroup> OpenGroup(uint32_t agents, uint32_t depth = 4) {
    absl::StatusOr<std::unique_ptr<AgentGroup>> group =
        AgentGroup::Open(*batcher_, {.agents = agents, .depth = depth}, {});
    EXPECT_TRUE(group.ok()) << group.status();
    return *std::move(group);
  }

  static void Write(AgentGroup& group, std::vector<float> observations) {
    Block* block = group.Input();
    ASSERT_NE(block, nullptr);
    std::copy(observations.begin(), observations.end(), reinterpret_cast<float*>(block->inputs[0]));
  }

  static uint64_t Submit(AgentGroup& group, std::vector<float> observations) {
    const uint32_t agents = static_cast<uint32_t>(observations.size());
    Write(group, std::move(observations));
    uint64_t ticket = 0;
    EXPECT_EQ(group.Submit(agents, /*now=*/false, 0, &ticket), Answer::kOk);
    return ticket;
  }

  static std::vector<float> Actions(const Block* block) {
    const float* actions = reinterpret_cast<const float*>(block->outputs[0]);
    return {actions, actions + 2 * block->agents};
  }

  Batcher::Closed Tick() { return batcher_->CloseTick(++tick_); }
  void RunWorkers() {
    while (executor_->RunOne()) {
    }
  }

  FakeClock clock_;
  HostCore host_core_;
  std::shared_ptr<FakeExecutable::Life> life_ = std::make_shared<FakeExecutable::Life>();
  ManualExecutor* executor_ = nullptr;
  std::unique_ptr<Scheduler> scheduler_;
  VersionSet versions_{4, [] {}};
  std::unique_ptr<Batcher> batcher_;
  uint64_t tick_ = 0;
};

TEST_F(AgentGroupTest, AnswersEveryRowWithItsVersionAndTick) {
  Serve(5);
  auto group = OpenGroup(3);
  const uint64_t ticket = Submit(*group, {10, 20, 30});
  EXPECT_EQ(group->Poll(ticket), Answer::kPending);
  EXPECT_EQ(group->Latest(), nullptr);
  Tick();
  EXPECT_EQ(group->Poll(ticket), Answer::kPending);
  RunWorkers();
  EXPECT_EQ(group->Poll(ticket), Answer::kOk);
  const Block* newest = group->Latest();
  ASSERT_NE(newest, nullptr);
  EXPECT_EQ(Actions(newest), (std::vector<float>{5, 10, 5, 20, 5, 30}));
  EXPECT_EQ(newest->version, 1u);
  EXPECT_EQ(newest->tick, 1u);
  EXPECT_EQ(newest->ticket, ticket);
}

TEST_F(AgentGroupTest, PutsTheRowsOfAllGroupsIntoOneForward) {
  Serve(5);
  auto a = OpenGroup(4);
  auto b = OpenGroup(4);
  Submit(*a, {1, 2});
  Submit(*b, {3, 4, 5});
  const Batcher::Closed closed = Tick();
  EXPECT_EQ(closed.batches, 1u);
  EXPECT_EQ(closed.rows, 5u);
  RunWorkers();
  EXPECT_EQ(life_->row_counts, (std::vector<int64_t>{5}));
  EXPECT_EQ(Actions(a->Latest()), (std::vector<float>{5, 1, 5, 2}));
  EXPECT_EQ(Actions(b->Latest()), (std::vector<float>{5, 3, 5, 4, 5, 5}));
  EXPECT_EQ(batcher_->counters().gathered_parts, 1u);
}

TEST_F(AgentGroupTest, CopiesNothingWhenOneGroupFillsTheBatch) {
  Serve(5);
  auto group = OpenGroup(4);
  Submit(*group, {1, 2, 3});
  Tick();
  RunWorkers();
  EXPECT_EQ(batcher_->counters().gathered_parts, 0u);
}

TEST_F(AgentGroupTest, CutsABatchIntoPartsOfAtMostTheModelsMaximum) {
  MakeBatcher({.schema = testing::OneFloatSchema(), .max_rows = 3});
  Serve(5);
  auto a = OpenGroup(8);
  auto b = OpenGroup(8);
  Submit(*a, {1, 2, 3, 4});
  Submit(*b, {5, 6, 7});
  Tick();
  RunWorkers();
  EXPECT_EQ(life_->row_counts, (std::vector<int64_t>{3, 3, 1}));
  EXPECT_EQ(Actions(a->Latest()), (std::vector<float>{5, 1, 5, 2, 5, 3, 5, 4}));
  EXPECT_EQ(Actions(b->Latest()), (std::vector<float>{5, 5, 5, 6, 5, 7}));
}

TEST_F(AgentGroupTest, RunsABatchOnTheVersionThatServedWhenItWasClosed) {
  Serve(5);
  auto group = OpenGroup(1);
  const uint64_t before = Submit(*group, {1});
  Tick();
  Serve(6);
  const uint64_t after = Submit(*group, {2});
  Tick();
  RunWorkers();
  EXPECT_EQ(group->Poll(before), Answer::kOk);
  EXPECT_EQ(group->Poll(after), Answer::kOk);
  EXPECT_EQ(Actions(group->Latest()), (std::vector<float>{6, 2}));
  EXPECT_EQ(group->Latest()->version, 2u);
}

TEST_F(AgentGroupTest, SaysBusyWhenEveryBlockIsInFlightAndRecoversWhenOneIsDone) {
  Serve(5);
  auto group = OpenGroup(1, /*depth=*/3);
  for (int i = 0; i < 3; ++i) Submit(*group, {1});
  EXPECT_EQ(group->Input(), nullptr);
  EXPECT_EQ(batcher_->counters().busy, 1u);
  Tick();
  RunWorkers();
  EXPECT_NE(group->Input(), nullptr);
}

TEST_F(AgentGroupTest, NeverReusesTheBlockBeingReadNorTheNewestResult) {
  Serve(5);
  auto group = OpenGroup(1, /*depth=*/3);
  Submit(*group, {1});
  Tick();
  RunWorkers();
  const Block* reading = group->Latest();
  for (float i = 2; i < 20; ++i) {
    Submit(*group, {i});
    Tick();
    RunWorkers();
    EXPECT_EQ(Actions(reading)[1], 1) << "at " << i;
  }
  EXPECT_EQ(Actions(group->Latest())[1], 19);
}

TEST_F(AgentGroupTest, RefusesToSubmitWithoutInputOrBeyondItsCapacity) {
  Serve(5);
  auto group = OpenGroup(2);
  EXPECT_EQ(group->Submit(1, false, 0, nullptr), Answer::kOutOfOrder);
  EXPECT_EQ(group->Run(1, 0), Answer::kOutOfOrder);
  ASSERT_NE(group->Input(), nullptr);
  EXPECT_EQ(group->Submit(3, false, 0, nullptr), Answer::kInvalidArgument);
  EXPECT_EQ(group->Submit(0, false, 0, nullptr), Answer::kInvalidArgument);
  EXPECT_EQ(group->Submit(2, false, 0, nullptr), Answer::kOk);
}

TEST_F(AgentGroupTest, TellsATicketThatWasReplacedFromOneThatNeverWas) {
  Serve(5);
  auto group = OpenGroup(1, 3);
  const uint64_t first = Submit(*group, {1});
  for (int i = 0; i < 4; ++i) {
    Tick();
    RunWorkers();
    Submit(*group, {1});
  }
  EXPECT_EQ(group->Poll(first), Answer::kSuperseded);
  EXPECT_EQ(group->Poll(0), Answer::kInvalidArgument);
  EXPECT_EQ(group->Poll(99), Answer::kInvalidArgument);
}

TEST_F(AgentGroupTest, DropsWorkThatIsPastItsDeadlineBeforeItRuns) {
  MakeBatcher({.schema = testing::OneFloatSchema(), .deadline_ns = 1000});
  Serve(5);
  auto group = OpenGroup(2);
  const uint64_t late = Submit(*group, {1, 2});
  Tick();
  clock_.Advance(1001);
  RunWorkers();
  EXPECT_EQ(group->Poll(late), Answer::kLate);
  EXPECT_EQ(group->Latest(), nullptr);
  EXPECT_EQ(batcher_->counters().late_rows, 2u);
  EXPECT_EQ(life_->forwards, 0);
  const uint64_t in_time = Submit(*group, {3});
  Tick();
  clock_.Advance(999);
  RunWorkers();
  EXPECT_EQ(group->Poll(in_time), Answer::kOk);
}

TEST_F(AgentGroupTest, KeepsTheLastGoodResultWhenAForwardFails) {
  Serve(5);
  auto group = OpenGroup(1);
  Submit(*group, {1});
  Tick();
  RunWorkers();
  life_->answer = absl::InternalError("division by zero in layer3");
  const uint64_t failing = Submit(*group, {2});
  Tick();
  RunWorkers();
  EXPECT_EQ(group->Poll(failing), Answer::kFailed);
  EXPECT_EQ(Actions(group->Latest())[1], 1);
  EXPECT_EQ(batcher_->LastFailure(), "version 1, 1 rows: division by zero in layer3");
  EXPECT_EQ(batcher_->counters().failed_rows, 1u);
}

TEST_F(AgentGroupTest, AnswersNoVersionBeforeTheFirstOneServes) {
  auto group = OpenGroup(1);
  const uint64_t ticket = Submit(*group, {1});
  Tick();
  EXPECT_EQ(group->Poll(ticket), Answer::kNoVersion);
  ASSERT_NE(group->Input(), nullptr);
  EXPECT_EQ(group->Run(1, 0), Answer::kNoVersion);
}

TEST_F(AgentGroupTest, WaitRunsTheBatchItselfWhenNoWorkerHasBegunIt) {
  Serve(5);
  auto group = OpenGroup(1);
  const uint64_t ticket = Submit(*group, {1});
  Tick();
  EXPECT_EQ(group->Wait(ticket, -1), Answer::kOk);
  EXPECT_EQ(life_->forwards, 1);
  RunWorkers();  // the worker comes too late and finds nothing
  EXPECT_EQ(life_->forwards, 1);
}

TEST_F(AgentGroupTest, WaitTimesOutOnWorkThatNoTickHasClosed) {
  Serve(5);
  auto group = OpenGroup(1);
  const uint64_t ticket = Submit(*group, {1});
  EXPECT_EQ(group->Wait(ticket, 0), Answer::kTimeout);
  EXPECT_EQ(group->Poll(ticket), Answer::kPending);
}

TEST_F(AgentGroupTest, RunAnswersAtOnceOnTheCallingThread) {
  Serve(5);
  auto group = OpenGroup(2);
  Write(*group, {7, 8});
  EXPECT_EQ(group->Run(2, /*last_tick=*/9), Answer::kOk);
  EXPECT_EQ(Actions(group->Latest()), (std::vector<float>{5, 7, 5, 8}));
  EXPECT_EQ(group->Latest()->tick, 9u);
}

TEST_F(AgentGroupTest, SubmitNowDoesNotWaitForATick) {
  Serve(5);
  auto group = OpenGroup(1);
  Write(*group, {7});
  uint64_t ticket = 0;
  EXPECT_EQ(group->Submit(1, /*now=*/true, 3, &ticket), Answer::kOk);
  RunWorkers();
  EXPECT_EQ(group->Poll(ticket), Answer::kOk);
  EXPECT_EQ(group->Latest()->tick, 3u);
}

TEST_F(AgentGroupTest, RemembersTheBatchSizesThatAnewVersionMustBeWarmFor) {
  Serve(5);
  auto group = OpenGroup(100);
  Submit(*group, {1, 2, 3});
  Tick();
  RunWorkers();
  EXPECT_EQ(batcher_->UsedRows(), (std::vector<uint32_t>{3, 100}));
}

TEST_F(AgentGroupTest, UsesTheHostsAllocatorForItsBlocksAndGivesAllBack) {
  Serve(5);
  size_t live_bytes = 0;
  const BlockMemory memory{[&](size_t size_bytes, size_t alignment_bytes) {
                             live_bytes += size_bytes;
                             return std::aligned_alloc(alignment_bytes, size_bytes);
                           },
                           [&](void* data, size_t size_bytes) {
                             live_bytes -= size_bytes;
                             std::free(data);
                           }};
  {
    auto group = AgentGroup::Open(*batcher_, {.agents = 10, .depth = 3}, memory);
    ASSERT_TRUE(group.ok());
    EXPECT_EQ(live_bytes, 3 * (64 + 128));
    batcher_->RemoveGroup(group->get());
  }
  EXPECT_EQ(live_bytes, 0u);
}

TEST_F(AgentGroupTest, RefusesOptionsOutOfRangeAndBlocksThatDoNotFit) {
  EXPECT_TRUE(absl::IsInvalidArgument(AgentGroup::Open(*batcher_, {.agents = 0}, {}).status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(AgentGroup::Open(*batcher_, {.agents = 1, .depth = 2}, {}).status()));
  const BlockMemory nothing{[](size_t, size_t) -> void* { return nullptr; }, [](void*, size_t) {}};
  EXPECT_TRUE(
      absl::IsResourceExhausted(AgentGroup::Open(*batcher_, {.agents = 1}, nothing).status()));
}

TEST_F(AgentGroupTest, ClosesInTheMiddleOfABatchThatNoWorkerHasBegun) {
  Serve(5);
  auto group = OpenGroup(1);
  Submit(*group, {1});
  Tick();
  batcher_->RemoveGroup(group.get());
  group.reset();
  RunWorkers();
  EXPECT_EQ(life_->forwards, 1);
}

}  // namespace
}  // namespace graft::runtime
