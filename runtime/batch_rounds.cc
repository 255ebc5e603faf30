// Running batches: the round that answers, and the one that nobody sees.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/agent_group.h"
#include "runtime/batch_claims.h"
#include "runtime/batcher.h"
#include "runtime/futex.h"
#include "runtime/part_forward.h"
#include "runtime/scheduler.h"

namespace graft::runtime {
namespace {

// What a block that is done is waited for by: nobody. Never a batch that runs.
Batch* DoneMark() {
  static Batch mark;
  return &mark;
}

}  // namespace

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
  if (batch.answered) {
    if (rows > 0) {
      PartForward forward(batcher, batch, first_row, rows, staging);
      batcher.ComputeUnseen(batch, forward);
    }
    if (batch.unfinished_parts.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      batcher.FinishSecondRound(batch);
    }
    return true;
  }
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

}  // namespace graft::runtime
