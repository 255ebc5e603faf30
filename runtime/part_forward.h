// One part of a batch through the network: its rows, wherever they lie, through the serving version
// and those that run beside it.
//
//   PartForward forward(batcher, batch, first_row, rows, staging);
//   absl::Status status = forward.Run();                  // the blocks' outputs are written
//   if (status.ok()) forward.Fade();                      // or Try, with what runs beside
//   forward.Scatter();
//
//   PartForward forward(batcher, batch, first_row, rows, staging);   // in the second round
//   absl::Status status = forward.Observe(/*answered=*/true, &figures);
//
// Rows that lie in one block are used in place; rows of several groups are gathered and scattered
// through the staging memory.
//
// Threads: one. Allocates nothing but the staging memory's growth. Ownership: refers to all it is
// given.
#ifndef GRAFT_RUNTIME_PART_FORWARD_H_
#define GRAFT_RUNTIME_PART_FORWARD_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/status/status.h"
#include "runtime/batcher.h"
#include "runtime/staging.h"
#include "runtime/trial_report.h"

namespace graft::runtime {

class PartForward {
 public:
  // rows >= 1; of the batch's rows, first_row .. first_row + rows - 1.
  PartForward(const Batcher& batcher, const Batch& batch, uint32_t first_row, uint32_t rows,
              Staging& staging);

  // The serving version. An error: no output may be used.
  absl::Status Run();
  // The fading version on the same rows, mixed into the outputs. An error: they are as they were.
  absl::Status Fade();
  // The version on trial: compared, and on its rows among these put in the place of the serving
  // version's. An error: they are as they were.
  absl::Status Try(TrialReport::Figures* figures);
  // The version that nobody sees on all rows: only its state goes on. answered: the serving
  // version's outputs are there to be compared with. An error: it failed, or answered what is not
  // finite where the serving version's is.
  absl::Status Observe(bool answered, TrialReport::Figures* figures);
  // The version on trial on all rows, compared only.
  // @pre CopyForShadow
  absl::Status Shadow(const Version& trial, TrialReport::Figures* figures);
  // Puts inputs and outputs aside for Shadow: the blocks are the host's again when it runs.
  void CopyForShadow();
  // To where the host reads them.
  void Scatter();

  bool in_place() const { return only_block_ != nullptr; }

 private:
  // Calls visit(block, row in block, row in part, rows) for the pieces of the part.
  template <typename Visit>
  void ForEachPiece(const Visit& visit) const {
    uint32_t first_row = first_row_;
    uint32_t done = 0;
    for (Block* block = batch_.first; done < rows_; block = block->next) {
      if (first_row >= block->agents) {
        first_row -= block->agents;
        continue;
      }
      const uint32_t piece = std::min(rows_ - done, block->agents - first_row);
      visit(*block, first_row, done, piece);
      done += piece;
      first_row = 0;
    }
  }
  // The rows of a tensor, one after the other; base(block) is the tensor's memory in a block.
  template <typename Base>
  const std::byte* Gather(size_t row_bytes, size_t buffer, const Base& base) {
    if (in_place()) return base(*only_block_) + row_in_block_ * row_bytes;
    std::byte* gathered = staging_.Buffer(buffer, rows_ * row_bytes);
    ForEachPiece([&](Block& block, uint32_t block_row, uint32_t part_row, uint32_t piece) {
      std::memcpy(gathered + part_row * row_bytes, base(block) + block_row * row_bytes,
                  piece * row_bytes);
    });
    return gathered;
  }
  // Where rows are written, one after the other, before ScatterRows.
  template <typename Base>
  std::byte* Place(size_t row_bytes, size_t buffer, const Base& base) {
    return in_place() ? base(*only_block_) + row_in_block_ * row_bytes
                      : staging_.Buffer(buffer, rows_ * row_bytes);
  }
  template <typename Base>
  void ScatterRows(size_t row_bytes, const void* from, const Base& base) {
    if (in_place()) return;
    const auto* rows = static_cast<const std::byte*>(from);
    ForEachPiece([&](Block& block, uint32_t block_row, uint32_t part_row, uint32_t piece) {
      std::memcpy(base(block) + block_row * row_bytes, rows + part_row * row_bytes,
                  piece * row_bytes);
    });
  }
  // The version that runs beside, with its own state, into staging_.other_outputs.
  absl::Status RunBeside();
  absl::Status TryWithOwnState(TrialReport::Figures* figures);
  absl::Status TryOnServingState(TrialReport::Figures* figures);
  void ResetAgents();
  absl::Status CheckStates() const;
  // Agents of the block's group that a version on trial serves.
  uint32_t TrialAgents(const Block& block) const;
  std::byte* Output(size_t index) const { return static_cast<std::byte*>(staging_.outputs[index]); }

  size_t OtherInput(size_t index) const { return inputs_.size() + outputs_.size() + index; }
  size_t OtherOutput(size_t index) const { return OtherInput(inputs_.size()) + index; }

  const Batcher& batcher_;
  const std::vector<models::TensorSpec>& inputs_;
  const std::vector<models::TensorSpec>& outputs_;
  const Batch& batch_;
  const uint32_t first_row_;
  const uint32_t rows_;
  Staging& staging_;
  Block* only_block_ = nullptr;  // holds all rows of the part; null: several do
  uint32_t row_in_block_ = 0;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_PART_FORWARD_H_
