#include "runtime/background_thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace graft::runtime {
namespace {

constexpr int kBackgroundNice = 10;

// linux/ioprio.h, which older kernel headers lack: IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0).
constexpr int kIoPriorityWhoProcess = 1;
constexpr int kIoPriorityIdle = 3 << 13;

}  // namespace

void BecomeBackgroundThread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.c_str());
  const sched_param no_priority{};
  sched_setscheduler(0, SCHED_BATCH, &no_priority);
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kBackgroundNice);
  syscall(SYS_ioprio_set, kIoPriorityWhoProcess, 0, kIoPriorityIdle);
}

}  // namespace graft::runtime
