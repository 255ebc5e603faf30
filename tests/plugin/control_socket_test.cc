// A running host, looked into and steered through its socket; and what hostile clients cannot do.
#include "plugin/control_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "nlohmann/json.hpp"
#include "tests/runtime/fakes.h"
#include "tools/graft/ctl.h"

namespace graft::plugin {
namespace {

using nlohmann::json;
using runtime::Model;
using runtime::testing::FakeLoader;
using runtime::testing::TempDirectory;

class ControlSocketTest : public ::testing::Test {
 protected:
  ControlSocketTest() {
    runtime::RuntimeHooks hooks;
    hooks.listener = [this](const std::string& model, const runtime::VersionEvent& event) {
      if (socket_ != nullptr) socket_->Tell(model, event);
    };
    runtime_ = std::make_unique<runtime::Runtime>(runtime::RuntimeOptions{}, nullptr,
                                                  runtime::Clock::Real(), hooks);
    socket_ = std::make_unique<ControlSocket>(path_, *runtime_);
    EXPECT_TRUE(socket_->Open().ok());
    directory_.Write("a.pt", "1");
    for (const char* name : {"walker", "arm"}) {
      runtime::ModelOptions options;
      options.name = name;
      options.source = directory_.File("a.pt");
      options.watch = false;
      options.manual_commit = true;
      models_.push_back(*runtime_->OpenModel(options, std::make_unique<FakeLoader>()));
    }
  }
  ~ControlSocketTest() override {
    for (Model* model : models_) runtime_->CloseModel(model);
    socket_.reset();
  }

  json Ask(const std::vector<std::string>& words) {
    json answer;
    const absl::Status status = tools::SendControlCommand(
        path_, words, [&](absl::string_view line) { answer = json::parse(line); });
    EXPECT_TRUE(status.ok()) << status;
    return answer;
  }
  int Connect() {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return fd;
  }

  TempDirectory directory_;
  const std::string path_ = directory_.File("control.sock");
  std::unique_ptr<runtime::Runtime> runtime_;
  std::unique_ptr<ControlSocket> socket_;
  std::vector<Model*> models_;
};

TEST_F(ControlSocketTest, ListsAndDescribesTheModels) {
  const json list = Ask({"list"});
  ASSERT_EQ(list["ok"], true);
  ASSERT_EQ(list["result"].size(), 2u);
  EXPECT_EQ(list["result"][0]["name"], "walker");
  EXPECT_EQ(Ask({"describe", "arm"})["result"]["serving_version"], 1);
  EXPECT_EQ(Ask({"metrics"})["result"]["walker"]["versions_served"], 1);
}

TEST_F(ControlSocketTest, LoadsCommitsAndRollsBackSeveralModelsTogether) {
  for (const char* name : {"walker", "arm"}) {
    EXPECT_EQ(Ask({"load", name, directory_.File("a.pt")})["result"]["version"], 2);
  }
  // Both must be ready first.
  json answer;
  do {
    answer = Ask({"commit", "walker", "arm"});
  } while (answer["ok"] == false && absl::StrContains(answer["error"].get<std::string>(), "ready"));
  ASSERT_EQ(answer["ok"], true) << answer;
  runtime::TickInfo info;
  runtime_->Tick(&info);
  EXPECT_EQ(info.swaps, 2u);
  EXPECT_EQ(Ask({"rollback", "walker", "arm"})["ok"], true);
  runtime_->Tick(&info);
  EXPECT_EQ(info.swaps, 2u);
  EXPECT_EQ(models_[0]->versions().serving_number(), 1u);
}

TEST_F(ControlSocketTest, PinsAndUnpins) {
  EXPECT_EQ(Ask({"pin", "walker"})["ok"], true);
  EXPECT_TRUE(models_[0]->pinned());
  EXPECT_EQ(Ask({"unpin", "walker"})["ok"], true);
  EXPECT_FALSE(models_[0]->pinned());
  EXPECT_EQ(Ask({"cancel", "walker"})["result"]["cancelled"], 0);
}

TEST_F(ControlSocketTest, TellsWhoFollowsWhatHappens) {
  const int fd = Connect();
  std::string command = "[\"follow\"]\n";
  ASSERT_EQ(send(fd, command.data(), command.size(), 0), static_cast<ssize_t>(command.size()));
  char piece[4096];
  std::string read_so_far;
  const auto read_until = [&](absl::string_view text) {
    while (!absl::StrContains(read_so_far, text)) {
      const ssize_t got = recv(fd, piece, sizeof piece, 0);
      ASSERT_GT(got, 0);
      read_so_far.append(piece, static_cast<size_t>(got));
    }
  };
  read_until("following");
  directory_.Write("bad.pt", "garbage");
  EXPECT_FALSE(models_[0]->Load(directory_.File("bad.pt"), -1, nullptr).ok());
  read_until("REJECTED");
  read_until("not a model");
  close(fd);
}

TEST_F(ControlSocketTest, SaysWhatIsWrongWithACommand) {
  const auto error = [&](const std::vector<std::string>& words) {
    return Ask(words)["error"].get<std::string>();
  };
  EXPECT_EQ(error({"describe", "nobody"}), "no model of this name: nobody; see list");
  EXPECT_TRUE(absl::StrContains(error({"fly", "walker"}), "unknown command: fly"));
  EXPECT_EQ(error({"load", "walker"}), "expected load MODEL PATH");
  EXPECT_EQ(error({"commit"}), "expected the name of a model; see list");
}

TEST_F(ControlSocketTest, IsForItsOwnUserOnly) {
  struct stat facts;
  ASSERT_EQ(stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_F(ControlSocketTest, CutsOffAClientThatSendsALineWithoutEnd) {
  const int fd = Connect();
  const std::string flood(1 << 20, 'x');
  send(fd, flood.data(), flood.size(), MSG_NOSIGNAL);
  char byte;
  EXPECT_LE(recv(fd, &byte, 1, 0), 0);
  close(fd);
  EXPECT_EQ(Ask({"list"})["ok"], true);
}

TEST_F(ControlSocketTest, AnswersGarbageWithAnError) {
  const int fd = Connect();
  const std::string garbage = "[[[[[[[[[[\n{}\n[1]\n\n";
  ASSERT_EQ(send(fd, garbage.data(), garbage.size(), 0), static_cast<ssize_t>(garbage.size()));
  std::string answers;
  char piece[4096];
  while (std::count(answers.begin(), answers.end(), '\n') < 4) {
    const ssize_t got = recv(fd, piece, sizeof piece, 0);
    ASSERT_GT(got, 0);
    answers.append(piece, static_cast<size_t>(got));
  }
  EXPECT_FALSE(absl::StrContains(answers, "\"ok\":true"));
  close(fd);
}

TEST_F(ControlSocketTest, ServesTheNextClientWhenOthersSitThereSilently) {
  std::vector<int> silent;
  for (size_t i = 0; i < ControlSocket::kMaxClients; ++i) silent.push_back(Connect());
  for (const int fd : silent) close(fd);
  EXPECT_EQ(Ask({"list"})["ok"], true);
}

TEST_F(ControlSocketTest, TakesNoPathThatIsInUse) {
  ControlSocket second(path_, *runtime_);
  EXPECT_TRUE(absl::IsFailedPrecondition(second.Open()));
  std::ofstream(directory_.File("file")) << "precious";
  ControlSocket over_file(directory_.File("file"), *runtime_);
  EXPECT_TRUE(absl::IsFailedPrecondition(over_file.Open()));
  EXPECT_EQ(Ask({"list"})["ok"], true);
}

TEST_F(ControlSocketTest, ClosesWhileClientsAreConnected) {
  const int fd = Connect();
  socket_.reset();
  char byte;
  EXPECT_LE(recv(fd, &byte, 1, 0), 0);
  close(fd);
  EXPECT_NE(access(path_.c_str(), F_OK), 0);
}

}  // namespace
}  // namespace graft::plugin
