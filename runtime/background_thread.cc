#include "runtime/background_thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace graft::runtime {
namespace {

constexpr int kBackgroundNice = 10;

}  // namespace

void BecomeBackgroundThread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.c_str());
  const sched_param no_priority{};
  sched_setscheduler(0, SCHED_BATCH, &no_priority);
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kBackgroundNice);
}

}  // namespace graft::runtime
