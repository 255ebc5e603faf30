#include "runtime/scheduler.h"

#include <algorithm>
#include <bit>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/cpu_relax.h"

namespace graft::runtime {
namespace {

// Looks for work between two looks at the clock.
constexpr int kLooksPerClock = 32;

}  // namespace

Scheduler::Scheduler(std::unique_ptr<Executor> executor, int64_t spin_ns, const Clock& clock,
                     ThreadHooks hooks)
    : spin_ns_(spin_ns),
      clock_(clock),
      hooks_(std::move(hooks)),
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
  closing_.store(true, std::memory_order_relaxed);
  while (running_lanes_.load() != 0) std::this_thread::yield();
}

absl::Status Scheduler::Add(Batcher* batcher) {
  for (uint32_t i = 0; i < kMaxBatchers; ++i) {
    Batcher* free = nullptr;
    if (!batchers_[i].compare_exchange_strong(free, batcher)) continue;
    uint32_t end = batchers_end_.load();
    while (end < i + 1 && !batchers_end_.compare_exchange_weak(end, i + 1)) {
    }
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("this runtime serves ", kMaxBatchers, " models already; close some"));
}

void Scheduler::Remove(Batcher* batcher) {
  for (std::atomic<Batcher*>& entry : batchers_) {
    Batcher* expected = batcher;
    if (entry.compare_exchange_strong(expected, nullptr)) break;
  }
  for (const WorkerLane& lane : lanes_) {
    const uint64_t round = lane.round.load();
    while (round % 2 == 1 && lane.round.load() == round) std::this_thread::yield();
  }
  while (visitors_.load() != 0) std::this_thread::yield();
}

void Scheduler::Notify(uint32_t parts) noexcept {
  const uint32_t looking = spinning_.load();
  for (uint32_t started = looking; started < parts; ++started) {
    if (!StartIdleLane()) return;
  }
}

bool Scheduler::StartIdleLane() noexcept {
  uint64_t idle = idle_lanes_.load();
  while (idle != 0) {
    const uint64_t lowest = idle & (~idle + 1);
    if (!idle_lanes_.compare_exchange_weak(idle, idle & ~lowest)) continue;
    running_lanes_.fetch_add(1);
    lane_starts_.fetch_add(1, std::memory_order_relaxed);
    executor_->Enqueue(lanes_[static_cast<size_t>(std::countr_zero(lowest))]);
    return true;
  }
  return false;
}

bool Scheduler::AnythingReady() const noexcept {
  const uint32_t end = batchers_end_.load();
  for (uint32_t i = 0; i < end; ++i) {
    const Batcher* batcher = batchers_[i].load();
    if (batcher != nullptr && batcher->HasReady()) return true;
  }
  return false;
}

bool Scheduler::RunOldest(WorkerLane& lane) noexcept {
  lane.round.fetch_add(1);  // odd: the batchers seen from here on stay alive
  ReadyBatch oldest;
  uint32_t ready_parts = 0;
  const uint32_t end = batchers_end_.load();
  for (uint32_t i = 0; i < end; ++i) {
    const Batcher* batcher = batchers_[i].load();
    if (batcher == nullptr) continue;
    const ReadyBatch candidate = batcher->OldestReady();
    if (candidate.batch == nullptr) continue;
    ready_parts += candidate.ready_parts;
    if (oldest.batch == nullptr || candidate.submitted_ns < oldest.submitted_ns) oldest = candidate;
  }
  if (oldest.batch != nullptr) {
    // Notify counted on this lane as one that looks; if there is more to do, another must look now.
    if (spinning_.fetch_sub(1) == 1 && ready_parts > 1) StartIdleLane();
    Batcher::RunPart(*oldest.batch, oldest.generation, lane.staging);
    spinning_.fetch_add(1);
  }
  lane.round.fetch_add(1);
  return oldest.batch != nullptr;
}

void Scheduler::EnterThread(const WorkerLane& lane) noexcept {
  if (hooks_.start) hooks_.start(static_cast<uint32_t>(std::countr_zero(lane.bit)));
  spinning_.fetch_add(1);
}

void Scheduler::LeaveThread(const WorkerLane& lane) noexcept {
  spinning_.fetch_sub(1);
  if (hooks_.stop) hooks_.stop(static_cast<uint32_t>(std::countr_zero(lane.bit)));
}

void Scheduler::RunLane(WorkerLane& lane) noexcept {
  EnterThread(lane);
  int64_t idle_since_ns = 0;
  for (int look = 0;; ++look) {
    if (RunOldest(lane)) {
      idle_since_ns = 0;
      continue;
    }
    if (spin_ns_ > 0 && !closing_.load(std::memory_order_relaxed)) {
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
    LeaveThread(lane);
    visitors_.fetch_add(1);
    idle_lanes_.fetch_or(lane.bit);
    const bool take_back = AnythingReady() && (idle_lanes_.fetch_and(~lane.bit) & lane.bit) != 0;
    visitors_.fetch_sub(1);
    if (!take_back) break;
    EnterThread(lane);
    idle_since_ns = 0;
  }
  // From here the lane may already run again on another thread: only counters of the scheduler.
  running_lanes_.fetch_sub(1);
}

}  // namespace graft::runtime
