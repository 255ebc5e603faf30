// The recurrent state of one group's agents: what the network hands itself from frame to frame.
//
//   state.Begin(version, fading, block);   // the block's state rows are those after the frame
//   before
//   ...forwards read block.inputs[i], write block.outputs[o] of each state...
//   state.End(block, ok, fading_ok);       // what they wrote is the state now; nothing, if it
//   failed
//
// The host neither reads nor writes a state; it only resets agents. Each state has rows that are
// read and rows that are written, and they change places after each frame that went well. While a
// version fades, it goes on with a stream of its own.
//
// Threads. Reset and TakeResets: the group's thread. Begin, ZeroResets and End: whoever starts,
// runs (several, on rows of their own) and finishes the group's batches, which follow each other
// (Batcher). Nothing but the constructor allocates. Ownership: owned by its group.
#ifndef GRAFT_RUNTIME_AGENT_STATE_H_
#define GRAFT_RUNTIME_AGENT_STATE_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "models/tensor/tensor_spec.h"
#include "runtime/block.h"

namespace graft::runtime {

// An output of one frame that is an input of the next: same dtype and shape.
struct StatePair {
  size_t input = 0;
  size_t output = 0;
  bool reset_at_swap = false;  // a new version begins with zeros; else with the old one's state
};

struct StateOptions {
  std::vector<StatePair> pairs = {};
};

class AgentState {
 public:
  // Zeros for all agents. can_fade: room for the state of a fading version.
  AgentState(const models::ModelSchema& schema, const StateOptions& options, uint32_t agents,
             bool can_fade);
  AgentState(const AgentState&) = delete;
  AgentState& operator=(const AgentState&) = delete;

  // ---- the group's thread ----
  // Agents first .. first+count-1 begin anew (zeros) with the next rows that are submitted.
  // @pre first + count <= agents
  void Reset(uint32_t first, uint32_t count) noexcept;
  // The resets since the last call go with this block.
  void TakeResets(Block& block) noexcept;

  // ---- whoever runs its batches, one after the other ----
  // fading: 0 when no version fades.
  void Begin(uint64_t version, uint64_t fading, Block& block) noexcept;
  // Zeros the state of the rows that are to be reset, of [first_row, first_row + rows).
  void ZeroResets(const Block& block, uint32_t first_row, uint32_t rows) noexcept;
  void End(const Block& block, bool ok, bool fading_ok) noexcept;

 private:
  struct Free {
    void operator()(std::byte* data) const { std::free(data); }
  };
  using Rows = std::unique_ptr<std::byte, Free>;
  // The state of all agents under one version; of each pair.
  struct Stream {
    uint64_t version = 0;  // 0: none yet, or of no use any more
    std::vector<Rows> current;
    std::vector<Rows> next;
  };

  Stream MakeStream() const;
  Rows MakeRows(size_t pair) const;
  // What the serving version reads of a pair.
  const Rows& Source(size_t pair) const noexcept;
  template <typename RowsOf>
  void Advance(Stream& stream, const RowsOf& source, const Block& block) noexcept;

  const std::vector<StatePair> pairs_;
  const uint32_t agents_;
  const bool can_fade_;
  std::vector<size_t> row_bytes_;  // of each pair
  Stream now_;
  Stream old_;               // empty unless can_fade_
  std::vector<Rows> zeros_;  // of the pairs that are reset at a swap; never written
  // Until the serving version's first frame has gone well, it reads zeros_ where a pair has them,
  // and else *source_: now_.current, or the version's before it, old_.current.
  bool begins_ = false;
  const std::vector<Rows>* source_ = nullptr;
  std::vector<uint64_t> resets_;  // bit i % 64 of word i / 64: agent i; the group's thread
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_AGENT_STATE_H_
