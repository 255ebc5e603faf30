// One block of agents on its way through a frame: the host writes its inputs, a batch computes it,
// the host reads its outputs.
//
//   FREE -> WRITING -> SUBMITTED -> RUNNING -> DONE -> FREE
//                           '-> HELD -^
//
// HELD: rows of a model with recurrent state, closed into a batch that waits until the group's
// earlier rows are done, and no version that runs beside is still to run them.
//
// Threads. The group's thread moves FREE -> WRITING -> SUBMITTED and DONE -> FREE; the ticking
// thread (or the group's, for SubmitNow and Run) moves SUBMITTED -> RUNNING; the thread that
// finishes the batch moves RUNNING -> DONE. Each move is a release store of `state`, each look an
// acquire load: whoever sees a state may read what was written before it. HELD -> RUNNING is moved
// by whoever finishes the last batch that it waits for.
#ifndef GRAFT_RUNTIME_BLOCK_H_
#define GRAFT_RUNTIME_BLOCK_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace graft::runtime {

class AgentGroup;
struct Batch;

enum class BlockState : uint32_t { kFree, kWriting, kSubmitted, kHeld, kRunning, kDone };

// What became of the rows of a batch.
enum class Outcome : uint32_t {
  kOk,
  kLate,       // dropped at its deadline before it ran
  kFailed,     // the model raised
  kNoVersion,  // nothing served
};

struct Block {
  AgentGroup* group = nullptr;
  // [capacity, ...] each, 64-byte aligned. Those of a state are set for each batch (AgentState).
  std::vector<std::byte*> inputs;
  std::vector<std::byte*> outputs;
  // Of each state: what a version that runs beside the serving one reads and writes instead.
  std::vector<std::byte*> beside_inputs;
  std::vector<std::byte*> beside_outputs;

  // A futex word: wait() sleeps on it. `sleepers` tells the finisher whether to make the system
  // call; both are sequentially consistent (either the sleeper sees DONE or the finisher sees the
  // sleeper).
  std::atomic<uint32_t> state{static_cast<uint32_t>(BlockState::kFree)};
  std::atomic<uint32_t> sleepers{0};

  // Written by the group's thread before SUBMITTED.
  uint64_t ticket = 0;  // counts from 1 within the group
  uint32_t agents = 0;
  int64_t submit_ns = 0;
  std::vector<uint64_t> resets;  // bit i % 64 of word i / 64: agent i begins anew; states only

  // Written by whoever closes the batch, before RUNNING.
  Batch* batch = nullptr;
  uint32_t batch_generation = 0;
  Block* next = nullptr;  // the next block of the same batch
  // States only: the batch that waits for this block; the batcher's mark once it is done. Exchanged
  // by the closer of the next block and by the finisher of this one: who comes second starts it.
  std::atomic<Batch*> waiting{nullptr};
  // DONE, and a version that runs beside, unseen, has still to run its rows: it is not written
  // before. Set by the finisher before DONE, cleared by who finishes that; partner: Input.
  std::atomic<bool> observed{false};

  // Written by the finisher before DONE.
  Outcome outcome = Outcome::kOk;
  uint64_t version = 0;
  uint64_t tick = 0;
  uint64_t fading_version = 0;  // 0: none
  double share = 1;             // of `version`, beside the fading one
  uint64_t trial_version = 0;   // computed the first trial_agents rows; 0: none
  uint32_t trial_agents = 0;

  BlockState State() const {
    return static_cast<BlockState>(state.load(std::memory_order_acquire));
  }
  void SetState(BlockState next_state) {
    state.store(static_cast<uint32_t>(next_state), std::memory_order_release);
  }
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_BLOCK_H_
