#include "runtime/load_queue.h"

#include <string>
#include <utility>

namespace graft::runtime {

LoadQueue::LoadQueue(uint32_t threads, ThreadHooks hooks)
    : thread_count_(threads), hooks_(std::move(hooks)), cores_(CoresOfThread()) {}

LoadQueue::~LoadQueue() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void LoadQueue::Post(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    if (threads_.size() < thread_count_) {
      const uint32_t index = static_cast<uint32_t>(threads_.size());
      threads_.emplace_back([this, index] { Work(index); });
    }
  }
  wake_.notify_one();
}

bool LoadQueue::RunOne() {
  std::function<void()> job;
  {
    const std::lock_guard lock(mutex_);
    if (jobs_.empty()) return false;
    job = std::move(jobs_.front());
    jobs_.pop_front();
  }
  job();
  return true;
}

void LoadQueue::Work(uint32_t index) {
  BecomeBackgroundThread("graft-load-" + std::to_string(index), cores_);
  if (hooks_.start) hooks_.start(index);
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
      if (jobs_.empty()) break;
    }
    RunOne();
  }
  if (hooks_.stop) hooks_.stop(index);
}

}  // namespace graft::runtime
