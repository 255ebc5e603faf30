// The road of one checkpoint, step by step: the clock, the loader and the load queue obey the test.
#include "runtime/model.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/agent_group.h"
#include "tests/runtime/fakes.h"
#include "tests/runtime/model_fixture.h"

namespace graft::runtime {
namespace {

using testing::FakeExecutable;
using testing::kMillisecond;
using testing::ModelTest;
using testing::TempDirectory;

TEST_F(ModelTest, ServesTheNewestFileOfADirectoryAtOpen) {
  directory_.Write("a.pt", "1");
  std::filesystem::last_write_time(
      directory_.File("a.pt"),
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  directory_.Write("b.pt", "2");
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(Serving(), 1u);
  EXPECT_EQ(Newest().path, directory_.File("b.pt"));
  EXPECT_EQ(Newest().state, VersionState::kServing);
}

TEST_F(ModelTest, TakesTheNextNewestFileAtOpenWhenTheNewestIsRefused) {
  directory_.Write("a.pt", "1");
  std::filesystem::last_write_time(
      directory_.File("a.pt"),
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  directory_.Write("b.pt", "garbage");
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(Newest().path, directory_.File("a.pt"));
  EXPECT_EQ(model_->versions().rejections(), 1u);
}

TEST_F(ModelTest, SaysWhyItCannotOpen) {
  EXPECT_TRUE(absl::IsNotFound(Open()));
  directory_.Write("a.pt", "garbage");
  const absl::Status status = Open();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_NE(status.message().find("a.pt: not a model"), std::string::npos) << status;
}

TEST_F(ModelTest, OpensAnEmptySourceOnlyWithADeclaredSchema) {
  options_.allow_empty = true;
  EXPECT_TRUE(absl::IsFailedPrecondition(Open()));
  options_.schema = testing::OneFloatSchema();
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(Serving(), 0u);
  directory_.Write("a.pt", "1");
  Elapse(200);
  Tick();
  EXPECT_EQ(Serving(), 1u);
}

TEST_F(ModelTest, MakesANewFileServeAtTheTickAfterItIsReady) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "2");
  Elapse(200);
  EXPECT_EQ(Newest().state, VersionState::kReady);
  EXPECT_EQ(Serving(), 1u);
  Tick();
  EXPECT_EQ(Serving(), 2u);
  Elapse(10);
  EXPECT_EQ(model_->versions().Describe()[0].state, VersionState::kKept);
}

TEST_F(ModelTest, FollowsAFileThatIsOverwrittenInPlace) {
  directory_.Write("a.pt", "1");
  options_.source = directory_.File("a.pt");
  ASSERT_TRUE(Open().ok());
  directory_.Write("a.pt", "22");
  Elapse(200);
  Tick();
  EXPECT_EQ(Serving(), 2u);
}

TEST_F(ModelTest, WaitsUntilAFileHasBeenStable) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  std::string text = "2";
  for (int i = 0; i < 20; ++i) {
    directory_.Write("b.pt", text += "0");  // its writer is never done for 50 ms
    Elapse(30);
  }
  EXPECT_EQ(loader_->loads, 1);
  Elapse(100);
  EXPECT_EQ(loader_->loads, 2);
}

TEST_F(ModelTest, GivesAnIncompleteFileTimeAndThenRefusesItOnce) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "torn");
  Elapse(500);
  EXPECT_EQ(model_->versions().rejections(), 0u);
  Elapse(3000);
  EXPECT_EQ(model_->versions().rejections(), 1u);
  EXPECT_EQ(Newest().reason, directory_.File("b.pt") + ": no end mark");
  EXPECT_EQ(loader_->loads, 1) << "an incomplete file must not reach the loader";
  directory_.Write("b.pt", "2");  // its writer finished after all
  Elapse(200);
  Tick();
  EXPECT_EQ(Serving(), Newest().number);
}

TEST_F(ModelTest, KeepsServingWhenANewFileIsNoModelAndDoesNotTryItAgain) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "garbage");
  Elapse(2000);
  Tick();
  EXPECT_EQ(Serving(), 1u);
  EXPECT_EQ(loader_->loads, 2);
  EXPECT_EQ(Newest().state, VersionState::kRejected);
  ASSERT_EQ(log_.size(), 2u);
  EXPECT_NE(log_[1].find("walker: version 2 refused: "), std::string::npos) << log_[1];
}

TEST_F(ModelTest, TriesTheNextNewestOfSeveralNewFilesWhenTheNewestIsRefused) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("good.pt", "2");
  directory_.Write("newest.pt", "garbage");
  Elapse(1000);
  Tick();
  EXPECT_EQ(Newest().path, directory_.File("good.pt"));
  EXPECT_EQ(Serving(), Newest().number);
}

TEST_F(ModelTest, FollowsAWriterThatReplacesTheFileFasterThanItIsLoaded) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "2");
  std::string text = "2";
  loader_->on_load = [&](const std::string&) { directory_.Write("b.pt", text += "2"); };
  for (uint64_t version = 2; version < 6; ++version) {
    Elapse(100);
    Tick();
    EXPECT_GE(Serving(), version);
  }
  EXPECT_EQ(model_->versions().rejections(), 0u);
}

TEST_F(ModelTest, RefusesAFileThatIsWrittenIntoWhileItIsLoadedAndTakesTheNewContents) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "2");
  loader_->on_load = [this](const std::string& path) {
    loader_->on_load = nullptr;
    std::ofstream(path) << "33";
  };
  Elapse(500);
  Tick();
  EXPECT_EQ(model_->versions().rejections(), 1u);
  EXPECT_EQ(Serving(), 3u);
}

TEST_F(ModelTest, RefusesAFileThatVanishesWhileItIsLoaded) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "2");
  loader_->on_load = [](const std::string& path) { std::filesystem::remove(path); };
  Elapse(500);
  EXPECT_EQ(Newest().state, VersionState::kRejected);
  EXPECT_EQ(Serving(), 1u);
}

TEST_F(ModelTest, RefusesAVersionWithOtherInputsOrOutputs) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  on_ready_ = [](FakeExecutable& executable) {
    models::ModelSchema schema = testing::OneFloatSchema();
    schema.inputs[0].shape[1] = 48;
    executable.set_schema(schema);
  };
  directory_.Write("b.pt", "2");
  Elapse(500);
  EXPECT_EQ(Newest().state, VersionState::kRejected);
  EXPECT_NE(
      Newest().reason.find("Expected (obs: float32 [agents, 1]) -> (action: float32 [agents, 2])"
                           ", found (obs: float32 [agents, 48])"),
      std::string::npos)
      << Newest().reason;
}

TEST_F(ModelTest, WarmsANewVersionUpTwiceForEveryBatchSizeInUse) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  auto group = AgentGroup::Open(model_->batcher(), {.agents = 7}, {});
  ASSERT_TRUE(group.ok());
  ASSERT_NE((*group)->Input(), nullptr);
  ASSERT_EQ((*group)->Run(3, 0), AgentGroup::Answer::kOk);
  auto life = std::make_shared<FakeExecutable::Life>();
  life->record = true;
  on_ready_ = [&](FakeExecutable& executable) { executable.set_life(life); };
  directory_.Write("b.pt", "2");
  Elapse(200);
  life->row_counts.resize(4);  // what follows compares it with the serving version
  EXPECT_EQ(life->row_counts, (std::vector<int64_t>{3, 3, 7, 7}));
  model_->batcher().RemoveGroup(group->get());
}

TEST_F(ModelTest, WarmsAVersionUpOnceThatRunsLikeTheServingOne) {
  auto life = std::make_shared<FakeExecutable::Life>();
  life->record = true;
  on_ready_ = [&](FakeExecutable& executable) {
    executable.set_life(life);
    executable.set_runs_like_others();
  };
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(life->row_counts, (std::vector<int64_t>{1, 1})) << "nothing serves yet";
  life->row_counts.clear();
  directory_.Write("b.pt", "2");
  Elapse(200);
  EXPECT_EQ(life->row_counts, (std::vector<int64_t>{1}));
}

TEST_F(ModelTest, LoadsAFileFromAnywhereOnRequest) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  const TempDirectory elsewhere;
  elsewhere.Write("x.bin", "5");
  uint64_t version = 0;
  ASSERT_TRUE(model_->Load(elsewhere.File("x.bin"), 0, &version).ok());
  EXPECT_EQ(version, 2u);
  EXPECT_EQ(Newest().state, VersionState::kDiscovered);
  while (queue_.RunOne()) {
  }
  Tick();
  EXPECT_EQ(Serving(), 2u);
}

TEST_F(ModelTest, WaitsForACommitWhenToldTo) {
  options_.manual_commit = true;
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "2");
  Elapse(200);
  Tick();
  EXPECT_EQ(Serving(), 1u);
  ASSERT_TRUE(model_->Commit().ok());
  Tick();
  EXPECT_EQ(Serving(), 2u);
}

TEST_F(ModelTest, DoesNotFollowFilesWhilePinned) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  model_->SetPinned(true);
  directory_.Write("b.pt", "2");
  Elapse(500);
  Tick();
  EXPECT_EQ(Serving(), 1u);
  model_->SetPinned(false);
  Elapse(500);
  Tick();
  EXPECT_EQ(Serving(), 2u);
}

TEST_F(ModelTest, TakesADirectoryThatIsDeletedAndMadeAgain) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  std::filesystem::remove_all(directory_.path());
  Elapse(500);
  EXPECT_EQ(Serving(), 1u);
  std::filesystem::create_directory(directory_.path());
  directory_.Write("c.pt", "3");
  Elapse(500);
  Tick();
  EXPECT_EQ(Serving(), 2u);
}

TEST_F(ModelTest, PassesOverFilesThatAreNoModelsByName) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("scores.json", "{}");
  directory_.Write("b.pt.tmp", "2");
  Elapse(2000);
  EXPECT_EQ(loader_->loads, 1);
}

TEST_F(ModelTest, DoesNotTryRefusedBytesAgainUnderAnotherName) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "garbage");
  Elapse(500);
  EXPECT_EQ(loader_->loads, 2);
  directory_.Write("c.pt", "garbage");
  Elapse(500);
  EXPECT_EQ(loader_->loads, 2);
  EXPECT_EQ(Newest().reason, directory_.File("c.pt") +
                                 ": the same bytes as version 2, which was refused: " +
                                 directory_.File("b.pt") + ": not a model: \"garbage\"");
  directory_.Write("d.pt", "rubbish");  // as long, but other bytes
  Elapse(500);
  EXPECT_EQ(loader_->loads, 3);
}

TEST_F(ModelTest, DoesNotTryRefusedBytesAgainWhenTheyAreWrittenAnew) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "garbage");
  Elapse(500);
  directory_.Write("b.pt", "garbage");
  Elapse(500);
  EXPECT_EQ(loader_->loads, 2);
  EXPECT_EQ(model_->versions().rejections(), 2u);
}

TEST_F(ModelTest, ReadsNoFileForItsDigestUnlessOneOfItsSizeWasRefused) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "22");
  Elapse(500);
  EXPECT_EQ(loader_->digests, 0);
}

TEST_F(ModelTest, TriesRefusedBytesAgainWhenTheHostAsksForThem) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "garbage");
  Elapse(500);
  ASSERT_TRUE(model_->Load(directory_.File("b.pt"), 0, nullptr).ok());
  while (queue_.RunOne()) {
  }
  EXPECT_EQ(loader_->loads, 3);
}

TEST_F(ModelTest, TriesBytesAgainThatFailedForLackOfMemory) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  loader_->on_validate = [](const Executable&) {
    return absl::ResourceExhaustedError("the device has no memory left");
  };
  directory_.Write("b.pt", "22");
  Elapse(500);
  EXPECT_EQ(Newest().state, VersionState::kRejected);
  EXPECT_EQ(Serving(), 1u);
  loader_->on_validate = nullptr;
  directory_.Write("b.pt", "22");
  Elapse(500);
  Tick();
  EXPECT_EQ(Serving(), 3u);
}

TEST_F(ModelTest, RefusesAVersionWhoseValuesAreWrong) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  loader_->on_validate = [](const Executable&) {
    return absl::InvalidArgumentError("action[3]: expected 0.5, found 0.7");
  };
  directory_.Write("b.pt", "2");
  Elapse(500);
  Tick();
  EXPECT_EQ(Serving(), 1u);
  EXPECT_EQ(Newest().reason, "action[3]: expected 0.5, found 0.7");
}

TEST_F(ModelTest, EndsALoadThatIsCancelled) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  uint64_t running = 0;
  uint64_t waiting = 0;
  loader_->on_load = [&](const std::string&) { EXPECT_EQ(model_->CancelLoads(), 2u); };
  ASSERT_TRUE(model_->Load(directory_.File("a.pt"), 0, &running).ok());
  ASSERT_TRUE(model_->Load(directory_.File("a.pt"), 0, &waiting).ok());
  while (queue_.RunOne()) {
  }
  EXPECT_EQ(loader_->loads, 2) << "what waited must not begin";
  for (const VersionInfo& info : model_->versions().Describe()) {
    if (info.number == 1) continue;
    EXPECT_EQ(info.state, VersionState::kRejected);
    EXPECT_NE(info.reason.find("cancelled"), std::string::npos) << info.reason;
  }
  loader_->on_load = nullptr;
  ASSERT_TRUE(model_->Load(directory_.File("a.pt"), 0, nullptr).ok());
  while (queue_.RunOne()) {
  }
  Tick();
  EXPECT_EQ(Serving(), 4u);
}

TEST_F(ModelTest, TellsTheListenerOfPublicationsAndRejections) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "garbage");
  Elapse(500);
  directory_.Write("c.pt", "22");
  Elapse(500);
  Tick();
  Elapse(10);
  std::vector<std::string> told;
  for (const VersionEvent& event : events_) {
    if (event.state != VersionState::kServing && event.state != VersionState::kRejected) continue;
    told.push_back(absl::StrCat(event.number, " ", VersionStateName(event.state)));
  }
  EXPECT_EQ(told, (std::vector<std::string>{"1 SERVING", "2 REJECTED", "3 SERVING"}));
}

TEST_F(ModelTest, RefusesAVersionThatAnswersNaNWhereTheServingOneDoesNot) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  on_ready_ = [](FakeExecutable& executable) {
    auto life = std::make_shared<FakeExecutable::Life>();
    life->on_run = [](float* actions, int64_t) { actions[1] = std::nanf(""); };
    executable.set_life(life);
  };
  directory_.Write("b.pt", "2");
  Elapse(500);
  EXPECT_EQ(Newest().state, VersionState::kRejected);
  EXPECT_NE(Newest().reason.find("the output \"action\" is infinite or NaN"), std::string::npos)
      << Newest().reason;
}

TEST_F(ModelTest, RefusesAVersionThatIsTooSlow) {
  options_.max_slowdown = 2;
  int64_t forward_ns = 1000;
  on_ready_ = [&](FakeExecutable& executable) {
    auto life = std::make_shared<FakeExecutable::Life>();
    life->on_run = [this, took_ns = forward_ns](float*, int64_t) { clock_.Advance(took_ns); };
    executable.set_life(life);
  };
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  forward_ns = 2500;
  directory_.Write("b.pt", "2");
  Elapse(500);
  EXPECT_EQ(Newest().reason,
            directory_.File("b.pt") +
                ": a forward of 1 rows takes 2.50 times as long as the serving version's; at most "
                "2.00 times is allowed (swap.max_slowdown)");
  forward_ns = 1900;
  directory_.Write("c.pt", "33");
  Elapse(500);
  EXPECT_EQ(Newest().state, VersionState::kReady);
}

TEST_F(ModelTest, RefusesAVersionWhoseLoaderThrows) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  loader_->on_load = [](const std::string&) { throw std::runtime_error("a defect"); };
  directory_.Write("b.pt", "2");
  Elapse(500);
  EXPECT_EQ(Newest().reason, directory_.File("b.pt") + ": a defect");
  loader_->on_load = [](const std::string&) { throw std::bad_alloc(); };
  directory_.Write("c.pt", "33");
  Elapse(500);
  EXPECT_EQ(Newest().reason,
            directory_.File("c.pt") + ": not enough memory to load it beside the serving version");
  loader_->on_load = nullptr;
  directory_.Write("d.pt", "4");
  Elapse(500);
  Tick();
  EXPECT_EQ(Serving(), Newest().number);
}

TEST_F(ModelTest, RefusesAVersionWhoseDeviceIsLostWhileItWarmsUp) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  on_ready_ = [](FakeExecutable& executable) {
    auto life = std::make_shared<FakeExecutable::Life>();
    life->answer = absl::InternalError("the device is lost");
    executable.set_life(life);
  };
  directory_.Write("b.pt", "2");
  Elapse(500);
  EXPECT_EQ(Newest().state, VersionState::kRejected);
  EXPECT_EQ(Newest().reason,
            directory_.File("b.pt") + ": the first forward failed: the device is lost");
  EXPECT_EQ(Serving(), 1u);
}

TEST_F(ModelTest, TakesTheNewerOfTwoFilesThatComeAtOnceAndNotTheOlderAfterIt) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "2");
  directory_.Write("c.pt", "33");
  std::filesystem::last_write_time(
      directory_.File("b.pt"),
      std::filesystem::file_time_type::clock::now() - std::chrono::minutes(1));
  Elapse(1000);
  Tick();
  EXPECT_EQ(Newest().path, directory_.File("c.pt"));
  EXPECT_EQ(loader_->loads, 2);
}

TEST_F(ModelTest, IsNotHeldUpByAClockThatJumpsBack) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "2");
  model_->Visit(clock_.NowNs(), arrived_);
  clock_.Advance(-3'600'000 * kMillisecond);
  Elapse(200);
  Tick();
  EXPECT_EQ(Serving(), 2u);
}

TEST_F(ModelTest, TakesAFileWhoseWriterHasAnotherClock) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "2");
  std::filesystem::last_write_time(
      directory_.File("b.pt"),
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(48));
  Elapse(500);
  Tick();
  EXPECT_EQ(Serving(), 2u) << "it is new to us, whatever its date says";
}

TEST_F(ModelTest, ServesOnWhileItsSourceMayNotBeRead) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  loader_->on_load = [](const std::string&) {
    throw std::filesystem::filesystem_error("denied",
                                            std::error_code(EACCES, std::generic_category()));
  };
  directory_.Write("b.pt", "2");
  Elapse(500);
  Tick();
  EXPECT_EQ(Serving(), 1u);
  EXPECT_EQ(Newest().state, VersionState::kRejected);
  loader_->on_load = nullptr;
  directory_.Write("b.pt", "2");
  Elapse(500);
  Tick();
  EXPECT_EQ(Serving(), 3u) << "the same bytes may be read now";
}

TEST_F(ModelTest, DoesNotReadAPipeInAFilesPlace) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  ASSERT_EQ(mkfifo(directory_.File("b.pt").c_str(), 0600), 0);
  Elapse(500);
  EXPECT_EQ(loader_->loads, 1);
  EXPECT_TRUE(model_->Load(directory_.File("b.pt"), 0, nullptr).ok());
  while (queue_.RunOne()) {
  }
  EXPECT_EQ(Newest().state, VersionState::kRejected);
  EXPECT_EQ(loader_->loads, 1);
}

TEST_F(ModelTest, ClosesAtOnceWhileALoadWaitsForItsCancellation) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  std::atomic<bool> loading{false};
  loader_->until_cancelled = true;
  loader_->on_load = [&](const std::string&) { loading = true; };
  LoadQueue& queue = queue_;
  ASSERT_TRUE(model_->Load(directory_.File("a.pt"), 0, nullptr).ok());
  std::thread load([&queue] { queue.RunOne(); });
  while (!loading) std::this_thread::yield();
  model_.reset();  // would wait for ever if the load did not end
  load.join();
}

}  // namespace
}  // namespace graft::runtime
