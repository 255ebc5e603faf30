#include "runtime/background_thread.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace graft::runtime {
namespace {

constexpr int kBackgroundNice = 10;

// The longest time slice there is (kernel/sched/syscalls.c). A thread that is woken takes the core
// at once from one with a longer slice than its own; behind a thread with the usual slice it waits
// until that has used it up, or for the kernel's next tick (sched(7), EEVDF).
constexpr uint64_t kLongestSliceNs = 100'000'000;

// sched_setattr(2); the header that has it (linux/sched/types.h) collides with sched.h where both
// define sched_param.
struct SchedulingAttributes {
  uint32_t size = sizeof(SchedulingAttributes);
  uint32_t policy = 0;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0;  // of SCHED_OTHER and SCHED_BATCH: the slice; older kernels ignore it
  uint64_t deadline_ns = 0;
  uint64_t period_ns = 0;
};

// linux/ioprio.h, which older kernel headers lack: IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0).
constexpr int kIoPriorityWhoProcess = 1;
constexpr int kIoPriorityIdle = 3 << 13;

}  // namespace

std::optional<cpu_set_t> CoresOfThread() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return std::nullopt;
  return cores;
}

void BecomeBackgroundThread(const std::string& name, const std::optional<cpu_set_t>& cores) {
  pthread_setname_np(pthread_self(), name.c_str());
  if (cores) sched_setaffinity(0, sizeof *cores, &*cores);
  SchedulingAttributes attributes;
  attributes.policy = SCHED_BATCH;
  attributes.nice = kBackgroundNice;
  attributes.runtime_ns = kLongestSliceNs;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
  syscall(SYS_ioprio_set, kIoPriorityWhoProcess, 0, kIoPriorityIdle);
}

}  // namespace graft::runtime
