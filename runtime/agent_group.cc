#include "runtime/agent_group.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/cpu_relax.h"
#include "runtime/futex.h"

namespace graft::runtime {
namespace {

constexpr size_t kAlignment = 64;

size_t RoundUp(size_t size_bytes) {
  return (size_bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// Bytes of `agents` rows of each tensor, every tensor aligned; false on overflow.
bool AddTensorBytes(const std::vector<models::TensorSpec>& specs,
                    const std::vector<size_t>& indices, uint32_t agents, size_t* total) {
  constexpr size_t kLimit = std::numeric_limits<size_t>::max() / 4;
  for (const size_t index : indices) {  // NOLINT(readability-use-anyofallof): it sums
    const size_t row_bytes = specs[index].RowBytes();
    if (row_bytes > kLimit / std::max(agents, 1u)) return false;
    *total += RoundUp(row_bytes * agents);
    if (*total > kLimit) return false;
  }
  return true;
}

// How long Wait looks at the state before it sleeps: at least what a wake-up costs, and long enough
// for a short forward on a worker to end, so that a small network is not answered a wake-up late.
constexpr int64_t kMinSpinNs = 20'000;
constexpr int64_t kMaxSpinNs = 200'000;

// The longest sleep between two looks at closing_: a wake-up that comes just before the sleep is
// missed.
constexpr int64_t kWaitSliceNs = 50'000'000;

}  // namespace

absl::StatusOr<std::unique_ptr<AgentGroup>> AgentGroup::Open(Batcher& batcher,
                                                             const AgentGroupOptions& options,
                                                             const BlockMemory& memory) {
  if (options.agents < 1 || options.depth < kMinDepth || options.depth > kMaxDepth) {
    return absl::InvalidArgumentError(absl::StrCat("agent group: expected agents >= 1 and depth ",
                                                   kMinDepth, " to ", kMaxDepth, ", found agents ",
                                                   options.agents, ", depth ", options.depth));
  }
  std::unique_ptr<AgentGroup> group(new AgentGroup(batcher, options, memory));
  if (absl::Status status = group->AllocateBlocks(); !status.ok()) return status;
  if (absl::Status status = batcher.AddGroup(group.get()); !status.ok()) return status;
  return group;
}

AgentGroup::AgentGroup(Batcher& batcher, const AgentGroupOptions& options,
                       const BlockMemory& memory)
    : batcher_(batcher),
      options_(options),
      memory_(memory),
      blocks_(std::make_unique<Block[]>(options.depth)) {}

AgentGroup::~AgentGroup() {
  while (in_flight_.load(std::memory_order_acquire) != 0) {
    // Nobody else may come to run what no worker has begun.
    for (uint32_t i = 0; i < options_.depth; ++i) {
      if (blocks_[i].State() == BlockState::kRunning) {
        Batcher::RunPart(*blocks_[i].batch, blocks_[i].batch_generation, staging_);
      }
    }
    if (batcher_.has_state()) batcher_.RunOldestReady(staging_);
    std::this_thread::yield();
  }
  for (void* memory : block_memory_) {
    if (memory_.deallocate) {
      memory_.deallocate(memory, block_bytes_);
    } else {
      std::free(memory);
    }
  }
}

absl::Status AgentGroup::AllocateBlocks() {
  const models::ModelSchema& schema = batcher_.schema();
  const std::vector<size_t>& inputs = batcher_.host_inputs();
  const std::vector<size_t>& outputs = batcher_.host_outputs();
  if (inputs.empty() || !AddTensorBytes(schema.inputs, inputs, options_.agents, &block_bytes_) ||
      !AddTensorBytes(schema.outputs, outputs, options_.agents, &block_bytes_)) {
    return absl::InvalidArgumentError(absl::StrCat("agent group: ", options_.agents, " agents of ",
                                                   schema.DebugString(),
                                                   " do not fit in memory; lower agents"));
  }
  for (uint32_t i = 0; i < options_.depth; ++i) {
    void* memory = memory_.allocate ? memory_.allocate(block_bytes_, kAlignment)
                                    : std::aligned_alloc(kAlignment, block_bytes_);
    if (memory == nullptr || reinterpret_cast<uintptr_t>(memory) % kAlignment != 0) {
      return absl::ResourceExhaustedError(
          absl::StrCat("agent group: could not get ", block_bytes_, " bytes aligned to ",
                       kAlignment, memory_.allocate ? " from the host's allocator" : ""));
    }
    block_memory_.push_back(memory);
    std::byte* next = static_cast<std::byte*>(memory);
    std::fill_n(next, block_bytes_, std::byte{0});
    Block& block = blocks_[i];
    block.group = this;
    const auto place = [&](const std::vector<models::TensorSpec>& specs,
                           const std::vector<size_t>& indices, std::vector<std::byte*>& pointers) {
      pointers.resize(specs.size());
      for (const size_t index : indices) {
        pointers[index] = next;
        next += RoundUp(specs[index].RowBytes() * options_.agents);
      }
    };
    place(schema.inputs, inputs, block.inputs);
    place(schema.outputs, outputs, block.outputs);
    if (!batcher_.has_state()) continue;
    const size_t states = batcher_.options().states.pairs.size();
    block.beside_inputs.resize(states);
    block.beside_outputs.resize(states);
    block.resets.resize((options_.agents + 63) / 64);
  }
  if (batcher_.has_state()) {
    state_ = std::make_unique<AgentState>(schema, batcher_.options().states, options_.agents,
                                          batcher_.state_beside());
  }
  return absl::OkStatus();
}

// ---- the group's thread ----

Block* AgentGroup::Input() noexcept {
  if (writing_ != nullptr) return writing_;
  // A free block; else the finished one that nobody will ask for: not the one being read, not the
  // newest that finished well, and the oldest of the rest.
  Block* newest_ok = nullptr;
  for (uint32_t i = 0; i < options_.depth; ++i) {
    Block& block = blocks_[i];
    if (block.State() == BlockState::kDone && block.outcome == Outcome::kOk &&
        (newest_ok == nullptr || block.ticket > newest_ok->ticket)) {
      newest_ok = &block;
    }
  }
  Block* chosen = nullptr;
  for (uint32_t i = 0; i < options_.depth; ++i) {
    Block& block = blocks_[i];
    const BlockState state = block.State();
    if (state == BlockState::kFree) {
      chosen = &block;
      break;
    }
    if (state == BlockState::kDone && &block != reading_ && &block != newest_ok &&
        !block.observed.load(std::memory_order_acquire) &&
        (chosen == nullptr || block.ticket < chosen->ticket)) {
      chosen = &block;
    }
  }
  if (chosen == nullptr) {
    batcher_.counters().busy.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
  }
  chosen->ticket = 0;
  std::fill(chosen->resets.begin(), chosen->resets.end(), 0);
  chosen->SetState(BlockState::kWriting);
  writing_ = chosen;
  return chosen;
}

AgentGroup::Answer AgentGroup::TakeWriting(uint32_t agents, Block** block) noexcept {
  if (writing_ == nullptr) return Answer::kOutOfOrder;
  if (agents < 1 || agents > options_.agents) return Answer::kInvalidArgument;
  *block = std::exchange(writing_, nullptr);
  (*block)->agents = agents;
  (*block)->ticket = next_ticket_++;
  (*block)->submit_ns = batcher_.clock().NowNs();
  if (state_ != nullptr) state_->TakeResets(**block);
  return Answer::kOk;
}

AgentGroup::Answer AgentGroup::Submit(uint32_t agents, bool now, uint64_t last_tick,
                                      uint64_t* ticket) noexcept {
  // Frames of agents with a state follow each other; and so only one thread at a time, this one or
  // the ticking one, has a block of the group to close.
  if (now && state_ != nullptr && OldestSubmitted() != nullptr) return Answer::kBusy;
  Block* block = nullptr;
  const Answer answer = TakeWriting(agents, &block);
  if (answer != Answer::kOk) return answer;
  if (ticket != nullptr) *ticket = block->ticket;
  if (now) {
    if (batcher_.CloseOne(block, last_tick, /*dispatch=*/true)) return Answer::kOk;
    writing_ = block;
    --next_ticket_;
    return Answer::kBusy;
  }
  block->SetState(BlockState::kSubmitted);
  return Answer::kOk;
}

const Block* AgentGroup::Latest() noexcept {
  Block* newest = nullptr;
  for (uint32_t i = 0; i < options_.depth; ++i) {
    Block& block = blocks_[i];
    if (block.State() == BlockState::kDone && block.outcome == Outcome::kOk &&
        (newest == nullptr || block.ticket > newest->ticket)) {
      newest = &block;
    }
  }
  if (newest != nullptr) reading_ = newest;
  return reading_;
}

AgentGroup::Answer AgentGroup::AnswerOf(const Block& block) noexcept {
  switch (block.outcome) {
    case Outcome::kOk:
      return Answer::kOk;
    case Outcome::kLate:
      return Answer::kLate;
    case Outcome::kFailed:
      return Answer::kFailed;
    case Outcome::kNoVersion:
      return Answer::kNoVersion;
  }
  return Answer::kFailed;
}

Block* AgentGroup::FindTicket(uint64_t ticket) noexcept {
  for (uint32_t i = 0; i < options_.depth; ++i) {
    if (blocks_[i].ticket == ticket) return &blocks_[i];
  }
  return nullptr;
}

AgentGroup::Answer AgentGroup::Poll(uint64_t ticket) noexcept {
  if (ticket == 0 || ticket >= next_ticket_) return Answer::kInvalidArgument;
  const Block* block = FindTicket(ticket);
  if (block == nullptr) return Answer::kSuperseded;
  return block->State() == BlockState::kDone ? AnswerOf(*block) : Answer::kPending;
}

AgentGroup::Answer AgentGroup::Wait(uint64_t ticket, int64_t timeout_ns) noexcept {
  if (ticket == 0 || ticket >= next_ticket_) return Answer::kInvalidArgument;
  Block* block = FindTicket(ticket);
  if (block == nullptr) return Answer::kSuperseded;
  const int64_t start_ns = batcher_.clock().NowNs();
  const int64_t batch_ns = batcher_.counters().last_batch_ns.load(std::memory_order_relaxed);
  const int64_t spin_ns = std::clamp(2 * batch_ns, kMinSpinNs, kMaxSpinNs);
  for (;;) {
    const BlockState state = block->State();
    if (state == BlockState::kDone) return AnswerOf(*block);
    if (closing_.load(std::memory_order_relaxed)) return Answer::kClosing;
    const bool running = state == BlockState::kRunning;
    if ((running || state == BlockState::kHeld) && timeout_ns != 0) {
      if (running && Batcher::RunPart(*block->batch, block->batch_generation, staging_)) continue;
      // What it waits for may be anybody's.
      if (state_ != nullptr && batcher_.RunOldestReady(staging_)) continue;
      if (running && !Batcher::IsLaunched(*block->batch, block->batch_generation)) {
        // The ticking thread is just closing it; to sleep now could miss our turn to run it.
        std::this_thread::yield();
        continue;
      }
    }
    const int64_t waited_ns = batcher_.clock().NowNs() - start_ns;
    if (timeout_ns >= 0 && waited_ns >= timeout_ns) return Answer::kTimeout;
    if (waited_ns < spin_ns) {
      CpuRelax();
      continue;
    }
    block->sleepers.fetch_add(1);
    if (block->state.load() == static_cast<uint32_t>(state)) {
      FutexWait(block->state, static_cast<uint32_t>(state),
                timeout_ns < 0 ? kWaitSliceNs : std::min(timeout_ns - waited_ns, kWaitSliceNs));
    }
    block->sleepers.fetch_sub(1);
  }
}

AgentGroup::Answer AgentGroup::ResetAgents(uint32_t first, uint32_t count) noexcept {
  if (first > options_.agents || count > options_.agents - first) return Answer::kInvalidArgument;
  if (state_ != nullptr) state_->Reset(first, count);
  return Answer::kOk;
}

AgentGroup::Answer AgentGroup::Run(uint32_t agents, uint64_t last_tick) noexcept {
  if (state_ != nullptr && OldestSubmitted() != nullptr) return Answer::kBusy;
  Block* block = nullptr;
  const Answer answer = TakeWriting(agents, &block);
  if (answer != Answer::kOk) return answer;
  if (!batcher_.CloseOne(block, last_tick, /*dispatch=*/false)) {
    writing_ = block;
    --next_ticket_;
    return Answer::kBusy;
  }
  while (Batcher::RunPart(*block->batch, block->batch_generation, staging_)) {
  }
  return Wait(block->ticket, -1);  // done already, unless it had no version
}

// ---- other threads ----

void AgentGroup::Interrupt() noexcept {
  closing_.store(true, std::memory_order_relaxed);
  for (uint32_t i = 0; i < options_.depth; ++i) FutexWakeAll(blocks_[i].state);
}

Block* AgentGroup::OldestSubmitted() noexcept {
  Block* oldest = nullptr;
  for (uint32_t i = 0; i < options_.depth; ++i) {
    Block& block = blocks_[i];
    if (block.State() == BlockState::kSubmitted &&
        (oldest == nullptr || block.ticket < oldest->ticket)) {
      oldest = &block;
    }
  }
  return oldest;
}

}  // namespace graft::runtime
