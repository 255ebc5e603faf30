#include "runtime/frame_view.h"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace graft::runtime {
namespace {

uint32_t CoresOfProcess() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) == 0) {
    return static_cast<uint32_t>(std::max(CPU_COUNT(&cores), 1));
  }
  return std::max(std::thread::hardware_concurrency(), 1U);  // more cores than the set has bits
}

// The clock of the time that a thread has had a core, as clock_gettime(2) takes it
// (include/linux/posix-timers_types.h: CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_SCHED). Of a thread that
// has ended there is none, and no harm done.
clockid_t ClockOfThread(int32_t thread) {
  return static_cast<clockid_t>((~static_cast<uint32_t>(thread) << 3) | 6);
}

}  // namespace

LiveFrames::LiveFrames(Scheduler* scheduler, const Clock& clock)
    : scheduler_(scheduler), clock_(clock), cores_(CoresOfProcess()) {}

int64_t LiveFrames::HostRanNs() const {
  const int32_t thread = rhythm().host_thread();
  timespec ran;
  if (thread == 0 || clock_gettime(ClockOfThread(thread), &ran) != 0) return -1;
  return int64_t{ran.tv_sec} * 1'000'000'000 + ran.tv_nsec;
}

bool LiveFrames::CoresAreTaken() const {
  const uint32_t lanes = scheduler_ == nullptr ? 0 : scheduler_->LanesAtWork();
  return lanes > 0 && lanes + 1 >= cores_;
}

void LiveFrames::SleepUntil(int64_t time_ns) {
  const int64_t left_ns = time_ns - NowNs();
  if (left_ns > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(left_ns));
}

}  // namespace graft::runtime
