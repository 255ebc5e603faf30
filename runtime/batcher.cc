#include "runtime/batcher.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/agent_group.h"
#include "runtime/futex.h"
#include "runtime/scheduler.h"

namespace graft::runtime {
namespace {

constexpr uint32_t kMaxParts = 0xffff;

uint64_t PackClaims(uint32_t generation, uint32_t parts, uint32_t claimed) {
  return uint64_t{generation} << 32 | uint64_t{parts} << 16 | claimed;
}
uint32_t GenerationOf(uint64_t claims) { return static_cast<uint32_t>(claims >> 32); }
uint32_t PartsOf(uint64_t claims) { return static_cast<uint32_t>(claims >> 16) & 0xffff; }
uint32_t ClaimedOf(uint64_t claims) { return static_cast<uint32_t>(claims) & 0xffff; }

// SUBMITTED or WRITING -> RUNNING, under the generation that Launch is about to give the batch
// (only the thread that took the batch from the pool closes it).
void Join(Block* block, Batch* batch) {
  block->next = nullptr;
  block->batch = batch;
  block->batch_generation = GenerationOf(batch->claims.load(std::memory_order_relaxed)) + 1;
  block->state.store(static_cast<uint32_t>(BlockState::kRunning));
  if (block->sleepers.load() != 0) FutexWakeAll(block->state);  // wait() may run it itself now
}

// Calls visit(block, row in block, row in part, rows) for the pieces of [first_row, first_row +
// rows).
template <typename Visit>
void ForEachPiece(Block* block, uint32_t first_row, uint32_t rows, const Visit& visit) {
  uint32_t done = 0;
  for (; done < rows; block = block->next) {
    if (first_row >= block->agents) {
      first_row -= block->agents;
      continue;
    }
    const uint32_t piece = std::min(rows - done, block->agents - first_row);
    visit(*block, first_row, done, piece);
    done += piece;
    first_row = 0;
  }
}

}  // namespace

Batcher::Batcher(BatcherOptions options, VersionSet& versions, Scheduler* scheduler,
                 const Clock& clock)
    : options_(std::move(options)), versions_(versions), scheduler_(scheduler), clock_(clock) {
  for (Batch& batch : batches_) batch.batcher = this;
}

absl::StatusOr<std::unique_ptr<Batcher>> Batcher::Create(BatcherOptions options,
                                                         VersionSet& versions, Scheduler* scheduler,
                                                         const Clock& clock) {
  std::unique_ptr<Batcher> batcher(new Batcher(std::move(options), versions, scheduler, clock));
  if (scheduler != nullptr) {
    if (absl::Status status = scheduler->Add(batcher.get()); !status.ok()) return status;
  }
  return batcher;
}

Batcher::~Batcher() {
  if (scheduler_ != nullptr) scheduler_->Remove(this);
}

// ---- control side ----

absl::Status Batcher::AddGroup(AgentGroup* group) {
  NoteRows(std::min(group->capacity(), options_.max_rows));
  MutexLock lock(control_mutex_);
  for (uint32_t i = 0; i < kMaxGroups; ++i) {
    if (groups_[i].load(std::memory_order_relaxed) != nullptr) continue;
    groups_[i].store(group, std::memory_order_release);
    if (i >= groups_end_.load(std::memory_order_relaxed)) {
      groups_end_.store(i + 1, std::memory_order_release);
    }
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("this model has ", kMaxGroups,
                   " agent groups already; close some, or put more agents into one group"));
}

void Batcher::RemoveGroup(AgentGroup* group) {
  MutexLock lock(control_mutex_);
  for (std::atomic<AgentGroup*>& entry : groups_) {
    if (entry.load(std::memory_order_relaxed) == group) entry.store(nullptr);
  }
}

std::string Batcher::LastFailure() {
  MutexLock lock(failure_mutex_);
  return last_failure_;
}

std::vector<uint32_t> Batcher::UsedRows() const {
  std::vector<uint32_t> used;
  for (uint32_t word = 0; word < used_rows_.size(); ++word) {
    uint64_t bits = used_rows_[word].load(std::memory_order_relaxed);
    for (; bits != 0; bits &= bits - 1) {
      used.push_back(word * 64 + static_cast<uint32_t>(std::countr_zero(bits)) + 1);
    }
  }
  const uint32_t largest = largest_rows_.load(std::memory_order_relaxed);
  if (largest > kTrackedRows) used.push_back(largest);
  if (used.empty()) used.push_back(1);
  return used;
}

// ---- frame side ----

Batcher::Closed Batcher::CloseTick(uint64_t tick) noexcept {
  Batch* batch = nullptr;
  Block* first = nullptr;
  Block* last = nullptr;
  uint32_t rows = 0;
  const uint32_t end = groups_end_.load(std::memory_order_acquire);
  for (uint32_t i = 0; i < end; ++i) {
    AgentGroup* group = groups_[i].load(std::memory_order_acquire);
    if (group == nullptr) continue;
    // A group that submits while we are here may add blocks behind our back: they are the next
    // tick's.
    while (Block* block = group->OldestSubmitted()) {
      if (batch == nullptr && (batch = TakeBatch()) == nullptr) return {};  // next tick, then
      group->Launched();
      Join(block, batch);
      (last == nullptr ? first : last->next) = block;
      last = block;
      rows += block->agents;
    }
  }
  if (batch == nullptr) return {};
  Launch(batch, first, rows, tick, /*dispatch=*/true);
  return {1, rows};
}

bool Batcher::CloseOne(Block* block, uint64_t tick, bool dispatch) noexcept {
  Batch* batch = TakeBatch();
  if (batch == nullptr) return false;
  block->group->Launched();
  Join(block, batch);
  Launch(batch, block, block->agents, tick, dispatch);
  return true;
}

Batch* Batcher::TakeBatch() noexcept {
  uint64_t free = free_batches_.load(std::memory_order_relaxed);
  while (free != 0) {
    const uint64_t lowest = free & (~free + 1);
    if (free_batches_.compare_exchange_weak(free, free & ~lowest, std::memory_order_acquire,
                                            std::memory_order_relaxed)) {
      return &batches_[static_cast<size_t>(std::countr_zero(lowest))];
    }
  }
  return nullptr;
}

void Batcher::Launch(Batch* batch, Block* first, uint32_t rows, uint64_t tick,
                     bool dispatch) noexcept {
  const uint32_t parts =
      std::clamp((rows + options_.max_rows - 1) / options_.max_rows, 1u, kMaxParts);
  const uint32_t generation = GenerationOf(batch->claims.load(std::memory_order_relaxed)) + 1;
  batch->version = versions_.Acquire();
  batch->first = first;
  batch->rows = rows;
  batch->rows_per_part = (rows + parts - 1) / parts;
  batch->tick = tick;
  int64_t submitted_ns = first->submit_ns;
  for (const Block* block = first->next; block != nullptr; block = block->next) {
    submitted_ns = std::min(submitted_ns, block->submit_ns);
  }
  batch->submitted_ns.store(submitted_ns, std::memory_order_relaxed);
  batch->deadline_ns = options_.deadline_ns == 0 ? 0 : submitted_ns + options_.deadline_ns;
  batch->outcome.store(batch->version == nullptr ? Outcome::kNoVersion : Outcome::kOk,
                       std::memory_order_relaxed);
  batch->unfinished_parts.store(parts, std::memory_order_relaxed);
  if (batch->version == nullptr) {
    batch->claims.store(PackClaims(generation, 0, 0), std::memory_order_release);
    Finish(*batch);
    return;
  }
  const bool for_lanes = dispatch && scheduler_ != nullptr;
  if (for_lanes) ready_batches_.fetch_or(BitOf(*batch));
  batch->claims.store(PackClaims(generation, parts, 0));
  if (for_lanes) scheduler_->Notify(parts);
}

bool Batcher::IsLaunched(const Batch& batch, uint32_t generation) noexcept {
  return GenerationOf(batch.claims.load(std::memory_order_acquire)) == generation;
}

ReadyBatch Batcher::OldestReady() const noexcept {
  ReadyBatch oldest;
  for (uint64_t bits = ready_batches_.load(); bits != 0; bits &= bits - 1) {
    Batch& batch = batches_[static_cast<size_t>(std::countr_zero(bits))];
    const uint64_t claims = batch.claims.load();
    const uint32_t parts = PartsOf(claims) - ClaimedOf(claims);
    if (parts == 0) continue;  // not quite launched, or the last part has just been claimed
    oldest.ready_parts += parts;
    const int64_t submitted_ns = batch.submitted_ns.load(std::memory_order_relaxed);
    if (oldest.batch != nullptr && submitted_ns >= oldest.submitted_ns) continue;
    oldest.batch = &batch;
    oldest.generation = GenerationOf(claims);
    oldest.submitted_ns = submitted_ns;
  }
  return oldest;
}

bool Batcher::RunPart(Batch& batch, uint32_t generation, Staging& staging) noexcept {
  uint64_t claims = batch.claims.load(std::memory_order_acquire);
  do {
    if (GenerationOf(claims) != generation || ClaimedOf(claims) >= PartsOf(claims)) return false;
  } while (!batch.claims.compare_exchange_weak(claims, claims + 1, std::memory_order_acquire,
                                               std::memory_order_acquire));
  // From here to our fetch_sub the batch cannot end: its fields are ours to read.
  Batcher& batcher = *batch.batcher;
  if (ClaimedOf(claims) + 1 == PartsOf(claims)) {
    batcher.ready_batches_.fetch_and(~batcher.BitOf(batch));
  }
  const uint32_t first_row = std::min(ClaimedOf(claims) * batch.rows_per_part, batch.rows);
  const uint32_t rows = std::min(batch.rows_per_part, batch.rows - first_row);
  if (rows > 0 && batch.outcome.load(std::memory_order_relaxed) == Outcome::kOk) {
    batcher.Compute(batch, first_row, rows, staging);
  }
  if (batch.unfinished_parts.fetch_sub(1, std::memory_order_acq_rel) == 1) batcher.Finish(batch);
  return true;
}

void Batcher::Compute(Batch& batch, uint32_t first_row, uint32_t rows, Staging& staging) noexcept {
  const int64_t begin_ns = clock_.NowNs();
  if (batch.deadline_ns != 0 && begin_ns > batch.deadline_ns) {
    batch.outcome.store(Outcome::kLate, std::memory_order_relaxed);
    return;
  }
  const std::vector<models::TensorSpec>& inputs = options_.schema.inputs;
  const std::vector<models::TensorSpec>& outputs = options_.schema.outputs;
  staging.inputs.resize(inputs.size());
  staging.outputs.resize(outputs.size());

  Block* in_place = nullptr;  // the one block that holds all rows of the part, if there is one
  uint32_t row_in_block = 0;
  ForEachPiece(batch.first, first_row, rows,
               [&](Block& block, uint32_t block_row, uint32_t, uint32_t piece) {
                 if (piece != rows) return;
                 in_place = &block;
                 row_in_block = block_row;
               });
  for (size_t i = 0; i < inputs.size(); ++i) {
    const size_t row_bytes = inputs[i].RowBytes();
    if (in_place != nullptr) {
      staging.inputs[i] = in_place->inputs[i] + row_in_block * row_bytes;
      continue;
    }
    std::byte* gathered = staging.Buffer(i, rows * row_bytes);
    ForEachPiece(batch.first, first_row, rows,
                 [&](Block& block, uint32_t block_row, uint32_t part_row, uint32_t piece) {
                   std::memcpy(gathered + part_row * row_bytes,
                               block.inputs[i] + block_row * row_bytes, piece * row_bytes);
                 });
    staging.inputs[i] = gathered;
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    const size_t row_bytes = outputs[i].RowBytes();
    staging.outputs[i] = in_place != nullptr ? in_place->outputs[i] + row_in_block * row_bytes
                                             : staging.Buffer(inputs.size() + i, rows * row_bytes);
  }

  const absl::Status status = batch.version->executable->Run(rows, staging.inputs, staging.outputs);
  NoteRows(rows);
  counters_.batches.fetch_add(1, std::memory_order_relaxed);
  if (!status.ok()) {
    batch.outcome.store(Outcome::kFailed, std::memory_order_relaxed);
    MutexLock lock(failure_mutex_);
    last_failure_ =
        absl::StrCat("version ", batch.version->number, ", ", rows, " rows: ", status.message());
    return;
  }
  if (in_place == nullptr) {
    counters_.gathered_parts.fetch_add(1, std::memory_order_relaxed);
    for (size_t i = 0; i < outputs.size(); ++i) {
      const size_t row_bytes = outputs[i].RowBytes();
      const std::byte* computed = static_cast<const std::byte*>(staging.outputs[i]);
      ForEachPiece(batch.first, first_row, rows,
                   [&](Block& block, uint32_t block_row, uint32_t part_row, uint32_t piece) {
                     std::memcpy(block.outputs[i] + block_row * row_bytes,
                                 computed + part_row * row_bytes, piece * row_bytes);
                   });
    }
  }
  counters_.last_batch_ns.store(clock_.NowNs() - begin_ns, std::memory_order_relaxed);
}

// The last thread to touch the batch. A block is the host's again the moment its state is DONE, and
// its group may be closed the moment Landed() is counted: nothing of either is touched after that.
void Batcher::Finish(Batch& batch) noexcept {
  const Outcome outcome = batch.outcome.load(std::memory_order_relaxed);
  const uint64_t version = batch.version == nullptr ? 0 : batch.version->number;
  CounterOf(outcome).fetch_add(batch.rows, std::memory_order_relaxed);
  for (Block* block = batch.first; block != nullptr;) {
    Block* const next = block->next;
    AgentGroup* const group = block->group;
    block->outcome = outcome;
    block->version = version;
    block->tick = batch.tick;
    block->state.store(static_cast<uint32_t>(BlockState::kDone));
    if (block->sleepers.load() != 0) FutexWakeAll(block->state);
    group->Landed();
    block = next;
  }
  if (batch.version != nullptr) versions_.Release(batch.version);
  free_batches_.fetch_or(BitOf(batch), std::memory_order_release);
}

std::atomic<uint64_t>& Batcher::CounterOf(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::kOk:
      return counters_.rows;
    case Outcome::kLate:
      return counters_.late_rows;
    case Outcome::kFailed:
      return counters_.failed_rows;
    case Outcome::kNoVersion:
      break;
  }
  return counters_.unserved_rows;
}

void Batcher::NoteRows(uint32_t rows) noexcept {
  if (rows <= kTrackedRows) {
    std::atomic<uint64_t>& word = used_rows_[(rows - 1) / 64];
    const uint64_t bit = uint64_t{1} << ((rows - 1) % 64);
    if ((word.load(std::memory_order_relaxed) & bit) == 0) {
      word.fetch_or(bit, std::memory_order_relaxed);
    }
  } else if (rows > largest_rows_.load(std::memory_order_relaxed)) {
    largest_rows_.store(rows, std::memory_order_relaxed);
  }
}

}  // namespace graft::runtime
