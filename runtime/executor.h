// Where lanes run: a oneTBB arena in production, plain threads under ThreadSanitizer, by hand in
// tests.
//
// A Lane is a piece of the scheduler that drains the batch queue and returns when it has been idle
// for a while. The executor runs it on some thread of the host's budget.
#ifndef GRAFT_RUNTIME_EXECUTOR_H_
#define GRAFT_RUNTIME_EXECUTOR_H_

#include <cstdint>
#include <functional>
#include <memory>

namespace graft::runtime {

class Lane {
 public:
  // Called by the executor, on a thread of its own, once for each Enqueue.
  virtual void RunLane() noexcept = 0;

 protected:
  ~Lane() = default;
};

class Executor {
 public:
  virtual ~Executor() = default;

  // Most lanes that can run at once; at least 1.
  virtual uint32_t concurrency() const = 0;

  // Threads that this executor shares with all others of its kind in the process; 0: it shares
  // none.
  virtual uint32_t shared_threads() const { return 0; }

  // Runs lane.RunLane() soon. [frame] Does not block; must not allocate once it is warm. The same
  // lane is never enqueued again before its RunLane has begun to return (see Scheduler).
  virtual void Enqueue(Lane& lane) noexcept = 0;
};

// Called on a thread when it begins and stops to work for this runtime; in pairs. May be empty.
struct ThreadHooks {
  std::function<void(uint32_t index)> start;
  std::function<void(uint32_t index)> stop;
};

// A oneTBB task arena of `threads` >= 1 workers. The process's TBB pool is shared with the host: no
// process-wide TBB setting is touched, and the arena takes only idle pool threads.
std::unique_ptr<Executor> MakeTbbExecutor(uint32_t threads);

// `threads` std::threads, for where oneTBB cannot be used (ThreadSanitizer).
// shared_threads: what it answers for Executor::shared_threads.
std::unique_ptr<Executor> MakeThreadExecutor(uint32_t threads, uint32_t shared_threads = 0);

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_EXECUTOR_H_
