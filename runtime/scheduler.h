// Lets the worker threads of the host's budget run what the batchers have ready.
//
//   scheduler.Add(batcher);                 // control side
//   scheduler.Notify(parts);                // whoever made a batch ready: returns at once
//
// There is no queue: each batcher keeps a word of ready batches, and a lane takes the oldest ready
// part of all models. So nothing overflows, nothing in it can be stale, and a batch that a host
// thread runs itself (inside wait()) is simply not ready any more.
//
// There are as many lanes as the executor has threads, and no more are started than there are parts
// to run at once. A lane that finds nothing looks on for spin_ns, then sleeps on its thread for
// park_ns, then gives the thread back:
//
//   idle -> (executor) -> running -> spinning -> parked -> idle
//                            ^-----------'----------'
//
// Where executors share threads (all runtimes of a process share oneTBB's pool), lanes park only as
// long as there are threads for all that were started: whoever starts one too many asks a parked
// lane of another scheduler for its thread.
//
// Waking a parked lane is one system call and no allocation; starting an idle one costs what the
// executor's queue costs. So a host that ticks more often than park_ns never pays the latter.
//
// Threads: Notify on any thread; it takes no lock, allocates nothing, and makes at most one wake-up
// for each part. Add, Remove, the destructor: control side; Remove and the destructor may block.
//
// No wake-up is lost: whoever makes work ready then looks for a lane that is spinning, or else
// starts an idle one; a lane that gives up first says so and then looks for work again. All of it
// is sequentially consistent, so one of the two sees the other.
#ifndef GRAFT_RUNTIME_SCHEDULER_H_
#define GRAFT_RUNTIME_SCHEDULER_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "runtime/batcher.h"
#include "runtime/clock.h"
#include "runtime/executor.h"
#include "runtime/host_core.h"
#include "runtime/staging.h"

namespace graft::runtime {

struct SchedulerOptions {
  int64_t spin_ns = 50'000;       // 0: not at all
  int64_t park_ns = 100'000'000;  // 0: not at all
};

class Scheduler {
 public:
  static constexpr uint32_t kMaxLanes = 64;

  // host_core: outlives this. hooks: called by each lane, with its index, around its stay on a
  // thread.
  Scheduler(std::unique_ptr<Executor> executor, const SchedulerOptions& options, const Clock& clock,
            const HostCore& host_core, ThreadHooks hooks);
  // @pre nothing is dispatched any more. Waits until every lane has returned.
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  static constexpr uint32_t kMaxBatchers = 64;
  // kResourceExhausted when there are kMaxBatchers.
  absl::Status Add(Batcher* batcher);
  // After return no lane touches the batcher. @pre none of its batches is in flight.
  void Remove(Batcher* batcher);

  // [frame] `parts` parts have just become ready.
  void Notify(uint32_t parts) noexcept;

  // Lanes that run a part, and one more when a part waits for a lane. Any thread.
  uint32_t LanesAtWork() noexcept;

  // Lanes started on the executor so far; parked ones that were woken are not counted.
  uint64_t lane_starts() const { return lane_starts_.load(std::memory_order_relaxed); }

 private:
  class WorkerLane final : public Lane {
   public:
    void RunLane() noexcept override { scheduler->RunLane(*this); }
    Scheduler* scheduler = nullptr;
    uint64_t bit = 0;
    // Odd while the lane may touch a batcher; Remove waits for that.
    std::atomic<uint64_t> round{0};
    std::atomic<uint32_t> wake{0};  // a futex word: not 0 ends the lane's sleep
    Staging staging;
  };

  void RunLane(WorkerLane& lane) noexcept;
  void EnterThread(const WorkerLane& lane) const noexcept;
  void LeaveThread(const WorkerLane& lane) const noexcept;
  void RunUntilIdle(WorkerLane& lane) noexcept;
  bool Rest(WorkerLane& lane) noexcept;
  bool GiveUp(std::atomic<uint64_t>& lanes, const WorkerLane& lane) noexcept;
  bool AwaitWake(WorkerLane& lane, int64_t timeout_ns) noexcept;
  static void Wake(WorkerLane& lane) noexcept;
  // Another scheduler lacks a thread: a parked lane of this one gives its own back. False: none.
  bool GiveThreadBack() noexcept;
  void AskOthersForAThread() noexcept;
  // More lanes hold or await a shared thread than there are.
  bool ThreadsAreShort() const noexcept;
  WorkerLane* TakeLane(std::atomic<uint64_t>& lanes) noexcept;
  // Claims and runs the oldest ready part; false: nothing is ready.
  bool RunOldest(WorkerLane& lane) noexcept;
  bool AnythingReady() const noexcept;
  bool StartLane() noexcept;

  const SchedulerOptions options_;
  const Clock& clock_;
  const HostCore& host_core_;
  const ThreadHooks hooks_;
  // Written by Add and Remove; null: free.
  std::array<std::atomic<Batcher*>, kMaxBatchers> batchers_{};
  std::atomic<uint32_t> batchers_end_{0};
  std::vector<WorkerLane> lanes_;          // never resized: the executor holds references
  std::atomic<uint64_t> idle_lanes_{0};    // bit i: lane i is not on any thread
  std::atomic<uint64_t> parked_lanes_{0};  // bit i: lane i sleeps on its thread
  std::atomic<uint32_t> spinning_{0};      // lanes that look for work right now
  std::atomic<uint32_t> working_{0};       // lanes that run a part
  // Lanes that gave up and look once more, and LanesAtWork; Remove waits for 0.
  std::atomic<uint32_t> visitors_{0};
  std::atomic<uint32_t> running_lanes_{0};  // lanes inside RunLane; the destructor waits for 0
  std::atomic<uint64_t> lane_starts_{0};
  std::atomic<bool> closing_{false};          // lanes look no longer for work that cannot come
  uint32_t shared_threads_ = 0;               // Executor::shared_threads()
  const std::unique_ptr<Executor> executor_;  // last: its threads end before the rest goes
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_SCHEDULER_H_
