// Which file becomes the next version, for every kind of source, and what happens while the source
// is not what it should be.
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "runtime/agent_group.h"
#include "runtime/model.h"
#include "tests/runtime/fakes.h"
#include "tests/runtime/model_fixture.h"

namespace graft::runtime {
namespace {

namespace fs = std::filesystem;

using testing::FakeExecutable;
using testing::ModelTest;
using testing::TempDirectory;

class ModelSourceTest : public ModelTest {
 protected:
  // Turns a link to another target as careful trainers do: at one stroke.
  void Link(const std::string& target, const std::string& name) {
    fs::create_symlink(target, directory_.File(name + ".new"));
    fs::rename(directory_.File(name + ".new"), directory_.File(name));
  }
  int Warnings(const std::string& text) {
    int count = 0;
    for (const std::string& line : log_) count += absl::StrContains(line, text) ? 1 : 0;
    return count;
  }
};

TEST_F(ModelSourceTest, FollowsTheHighestStepOfAPattern) {
  options_.source = directory_.File("policy_*.pt");
  directory_.Write("policy_9.pt", "9");
  directory_.Write("policy_10.pt", "10");
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(Newest().path, directory_.File("policy_10.pt"));
  directory_.Write("policy_100.pt", "100");
  Elapse(200);
  Tick();
  EXPECT_EQ(Serving(), 2u);
  EXPECT_EQ(Newest().path, directory_.File("policy_100.pt"));
}

TEST_F(ModelSourceTest, TakesNoLowerStepThatComesLater) {
  options_.source = directory_.File("policy_*.pt");
  directory_.Write("policy_100.pt", "100");
  ASSERT_TRUE(Open().ok());
  directory_.Write("policy_99.pt", "99");
  Elapse(500);
  EXPECT_EQ(loader_->loads, 1);
  directory_.Write("policy_102.pt", "garbage");
  directory_.Write("policy_101.pt", "101");
  Elapse(1000);
  Tick();
  EXPECT_EQ(Newest().path, directory_.File("policy_101.pt")) << "the best that is a model";
  EXPECT_EQ(Serving(), 3u);
  Elapse(1000);
  EXPECT_EQ(loader_->loads, 3);
}

TEST_F(ModelSourceTest, BeginsAnewWhenTheStepsDo) {
  options_.source = directory_.File("policy_*.pt");
  directory_.Write("policy_100.pt", "100");
  ASSERT_TRUE(Open().ok());
  fs::remove(directory_.File("policy_100.pt"));
  directory_.Write("policy_1.pt", "1");
  Elapse(200);
  Tick();
  EXPECT_EQ(Serving(), 2u);
}

TEST_F(ModelSourceTest, FollowsALinkThatIsTurnedAndTurnedBack) {
  options_.source = directory_.File("latest.pt");
  directory_.Write("step_1.pt", "1");
  directory_.Write("step_2.pt", "2");
  Link("step_1.pt", "latest.pt");
  ASSERT_TRUE(Open().ok());
  Link("step_2.pt", "latest.pt");
  Elapse(200);
  Tick();
  EXPECT_EQ(Serving(), 2u);
  Link("step_1.pt", "latest.pt");
  Elapse(200);
  Tick();
  EXPECT_EQ(Serving(), 3u) << "what it named before is its choice again";
  Elapse(1000);
  EXPECT_EQ(loader_->loads, 3);
}

TEST_F(ModelSourceTest, LeavesARefusedFileAloneThatALinkComesBackTo) {
  options_.source = directory_.File("latest.pt");
  directory_.Write("good.pt", "1");
  directory_.Write("bad.pt", "garbage");
  Link("good.pt", "latest.pt");
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 3; ++i) {
    Link("bad.pt", "latest.pt");
    Elapse(300);
    Link("good.pt", "latest.pt");
    Elapse(300);
  }
  EXPECT_EQ(loader_->loads, 2);
  EXPECT_EQ(Serving(), 1u);
}

TEST_F(ModelSourceTest, FollowsAnIndexFile) {
  options_.source = directory_.File("latest");
  directory_.Write("step_1.pt", "1");
  directory_.Write("step_2.pt", "2");
  directory_.Write("latest", "step_1.pt");
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(Newest().path, directory_.File("step_1.pt"));
  directory_.Write("latest", "step_2.pt");
  Elapse(200);
  Tick();
  EXPECT_EQ(Serving(), 2u);
  EXPECT_EQ(Newest().path, directory_.File("step_2.pt"));
}

TEST_F(ModelSourceTest, WaitsForTheFileThatAnIndexNamesTooEarly) {
  options_.source = directory_.File("latest");
  directory_.Write("step_1.pt", "1");
  directory_.Write("latest", "step_1.pt");
  ASSERT_TRUE(Open().ok());
  directory_.Write("latest", "step_2.pt");
  Elapse(500);
  EXPECT_EQ(model_->versions().rejections(), 0u) << "the file may be on its way";
  directory_.Write("step_2.pt", "2");
  Elapse(200);
  Tick();
  EXPECT_EQ(Serving(), 2u);
}

TEST_F(ModelSourceTest, RefusesAnIndexThatLeadsOutOfItsDirectoryOnceAndServesOn) {
  options_.source = directory_.File("latest");
  directory_.Write("step_1.pt", "1");
  directory_.Write("latest", "step_1.pt");
  ASSERT_TRUE(Open().ok());
  directory_.Write("latest", "/etc/passwd");
  Elapse(5000);
  EXPECT_EQ(model_->versions().rejections(), 1u);
  EXPECT_TRUE(absl::StartsWith(Newest().reason,
                               directory_.File("latest") + ": it names \"/etc/passwd\", which is"))
      << Newest().reason;
  EXPECT_EQ(Serving(), 1u);
  EXPECT_EQ(loader_->loads, 1);
}

TEST_F(ModelSourceTest, SaysAtOpenWhatIsWrongWithAnIndex) {
  options_.source = directory_.File("latest");
  directory_.Write("latest", "../x.pt");
  EXPECT_TRUE(absl::IsInvalidArgument(Open()));
  directory_.Write("latest", "x.pt");
  EXPECT_TRUE(absl::IsUnavailable(Open()));
}

// Permissions count for this thread although it may be root's.
class PermissionsCount {
 public:
  PermissionsCount() {
    syscall(SYS_capget, &header_, before_.data());
    auto now = before_;
    now[0].effective &= ~((1u << CAP_DAC_OVERRIDE) | (1u << CAP_DAC_READ_SEARCH));
    syscall(SYS_capset, &header_, now.data());
  }
  ~PermissionsCount() { syscall(SYS_capset, &header_, before_.data()); }
  PermissionsCount(const PermissionsCount&) = delete;
  PermissionsCount& operator=(const PermissionsCount&) = delete;

 private:
  __user_cap_header_struct header_ = {_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> before_{};
};

class PermissionTest : public ModelSourceTest {
 protected:
  void SetUp() override {
    directory_.Write("a.pt", "1");
    ASSERT_TRUE(Open().ok());
  }
  void TearDown() override { fs::permissions(directory_.path(), fs::perms::owner_all); }

  const PermissionsCount permissions_count_;
};

TEST_F(PermissionTest, TakesAFileWhenItMayBeRead) {
  directory_.Write("b.pt", "2");
  fs::permissions(directory_.File("b.pt"), fs::perms::none);
  Elapse(3000);
  EXPECT_EQ(loader_->loads, 1);
  EXPECT_EQ(Serving(), 1u);
  EXPECT_EQ(Warnings("b.pt: cannot be read: Permission denied; the serving version goes on"), 1);
  fs::permissions(directory_.File("b.pt"), fs::perms::owner_all);
  Elapse(500);
  Tick();
  EXPECT_EQ(Serving(), 2u) << "nothing in its identity has changed";
  EXPECT_EQ(Warnings("can be read again"), 1);
}

TEST_F(PermissionTest, ServesOnWhileADirectoryMayNotBeReadAndFollowsItAfterwards) {
  directory_.Write("b.pt", "2");
  fs::permissions(directory_.path(), fs::perms::none);
  Elapse(3000);
  EXPECT_EQ(Serving(), 1u);
  EXPECT_EQ(loader_->loads, 1);
  EXPECT_EQ(Warnings("cannot be read: Permission denied"), 1);
  fs::permissions(directory_.path(), fs::perms::owner_all);
  Elapse(500);
  Tick();
  EXPECT_EQ(Serving(), 2u);
  Elapse(1000);
  EXPECT_EQ(loader_->loads, 2) << "the file that served before is no new one";
}

TEST_F(ModelSourceTest, LosesNothingWhenADirectoryVanishesAndReturnsWithTheSameFiles) {
  const TempDirectory elsewhere;
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  fs::rename(directory_.path(), elsewhere.File("away"));
  Elapse(1000);
  EXPECT_EQ(Serving(), 1u);
  fs::rename(elsewhere.File("away"), directory_.path());
  Elapse(1000);
  EXPECT_EQ(loader_->loads, 1) << "they are not new";
}

// Frames fail while the device is gone; the host may go back to a version that works, or a new file
// brings one.
TEST_F(ModelSourceTest, GoesBackToTheKeptVersionWhenTheServingOneLosesItsDevice) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  auto life = std::make_shared<FakeExecutable::Life>();
  on_ready_ = [&](FakeExecutable& executable) { executable.set_life(life); };
  directory_.Write("b.pt", "22");
  Elapse(200);
  Tick();
  ASSERT_EQ(Serving(), 2u);
  auto group = *AgentGroup::Open(model_->batcher(), {.agents = 2}, {});
  const auto frame = [&] {
    EXPECT_NE(group->Input(), nullptr);
    return group->Run(2, tick_);
  };
  EXPECT_EQ(frame(), AgentGroup::Answer::kOk);
  life->answer = absl::InternalError("the device is lost");
  EXPECT_EQ(frame(), AgentGroup::Answer::kFailed);
  EXPECT_EQ(group->Latest()->version, 2u) << "the last answer that went well stays";
  ASSERT_TRUE(model_->Rollback().ok());
  Tick();
  EXPECT_EQ(frame(), AgentGroup::Answer::kOk);
  EXPECT_EQ(group->Latest()->version, 1u);
  on_ready_ = nullptr;
  directory_.Write("c.pt", "333");
  Elapse(200);
  Tick();
  EXPECT_EQ(frame(), AgentGroup::Answer::kOk);
  EXPECT_EQ(group->Latest()->version, 3u);
  model_->batcher().RemoveGroup(group.get());
}

TEST_F(ModelSourceTest, TakesAFileAtOnceThatWasMovedThere) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "22");
  Elapse(10);
  EXPECT_EQ(loader_->loads, 1) << "it may have been written in place";
  arrived_.Add(1, "b.pt", FindFile(directory_.File("b.pt"))->identity);
  Elapse(10);
  EXPECT_EQ(loader_->loads, 2);
}

TEST_F(ModelSourceTest, WaitsForAFileThatWasMovedThereAndIsWrittenAgain) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "22");
  arrived_.Add(1, "b.pt", FindFile(directory_.File("b.pt"))->identity);
  directory_.Write("b.pt", "333");
  Elapse(50);
  EXPECT_EQ(loader_->loads, 1);
  Elapse(10);
  EXPECT_EQ(loader_->loads, 2);
}

TEST_F(ModelSourceTest, GivesATornFileItsTimeThatWasMovedThere) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "torn");
  arrived_.Add(1, "b.pt", FindFile(directory_.File("b.pt"))->identity);
  Elapse(990);
  EXPECT_EQ(model_->versions().rejections(), 0u);
  Elapse(20);
  EXPECT_EQ(model_->versions().rejections(), 1u);
  EXPECT_EQ(loader_->loads, 1);
}

TEST_F(ModelSourceTest, FollowsOnAfterAClockThatJumpsForward) {
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Open().ok());
  directory_.Write("b.pt", "torn");
  model_->Visit(clock_.NowNs(), arrived_);
  clock_.Advance(3'600'000 * testing::kMillisecond);
  Elapse(10);
  EXPECT_EQ(model_->versions().rejections(), 1u) << "as if it had lain there for an hour";
  directory_.Write("b.pt", "2");
  Elapse(200);
  Tick();
  EXPECT_EQ(Serving(), 3u);
}

}  // namespace
}  // namespace graft::runtime
