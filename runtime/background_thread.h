// What a thread that must never disturb a frame says of itself to the kernel.
#ifndef GRAFT_RUNTIME_BACKGROUND_THREAD_H_
#define GRAFT_RUNTIME_BACKGROUND_THREAD_H_

#include <string>

namespace graft::runtime {

// Names the calling thread (15 characters at most), lowers its priority (nice 10), lets its disk
// accesses wait for everybody else's (the idle class), and makes it a batch thread: being woken, it
// does not take the core from the thread that woke it, such as a host inside tick(). None needs a
// privilege; all fail silently where the kernel refuses.
void BecomeBackgroundThread(const std::string& name);

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_BACKGROUND_THREAD_H_
