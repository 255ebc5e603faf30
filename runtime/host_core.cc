#include "runtime/host_core.h"

#include "runtime/background_thread.h"

namespace graft::runtime {
namespace {

// Without `core`; false: there is no other.
bool Without(int32_t core, cpu_set_t* cores) {
  if (core < 0 || core >= CPU_SETSIZE) return false;
  CPU_CLR(static_cast<size_t>(core), cores);
  return CPU_COUNT(cores) > 0;
}

}  // namespace

void HostCore::Note() noexcept {
  const int32_t core = sched_getcpu();
  if (core_.load(std::memory_order_relaxed) != core) core_.store(core, std::memory_order_relaxed);
}

bool HostCore::StepAside() const noexcept {
  const int32_t core = core_.load(std::memory_order_relaxed);
  if (core < 0 || sched_getcpu() != core) return false;
  const std::optional<cpu_set_t> all = CoresOfThread();
  if (!all) return false;
  cpu_set_t others = *all;
  if (!Without(core, &others)) return false;
  const bool moved = sched_setaffinity(0, sizeof others, &others) == 0;
  sched_setaffinity(0, sizeof *all, &*all);
  return moved;
}

KeepsOff::KeepsOff(const HostCore& host_core) : host_core_(host_core), all_(CoresOfThread()) {}

KeepsOff::~KeepsOff() {
  if (thread_ != std::thread::id()) sched_setaffinity(0, sizeof *all_, &*all_);
}

void KeepsOff::Renew(bool away) noexcept {
  const int32_t core = away ? host_core_.core() : -1;
  const std::thread::id thread = std::this_thread::get_id();
  if (!all_ || (core == core_ && thread == thread_)) return;
  cpu_set_t cores = *all_;
  if (core >= 0 && !Without(core, &cores)) return;
  sched_setaffinity(0, sizeof cores, &cores);
  core_ = core;
  thread_ = thread;
}

}  // namespace graft::runtime
