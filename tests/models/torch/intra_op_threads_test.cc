#include "models/torch/intra_op_threads.h"

#include <gtest/gtest.h>
#include <time.h>

#include <chrono>
#include <filesystem>
#include <memory>
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
  double cpu_seconds = 0, own_seconds = 0;
  const auto seconds = [](clockid_t clock) {
    timespec now;
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
  };
  std::thread([&] {
    before = ThreadsOfThisProcess();
    const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    const double own = seconds(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < 60; ++i) ASSERT_TRUE(wide.Run().ok());
    cpu_seconds = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    own_seconds = seconds(CLOCK_THREAD_CPUTIME_ID) - own;
    after = ThreadsOfThisProcess();
    EXPECT_EQ(at::get_num_threads(), 4);
  }).join();
  EXPECT_EQ(after, before);
  // The process's time was this thread's. With helpers a half of it at most would be; on a busy
  // machine the two clocks differ by some hundredths.
  EXPECT_GT(own_seconds, 0.8 * cpu_seconds);
  EXPECT_EQ(OnAnotherThread(&at::get_num_threads), 4);
}

}  // namespace
}  // namespace graft::models
