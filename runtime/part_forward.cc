#include "runtime/part_forward.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/tensor/finite.h"
#include "runtime/agent_group.h"
#include "runtime/blend.h"

namespace graft::runtime {

PartForward::PartForward(const Batcher& batcher, const Batch& batch, uint32_t first_row,
                         uint32_t rows, Staging& staging)
    : batcher_(batcher),
      inputs_(batcher.schema().inputs),
      outputs_(batcher.schema().outputs),
      batch_(batch),
      first_row_(first_row),
      rows_(rows),
      staging_(staging) {
  staging_.inputs.resize(inputs_.size());
  staging_.outputs.resize(outputs_.size());
  staging_.other_inputs.resize(inputs_.size());
  staging_.other_outputs.resize(outputs_.size());
  ForEachPiece([this](Block& block, uint32_t block_row, uint32_t, uint32_t piece) {
    if (piece == rows_) {
      only_block_ = &block;
      row_in_block_ = block_row;
    }
  });
}

absl::Status PartForward::Run() {
  if (batcher_.has_state()) ResetAgents();
  for (size_t i = 0; i < inputs_.size(); ++i) {
    staging_.inputs[i] =
        Gather(inputs_[i].RowBytes(), i, [i](const Block& block) { return block.inputs[i]; });
  }
  for (size_t i = 0; i < outputs_.size(); ++i) {
    staging_.outputs[i] = Place(outputs_[i].RowBytes(), inputs_.size() + i,
                                [i](const Block& block) { return block.outputs[i]; });
  }
  return batch_.running.version->executable->Run(rows_, staging_.inputs, staging_.outputs);
}

// Once for each row of a batch, before anything runs it.
void PartForward::ResetAgents() {
  ForEachPiece([](Block& block, uint32_t block_row, uint32_t, uint32_t piece) {
    block.group->state()->ZeroResets(block, block_row, piece);
  });
}

void PartForward::Scatter() {
  for (size_t i = 0; i < outputs_.size(); ++i) {
    ScatterRows(outputs_[i].RowBytes(), staging_.outputs[i],
                [i](const Block& block) { return block.outputs[i]; });
  }
}

absl::Status PartForward::RunBeside() {
  const std::vector<StatePair>& states = batcher_.options().states.pairs;
  staging_.other_inputs = staging_.inputs;
  for (const size_t i : batcher_.host_outputs()) {
    staging_.other_outputs[i] = staging_.Buffer(OtherOutput(i), rows_ * outputs_[i].RowBytes());
  }
  for (size_t s = 0; s < states.size(); ++s) {
    const size_t row_bytes = inputs_[states[s].input].RowBytes();
    staging_.other_inputs[states[s].input] =
        Gather(row_bytes, OtherInput(states[s].input),
               [s](const Block& block) { return block.beside_inputs[s]; });
    staging_.other_outputs[states[s].output] =
        Place(row_bytes, OtherOutput(states[s].output),
              [s](const Block& block) { return block.beside_outputs[s]; });
  }
  absl::Status status = batch_.running.beside.version->executable->Run(rows_, staging_.other_inputs,
                                                                       staging_.other_outputs);
  if (!status.ok()) return status;
  for (size_t s = 0; s < states.size(); ++s) {
    ScatterRows(inputs_[states[s].input].RowBytes(), staging_.other_outputs[states[s].output],
                [s](const Block& block) { return block.beside_outputs[s]; });
  }
  return absl::OkStatus();
}

absl::Status PartForward::Fade() {
  if (absl::Status status = RunBeside(); !status.ok()) return status;
  const Companion& fading = batch_.running.beside;
  const double weight = BlendWeight(batcher_.options().blend_curve, fading.faded);
  for (const size_t i : batcher_.host_outputs()) {
    const size_t row_bytes = outputs_[i].RowBytes();
    const auto* rows = static_cast<const std::byte*>(staging_.other_outputs[i]);
    ForEachPiece([&](const Block& block, uint32_t block_row, uint32_t part_row, uint32_t piece) {
      const uint32_t spared =
          fading.spares_trial ? std::max(TrialAgents(block), block_row) - block_row : 0;
      if (spared >= piece) return;
      const size_t offset = (part_row + spared) * row_bytes;
      BlendRows(outputs_[i], batcher_.options().blends[i], weight, rows + offset,
                Output(i) + offset, piece - spared);
    });
  }
  return absl::OkStatus();
}

absl::Status PartForward::Observe(bool answered, TrialReport::Figures* figures) {
  for (const size_t i : batcher_.host_inputs()) {
    staging_.inputs[i] =
        Gather(inputs_[i].RowBytes(), i, [i](const Block& block) { return block.inputs[i]; });
  }
  figures->rows = rows_;
  if (absl::Status status = RunBeside(); !status.ok()) {
    figures->failed_rows = rows_;
    figures->failure = std::string(status.message());
    return status;
  }
  if (!answered) return absl::OkStatus();
  for (const size_t i : batcher_.host_outputs()) {
    const std::byte* serving = Gather(outputs_[i].RowBytes(), inputs_.size() + i,
                                      [i](const Block& block) { return block.outputs[i]; });
    figures->Compare(outputs_[i], serving, static_cast<const std::byte*>(staging_.other_outputs[i]),
                     rows_);
  }
  if (figures->not_finite != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("it answered ", figures->not_finite, " values that are infinite or NaN"));
  }
  return CheckStates();
}

// A state that holds what is not finite stays so for ever; where the serving version's holds it
// too, it may be meant.
absl::Status PartForward::CheckStates() const {
  for (const StatePair& pair : batcher_.options().states.pairs) {
    const size_t i = pair.output;
    const models::TensorSpec& spec = outputs_[i];
    const auto not_finite = [&spec](const void* rows, uint32_t count) {
      return models::CountNonFinite(spec.dtype, rows,
                                    static_cast<size_t>(count * spec.RowElements()),
                                    models::NonFinite::kAny);
    };
    if (not_finite(staging_.other_outputs[i], rows_) == 0) continue;
    bool serving_too = false;
    ForEachPiece([&](const Block& block, uint32_t block_row, uint32_t, uint32_t piece) {
      const std::byte* rows = block.outputs[i] + block_row * spec.RowBytes();
      serving_too |= not_finite(rows, piece) != 0;
    });
    if (serving_too) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("its state \"", spec.name, "\" became infinite or NaN"));
  }
  return absl::OkStatus();
}

absl::Status PartForward::Try(TrialReport::Figures* figures) {
  return batcher_.trial_has_state() ? TryWithOwnState(figures) : TryOnServingState(figures);
}

absl::Status PartForward::TryWithOwnState(TrialReport::Figures* figures) {
  figures->rows = rows_;
  if (absl::Status status = RunBeside(); !status.ok()) {
    figures->failed_rows = rows_;
    figures->failure = std::string(status.message());
    return status;
  }
  for (const size_t i : batcher_.host_outputs()) {
    figures->Compare(outputs_[i], Output(i),
                     static_cast<const std::byte*>(staging_.other_outputs[i]), rows_);
  }
  if (figures->not_finite != 0) {
    return absl::InvalidArgumentError("the version on trial answered values that are not finite");
  }
  for (const size_t i : batcher_.host_outputs()) {
    const size_t row_bytes = outputs_[i].RowBytes();
    auto* candidate = static_cast<std::byte*>(staging_.other_outputs[i]);
    ForEachPiece([&](const Block& block, uint32_t block_row, uint32_t part_row, uint32_t piece) {
      const uint32_t agents = TrialAgents(block);
      if (block_row >= agents) return;
      const uint32_t run = std::min(piece, agents - block_row);
      const size_t offset = part_row * row_bytes;
      BlendRows(outputs_[i], batcher_.options().blends[i], batch_.trial_share, Output(i) + offset,
                candidate + offset, run);
      std::memcpy(Output(i) + offset, candidate + offset, run * row_bytes);
    });
  }
  return absl::OkStatus();
}

// The rows that it serves, each with the state that the serving version reads: from there on it is
// the candidate's.
absl::Status PartForward::TryOnServingState(TrialReport::Figures* figures) {
  // The rows of the trial, one after the other.
  uint32_t trial_rows = 0;
  const auto for_each_run = [&](const auto& visit) {
    ForEachPiece([&](const Block& block, uint32_t block_row, uint32_t part_row, uint32_t piece) {
      const uint32_t agents = TrialAgents(block);
      if (block_row < agents) visit(part_row, std::min(piece, agents - block_row));
    });
  };
  for_each_run([&](uint32_t, uint32_t run) { trial_rows += run; });
  if (trial_rows == 0) return absl::OkStatus();
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const size_t row_bytes = inputs_[i].RowBytes();
    std::byte* gathered = staging_.Buffer(OtherInput(i), trial_rows * row_bytes);
    staging_.other_inputs[i] = gathered;
    for_each_run([&](uint32_t part_row, uint32_t run) {
      std::memcpy(gathered,
                  static_cast<const std::byte*>(staging_.inputs[i]) + part_row * row_bytes,
                  run * row_bytes);
      gathered += run * row_bytes;
    });
  }
  for (size_t i = 0; i < outputs_.size(); ++i) {
    staging_.other_outputs[i] =
        staging_.Buffer(OtherOutput(i), trial_rows * outputs_[i].RowBytes());
  }
  figures->rows = trial_rows;
  absl::Status status = batch_.running.beside.version->executable->Run(
      trial_rows, staging_.other_inputs, staging_.other_outputs);
  if (!status.ok()) {
    figures->failed_rows = trial_rows;
    figures->failure = std::string(status.message());
    return status;
  }
  const auto for_each_output = [&](const auto& visit) {
    for (size_t i = 0; i < outputs_.size(); ++i) {
      const size_t row_bytes = outputs_[i].RowBytes();
      auto* candidate = static_cast<std::byte*>(staging_.other_outputs[i]);
      for_each_run([&](uint32_t part_row, uint32_t run) {
        visit(i, Output(i) + part_row * row_bytes, candidate, run);
        candidate += run * row_bytes;
      });
    }
  };
  for_each_output([&](size_t i, const std::byte* serving, const std::byte* candidate,
                      uint32_t run) { figures->Compare(outputs_[i], serving, candidate, run); });
  if (figures->not_finite != 0) {
    return absl::InvalidArgumentError("the version on trial answered values that are not finite");
  }
  for_each_output([&](size_t i, std::byte* serving, std::byte* candidate, uint32_t run) {
    BlendRows(outputs_[i], batcher_.options().blends[i], batch_.trial_share, serving, candidate,
              run);
    std::memcpy(serving, candidate, run * outputs_[i].RowBytes());
  });
  return absl::OkStatus();
}

void PartForward::CopyForShadow() {
  if (!in_place()) return;  // gathered: they are copies already
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const size_t size_bytes = rows_ * inputs_[i].RowBytes();
    std::byte* copy = staging_.Buffer(i, size_bytes);
    std::memcpy(copy, staging_.inputs[i], size_bytes);
    staging_.inputs[i] = copy;
  }
  for (size_t i = 0; i < outputs_.size(); ++i) {
    const size_t size_bytes = rows_ * outputs_[i].RowBytes();
    std::byte* copy = staging_.Buffer(inputs_.size() + i, size_bytes);
    std::memcpy(copy, staging_.outputs[i], size_bytes);
    staging_.outputs[i] = copy;
  }
}

absl::Status PartForward::Shadow(const Version& trial, TrialReport::Figures* figures) {
  for (size_t i = 0; i < outputs_.size(); ++i) {
    staging_.other_outputs[i] = staging_.Buffer(OtherOutput(i), rows_ * outputs_[i].RowBytes());
  }
  figures->rows = rows_;
  absl::Status status = trial.executable->Run(rows_, staging_.inputs, staging_.other_outputs);
  if (!status.ok()) {
    figures->failed_rows = rows_;
    figures->failure = std::string(status.message());
    return status;
  }
  for (size_t i = 0; i < outputs_.size(); ++i) {
    figures->Compare(outputs_[i], Output(i),
                     static_cast<const std::byte*>(staging_.other_outputs[i]), rows_);
  }
  return absl::OkStatus();
}

uint32_t PartForward::TrialAgents(const Block& block) const {
  return batcher_.TrialAgents(*block.group);
}

}  // namespace graft::runtime
