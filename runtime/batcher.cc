// Closing batches; batch_rounds.cc runs them.
#include "runtime/batcher.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/agent_group.h"
#include "runtime/batch_claims.h"
#include "runtime/futex.h"
#include "runtime/scheduler.h"

namespace graft::runtime {

Batcher::Batcher(BatcherOptions options, VersionSet& versions, Scheduler* scheduler,
                 const Clock& clock)
    : options_(std::move(options)), versions_(versions), scheduler_(scheduler), clock_(clock) {
  for (Batch& batch : batches_) batch.batcher = this;
  options_.blends.resize(options_.schema.outputs.size(), BlendKind::kNone);
  const auto is_state = [this](size_t index, size_t StatePair::*side) {
    const std::vector<StatePair>& pairs = options_.states.pairs;
    return std::any_of(pairs.begin(), pairs.end(),
                       [&](const StatePair& pair) { return pair.*side == index; });
  };
  for (size_t i = 0; i < options_.schema.inputs.size(); ++i) {
    if (!is_state(i, &StatePair::input)) host_inputs_.push_back(i);
  }
  for (size_t i = 0; i < options_.schema.outputs.size(); ++i) {
    if (!is_state(i, &StatePair::output)) host_outputs_.push_back(i);
  }
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

std::optional<Batcher::Failure> Batcher::TakeBurnInFailure() {
  MutexLock lock(failure_mutex_);
  return std::exchange(burn_in_failure_, std::nullopt);
}

std::optional<uint32_t> Batcher::BurnedFrames() {
  const uint64_t term = versions_.burn_in_term();
  if (term == 0) return std::nullopt;
  MutexLock lock(control_mutex_);  // no group is removed meanwhile
  std::optional<uint32_t> fewest;
  ForEachGroup([&](AgentGroup& group) {
    const AgentState::BurnIn found = group.state()->BurnInOf(term);
    if (found.has_memory) fewest = std::min(fewest.value_or(found.frames), found.frames);
  });
  return fewest.value_or(0);
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

template <typename Visit>
void Batcher::ForEachGroup(const Visit& visit) const {
  const uint32_t end = groups_end_.load(std::memory_order_acquire);
  for (uint32_t i = 0; i < end; ++i) {
    if (AgentGroup* group = groups_[i].load(std::memory_order_acquire)) visit(*group);
  }
}

void Batcher::FollowBurnIn() noexcept {
  const uint64_t term = versions_.burn_in_term();
  if (term != 0 && IsBurnedIn(term)) versions_.NoteBurnedIn(term);
}

// Every group that has something to lose has had its frames. Those that pause, or are far slower
// than others, are not waited for without end, nor is anything where frames are dropped; but while
// no group goes on, nothing is lost by waiting.
bool Batcher::IsBurnedIn(uint64_t term) const noexcept {
  constexpr uint32_t kPatience = 4;  // times the frames, of any group
  const uint32_t wanted = options_.states.burn_in_frames;
  bool all = true;
  bool overdue = false;
  ForEachGroup([&](AgentGroup& group) {
    const AgentState::BurnIn found = group.state()->BurnInOf(term);
    all &= !found.has_memory || found.frames >= wanted;
    overdue |= found.passed / kPatience >= wanted;
  });
  return all || overdue;
}

Batcher::Closed Batcher::CloseTick(uint64_t tick) noexcept {
  if (!has_state()) return CloseRound(tick);
  Closed all;
  for (uint32_t round = 0; round < AgentGroup::kMaxDepth; ++round) {
    const Closed closed = CloseRound(tick);
    if (closed.batches == 0) break;
    all.batches += closed.batches;
    all.rows += closed.rows;
  }
  return all;
}

// One batch. With state: of the oldest block of each group.
Batcher::Closed Batcher::CloseRound(uint64_t tick) noexcept {
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
      if (has_state()) break;
    }
  }
  if (batch == nullptr) return {};
  Close(batch, first, rows, tick, /*dispatch=*/true);
  return {1, rows};
}

bool Batcher::CloseOne(Block* block, uint64_t tick, bool dispatch) noexcept {
  Batch* batch = TakeBatch();
  if (batch == nullptr) return false;
  block->group->Launched();
  Join(block, batch);
  Close(batch, block, block->agents, tick, dispatch);
  return true;
}

// SUBMITTED or WRITING -> RUNNING or HELD, under the generation that Start is about to give the
// batch (only the thread that took the batch from the pool closes it).
void Batcher::Join(Block* block, Batch* batch) noexcept {
  block->next = nullptr;
  block->batch = batch;
  block->batch_generation = GenerationOf(batch->claims.load(std::memory_order_relaxed)) + 1;
  BlockState state = BlockState::kRunning;
  if (has_state()) {
    state = BlockState::kHeld;
    // Closing a group's blocks is serialised: see AgentGroup::Submit.
    Block* before = block->group->ExchangeNewestClosed(block);
    batch->blockers.fetch_add(1, std::memory_order_relaxed);
    Batch* nobody = nullptr;
    if (before == nullptr || !before->waiting.compare_exchange_strong(nobody, batch)) {
      batch->blockers.fetch_sub(1, std::memory_order_relaxed);  // it is done already
    }
    block->waiting.store(nullptr);
  }
  block->state.store(static_cast<uint32_t>(state));
  if (block->sleepers.load() != 0) FutexWakeAll(block->state);  // wait() may run it itself now
}

Batch* Batcher::TakeBatch() noexcept {
  uint64_t free = free_batches_.load(std::memory_order_relaxed);
  while (free != 0) {
    const uint64_t lowest = free & (~free + 1);
    if (free_batches_.compare_exchange_weak(free, free & ~lowest, std::memory_order_acquire,
                                            std::memory_order_relaxed)) {
      Batch* batch = &batches_[static_cast<size_t>(std::countr_zero(lowest))];
      batch->blockers.store(1, std::memory_order_relaxed);
      return batch;
    }
  }
  return nullptr;
}

void Batcher::Close(Batch* batch, Block* first, uint32_t rows, uint64_t tick,
                    bool dispatch) noexcept {
  const uint32_t parts =
      std::clamp((rows + options_.max_rows - 1) / options_.max_rows, 1u, kMaxParts);
  AcquireVersions(*batch);
  batch->first = first;
  batch->rows = rows;
  batch->rows_per_part = (rows + parts - 1) / parts;
  batch->tick = tick;
  batch->for_lanes = dispatch && scheduler_ != nullptr;
  int64_t submitted_ns = first->submit_ns;
  for (const Block* block = first->next; block != nullptr; block = block->next) {
    submitted_ns = std::min(submitted_ns, block->submit_ns);
  }
  batch->submitted_ns.store(submitted_ns, std::memory_order_relaxed);
  batch->deadline_ns = options_.deadline_ns == 0 ? 0 : submitted_ns + options_.deadline_ns;
  batch->outcome.store(batch->running.version == nullptr ? Outcome::kNoVersion : Outcome::kOk,
                       std::memory_order_relaxed);
  batch->beside_failed.store(false, std::memory_order_relaxed);
  batch->answered = false;
  batch->unfinished_parts.store(parts, std::memory_order_relaxed);
  // The last batch before it may end now or may have ended: who comes second starts it.
  if (batch->blockers.fetch_sub(1, std::memory_order_acq_rel) == 1) Start(*batch);
}

void Batcher::AcquireVersions(Batch& batch) noexcept {
  // A shadow whose state need not follow every frame is run now and then: AcquireShadow.
  const bool trials = options_.has_trials && (options_.trial_fraction > 0 || trial_has_state());
  const int64_t now_ns = clock_.NowNs();
  batch.running = versions_.AcquireRunning(now_ns, trials);
  const Companion& beside = batch.running.beside;
  if (beside.role != CompanionRole::kOnTrial) return;
  batch.trial_share =
      BlendWeight(options_.blend_curve, versions_.FadedSince(beside.started_ns, now_ns));
}

// Everything that the batch waits for is done.
void Batcher::Start(Batch& batch) noexcept {
  if (batch.running.version == nullptr) {
    const uint32_t generation = GenerationOf(batch.claims.load(std::memory_order_relaxed)) + 1;
    batch.claims.store(PackClaims(generation, 0, 0), std::memory_order_release);
    Finish(batch);
    return;
  }
  if (has_state()) {
    for (Block* block = batch.first; block != nullptr; block = block->next) {
      block->group->state()->Begin(batch.running.term, batch.running.beside, *block);
      block->state.store(static_cast<uint32_t>(BlockState::kRunning));
      if (block->sleepers.load() != 0) FutexWakeAll(block->state);
    }
  }
  Launch(batch, batch.for_lanes);
}

// The batch is answered; the version that nobody sees runs it now.
void Batcher::StartSecondRound(Batch& batch) noexcept {
  batch.answered = true;
  batch.submitted_ns.store(clock_.NowNs(), std::memory_order_relaxed);  // answers come first
  batch.unfinished_parts.store(PartsOf(batch.claims.load(std::memory_order_relaxed)),
                               std::memory_order_relaxed);
  Launch(batch, scheduler_ != nullptr);
}

// Its parts can be claimed.
void Batcher::Launch(Batch& batch, bool for_lanes) noexcept {
  const uint32_t generation = GenerationOf(batch.claims.load(std::memory_order_relaxed)) + 1;
  const uint32_t parts = batch.unfinished_parts.load(std::memory_order_relaxed);
  // With state, whoever waits for a later batch must be able to find this one.
  if (for_lanes || has_state()) ready_batches_.fetch_or(BitOf(batch));
  batch.claims.store(PackClaims(generation, parts, 0));
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

bool Batcher::RunOldestReady(Staging& staging) noexcept {
  const ReadyBatch oldest = OldestReady();
  return oldest.batch != nullptr && RunPart(*oldest.batch, oldest.generation, staging);
}

uint32_t Batcher::TrialAgents(const AgentGroup& group) const noexcept {
  return static_cast<uint32_t>(std::ceil(options_.trial_fraction * group.capacity()));
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
