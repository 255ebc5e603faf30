#include <tbb/task_arena.h>
#include <tbb/task_scheduler_observer.h>

#include <utility>

#include "runtime/executor.h"

namespace graft::runtime {
namespace {

// Tells the host's hooks which of the process's TBB threads work for us, and when.
class ArenaObserver final : public tbb::task_scheduler_observer {
 public:
  ArenaObserver(tbb::task_arena& arena, ThreadHooks hooks)
      : tbb::task_scheduler_observer(arena), hooks_(std::move(hooks)) {
    if (hooks_.start || hooks_.stop) observe(true);
  }
  ~ArenaObserver() override { observe(false); }

  void on_scheduler_entry(bool is_worker) override {
    if (is_worker && hooks_.start) hooks_.start(SlotIndex());
  }
  void on_scheduler_exit(bool is_worker) override {
    if (is_worker && hooks_.stop) hooks_.stop(SlotIndex());
  }

 private:
  static uint32_t SlotIndex() {
    const int index = tbb::this_task_arena::current_thread_index();
    return index < 0 ? 0 : static_cast<uint32_t>(index);
  }

  const ThreadHooks hooks_;
};

class TbbExecutor final : public Executor {
 public:
  // No slot is reserved for host threads: they never enter the arena.
  TbbExecutor(uint32_t threads, ThreadHooks hooks)
      : arena_(static_cast<int>(threads), /*reserved_for_masters=*/0,
               tbb::task_arena::priority::high) {
    arena_.initialize();
    observer_ = std::make_unique<ArenaObserver>(arena_, std::move(hooks));
  }

  uint32_t concurrency() const override { return static_cast<uint32_t>(arena_.max_concurrency()); }

  void Enqueue(Lane& lane) noexcept override {
    arena_.enqueue([&lane] { lane.RunLane(); });
  }

 private:
  tbb::task_arena arena_;
  std::unique_ptr<ArenaObserver> observer_;
};

}  // namespace

std::unique_ptr<Executor> MakeTbbExecutor(uint32_t threads, ThreadHooks hooks) {
  return std::make_unique<TbbExecutor>(threads, std::move(hooks));
}

}  // namespace graft::runtime
