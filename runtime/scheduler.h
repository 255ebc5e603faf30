// Hands closed batches to the worker threads of the host's budget.
//
//   scheduler.Dispatch(batch, generation);     // ticking thread, or SubmitNow: returns at once
//
// A queue of {batch, generation} and as many lanes as the executor has threads. A lane takes an entry,
// runs the batch's parts until none is left, and takes the next. When the queue is empty it looks for new
// work for spin_ns, then returns its thread to the executor. An entry whose batch has been run meanwhile
// (by a host thread inside wait()) is recognised by its generation and dropped.
//
// Threads: Dispatch on any thread; it takes no lock, allocates nothing, and makes at most one wake-up.
// Flush and the destructor: control side, may block.
//
// No wake-up is lost: Dispatch pushes and then looks for a lane that is spinning, or else starts an idle
// one; a lane that gives up first says so and then looks at the queue again. All of it is sequentially
// consistent, so one of the two sees the other.
#ifndef GRAFT_RUNTIME_SCHEDULER_H_
#define GRAFT_RUNTIME_SCHEDULER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/batch_queue.h"
#include "runtime/batcher.h"
#include "runtime/clock.h"
#include "runtime/executor.h"
#include "runtime/staging.h"

namespace graft::runtime {

class Scheduler {
 public:
  static constexpr uint32_t kMaxLanes = 64;

  // spin_ns >= 0.
  Scheduler(std::unique_ptr<Executor> executor, int64_t spin_ns, const Clock& clock);
  // @pre nothing is dispatched any more. Waits until every lane has returned.
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // False: the queue is full; the batch is not handed over.
  bool Dispatch(Batch& batch, uint32_t generation) noexcept;

  // Returns when every entry that was in the queue at the call has left it. Blocks.
  void Flush();

  uint32_t lanes() const { return static_cast<uint32_t>(lanes_.size()); }
  // Lanes started on the executor so far: each costs a wake-up of a worker.
  uint64_t lane_starts() const { return lane_starts_.load(std::memory_order_relaxed); }

 private:
  class WorkerLane final : public Lane {
   public:
    void RunLane() noexcept override { scheduler->RunLane(*this); }
    Scheduler* scheduler = nullptr;
    uint64_t bit = 0;
    // Odd from before the lane takes an entry until it has done with it; Flush waits for that.
    std::atomic<uint64_t> round{0};
    Staging staging;
  };

  void RunLane(WorkerLane& lane) noexcept;
  bool RunNext(WorkerLane& lane) noexcept;
  void StartIdleLane() noexcept;

  const int64_t spin_ns_;
  const Clock& clock_;
  BatchQueue queue_;
  std::vector<WorkerLane> lanes_;           // never resized: the executor holds references
  std::atomic<uint64_t> idle_lanes_{0};     // bit i: lane i is not on any thread
  std::atomic<uint32_t> spinning_{0};       // lanes that look for work right now
  std::atomic<uint32_t> running_lanes_{0};  // lanes inside RunLane; the destructor waits for 0
  std::atomic<uint64_t> lane_starts_{0};
  const std::unique_ptr<Executor> executor_;  // last: its threads end before the rest goes
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_SCHEDULER_H_
