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
constexpr uint64_t kFrames = 1000;
// Frames that find every block in use are not counted: on a busy machine there are many.
constexpr int kMostFrames = 100'000;

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

// The sum of what the host's thread did in a thousand frames, calls of Idle between them not
// counted.
struct Measured {
  CallCounts calls;
  FrameTotals frames;
};

Measured RunThousandFrames(int64_t spin_ns, void (*idle)(int frame)) {
  Library library = Library::Load("plugin/libgraft.so").value();
  graft_runtime_options options{};
  options.struct_size = sizeof options;
  options.spin_ns = spin_ns;
  Runtime runtime = library.OpenRuntime(options).value();
  Model model =
      runtime.OpenModel("tests/fixtures/torchscript/constant_1.pt", GRAFT_MODEL_NO_WATCH).value();
  Group group = model.OpenGroup(kAgents).value();
  const graft_api& api = *library.api();

  Measured all;
  uint64_t ticket = 0;
  for (int frame = 0; frame < 500; ++frame) {  // the worker starts, pools fill
    RunFrame(api, runtime.handle(), group.handle(), &ticket, &all.frames);
    idle(frame);
  }
  all.frames = FrameTotals();
  for (int frame = 0; all.frames.submitted < kFrames && frame < kMostFrames; ++frame) {
    CallCounts::Begin();
    RunFrame(api, runtime.handle(), group.handle(), &ticket, &all.frames);
    const CallCounts counts = CallCounts::End();
    all.calls.allocations += counts.allocations;
    all.calls.frees += counts.frees;
    all.calls.locks += counts.locks;
    all.calls.futex_waits += counts.futex_waits;
    all.calls.futex_wakes += counts.futex_wakes;
    all.calls.other_syscalls += counts.other_syscalls;
    idle(frame);
  }
  std::printf("%lu frames submitted, %lu results, %lu wake-ups, %lu allocations\n",
              static_cast<unsigned long>(all.frames.submitted),
              static_cast<unsigned long>(all.frames.results),
              static_cast<unsigned long>(all.calls.futex_wakes),
              static_cast<unsigned long>(all.calls.allocations));
  return all;
}

void ExpectNeitherLocksNorWaits(const Measured& all) {
  EXPECT_EQ(all.calls.frees, 0u);
  EXPECT_EQ(all.calls.locks, 0u);
  EXPECT_EQ(all.calls.futex_waits, 0u);
  EXPECT_EQ(all.calls.other_syscalls, 0u);
  EXPECT_EQ(all.frames.failed, 0u);
  EXPECT_EQ(all.frames.submitted, kFrames) << all.frames.busy << " frames found every block in use";
  EXPECT_GE(all.frames.results, kFrames);
}

TEST(FramePath, AllocatesNothingWhileAWorkerIsAwake) {
  const Measured all = RunThousandFrames(/*spin_ns=*/10'000'000'000, [](int frame) {
    if (frame % 2 == 1) std::this_thread::sleep_for(std::chrono::microseconds(200));
  });
  ExpectNeitherLocksNorWaits(all);
  EXPECT_EQ(all.calls.allocations, 0u);
  EXPECT_EQ(all.calls.futex_wakes, 0u);
}

// Idle times of all lengths: none, shorter and longer than a worker looks for work, long enough for
// it to fall asleep.
TEST(FramePath, OnlyWakesTheWorkerAfterAnIdleTime) {
  const Measured all = RunThousandFrames(/*spin_ns=*/0, [](int frame) {
    if (frame % 100 == 99) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    } else if (frame % 10 == 9) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    } else if (frame % 2 == 1) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  ExpectNeitherLocksNorWaits(all);
  EXPECT_EQ(all.calls.allocations, 0u);
}

}  // namespace
}  // namespace graft
