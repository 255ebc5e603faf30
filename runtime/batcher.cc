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
  if (batch.answered) {
    forward.emplace(batcher, batch, first_row, rows, staging);
    if (rows > 0) batcher.ComputeUnseen(batch, *forward);
    if (batch.unfinished_parts.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      batcher.FinishSecondRound(batch);
    }
    return true;
  }
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
  if (options_.trial_fraction > 0 || trial_has_state()) return nullptr;
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
    NoteFailure(*batch.running.version, rows, status);
    return;
  }
  const Companion& beside = batch.running.beside;
  if (beside.role == CompanionRole::kFades) {
    if (const absl::Status faded = forward.Fade(); !faded.ok()) {
      batch.beside_failed.store(true, std::memory_order_relaxed);
      NoteFailure(*beside.version, rows, faded);
    }
  } else if (beside.role == CompanionRole::kOnTrial && !IsUnseen(beside)) {
    TrialReport::Figures figures;
    figures.version = beside.version->number;
    const int64_t trial_ns = clock_.NowNs();
    if (!forward.Try(&figures).ok()) batch.beside_failed.store(true, std::memory_order_relaxed);
    figures.run_ns = clock_.NowNs() - trial_ns;
    trial_report_.Add(figures);
  }
  forward.Scatter();
  if (!forward.in_place()) counters_.gathered_parts.fetch_add(1, std::memory_order_relaxed);
  counters_.last_batch_ns.store(clock_.NowNs() - begin_ns, std::memory_order_relaxed);
}

// The host sees no answer of it.
bool Batcher::IsUnseen(const Companion& beside) const noexcept {
  return beside.role == CompanionRole::kBurnsIn ||
         (beside.role == CompanionRole::kOnTrial && options_.trial_fraction <= 0);
}

void Batcher::ComputeUnseen(Batch& batch, PartForward& forward) noexcept {
  const Companion& beside = batch.running.beside;
  TrialReport::Figures figures;
  figures.version = beside.version->number;
  const int64_t begin_ns = clock_.NowNs();
  const absl::Status status =
      forward.Observe(batch.outcome.load(std::memory_order_relaxed) == Outcome::kOk, &figures);
  figures.run_ns = clock_.NowNs() - begin_ns;
  if (!status.ok()) batch.beside_failed.store(true, std::memory_order_relaxed);
  if (beside.role == CompanionRole::kOnTrial) {
    trial_report_.Add(figures);
  } else if (!status.ok()) {
    NoteBurnInFailure(beside, absl::StrCat("while it was burned in: ", status.message()));
  }
}

void Batcher::NoteBurnInFailure(const Companion& beside, std::string reason) {
  {
    MutexLock lock(failure_mutex_);
    burn_in_failure_ = {beside.version->number, std::move(reason)};
  }
  versions_.NoteBurnInFailed(beside.term);
}

void Batcher::NoteFailure(const Version& version, uint32_t rows, const absl::Status& status) {
  MutexLock lock(failure_mutex_);
  last_failure_ = absl::StrCat("version ", version.number, ", ", rows, " rows: ", status.message());
}

// The last thread to touch the batch, unless a second round begins. A block is the host's again the
// moment its state is DONE and it is not observed, and its group may be closed the moment Landed()
// is counted: nothing of either is touched after that.
void Batcher::Finish(Batch& batch) noexcept {
  const Outcome outcome = batch.outcome.load(std::memory_order_relaxed);
  const Companion& beside = batch.running.beside;
  const bool was_run = outcome == Outcome::kOk || outcome == Outcome::kFailed;
  const bool unseen = IsUnseen(beside);
  const bool beside_ok =
      outcome == Outcome::kOk && !unseen && !batch.beside_failed.load(std::memory_order_relaxed);
  const bool goes_on = unseen && was_run;
  CounterOf(outcome).fetch_add(batch.rows, std::memory_order_relaxed);
  for (Block* block = batch.first; block != nullptr;) {
    Block* const next = block->next;
    Answer(batch, *block);
    Batch* waiting = nullptr;
    if (has_state()) {
      block->group->state()->End(*block, outcome == Outcome::kOk);
      if (!goes_on) {
        block->group->state()->EndBeside(*block, beside.role, beside_ok);
        waiting = block->waiting.exchange(DoneMark());
      }
    }
    if (goes_on) block->observed.store(true, std::memory_order_relaxed);
    AgentGroup* const group = block->group;
    block->state.store(static_cast<uint32_t>(BlockState::kDone));
    if (block->sleepers.load() != 0) FutexWakeAll(block->state);
    if (!goes_on) Land(*group, waiting);
    block = next;
  }
  if (goes_on) {
    StartSecondRound(batch);
  } else {
    Recycle(batch);
  }
}

// What the host is told of its rows.
void Batcher::Answer(const Batch& batch, Block& block) const noexcept {
  const VersionSet::Running& running = batch.running;
  const CompanionRole role =
      IsUnseen(running.beside) || batch.beside_failed.load(std::memory_order_relaxed)
          ? CompanionRole::kNone
          : running.beside.role;
  const bool fades = role == CompanionRole::kFades;
  const bool on_trial = role == CompanionRole::kOnTrial;
  block.outcome = batch.outcome.load(std::memory_order_relaxed);
  block.version = running.version == nullptr ? 0 : running.version->number;
  block.tick = batch.tick;
  block.fading_version = fades ? running.beside.version->number : 0;
  block.share = fades ? BlendWeight(options_.blend_curve, running.beside.faded) : 1;
  block.trial_version = on_trial ? running.beside.version->number : 0;
  block.trial_agents = on_trial ? std::min(TrialAgents(*block.group), block.agents) : 0;
}

void Batcher::FinishSecondRound(Batch& batch) noexcept {
  const bool ok = !batch.beside_failed.load(std::memory_order_relaxed);
  for (Block* block = batch.first; block != nullptr;) {
    Block* const next = block->next;
    AgentGroup* const group = block->group;
    group->state()->EndBeside(*block, batch.running.beside.role, ok);
    Batch* const waiting = block->waiting.exchange(DoneMark());
    block->observed.store(false, std::memory_order_release);
    Land(*group, waiting);
    block = next;
  }
  Recycle(batch);
}

// A block of the group is through; waiting: the batch that waits for it, or null.
void Batcher::Land(AgentGroup& group, Batch* waiting) noexcept {
  group.Landed();
  if (waiting != nullptr && waiting->blockers.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    Start(*waiting);
  }
}

void Batcher::Recycle(Batch& batch) noexcept {
  if (batch.running.version != nullptr) versions_.Release(batch.running.version);
  if (batch.running.beside.version != nullptr) versions_.Release(batch.running.beside.version);
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
