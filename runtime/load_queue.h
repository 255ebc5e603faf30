// The background threads that load models: first come, first served, at low priority.
//
//   queue.Post([&] { ...load, check, warm... });
//
// Threads: Post and the destructor on any thread. Jobs of one queue may run at the same time when
// there are several threads. With 0 threads nothing runs until RunOne: tests step through loads by
// hand.
#ifndef GRAFT_RUNTIME_LOAD_QUEUE_H_
#define GRAFT_RUNTIME_LOAD_QUEUE_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "runtime/background_thread.h"
#include "runtime/executor.h"

namespace graft::runtime {

class LoadQueue {
 public:
  // Threads start with the first Post, and may run where the calling thread may, whoever posts.
  LoadQueue(uint32_t threads, ThreadHooks hooks);
  // Runs what is queued, then ends. Owners cancel their jobs first.
  ~LoadQueue();
  LoadQueue(const LoadQueue&) = delete;
  LoadQueue& operator=(const LoadQueue&) = delete;

  void Post(std::function<void()> job);

  // Runs the oldest job on this thread; false when there is none.
  bool RunOne();

 private:
  void Work(uint32_t index);

  const uint32_t thread_count_;
  const ThreadHooks hooks_;
  const std::optional<cpu_set_t> cores_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_LOAD_QUEUE_H_
