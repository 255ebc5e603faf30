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
                       uint32_t agents, bool beside)
    : pairs_(options.pairs),
      burn_in_frames_(options.burn_in_frames),
      any_own_(options.any_own()),
      agents_(agents),
      can_run_beside_(beside),
      resets_((agents + 63) / 64) {
  for (const StatePair& pair : pairs_) row_bytes_.push_back(schema.inputs[pair.input].RowBytes());
  now_ = MakeStream();
  if (can_run_beside_) beside_ = MakeStream();
  for (size_t i = 0; i < pairs_.size(); ++i) {
    zeros_.push_back(pairs_[i].swap == StateSwap::kCarry ? nullptr : MakeRows(i));
  }
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

void AgentState::Begin(uint64_t term, const Companion& beside, Block& block) noexcept {
  const bool had_frames = now_.term != 0;
  const uint64_t beside_term = HasStream(beside.role) ? beside.term : 0;
  // Before the stream that it borrows from is somebody else's.
  if (beside_.term != term && beside_.term != beside_term) TakeCarried();
  if (now_.term != term) TakeOver(term, beside_term);
  if (beside_.term != beside_term) TakeCarried();
  if (beside_term != 0) Join(beside, had_frames);
  has_memory_.store(true, std::memory_order_relaxed);
  for (size_t i = 0; i < pairs_.size(); ++i) {
    block.inputs[pairs_[i].input] = Source(now_, beside_, i).get();
    block.outputs[pairs_[i].output] = now_.next[i].get();
    if (!can_run_beside_) continue;
    block.beside_inputs[i] = Source(beside_, now_, i).get();
    block.beside_outputs[i] = beside_.next[i].get();
  }
}

// Has a version in that role a state of its own?
bool AgentState::HasStream(CompanionRole role) const noexcept {
  switch (role) {
    case CompanionRole::kNone:
      return false;
    case CompanionRole::kFades:
    case CompanionRole::kBurnsIn:
      return can_run_beside_;
    case CompanionRole::kOnTrial:
      return can_run_beside_ && any_own_;
  }
  return false;
}

// Another version serves from here on.
void AgentState::TakeOver(uint64_t term, uint64_t beside_term) noexcept {
  if (can_run_beside_ && beside_.term == term) {  // it has run beside the one before
    std::swap(now_, beside_);
    if (now_.burns_in) now_.start = std::max(now_.start, Start::kResets);
    now_.burns_in = false;
    return;
  }
  if (now_.term != 0 && now_.term == beside_term) {  // the one before goes on beside it
    std::swap(now_, beside_);
    now_.borrows = true;
    now_.burns_in = false;
  }
  now_.term = term;
  now_.start = Start::kFresh;
}

// A version runs beside the serving one.
void AgentState::Join(const Companion& beside, bool had_frames) noexcept {
  const bool burns_in = beside.role == CompanionRole::kBurnsIn;
  if (beside_.term != beside.term) {
    beside_.term = beside.term;
    beside_.start = Start::kFresh;
    beside_.borrows = true;
    if (burns_in) {
      // Agents that have had no frame before have had no other version's: nothing is missing.
      burned_frames_.store(had_frames ? 0 : burn_in_frames_, std::memory_order_relaxed);
      passed_frames_.store(0, std::memory_order_relaxed);
      burn_in_term_.store(beside.term, std::memory_order_release);
    }
  } else if (beside_.burns_in && !burns_in) {
    beside_.start = std::max(beside_.start, Start::kResets);
  }
  beside_.burns_in = burns_in;
}

// The carried pairs that the serving version has read of the other stream become its own.
void AgentState::TakeCarried() noexcept {
  if (!now_.borrows) return;
  now_.borrows = false;
  for (size_t i = 0; i < pairs_.size(); ++i) {
    if (pairs_[i].swap == StateSwap::kCarry) std::swap(now_.current[i], beside_.current[i]);
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
      if (can_run_beside_) std::memset(beside_.current[i].get() + offset, 0, row_bytes_[i]);
    }
  }
}

void AgentState::End(const Block& block, bool ok) noexcept {
  if (!ok) {
    // The rows were not computed; the resets are not lost with them.
    ZeroResets(block, 0, agents_);
    return;
  }
  ZeroResets(block, block.agents, agents_ - block.agents);
  Advance(now_, beside_, block, /*carried=*/true);
  now_.start = Start::kGoesOn;
  now_.borrows = false;
}

void AgentState::EndBeside(const Block& block, CompanionRole role, bool ok) noexcept {
  if (!HasStream(role)) return;
  if (role == CompanionRole::kBurnsIn) {
    passed_frames_.fetch_add(1, std::memory_order_relaxed);
    if (ok) burned_frames_.fetch_add(1, std::memory_order_release);
  }
  if (!ok) return;
  // Carried pairs are the serving version's until another takes over.
  const bool fades = role == CompanionRole::kFades;
  Advance(beside_, now_, block, /*carried=*/fades);
  beside_.start = Start::kGoesOn;
  if (fades) beside_.borrows = false;
}

AgentState::BurnIn AgentState::BurnInOf(uint64_t term) const noexcept {
  BurnIn found;
  found.has_memory = has_memory_.load(std::memory_order_relaxed);
  if (burn_in_term_.load(std::memory_order_acquire) != term) return found;
  found.frames = burned_frames_.load(std::memory_order_acquire);
  found.passed = passed_frames_.load(std::memory_order_relaxed);
  return found;
}

// Where the stream's version finds the state after the frame before.
const AgentState::Rows& AgentState::Source(const Stream& stream, const Stream& other,
                                           size_t pair) const noexcept {
  const StateSwap swap = pairs_[pair].swap;
  if (swap == StateSwap::kCarry) return (stream.borrows ? other : stream).current[pair];
  const bool zeros = stream.start == Start::kFresh ||
                     (stream.start == Start::kResets && swap == StateSwap::kReset);
  return zeros ? zeros_[pair] : stream.current[pair];
}

// What the frame wrote becomes the state; agents beyond the submitted rows keep theirs.
void AgentState::Advance(Stream& stream, const Stream& other, const Block& block,
                         bool carried) noexcept {
  for (size_t i = 0; i < pairs_.size(); ++i) {
    if (!carried && pairs_[i].swap == StateSwap::kCarry) continue;
    const size_t written = block.agents * row_bytes_[i];
    std::memcpy(stream.next[i].get() + written, Source(stream, other, i).get() + written,
                agents_ * row_bytes_[i] - written);
  }
  for (size_t i = 0; i < pairs_.size(); ++i) {
    if (!carried && pairs_[i].swap == StateSwap::kCarry) continue;
    std::swap(stream.current[i], stream.next[i]);
  }
}

}  // namespace graft::runtime
