#include "models/torch/intra_op_threads.h"

#include <gtest/gtest.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "models/torch/torch_model.h"

namespace at {  // ATen/Parallel.h
int get_num_threads();
void set_num_threads(int);
}  // namespace at

namespace graft::models {
namespace {

int ThreadsOfThisProcess() {
  int count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    (void)task;
    ++count;
  }
  return count;
}

// What the process's other threads have run: all but the calling one.
double SecondsOfOtherThreads() {
  const std::string own = std::to_string(gettid());
  double seconds = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == own) continue;
    int64_t run_ns = 0;
    EXPECT_TRUE(std::ifstream(task.path() / "schedstat") >> run_ns) << task.path();
    seconds += 1e-9 * static_cast<double>(run_ns);
  }
  return seconds;
}

int OnAnotherThread(int (*function)()) {
  int result = 0;
  std::thread([&] { result = function(); }).join();
  return result;
}

// Two inputs [n, n]; four products of them.
struct WideModel {
  explicit WideModel(int64_t n) : n(n), a(n * n, 0.01f), b(n * n, 0.02f), c(n * n) {
    TorchLoadOptions options;
    options.forward_only = true;
    model = TorchModel::LoadTorchScript("tests/fixtures/torchscript/wide.pt", options).value();
  }
  absl::Status Run() {
    HostTensor x;
    x.shape = {n, n};
    x.data.resize(a.size() * sizeof(float));
    return model->Forward({x, x}).status();
  }
  int64_t n;
  std::vector<float> a, b, c;
  std::unique_ptr<TorchModel> model;
};

TEST(OneIntraOpThread, SetsOneOnThisThreadAndPutsTheOldNumberBack) {
  at::set_num_threads(3);
  EXPECT_EQ(at::get_num_threads(), 3);
  {
    OneIntraOpThread one;
    EXPECT_EQ(at::get_num_threads(), 1);
    // A thread that starts now still gets the process's number.
    EXPECT_EQ(OnAnotherThread(&at::get_num_threads), 3);
    {
      OneIntraOpThread nested;
      EXPECT_EQ(at::get_num_threads(), 1);
    }
    EXPECT_EQ(at::get_num_threads(), 1);
  }
  EXPECT_EQ(at::get_num_threads(), 3);
  EXPECT_EQ(OnAnotherThread(&at::get_num_threads), 3);
}

TEST(OneIntraOpThread, IsNotOverwrittenByTheFirstOperatorOfANewThread) {
  at::set_num_threads(3);
  const auto in_new_thread = [] {
    OneIntraOpThread one;
    return at::get_num_threads();
  };
  EXPECT_EQ(OnAnotherThread(+in_new_thread), 1);
}

TEST(OneIntraOpThread, AModelComputesOnTheCallingThreadOnly) {
  at::set_num_threads(4);
  WideModel wide(512);
  // A new host thread that has never computed: it must start no helpers.
  int before = 0, after = 0;
  double own_seconds = 0, other_seconds = 0;
  const auto own_time = [] {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
  };
  std::thread([&] {
    before = ThreadsOfThisProcess();
    const double other = SecondsOfOtherThreads();
    const double own = own_time();
    for (int i = 0; i < 60; ++i) ASSERT_TRUE(wide.Run().ok());
    own_seconds = own_time() - own;
    other_seconds = SecondsOfOtherThreads() - other;
    after = ThreadsOfThisProcess();
    EXPECT_EQ(at::get_num_threads(), 4);
  }).join();
  EXPECT_EQ(after, before);
  // All of the process's time was this thread's.
  EXPECT_GT(own_seconds, 0);
  EXPECT_LT(other_seconds, 0.02 * own_seconds);
  EXPECT_EQ(OnAnotherThread(&at::get_num_threads), 4);
}

}  // namespace
}  // namespace graft::models
