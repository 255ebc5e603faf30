#include "runtime/batcher.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/agent_group.h"
#include "runtime/futex.h"
#include "runtime/part_forward.h"
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

// What a block that is done is waited for by: nobody. Never a batch that runs.
Batch* DoneMark() {
  static Batch mark;
  return &mark;
}

}  // namespace

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
  batch->outcome.store(batch->version == nullptr ? Outcome::kNoVersion : Outcome::kOk,
                       std::memory_order_relaxed);
  batch->fading_failed.store(false, std::memory_order_relaxed);
  batch->trial_failed.store(false, std::memory_order_relaxed);
  batch->unfinished_parts.store(parts, std::memory_order_relaxed);
  // The last batch before it may end now or may have ended: who comes second starts it.
  if (batch->blockers.fetch_sub(1, std::memory_order_acq_rel) == 1) Start(*batch);
}

void Batcher::AcquireVersions(Batch& batch) noexcept {
  batch.version = versions_.Acquire();
  batch.fade = {};
  batch.trial = nullptr;
  if (batch.version == nullptr) return;
  if (options_.can_fade) batch.fade = versions_.AcquireFading(batch.version, clock_.NowNs());
  if (options_.trial_fraction <= 0) return;
  int64_t started_ns = 0;
  batch.trial = versions_.AcquireTrial(&started_ns);
  if (batch.trial == nullptr) return;
  batch.trial_share =
      BlendWeight(options_.blend_curve, versions_.FadedSince(started_ns, clock_.NowNs()));
}

// Everything that the batch waits for is done.
void Batcher::Start(Batch& batch) noexcept {
  const uint32_t generation = GenerationOf(batch.claims.load(std::memory_order_relaxed)) + 1;
  if (batch.version == nullptr) {
    batch.claims.store(PackClaims(generation, 0, 0), std::memory_order_release);
    Finish(batch);
    return;
  }
  if (has_state()) {
    const uint64_t fading = batch.fade.version == nullptr ? 0 : batch.fade.version->number;
    for (Block* block = batch.first; block != nullptr; block = block->next) {
      block->group->state()->Begin(batch.version->number, fading, *block);
      block->state.store(static_cast<uint32_t>(BlockState::kRunning));
      if (block->sleepers.load() != 0) FutexWakeAll(block->state);
    }
  }
  const uint32_t parts = batch.unfinished_parts.load(std::memory_order_relaxed);
  const bool for_lanes = batch.for_lanes;
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

bool Batcher::RunPart(Batch& batch, uint32_t generation, Staging& staging,
                      bool may_shadow) noexcept {
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
  std::optional<PartForward> forward;
  const Version* shadow = nullptr;
  if (rows > 0 && batch.outcome.load(std::memory_order_relaxed) == Outcome::kOk) {
    forward.emplace(batcher, batch, first_row, rows, staging);
    batcher.Compute(batch, *forward, rows);
    if (may_shadow && batch.outcome.load(std::memory_order_relaxed) == Outcome::kOk) {
      shadow = batcher.AcquireShadow();
    }
    if (shadow != nullptr) forward->CopyForShadow();
  }
  if (batch.unfinished_parts.fetch_sub(1, std::memory_order_acq_rel) == 1) batcher.Finish(batch);
  if (shadow != nullptr) batcher.RunShadow(*forward, shadow);
  return true;
}

// The version on trial, held, if it serves no rows and its turn has come; RunShadow releases it.
const Version* Batcher::AcquireShadow() noexcept {
  if (options_.trial_fraction > 0) return nullptr;
  const Version* trial = versions_.AcquireTrial(nullptr);
  if (trial == nullptr) return nullptr;
  int64_t until_ns = shadow_rest_until_ns_.load();
  if (clock_.NowNs() >= until_ns && shadow_rest_until_ns_.compare_exchange_strong(
                                        until_ns, std::numeric_limits<int64_t>::max())) {
    return trial;
  }
  versions_.Release(trial);
  return nullptr;
}

void Batcher::RunShadow(PartForward& forward, const Version* trial) noexcept {
  constexpr int64_t kRestFactor = 9;
  const int64_t begin_ns = clock_.NowNs();
  TrialReport::Figures figures;
  figures.version = trial->number;
  forward.Shadow(*trial, &figures).IgnoreError();  // the figures say it
  const int64_t end_ns = clock_.NowNs();
  figures.run_ns = end_ns - begin_ns;
  trial_report_.Add(figures);
  versions_.Release(trial);
  shadow_rest_until_ns_.store(end_ns + kRestFactor * figures.run_ns);
}

void Batcher::Compute(Batch& batch, PartForward& forward, uint32_t rows) noexcept {
  const int64_t begin_ns = clock_.NowNs();
  if (batch.deadline_ns != 0 && begin_ns > batch.deadline_ns) {
    batch.outcome.store(Outcome::kLate, std::memory_order_relaxed);
    return;
  }
  const absl::Status status = forward.Run();
  NoteRows(rows);
  counters_.batches.fetch_add(1, std::memory_order_relaxed);
  if (!status.ok()) {
    batch.outcome.store(Outcome::kFailed, std::memory_order_relaxed);
    NoteFailure(*batch.version, rows, status);
    return;
  }
  if (batch.fade.version != nullptr) {
    if (const absl::Status faded = forward.Fade(); !faded.ok()) {
      batch.fading_failed.store(true, std::memory_order_relaxed);
      NoteFailure(*batch.fade.version, rows, faded);
    }
  }
  if (batch.trial != nullptr) {
    TrialReport::Figures figures;
    figures.version = batch.trial->number;
    const int64_t trial_ns = clock_.NowNs();
    if (!forward.Try(&figures).ok()) batch.trial_failed.store(true, std::memory_order_relaxed);
    figures.run_ns = clock_.NowNs() - trial_ns;
    trial_report_.Add(figures);
  }
  forward.Scatter();
  if (!forward.in_place()) counters_.gathered_parts.fetch_add(1, std::memory_order_relaxed);
  counters_.last_batch_ns.store(clock_.NowNs() - begin_ns, std::memory_order_relaxed);
}

void Batcher::NoteFailure(const Version& version, uint32_t rows, const absl::Status& status) {
  MutexLock lock(failure_mutex_);
  last_failure_ = absl::StrCat("version ", version.number, ", ", rows, " rows: ", status.message());
}

// The last thread to touch the batch. A block is the host's again the moment its state is DONE, and
// its group may be closed the moment Landed() is counted: nothing of either is touched after that.
void Batcher::Finish(Batch& batch) noexcept {
  const Outcome outcome = batch.outcome.load(std::memory_order_relaxed);
  const bool fading_ok = !batch.fading_failed.load(std::memory_order_relaxed);
  const bool trial_ok = batch.trial != nullptr && !batch.trial_failed.load();
  CounterOf(outcome).fetch_add(batch.rows, std::memory_order_relaxed);
  for (Block* block = batch.first; block != nullptr;) {
    Block* const next = block->next;
    AgentGroup* const group = block->group;
    block->outcome = outcome;
    block->version = batch.version == nullptr ? 0 : batch.version->number;
    block->tick = batch.tick;
    const bool fades = batch.fade.version != nullptr && fading_ok;
    block->fading_version = fades ? batch.fade.version->number : 0;
    block->share = fades ? BlendWeight(options_.blend_curve, batch.fade.faded) : 1;
    block->trial_version = trial_ok ? batch.trial->number : 0;
    block->trial_agents = trial_ok ? std::min(TrialAgents(*group), block->agents) : 0;
    Batch* waiting = nullptr;
    if (has_state()) {
      group->state()->End(*block, outcome == Outcome::kOk, fading_ok);
      waiting = block->waiting.exchange(DoneMark());
    }
    block->state.store(static_cast<uint32_t>(BlockState::kDone));
    if (block->sleepers.load() != 0) FutexWakeAll(block->state);
    group->Landed();
    if (waiting != nullptr && waiting->blockers.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      Start(*waiting);
    }
    block = next;
  }
  if (batch.version != nullptr) versions_.Release(batch.version);
  if (batch.fade.version != nullptr) versions_.Release(batch.fade.version);
  if (batch.trial != nullptr) versions_.Release(batch.trial);
  free_batches_.fetch_or(BitOf(batch), std::memory_order_release);
}

uint32_t Batcher::TrialAgents(const AgentGroup& group) const noexcept {
  return static_cast<uint32_t>(std::ceil(options_.trial_fraction * group.capacity()));
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
