// The recurrent state of one group's agents: what the network hands itself from frame to frame.
//
//   state.Begin(term, beside, block);      // the block's state rows are those after the frame
//                                          // before
//   ...forwards read block.inputs[i], write block.outputs[o] of each state...
//   state.End(block, ok);                  // what they wrote is the state now; nothing, if it
//                                          // failed
//   state.EndBeside(block, role, ok);      // likewise of a version that ran beside
//
// The host neither reads nor writes a state; it only resets agents. Each state has rows that are
// read and rows that are written, and they change places after each frame that went well: a stream.
// The serving version has one, and so has a version that runs beside it, if its state is another:
// one that fades goes on with its own, one that is burned in makes its own, and takes over with it.
//
// Streams are told apart by the terms of versions (Version::term), so that what a version left
// behind when it last ran is never taken for its state.
//
// Threads. Reset and TakeResets: the group's thread. Begin, ZeroResets, End and EndBeside: whoever
// starts, runs (several, on rows of their own) and finishes the group's batches, which follow each
// other (Batcher). BurnInOf: any. Nothing but the constructor allocates. Ownership: owned by its
// group.
#ifndef GRAFT_RUNTIME_AGENT_STATE_H_
#define GRAFT_RUNTIME_AGENT_STATE_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "models/tensor/tensor_spec.h"
#include "runtime/block.h"
#include "runtime/companion.h"

namespace graft::runtime {

// What a new version begins with.
enum class StateSwap : uint8_t {
  kCarry,   // the old version's state
  kReset,   // zeros
  kBurnIn,  // the state that it has made of the last frames, run beside the old version from zeros
};

// An output of one frame that is an input of the next: same dtype and shape.
struct StatePair {
  size_t input = 0;
  size_t output = 0;
  StateSwap swap = StateSwap::kCarry;
};

struct StateOptions {
  std::vector<StatePair> pairs = {};
  // How many frames of an agent group a new version is burned in; 0: none, no pair asks for it.
  uint32_t burn_in_frames = 0;

  // A new version has states that are not the old one's.
  bool any_own() const {
    return std::any_of(pairs.begin(), pairs.end(),
                       [](const StatePair& pair) { return pair.swap != StateSwap::kCarry; });
  }
};

class AgentState {
 public:
  // Zeros for all agents. beside: room for the state of a version that runs beside the serving one.
  AgentState(const models::ModelSchema& schema, const StateOptions& options, uint32_t agents,
             bool beside);
  AgentState(const AgentState&) = delete;
  AgentState& operator=(const AgentState&) = delete;

  // ---- the group's thread ----
  // Agents first .. first+count-1 begin anew (zeros) with the next rows that are submitted.
  // @pre first + count <= agents
  void Reset(uint32_t first, uint32_t count) noexcept;
  // The resets since the last call go with this block.
  void TakeResets(Block& block) noexcept;

  // ---- whoever runs its batches, one after the other ----
  // term: of the serving version.
  void Begin(uint64_t term, const Companion& beside, Block& block) noexcept;
  // Zeros the state of the rows that are to be reset, of [first_row, first_row + rows).
  void ZeroResets(const Block& block, uint32_t first_row, uint32_t rows) noexcept;
  void End(const Block& block, bool ok) noexcept;
  // After End. ok: that version ran the frame, and well.
  void EndBeside(const Block& block, CompanionRole role, bool ok) noexcept;

  // ---- any thread ----
  // How far the burn-in of that term is with this group's agents.
  struct BurnIn {
    bool has_memory = false;  // the group has had a frame: there is something to lose
    uint32_t frames = 0;      // since the burn-in began, that the version has run
    uint32_t passed = 0;      // ... and those that it could not, such as late ones
  };
  BurnIn BurnInOf(uint64_t term) const noexcept;

 private:
  struct Free {
    void operator()(std::byte* data) const { std::free(data); }
  };
  using Rows = std::unique_ptr<std::byte, Free>;
  // What a version's first frame that goes well reads in place of `current`, of pairs that are not
  // carried.
  enum class Start : uint8_t {
    kGoesOn,  // nothing: it has a state
    kResets,  // zeros for those that begin anew when it takes over
    kFresh,   // zeros for all of them
  };
  // The state of all agents under one version; of each pair.
  struct Stream {
    uint64_t term = 0;  // 0: nobody's yet
    Start start = Start::kFresh;
    bool borrows = false;  // reads the other stream's carried pairs, for it has none of its own
    bool burns_in = false;
    std::vector<Rows> current;
    std::vector<Rows> next;
  };

  Stream MakeStream() const;
  Rows MakeRows(size_t pair) const;
  bool HasStream(CompanionRole role) const noexcept;
  void TakeOver(uint64_t term, uint64_t beside_term) noexcept;
  void Join(const Companion& beside, bool had_frames) noexcept;
  void TakeCarried() noexcept;
  const Rows& Source(const Stream& stream, const Stream& other, size_t pair) const noexcept;
  void Advance(Stream& stream, const Stream& other, const Block& block, bool carried) noexcept;

  const std::vector<StatePair> pairs_;
  const uint32_t burn_in_frames_;
  const bool any_own_;
  const uint32_t agents_;
  const bool can_run_beside_;
  std::vector<size_t> row_bytes_;  // of each pair
  Stream now_;                     // the serving version's
  Stream beside_;                  // empty unless can_run_beside_
  std::vector<Rows> zeros_;        // of the pairs that are not carried; never written

  // Written by whoever runs the batches, read by the tick: see BurnInOf. The term is stored last.
  std::atomic<bool> has_memory_{false};
  std::atomic<uint64_t> burn_in_term_{0};
  std::atomic<uint32_t> burned_frames_{0};
  std::atomic<uint32_t> passed_frames_{0};

  std::vector<uint64_t> resets_;  // bit i % 64 of word i / 64: agent i; the group's thread
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_AGENT_STATE_H_
