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
