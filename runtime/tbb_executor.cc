#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "runtime/executor.h"

namespace graft::runtime {
namespace {

class TbbExecutor final : public Executor {
 public:
  // No slot is reserved for host threads: they never enter the arena.
  explicit TbbExecutor(uint32_t threads)
      : arena_(static_cast<int>(threads), /*reserved_for_masters=*/0,
               tbb::task_arena::priority::high) {
    arena_.initialize();
  }

  uint32_t concurrency() const override { return static_cast<uint32_t>(arena_.max_concurrency()); }

  // oneTBB runs one thread fewer than its limit, and one where the limit is one.
  uint32_t shared_threads() const override {
    const size_t limit =
        tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
    return limit > 2 ? static_cast<uint32_t>(limit) - 1 : 1;
  }

  void Enqueue(Lane& lane) noexcept override {
    arena_.enqueue([&lane] { lane.RunLane(); });
  }

 private:
  tbb::task_arena arena_;
};

}  // namespace

std::unique_ptr<Executor> MakeTbbExecutor(uint32_t threads) {
  return std::make_unique<TbbExecutor>(threads);
}

}  // namespace graft::runtime
