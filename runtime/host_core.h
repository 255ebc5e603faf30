// The core that a host ticks on, and how the runtime's own threads keep off it.
//
//   host_core.Note();                      // inside every tick
//   KeepsOff keeps_off(host_core);         // loader: around its work
//   keeps_off.Renew(/*away=*/true);        // ...at every pacing point: hosts move
//   host_core.StepAside();                 // worker that was woken: not here, if the host is here
//
// Kernels put a thread that is woken where it ran last, or beside the one that woke it; Linux does
// so for tens of milliseconds after the cores were busy without looking whether another one is idle
// (SIS_UTIL). Behind a loader on its core, a host's thread begins its frame late; before it on its
// core, a worker takes that frame's time, a forward. Neither can happen where loaders never run on
// the host's core and a worker that finds itself there moves on.
//
// Where a thread may run on one core only, it is not moved.
#ifndef GRAFT_RUNTIME_HOST_CORE_H_
#define GRAFT_RUNTIME_HOST_CORE_H_

#include <sched.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>

namespace graft::runtime {

// Threads: Note: the ticking thread, one at a time; all else: any thread.
class HostCore {
 public:
  // [frame] The calling thread ticks, here.
  void Note() noexcept;
  // -1: not known.
  int32_t core() const noexcept { return core_.load(std::memory_order_relaxed); }

  // [frame] Moves the calling thread from the host's core to another; where it may run stays as it
  // was. Three system calls where it moves, else none. True: it has moved.
  bool StepAside() const noexcept;

 private:
  std::atomic<int32_t> core_{-1};
};

// Keeps a thread that works in the background off the host's core while this lives. Threads: one
// at a time: the one that made it and destroys it, or one that works for it in between.
class KeepsOff {
 public:
  explicit KeepsOff(const HostCore& host_core);
  ~KeepsOff();
  KeepsOff(const KeepsOff&) = delete;
  KeepsOff& operator=(const KeepsOff&) = delete;

  // To be called now and then, by the thread that works. away: false lets it run anywhere: the
  // other cores are taken.
  void Renew(bool away) noexcept;

 private:
  const HostCore& host_core_;
  const std::optional<cpu_set_t> all_;  // where the thread that began may run
  // Which thread was kept off which core last; -1: off none.
  std::thread::id thread_;
  int32_t core_ = -1;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_HOST_CORE_H_
