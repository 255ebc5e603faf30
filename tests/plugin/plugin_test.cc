// The door, used and misused through graft.hpp and graft.h.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "graft/graft.hpp"

namespace {

namespace fs = std::filesystem;

const std::string kFixtures = "tests/fixtures/torchscript/";

class PluginTest : public ::testing::Test {
 protected:
  PluginTest() : library_(graft::Library::Load("plugin/libgraft.so").value()) {}

  graft::Runtime OpenRuntime(uint32_t flags = 0, const graft_host& host = {}) {
    graft_runtime_options options{};
    options.flags = flags;
    return library_.OpenRuntime(options, host).value();
  }

  static graft_status CodeOf(const graft_api* api, graft_error* error) {
    const graft_status code = api->error_code(error);
    api->error_free(error);
    return code;
  }

  const graft_api* api() const { return library_.api(); }
  graft::Library library_;
};

TEST_F(PluginTest, SaysItsVersion) {
  EXPECT_EQ(std::string(library_.version()).rfind("0.", 0), 0u) << library_.version();
  EXPECT_NE(std::string(library_.version()).find("LibTorch 2."), std::string::npos);
}

TEST_F(PluginTest, GivesExtensionsByNameOnly) {
  EXPECT_NE(api()->extension("graft.tools/1"), nullptr);
  EXPECT_EQ(api()->extension("graft.tools/999"), nullptr);
  EXPECT_EQ(api()->extension(nullptr), nullptr);
}

TEST_F(PluginTest, OpensABareTorchScriptFileAndTellsItsInputsAndOutputs) {
  graft::Runtime runtime = OpenRuntime();
  graft::Model model = runtime.OpenModel(kFixtures + "policy_scripted.pt").value();
  const graft_tensor_spec in = model.Input().value();
  EXPECT_EQ(in.rank, 2u);
  EXPECT_EQ(in.shape[0], -1);
  EXPECT_EQ(in.shape[1], 4);
  EXPECT_EQ(in.dtype, GRAFT_FLOAT32);
  EXPECT_EQ(in.row_bytes, 16u);
  EXPECT_STREQ(in.name, "obs");
  EXPECT_EQ(model.Output().value().shape[1], 3);
  EXPECT_EQ(model.Input(1).error().code, GRAFT_NOT_FOUND);
}

TEST_F(PluginTest, AnswersRowsInPlaceThroughTheSynchronousAndTheTickedPath) {
  graft::Runtime runtime = OpenRuntime();
  graft::Model model = runtime.OpenModel(kFixtures + "policy_scripted.pt").value();
  graft::Group group = model.OpenGroup(2).value();
  const auto write = [&] {
    auto rows = group.Input<float>();
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows.row_elements(), 4u);
    for (int i = 0; i < 4; ++i) rows.row(0)[i] = 1;
    for (int i = 0; i < 4; ++i) rows.row(1)[i] = 2;
  };
  const auto expect_answer = [&] {  // y[j] = (j + 1) * sum(x) + j
    auto rows = group.Latest<float>();
    ASSERT_TRUE(rows);
    EXPECT_EQ(std::vector<float>(rows.data(), rows.data() + 6),
              (std::vector<float>{4, 9, 14, 8, 17, 26}));
    EXPECT_EQ(rows.version(), 1u);
  };
  write();
  ASSERT_EQ(group.Run(2), GRAFT_OK);
  expect_answer();
  write();
  uint64_t ticket = 0;
  ASSERT_EQ(group.Submit(2, &ticket), GRAFT_OK);
  EXPECT_EQ(group.Poll(ticket), GRAFT_PENDING);
  graft_tick_info info{};
  ASSERT_EQ(runtime.Tick(&info), GRAFT_OK);
  EXPECT_EQ(info.tick, 1u);
  EXPECT_EQ(info.batches, 1u);
  EXPECT_EQ(info.rows, 2u);
  ASSERT_EQ(group.Wait(ticket), GRAFT_OK);
  expect_answer();
  EXPECT_EQ(group.Latest<float>().tick(), 1u);
  EXPECT_GE(group.Latest<float>().age_ns(), 0);
}

TEST_F(PluginTest, RefusesAViewOfTheWrongElementType) {
  graft::Runtime runtime = OpenRuntime();
  graft::Model model = runtime.OpenModel(kFixtures + "policy_scripted.pt").value();
  graft::Group group = model.OpenGroup(1).value();
  EXPECT_EQ(group.Input<double>().status(), GRAFT_INVALID_ARGUMENT);
  EXPECT_TRUE(group.Input<float>());
}

TEST_F(PluginTest, AnswersMisuseWithAStatus) {
  graft::Runtime runtime = OpenRuntime();
  graft::Model model = runtime.OpenModel(kFixtures + "policy_scripted.pt").value();
  graft::Group group = model.OpenGroup(2).value();
  uint64_t ticket = 0;
  EXPECT_EQ(group.Submit(1), GRAFT_OUT_OF_ORDER);
  EXPECT_EQ(group.Run(1), GRAFT_OUT_OF_ORDER);
  EXPECT_EQ(group.Latest<float>().status(), GRAFT_NO_RESULT);
  EXPECT_EQ(group.Poll(0), GRAFT_INVALID_ARGUMENT);
  EXPECT_EQ(group.Poll(1), GRAFT_INVALID_ARGUMENT);
  ASSERT_TRUE(group.Input<float>());
  EXPECT_EQ(group.Submit(3), GRAFT_INVALID_ARGUMENT);
  EXPECT_EQ(group.Submit(0), GRAFT_INVALID_ARGUMENT);
  EXPECT_EQ(api()->submit(group.handle(), 1, 0x80, &ticket), GRAFT_INVALID_ARGUMENT);
  EXPECT_EQ(api()->input(group.handle(), 0, nullptr), GRAFT_INVALID_ARGUMENT);
  graft_block no_size{};
  EXPECT_EQ(api()->input(group.handle(), 0, &no_size), GRAFT_INVALID_ARGUMENT);
  EXPECT_EQ(group.Input<float>(7).status(), GRAFT_INVALID_ARGUMENT);
  EXPECT_EQ(group.Latest<float>(7).status(), GRAFT_INVALID_ARGUMENT);
  EXPECT_EQ(api()->poll({0}, 1), GRAFT_STALE_HANDLE);
  EXPECT_EQ(api()->tick({12345}, nullptr), GRAFT_STALE_HANDLE);
  EXPECT_EQ(group.Submit(2), GRAFT_OK) << "after all that it still works";
}

TEST_F(PluginTest, AnswersControlMisuseWithAnErrorThatHasText) {
  graft::Runtime runtime = OpenRuntime();
  graft_model model{};
  graft_model_options options{};
  EXPECT_EQ(CodeOf(api(), api()->model_open(runtime.handle(), nullptr, &model)), GRAFT_UNSUPPORTED);
  EXPECT_EQ(CodeOf(api(), api()->model_open(runtime.handle(), &options, &model)),
            GRAFT_UNSUPPORTED);
  options.struct_size = sizeof options;
  EXPECT_EQ(CodeOf(api(), api()->model_open(runtime.handle(), &options, &model)), GRAFT_REJECTED);
  options.path = "/no/such/file.pt";
  EXPECT_EQ(CodeOf(api(), api()->model_open(runtime.handle(), &options, &model)), GRAFT_NOT_FOUND);
  EXPECT_EQ(CodeOf(api(), api()->model_open({99}, &options, &model)), GRAFT_STALE_HANDLE);
  EXPECT_EQ(CodeOf(api(), api()->model_close({99})), GRAFT_STALE_HANDLE);
  EXPECT_EQ(CodeOf(api(), api()->group_close({99})), GRAFT_STALE_HANDLE);
  EXPECT_EQ(model.id, 0u);
  const auto refused = runtime.OpenModel("/no/such/file.pt");
  EXPECT_NE(refused.error().message.find("/no/such/file.pt"), std::string::npos);
}

TEST_F(PluginTest, SaysInWordsThatAStateDictNeedsAnArchitecture) {
  graft::Runtime runtime = OpenRuntime();
  const auto refused = runtime.OpenModel(kFixtures + "policy_state_dict.pt");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, GRAFT_REJECTED);
  EXPECT_NE(refused.error().message.find("policy_state_dict.pt"), std::string::npos);
  EXPECT_NE(refused.error().message.find("weights"), std::string::npos) << refused.error().message;
}

TEST_F(PluginTest, AcceptsTheSmallerStructsOfAnOlderHostAndRefusesUnknownFields) {
  struct OlderOptions {
    size_t struct_size;
    uint32_t flags;
  } older{sizeof(OlderOptions), GRAFT_RUNTIME_NO_WORKERS};
  graft_runtime runtime{};
  ASSERT_EQ(
      api()->runtime_open(nullptr, reinterpret_cast<graft_runtime_options*>(&older), &runtime),
      nullptr);
  ASSERT_EQ(api()->runtime_close(runtime), nullptr);

  struct NewerOptions {
    graft_runtime_options known;
    uint64_t unknown;
  } newer{};
  newer.known.struct_size = sizeof newer;
  ASSERT_EQ(api()->runtime_open(nullptr, &newer.known, &runtime), nullptr) << "unknown but zero";
  ASSERT_EQ(api()->runtime_close(runtime), nullptr);
  newer.unknown = 1;
  EXPECT_EQ(CodeOf(api(), api()->runtime_open(nullptr, &newer.known, &runtime)), GRAFT_UNSUPPORTED);
}

TEST_F(PluginTest, ReportsASecondThreadInsideAGroup) {
  graft::Runtime runtime = OpenRuntime(GRAFT_RUNTIME_NO_WORKERS);
  graft::Model model = runtime.OpenModel(kFixtures + "policy_scripted.pt").value();
  graft::Group group = model.OpenGroup(1).value();
  ASSERT_TRUE(group.Input<float>());
  uint64_t ticket = 0;
  ASSERT_EQ(group.Submit(1, &ticket), GRAFT_OK);
  std::atomic<graft_status> waited{GRAFT_INTERNAL};
  std::thread waiter(
      [&] { waited = group.Wait(ticket, -1); });  // nobody has ticked: it stays inside
  while (group.Poll(ticket) != GRAFT_WRONG_THREAD) std::this_thread::yield();
  ASSERT_EQ(runtime.Tick(), GRAFT_OK);
  waiter.join();
  EXPECT_EQ(waited, GRAFT_OK);
}

TEST_F(PluginTest, ClosesAGroupThatAThreadIsWaitingIn) {
  graft::Runtime runtime = OpenRuntime(GRAFT_RUNTIME_NO_WORKERS);
  graft::Model model = runtime.OpenModel(kFixtures + "policy_scripted.pt").value();
  graft::Group group = model.OpenGroup(1).value();
  ASSERT_TRUE(group.Input<float>());
  uint64_t ticket = 0;
  ASSERT_EQ(group.Submit(1, &ticket), GRAFT_OK);
  const graft_group handle = group.handle();
  std::atomic<graft_status> waited{GRAFT_OK};
  std::thread waiter([&] { waited = api()->wait(handle, ticket, -1); });
  while (api()->poll(handle, ticket) != GRAFT_WRONG_THREAD) std::this_thread::yield();
  ASSERT_EQ(api()->runtime_close(runtime.handle()), nullptr);
  waiter.join();
  EXPECT_EQ(waited, GRAFT_STALE_HANDLE);
}

TEST_F(PluginTest, RefusesACandidateOfAnotherShapeAndServesOn) {
  graft::Runtime runtime = OpenRuntime();
  graft::Model model = runtime.OpenModel(kFixtures + "policy_scripted.pt").value();
  const auto refused = model.Load(kFixtures + "normalised.pt", -1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, GRAFT_REJECTED);
  EXPECT_EQ(model.Stats().serving_version, 1u);
  EXPECT_EQ(model.Stats().versions_rejected, 1u);
  EXPECT_NE(model.Describe().value().find("REJECTED"), std::string::npos);
}

TEST_F(PluginTest, FollowsAWatchedFolderAndSurvivesACorruptFile) {
  std::string folder = (fs::temp_directory_path() / "graft-plugin-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  fs::copy_file(kFixtures + "constant_1.pt", folder + "/a.pt");
  graft::Runtime runtime = OpenRuntime();
  graft::Model model = runtime.OpenModel(folder).value();
  const auto serve_until = [&](auto done) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!done(model.Stats())) {
      ASSERT_EQ(runtime.Tick(), GRAFT_OK);
      ASSERT_LT(std::chrono::steady_clock::now(), limit) << model.Describe().value();
      std::this_thread::yield();
    }
  };
  fs::copy_file(kFixtures + "constant_2.pt", folder + "/b.pt");
  serve_until([](const graft_model_stats& stats) { return stats.serving_version == 2; });
  {  // cut off in the middle, as a copy that failed
    std::ifstream in(kFixtures + "constant_1.pt", std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    std::ofstream(folder + "/c.pt", std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  }
  serve_until([](const graft_model_stats& stats) { return stats.versions_rejected == 1; });
  EXPECT_EQ(model.Stats().serving_version, 2u);
  const graft::VersionInfo refused = model.Version().value();
  EXPECT_EQ(refused.version, 3u);
  EXPECT_EQ(refused.state, GRAFT_VERSION_REJECTED);
  EXPECT_EQ(refused.path, folder + "/c.pt");
  EXPECT_NE(refused.reason.find("incomplete"), std::string::npos) << refused.reason;
  EXPECT_EQ(model.Version(2).value().state, GRAFT_VERSION_SERVING);
  EXPECT_EQ(model.Version(99).error().code, GRAFT_NOT_FOUND);
  fs::copy_file(kFixtures + "constant_1.pt", folder + "/d.pt");
  serve_until([](const graft_model_stats& stats) { return stats.serving_version == 4; });
  fs::remove_all(folder);
}

TEST_F(PluginTest, BatchesGroupsOfSeveralThreadsAndSeveralModels) {
  graft::Runtime runtime = OpenRuntime();
  graft::Model one = runtime.OpenModel(kFixtures + "constant_1.pt").value();
  graft::Model two = runtime.OpenModel(kFixtures + "constant_2.pt").value();
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      graft::Model& model = t % 2 == 0 ? one : two;
      graft::Group group = model.OpenGroup(8).value();
      for (int frame = 0; frame < 200; ++frame) {
        uint64_t ticket = 0;
        auto rows = group.Input<float>();
        if (!rows || group.Submit(8, &ticket) != GRAFT_OK || group.Wait(ticket) != GRAFT_OK) {
          ++wrong;
          continue;
        }
        auto result = group.Latest<float>();
        for (uint32_t i = 0; i < 8; ++i) {
          if (result.row(i)[0] != (t % 2 == 0 ? 1.0f : 2.0f)) ++wrong;
        }
      }
    });
  }
  std::thread ticker([&] {
    while (!stop) runtime.Tick();
  });
  for (std::thread& thread : threads) thread.join();
  stop = true;
  ticker.join();
  EXPECT_EQ(wrong, 0);
}

// All runtimes of a process share oneTBB's threads: on a machine with two cores, one. None may keep
// it from the others, not even while it ticks on.
TEST_F(PluginTest, RunsSeveralRuntimesOnOnePoolWithoutStarvingAny) {
  struct Host {
    graft::Runtime runtime;
    graft::Model model;
    graft::Group group;
  };
  std::vector<Host> hosts;
  for (int i = 0; i < 4; ++i) {
    graft_runtime_options options{};
    options.park_ns = 3'600'000'000'000;  // who is not asked to give a thread back keeps it
    graft::Runtime runtime = library_.OpenRuntime(options).value();
    graft::Model model = runtime.OpenModel(kFixtures + "constant_1.pt").value();
    graft::Group group = model.OpenGroup(1).value();
    hosts.push_back({std::move(runtime), std::move(model), std::move(group)});
  }
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (int frame = 0; frame < 50; ++frame) {
    std::vector<uint64_t> tickets(hosts.size());
    for (size_t i = 0; i < hosts.size(); ++i) {
      ASSERT_TRUE(hosts[i].group.Input<float>());
      ASSERT_EQ(hosts[i].group.Submit(1, &tickets[i]), GRAFT_OK);
      ASSERT_EQ(hosts[i].runtime.Tick(), GRAFT_OK);
    }
    for (size_t i = 0; i < hosts.size(); ++i) {  // poll, not wait: only a worker can run them
      while (hosts[i].group.Poll(tickets[i]) == GRAFT_PENDING) {
        ASSERT_LT(std::chrono::steady_clock::now(), limit)
            << "runtime " << i << " gets no thread, frame " << frame;
        // The first runtime keeps ticking, as a host does that does not know of the others.
        ASSERT_EQ(hosts[0].runtime.Tick(), GRAFT_OK);
        std::this_thread::yield();
      }
      ASSERT_EQ(hosts[i].group.Poll(tickets[i]), GRAFT_OK);
    }
  }
}

struct HostLog {
  std::atomic<int> logs{0};
  std::atomic<long> live_bytes{0};
  std::atomic<int> starts{0};
  std::atomic<int> stops{0};
};

TEST_F(PluginTest, CallsTheHostBackForLogMemoryAndThreads) {
  HostLog seen;
  graft_host host{};
  host.user = &seen;
  host.log = [](void* user, int32_t, const char*) { ++static_cast<HostLog*>(user)->logs; };
  host.allocate = [](void* user, size_t size_bytes, size_t alignment_bytes) -> void* {
    static_cast<HostLog*>(user)->live_bytes += static_cast<long>(size_bytes);
    return std::aligned_alloc(alignment_bytes, size_bytes);
  };
  host.deallocate = [](void* user, void* data, size_t size_bytes) {
    static_cast<HostLog*>(user)->live_bytes -= static_cast<long>(size_bytes);
    std::free(data);
  };
  host.thread_start = [](void* user, int32_t, uint32_t) { ++static_cast<HostLog*>(user)->starts; };
  host.thread_stop = [](void* user, int32_t, uint32_t) { ++static_cast<HostLog*>(user)->stops; };
  {
    graft::Runtime runtime = OpenRuntime(0, host);
    graft::Model model = runtime.OpenModel(kFixtures + "policy_scripted.pt").value();
    graft::Group group = model.OpenGroup(16).value();
    EXPECT_GE(seen.live_bytes, 4 * 16 * (16 + 12));
    EXPECT_GE(seen.logs, 1);
    uint64_t ticket = 0;
    ASSERT_TRUE(group.Input<float>());
    ASSERT_EQ(group.SubmitNow(16, &ticket), GRAFT_OK);
    while (group.Poll(ticket) == GRAFT_PENDING) std::this_thread::yield();  // on a worker
    while (seen.starts < 2) std::this_thread::yield();  // the watcher and a worker
  }
  EXPECT_EQ(seen.live_bytes, 0);
  EXPECT_EQ(seen.starts, seen.stops);
}

}  // namespace
