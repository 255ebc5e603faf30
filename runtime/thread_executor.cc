#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/executor.h"

namespace graft::runtime {
namespace {

class ThreadExecutor final : public Executor {
 public:
  ThreadExecutor(uint32_t threads, uint32_t shared_threads) : shared_threads_(shared_threads) {
    for (uint32_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
  }

  ~ThreadExecutor() override {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  uint32_t concurrency() const override { return static_cast<uint32_t>(threads_.size()); }

  uint32_t shared_threads() const override { return shared_threads_; }

  void Enqueue(Lane& lane) noexcept override {
    {
      const std::lock_guard lock(mutex_);
      lanes_.push_back(&lane);
    }
    wake_.notify_one();
  }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return closing_ || !lanes_.empty(); });
      if (lanes_.empty()) return;
      Lane* lane = lanes_.front();
      lanes_.pop_front();
      lock.unlock();
      lane->RunLane();
      lock.lock();
    }
  }

  const uint32_t shared_threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Lane*> lanes_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Executor> MakeThreadExecutor(uint32_t threads, uint32_t shared_threads) {
  return std::make_unique<ThreadExecutor>(threads, shared_threads);
}

}  // namespace graft::runtime
