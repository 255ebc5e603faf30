// A bounded queue of closed batches, many producers and many consumers, no locks.
//
// The bounded MPMC queue of D. Vyukov (1024cores.net): each cell carries a sequence number that says
// whose turn it is. Threads: Push and Pop on any thread; neither blocks nor allocates.
#ifndef GRAFT_RUNTIME_BATCH_QUEUE_H_
#define GRAFT_RUNTIME_BATCH_QUEUE_H_

#include <atomic>
#include <cstdint>
#include <memory>

namespace graft::runtime {

struct Batch;

struct QueuedBatch {
  Batch* batch = nullptr;
  uint32_t generation = 0;
};

class BatchQueue {
 public:
  static constexpr uint64_t kCapacity = 8192;

  BatchQueue() : cells_(std::make_unique<Cell[]>(kCapacity)) {
    for (uint64_t i = 0; i < kCapacity; ++i) cells_[i].turn.store(i, std::memory_order_relaxed);
  }

  bool Push(QueuedBatch entry) noexcept {
    uint64_t position = pushed_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[position % kCapacity];
      const uint64_t turn = cell.turn.load(std::memory_order_acquire);
      if (turn == position) {
        if (pushed_.compare_exchange_weak(position, position + 1)) {
          cell.entry = entry;
          cell.turn.store(position + 1);
          return true;
        }
      } else if (turn < position) {
        return false;  // full
      } else {
        position = pushed_.load(std::memory_order_relaxed);
      }
    }
  }

  bool Pop(QueuedBatch* entry) noexcept {
    uint64_t position = popped_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[position % kCapacity];
      const uint64_t turn = cell.turn.load();
      if (turn == position + 1) {
        if (popped_.compare_exchange_weak(position, position + 1)) {
          *entry = cell.entry;
          cell.turn.store(position + kCapacity, std::memory_order_release);
          return true;
        }
      } else if (turn < position + 1) {
        return false;  // empty
      } else {
        position = popped_.load(std::memory_order_relaxed);
      }
    }
  }

  bool Empty() const noexcept { return popped_.load() >= pushed_.load(); }
  uint64_t pushed() const noexcept { return pushed_.load(); }
  uint64_t popped() const noexcept { return popped_.load(); }

 private:
  struct Cell {
    std::atomic<uint64_t> turn;  // position: to be pushed; position + 1: to be popped
    QueuedBatch entry;           // published by turn
  };

  const std::unique_ptr<Cell[]> cells_;
  alignas(64) std::atomic<uint64_t> pushed_{0};
  alignas(64) std::atomic<uint64_t> popped_{0};
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_BATCH_QUEUE_H_
