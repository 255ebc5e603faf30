#include "runtime/agent_state.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace graft::runtime {
namespace {

constexpr size_t kAlignment = 64;

bool IsSet(const std::vector<uint64_t>& bits, uint32_t agent) {
  return (bits[agent / 64] >> (agent % 64) & 1) != 0;
}

}  // namespace

AgentState::AgentState(const models::ModelSchema& schema, const StateOptions& options,
                       uint32_t agents, bool can_fade)
    : pairs_(options.pairs), agents_(agents), can_fade_(can_fade), resets_((agents + 63) / 64) {
  for (const StatePair& pair : pairs_) row_bytes_.push_back(schema.inputs[pair.input].RowBytes());
  now_ = MakeStream();
  if (can_fade_) old_ = MakeStream();
  for (size_t i = 0; i < pairs_.size(); ++i) {
    zeros_.push_back(pairs_[i].reset_at_swap ? MakeRows(i) : nullptr);
  }
  source_ = &now_.current;
}

AgentState::Rows AgentState::MakeRows(size_t pair) const {
  const size_t size_bytes = (agents_ * row_bytes_[pair] + kAlignment - 1) / kAlignment * kAlignment;
  auto* data = static_cast<std::byte*>(std::aligned_alloc(kAlignment, size_bytes));
  if (data == nullptr) throw std::bad_alloc();
  std::memset(data, 0, size_bytes);
  return Rows(data);
}

AgentState::Stream AgentState::MakeStream() const {
  Stream stream;
  for (size_t i = 0; i < pairs_.size(); ++i) {
    stream.current.push_back(MakeRows(i));
    stream.next.push_back(MakeRows(i));
  }
  return stream;
}

// ---- the group's thread ----

void AgentState::Reset(uint32_t first, uint32_t count) noexcept {
  for (uint32_t agent = first; agent < first + count; ++agent) {
    resets_[agent / 64] |= uint64_t{1} << (agent % 64);
  }
}

void AgentState::TakeResets(Block& block) noexcept {
  for (size_t word = 0; word < resets_.size(); ++word) {
    block.resets[word] |= std::exchange(resets_[word], 0);
  }
}

// ---- whoever runs its batches ----

void AgentState::Begin(uint64_t version, uint64_t fading, Block& block) noexcept {
  if (now_.version != version) {
    const bool first = now_.version == 0;
    // The new version has no state of its own before its first frame has gone well.
    const bool had_own = source_ == &now_.current;
    bool resumes = false;
    if (can_fade_ && had_own && !first) {
      std::swap(now_, old_);  // source_ still points to the member now_.current
      resumes = now_.version == version;
      if (!resumes) source_ = &old_.current;
    }
    begins_ = !resumes && !first;
    now_.version = version;
  }
  if (fading == 0) {
    // Nothing goes on with it; but it may still be what the first frame reads.
    old_.version = 0;
  } else {
    old_.version = fading;
  }
  for (size_t i = 0; i < pairs_.size(); ++i) {
    block.inputs[pairs_[i].input] = Source(i).get();
    block.outputs[pairs_[i].output] = now_.next[i].get();
    if (!can_fade_) continue;
    block.fading_inputs[i] = old_.current[i].get();
    block.fading_outputs[i] = old_.next[i].get();
  }
}

void AgentState::ZeroResets(const Block& block, uint32_t first_row, uint32_t rows) noexcept {
  for (uint32_t agent = first_row; agent < first_row + rows; ++agent) {
    if (agent % 64 == 0 && block.resets[agent / 64] == 0) {
      agent += 63;
      continue;
    }
    if (!IsSet(block.resets, agent)) continue;
    for (size_t i = 0; i < pairs_.size(); ++i) {
      const size_t offset = agent * row_bytes_[i];
      std::memset(now_.current[i].get() + offset, 0, row_bytes_[i]);
      if (can_fade_) std::memset(old_.current[i].get() + offset, 0, row_bytes_[i]);
    }
  }
}

void AgentState::End(const Block& block, bool ok, bool fading_ok) noexcept {
  if (!ok) {
    // The rows were not computed; the resets are not lost with them.
    ZeroResets(block, 0, agents_);
    return;
  }
  ZeroResets(block, block.agents, agents_ - block.agents);
  Advance(
      now_, [this](size_t pair) { return Source(pair).get(); }, block);
  begins_ = false;
  source_ = &now_.current;
  if (old_.version != 0 && fading_ok) {
    Advance(
        old_, [this](size_t pair) { return old_.current[pair].get(); }, block);
  }
}

const AgentState::Rows& AgentState::Source(size_t pair) const noexcept {
  return begins_ && zeros_[pair] != nullptr ? zeros_[pair] : (*source_)[pair];
}

// What the frame wrote becomes the state; agents beyond the submitted rows keep theirs.
template <typename RowsOf>
void AgentState::Advance(Stream& stream, const RowsOf& source, const Block& block) noexcept {
  for (size_t i = 0; i < pairs_.size(); ++i) {
    const size_t written = block.agents * row_bytes_[i];
    std::memcpy(stream.next[i].get() + written, source(i) + written,
                agents_ * row_bytes_[i] - written);
  }
  for (size_t i = 0; i < pairs_.size(); ++i) std::swap(stream.current[i], stream.next[i]);
}

}  // namespace graft::runtime
