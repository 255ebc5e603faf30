// A group of agents that one model serves: the blocks a host writes and reads, frame after frame.
//
//   group.Input(0, &view);  ...write rows...  group.Submit(agents, now, &ticket);
//   runtime.Tick();
//   if (const Block* newest = group.Latest()) ...newest->outputs[0]...
//
// Threads. All methods on one thread at a time (the door enforces it), except OldestSubmitted (the
// ticking thread), Launched (whoever closes a batch), Landed (whoever finishes one) and Interrupt
// (whoever closes the group). Nothing but the constructor and destructor allocates; nothing but
// Wait and Run blocks. Ownership: the group owns its blocks' memory.
#ifndef GRAFT_RUNTIME_AGENT_GROUP_H_
#define GRAFT_RUNTIME_AGENT_GROUP_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/agent_state.h"
#include "runtime/batcher.h"
#include "runtime/block.h"
#include "runtime/staging.h"

namespace graft::runtime {

// Memory of input and output blocks; both or neither.
struct BlockMemory {
  std::function<void*(size_t size_bytes, size_t alignment_bytes)> allocate;
  std::function<void(void* data, size_t size_bytes)> deallocate;
};

struct AgentGroupOptions {
  uint32_t agents = 1;  // capacity: most rows of one submit
  uint32_t depth = 4;   // blocks in rotation, 3 to 16
};

class AgentGroup {
 public:
  static constexpr uint32_t kMinDepth = 3;
  static constexpr uint32_t kMaxDepth = 16;

  // What a frame call answers; the door maps it to graft_status one to one.
  enum class Answer : uint8_t {
    kOk,
    kPending,
    kBusy,
    kNoVersion,
    kLate,
    kFailed,
    kTimeout,
    kSuperseded,
    kOutOfOrder,
    kInvalidArgument,
    kClosing,
  };

  // Joins the batcher. Errors: kInvalidArgument (options), kResourceExhausted (memory, groups).
  static absl::StatusOr<std::unique_ptr<AgentGroup>> Open(Batcher& batcher,
                                                          const AgentGroupOptions& options,
                                                          const BlockMemory& memory);
  // @pre the batcher no longer knows the group (Batcher::RemoveGroup and a tick boundary), and the
  // group's thread is not inside it. Waits for its batches in flight.
  ~AgentGroup();
  AgentGroup(const AgentGroup&) = delete;
  AgentGroup& operator=(const AgentGroup&) = delete;

  Batcher& batcher() const { return batcher_; }
  uint32_t capacity() const { return options_.agents; }

  // ---- the group's thread
  // -------------------------------------------------------------------------- The block to write;
  // the same one until Submit or Run. Null: every block is in use.
  Block* Input() noexcept;
  // now: closes a batch of its own at once, under the tick number given, instead of at the next
  // tick. With state: kBusy while earlier rows of the group wait for their tick.
  Answer Submit(uint32_t agents, bool now, uint64_t last_tick, uint64_t* ticket) noexcept;
  // The newest block that finished well; null: none yet. It stays as it is until Latest finds a
  // newer.
  const Block* Latest() noexcept;
  Answer Poll(uint64_t ticket) noexcept;
  Answer Wait(uint64_t ticket, int64_t timeout_ns) noexcept;
  Answer Run(uint32_t agents, uint64_t last_tick) noexcept;
  // These agents begin anew, with a state of zeros, with the next rows that are submitted.
  Answer ResetAgents(uint32_t first, uint32_t count) noexcept;

  // ---- other threads
  // ------------------------------------------------------------------------------- The block
  // submitted longest ago that no batch has taken; null: none.
  Block* OldestSubmitted() noexcept;
  // Whoever closes one of its blocks: it is the newest that any batch has taken now. Returns the
  // one before; null: there was none. One closer at a time.
  Block* ExchangeNewestClosed(Block* block) noexcept {
    return std::exchange(newest_closed_, block);
  }
  // Null: its model has none. See AgentState for who may do what.
  AgentState* state() noexcept { return state_.get(); }
  // Makes a Wait that runs now, and every later one, answer kClosing soon.
  void Interrupt() noexcept;
  // One more, one fewer block that a batch may touch.
  void Launched() noexcept { in_flight_.fetch_add(1, std::memory_order_relaxed); }
  void Landed() noexcept { in_flight_.fetch_sub(1, std::memory_order_release); }

 private:
  AgentGroup(Batcher& batcher, const AgentGroupOptions& options, const BlockMemory& memory);
  absl::Status AllocateBlocks();
  Answer TakeWriting(uint32_t agents, Block** block) noexcept;
  Block* FindTicket(uint64_t ticket) noexcept;
  static Answer AnswerOf(const Block& block) noexcept;

  Batcher& batcher_;
  const AgentGroupOptions options_;
  const BlockMemory memory_;
  size_t block_bytes_ = 0;
  // One allocation a block, at block_memory_[i]; blocks_[i].inputs and .outputs point into it.
  std::vector<void*> block_memory_;
  std::unique_ptr<Block[]> blocks_;

  std::unique_ptr<AgentState> state_;
  Block* newest_closed_ = nullptr;  // of the closer; has_state only

  Block* writing_ = nullptr;
  Block* reading_ = nullptr;
  uint64_t next_ticket_ = 1;
  Staging staging_;
  std::atomic<bool> closing_{
      false};  // set by Interrupt; Wait looks at it at least every kWaitSliceNs
  // Blocks that some thread other than the group's may touch; the destructor waits for 0.
  std::atomic<uint32_t> in_flight_{0};
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_AGENT_GROUP_H_
