#include "runtime/frame_view.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "runtime/background_thread.h"

namespace graft::runtime {
namespace {

uint32_t CountCores() {
  const std::optional<cpu_set_t> cores = CoresOfThread();
  if (cores) return static_cast<uint32_t>(std::max(CPU_COUNT(&*cores), 1));
  return std::max(std::thread::hardware_concurrency(), 1U);
}

}  // namespace

LiveFrames::LiveFrames(Scheduler* scheduler, HostCore* host_core, const Clock& clock)
    : FrameView(host_core), scheduler_(scheduler), clock_(clock), cores_(CountCores()) {}

bool LiveFrames::CoresAreTaken() const {
  const uint32_t lanes = scheduler_ == nullptr ? 0 : scheduler_->LanesAtWork();
  return lanes > 0 && lanes + 1 >= cores_;
}

void LiveFrames::SleepUntil(int64_t time_ns) {
  const int64_t left_ns = time_ns - NowNs();
  if (left_ns > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(left_ns));
}

}  // namespace graft::runtime
