// The frame path allocates nothing, takes no lock and never waits, with the real library, real
// workers and a real model: counted on the host's thread, call by call.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "graft/graft.hpp"
#include "tests/integration/call_counts.h"

namespace graft {
namespace {

using testing::CallCounts;

constexpr uint32_t kAgents = 4;

TEST(CallCounts, SeesWhatAFrameMustNotDo) {
  std::mutex mutex;
  CallCounts::Begin();
  void* volatile data = std::malloc(10);
  std::free(data);
  auto made = std::make_unique<std::string>(100, 'x');
  made.reset();
  mutex.lock();
  mutex.unlock();
  const CallCounts counts = CallCounts::End();
  EXPECT_EQ(counts.allocations, 3u);
  EXPECT_EQ(counts.frees, 3u);
  EXPECT_EQ(counts.locks, 1u);
}

struct FrameTotals {
  uint64_t submitted = 0;
  uint64_t busy = 0;
  uint64_t results = 0;
  uint64_t failed = 0;
};

// One frame of a host: only [frame] functions.
void RunFrame(const graft_api& api, graft_runtime runtime, graft_group group, uint64_t* ticket,
              FrameTotals* totals) {
  graft_block block{};
  block.struct_size = sizeof block;
  const graft_status input = api.input(group, 0, &block);
  if (input == GRAFT_OK) {
    auto* rows = static_cast<float*>(block.data);
    for (size_t i = 0; i < kAgents * block.row_bytes / sizeof(float); ++i) rows[i] = 1.0f;
    if (api.submit(group, kAgents, 0, ticket) != GRAFT_OK) ++totals->failed;
    ++totals->submitted;
  } else if (input == GRAFT_BUSY) {
    ++totals->busy;
  } else {
    ++totals->failed;
  }
  graft_tick_info info{};
  info.struct_size = sizeof info;
  if (api.tick(runtime, &info) != GRAFT_OK) ++totals->failed;
  if (api.poll(group, *ticket) < 0) ++totals->failed;
  graft_result result{};
  result.struct_size = sizeof result;
  const graft_status latest = api.latest(group, 0, &result);
  if (latest == GRAFT_OK) {
    ++totals->results;
    if (static_cast<const float*>(result.data)[0] != 1.0f) ++totals->failed;
  } else if (latest != GRAFT_NO_RESULT) {
    ++totals->failed;
  }
}

// Idle times of all lengths: none, shorter and longer than a worker looks for work, long enough for
// it to fall asleep.
void Idle(int frame) {
  if (frame % 100 == 99) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  } else if (frame % 10 == 9) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  } else if (frame % 2 == 1) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

TEST(FramePath, AllocatesNothingAndTakesNoLockInAThousandFrames) {
  Library library = Library::Load("plugin/libgraft.so").value();
  Runtime runtime = library.OpenRuntime().value();
  Model model =
      runtime.OpenModel("tests/fixtures/torchscript/constant_1.pt", GRAFT_MODEL_NO_WATCH).value();
  Group group = model.OpenGroup(kAgents).value();
  const graft_api& api = *library.api();

  FrameTotals totals;
  uint64_t ticket = 0;
  for (int frame = 0; frame < 500; ++frame) {  // the worker starts, pools fill
    RunFrame(api, runtime.handle(), group.handle(), &ticket, &totals);
    Idle(frame);
  }
  totals = FrameTotals();
  CallCounts all;
  for (int frame = 0; frame < 1000; ++frame) {
    CallCounts::Begin();
    RunFrame(api, runtime.handle(), group.handle(), &ticket, &totals);
    const CallCounts counts = CallCounts::End();
    all.allocations += counts.allocations;
    all.frees += counts.frees;
    all.locks += counts.locks;
    all.futex_waits += counts.futex_waits;
    all.futex_wakes += counts.futex_wakes;
    all.other_syscalls += counts.other_syscalls;
    Idle(frame);
  }
  EXPECT_EQ(all.allocations, 0u);
  EXPECT_EQ(all.frees, 0u);
  EXPECT_EQ(all.locks, 0u);
  EXPECT_EQ(all.futex_waits, 0u);
  EXPECT_EQ(all.other_syscalls, 0u);
  EXPECT_EQ(totals.failed, 0u);
  EXPECT_GT(totals.submitted, 500u) << totals.busy << " frames found every block in use";
  EXPECT_GT(totals.results, 900u);
  std::printf("%lu frames submitted, %lu results, %lu wake-ups of a sleeping worker\n",
              static_cast<unsigned long>(totals.submitted),
              static_cast<unsigned long>(totals.results),
              static_cast<unsigned long>(all.futex_wakes));
}

}  // namespace
}  // namespace graft
