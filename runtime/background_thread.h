// What a thread that must never disturb a frame says of itself to the kernel.
#ifndef GRAFT_RUNTIME_BACKGROUND_THREAD_H_
#define GRAFT_RUNTIME_BACKGROUND_THREAD_H_

#include <sched.h>

#include <optional>
#include <string>

namespace graft::runtime {

// Where the calling thread may run; none where the kernel does not say (more cores than the set has
// bits).
std::optional<cpu_set_t> CoresOfThread();

// Names the calling thread (15 characters at most), lowers its priority (nice 10), lets its disk
// accesses wait for everybody else's (the idle class), makes it a batch thread: being woken, it
// does not take the core from the thread that woke it, such as a host inside tick(); and gives it a
// long time slice: where they share a core, whoever is woken takes it at once. cores: where it may
// run; none: where the thread that started it may. None of it needs a privilege; all of it fails
// silently where the kernel refuses.
void BecomeBackgroundThread(const std::string& name,
                            const std::optional<cpu_set_t>& cores = std::nullopt);

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_BACKGROUND_THREAD_H_
