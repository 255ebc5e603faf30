#include "runtime/scheduler.h"

#include <algorithm>
#include <bit>
#include <thread>
#include <utility>

#include "runtime/cpu_relax.h"

namespace graft::runtime {
namespace {

// Looks at the queue between two looks at the clock.
constexpr int kLooksPerClock = 32;

}  // namespace

Scheduler::Scheduler(std::unique_ptr<Executor> executor, int64_t spin_ns, const Clock& clock)
    : spin_ns_(spin_ns),
      clock_(clock),
      lanes_(std::min(executor->concurrency(), kMaxLanes)),
      executor_(std::move(executor)) {
  uint64_t idle = 0;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    lanes_[i].scheduler = this;
    lanes_[i].bit = uint64_t{1} << i;
    idle |= lanes_[i].bit;
  }
  idle_lanes_.store(idle);
}

Scheduler::~Scheduler() {
  while (running_lanes_.load() != 0) std::this_thread::yield();
}

bool Scheduler::Dispatch(Batch& batch, uint32_t generation) noexcept {
  if (!queue_.Push({&batch, generation})) return false;
  if (spinning_.load() == 0) StartIdleLane();
  return true;
}

void Scheduler::Flush() {
  // Twice: a lane that held such an entry may have queued it again for a second lane meanwhile, but
  // nobody does that for a batch that has ended.
  for (int pass = 0; pass < 2; ++pass) {
    const uint64_t pushed = queue_.pushed();
    while (queue_.popped() < pushed) std::this_thread::yield();
    for (const WorkerLane& lane : lanes_) {
      const uint64_t round = lane.round.load();
      while (round % 2 == 1 && lane.round.load() == round) std::this_thread::yield();
    }
  }
}

void Scheduler::StartIdleLane() noexcept {
  uint64_t idle = idle_lanes_.load();
  while (idle != 0) {
    const uint64_t lowest = idle & (~idle + 1);
    if (!idle_lanes_.compare_exchange_weak(idle, idle & ~lowest)) continue;
    running_lanes_.fetch_add(1);
    lane_starts_.fetch_add(1, std::memory_order_relaxed);
    executor_->Enqueue(lanes_[static_cast<size_t>(std::countr_zero(lowest))]);
    return;
  }
}

bool Scheduler::RunNext(WorkerLane& lane) noexcept {
  lane.round.fetch_add(1);  // odd: may hold an entry
  QueuedBatch next;
  const bool found = queue_.Pop(&next);
  if (found) {
    spinning_.fetch_sub(1);
    bool claimed = true;
    for (bool alone = true; claimed; alone = false) {
      // Before the first part: work for a second lane, in this batch or behind it, wakes one.
      const bool more_parts =
          alone && Batcher::UnclaimedParts(*next.batch, next.generation) > 1 && lanes_.size() > 1;
      if (more_parts) queue_.Push(next);  // full: then this lane does them all
      if (alone && !queue_.Empty() && spinning_.load() == 0) StartIdleLane();
      claimed = Batcher::RunPart(*next.batch, next.generation, lane.staging);
    }
    spinning_.fetch_add(1);
  }
  lane.round.fetch_add(1);
  return found;
}

void Scheduler::RunLane(WorkerLane& lane) noexcept {
  spinning_.fetch_add(1);
  int64_t idle_since_ns = 0;
  for (int look = 0;; ++look) {
    if (RunNext(lane)) {
      idle_since_ns = 0;
      continue;
    }
    if (spin_ns_ > 0) {
      if (idle_since_ns == 0) {
        idle_since_ns = clock_.NowNs();
        look = 0;
      }
      if (look % kLooksPerClock != 0 || clock_.NowNs() - idle_since_ns < spin_ns_) {
        CpuRelax();
        continue;
      }
    }
    // Give up: say so first, then look once more.
    spinning_.fetch_sub(1);
    idle_lanes_.fetch_or(lane.bit);
    const bool take_back = !queue_.Empty() && (idle_lanes_.fetch_and(~lane.bit) & lane.bit) != 0;
    if (!take_back) break;
    spinning_.fetch_add(1);
    idle_since_ns = 0;
  }
  // From here the lane may already run again on another thread: only counters of the scheduler.
  running_lanes_.fetch_sub(1);
}

}  // namespace graft::runtime
