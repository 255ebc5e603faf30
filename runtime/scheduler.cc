#include "runtime/scheduler.h"

#include <algorithm>
#include <array>
#include <bit>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/cpu_relax.h"
#include "runtime/futex.h"

namespace graft::runtime {
namespace {

// Looks for work between two looks at the clock.
constexpr int kLooksPerClock = 32;

// What the schedulers of a process know of each other. All of it is sequentially consistent: a lane
// that parks counts as parked before it looks at lanes_out; one that starts is counted before it
// looks for parked ones.
struct SharedThreads {
  static constexpr uint32_t kMaxSchedulers = 64;  // further ones are never asked for a thread
  std::array<std::atomic<Scheduler*>, kMaxSchedulers> schedulers{};
  std::atomic<uint32_t> lanes_out{0};  // lanes started and not idle again, of all schedulers
  std::atomic<uint32_t> askers{0};     // threads that look at schedulers; a destructor waits for 0
};

SharedThreads& Shared() {
  static SharedThreads shared;
  return shared;
}

}  // namespace

Scheduler::Scheduler(std::unique_ptr<Executor> executor, const SchedulerOptions& options,
                     const Clock& clock, const HostCore& host_core, ThreadHooks hooks)
    : options_(options),
      clock_(clock),
      host_core_(host_core),
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
  shared_threads_ = executor_->shared_threads();
  if (shared_threads_ == 0) return;
  for (std::atomic<Scheduler*>& entry : Shared().schedulers) {
    Scheduler* free = nullptr;
    if (entry.compare_exchange_strong(free, this)) break;
  }
}

Scheduler::~Scheduler() {
  for (std::atomic<Scheduler*>& entry : Shared().schedulers) {
    Scheduler* self = this;
    if (entry.compare_exchange_strong(self, nullptr)) break;
  }
  while (Shared().askers.load() != 0) std::this_thread::yield();
  closing_.store(true);
  while (WorkerLane* parked = TakeLane(parked_lanes_)) Wake(*parked);
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
    if (!StartLane()) return;
  }
}

// Takes the lowest lane out of a word of lanes; null when it is empty.
Scheduler::WorkerLane* Scheduler::TakeLane(std::atomic<uint64_t>& lanes) noexcept {
  uint64_t bits = lanes.load();
  while (bits != 0) {
    const uint64_t lowest = bits & (~bits + 1);
    if (lanes.compare_exchange_weak(bits, bits & ~lowest)) {
      return &lanes_[static_cast<size_t>(std::countr_zero(lowest))];
    }
  }
  return nullptr;
}

void Scheduler::Wake(WorkerLane& lane) noexcept {
  lane.wake.store(1);
  FutexWakeAll(lane.wake);
}

bool Scheduler::StartLane() noexcept {
  if (WorkerLane* parked = TakeLane(parked_lanes_)) {
    Wake(*parked);
    return true;
  }
  WorkerLane* idle = TakeLane(idle_lanes_);
  if (idle == nullptr) return false;
  running_lanes_.fetch_add(1);
  lane_starts_.fetch_add(1, std::memory_order_relaxed);
  if (shared_threads_ != 0) Shared().lanes_out.fetch_add(1);
  executor_->Enqueue(*idle);
  if (ThreadsAreShort()) AskOthersForAThread();
  return true;
}

bool Scheduler::ThreadsAreShort() const noexcept {
  return shared_threads_ != 0 && Shared().lanes_out.load() > shared_threads_;
}

void Scheduler::AskOthersForAThread() noexcept {
  Shared().askers.fetch_add(1);
  for (std::atomic<Scheduler*>& entry : Shared().schedulers) {
    Scheduler* other = entry.load();
    if (other != nullptr && other != this && other->GiveThreadBack()) break;
  }
  Shared().askers.fetch_sub(1);
}

bool Scheduler::GiveThreadBack() noexcept {
  WorkerLane* parked = TakeLane(parked_lanes_);
  if (parked == nullptr) return false;
  Wake(*parked);  // it finds no work, sees that threads are short, and does not park again
  return true;
}

bool Scheduler::AnythingReady() const noexcept {
  const uint32_t end = batchers_end_.load();
  for (uint32_t i = 0; i < end; ++i) {
    const Batcher* batcher = batchers_[i].load();
    if (batcher != nullptr && batcher->HasReady()) return true;
  }
  return false;
}

uint32_t Scheduler::LanesAtWork() noexcept {
  visitors_.fetch_add(1);  // the batchers seen from here on stay alive
  const bool ready = AnythingReady();
  visitors_.fetch_sub(1);
  return working_.load(std::memory_order_relaxed) + (ready ? 1 : 0);
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
    if (spinning_.fetch_sub(1) == 1 && ready_parts > 1) StartLane();
    working_.fetch_add(1, std::memory_order_relaxed);
    Batcher::RunPart(*oldest.batch, oldest.generation, lane.staging, /*may_shadow=*/true);
    working_.fetch_sub(1, std::memory_order_relaxed);
    spinning_.fetch_add(1);
  }
  lane.round.fetch_add(1);
  return oldest.batch != nullptr;
}

void Scheduler::RunLane(WorkerLane& lane) noexcept {
  EnterThread(lane);
  host_core_.StepAside();
  do {
    RunUntilIdle(lane);
  } while (Rest(lane));
  // From here the lane may already run again on another thread: only counters of the scheduler.
  running_lanes_.fetch_sub(1);
}

void Scheduler::EnterThread(const WorkerLane& lane) const noexcept {
  if (hooks_.start) hooks_.start(static_cast<uint32_t>(std::countr_zero(lane.bit)));
}

void Scheduler::LeaveThread(const WorkerLane& lane) const noexcept {
  if (hooks_.stop) hooks_.stop(static_cast<uint32_t>(std::countr_zero(lane.bit)));
}

// Returns when nothing has been ready for spin_ns.
void Scheduler::RunUntilIdle(WorkerLane& lane) noexcept {
  spinning_.fetch_add(1);
  int64_t idle_since_ns = 0;
  for (int look = 0;; ++look) {
    if (RunOldest(lane)) {
      idle_since_ns = 0;
      continue;
    }
    if (options_.spin_ns <= 0 || closing_.load(std::memory_order_relaxed)) break;
    if (idle_since_ns == 0) {
      idle_since_ns = clock_.NowNs();
      look = 0;
    }
    if (look % kLooksPerClock == 0 && clock_.NowNs() - idle_since_ns >= options_.spin_ns) break;
    CpuRelax();
  }
  spinning_.fetch_sub(1);
}

// Sleeps on the thread for park_ns, then gives it back. True: there is work, the lane runs on;
// false: the lane is idle, and may already run on another thread.
bool Scheduler::Rest(WorkerLane& lane) noexcept {
  if (options_.park_ns > 0 && !closing_.load() && !ThreadsAreShort()) {
    if (GiveUp(parked_lanes_, lane)) return true;
    if (AwaitWake(lane, options_.park_ns)) return true;
    if ((parked_lanes_.fetch_and(~lane.bit) & lane.bit) == 0) {
      AwaitWake(lane, -1);  // somebody has just chosen this lane
      return true;
    }
  }
  LeaveThread(lane);
  if (shared_threads_ != 0) Shared().lanes_out.fetch_sub(1);
  if (!GiveUp(idle_lanes_, lane)) return false;
  if (shared_threads_ != 0) Shared().lanes_out.fetch_add(1);
  EnterThread(lane);
  return true;
}

// Says that the lane gives up, then looks once more for a reason not to. True: there is one, and
// the lane has taken its word back.
bool Scheduler::GiveUp(std::atomic<uint64_t>& lanes, const WorkerLane& lane) noexcept {
  visitors_.fetch_add(1);
  lanes.fetch_or(lane.bit);
  const bool parking = &lanes == &parked_lanes_;
  const bool needed = AnythingReady() || (parking && (closing_.load() || ThreadsAreShort()));
  const bool take_back = needed && (lanes.fetch_and(~lane.bit) & lane.bit) != 0;
  visitors_.fetch_sub(1);
  return take_back;
}

bool Scheduler::AwaitWake(WorkerLane& lane, int64_t timeout_ns) noexcept {
  const int64_t begin_ns = clock_.NowNs();
  while (lane.wake.load() == 0) {
    const int64_t left_ns = timeout_ns < 0 ? -1 : begin_ns + timeout_ns - clock_.NowNs();
    if (timeout_ns >= 0 && left_ns <= 0) return false;
    FutexWait(lane.wake, 0, left_ns);
  }
  lane.wake.store(0);
  host_core_.StepAside();
  return true;
}

}  // namespace graft::runtime
