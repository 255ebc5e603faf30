#include "runtime/version_set.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace graft::runtime {

absl::string_view VersionStateName(VersionState state) {
  switch (state) {
    case VersionState::kDiscovered:
      return "DISCOVERED";
    case VersionState::kLoading:
      return "LOADING";
    case VersionState::kValidating:
      return "VALIDATING";
    case VersionState::kWarming:
      return "WARMING";
    case VersionState::kReady:
      return "READY";
    case VersionState::kServing:
      return "SERVING";
    case VersionState::kDraining:
      return "DRAINING";
    case VersionState::kKept:
      return "KEPT";
    case VersionState::kRetired:
      return "RETIRED";
    case VersionState::kRejected:
      return "REJECTED";
    case VersionState::kTrial:
      return "TRIAL";
  }
  return "?";
}

VersionSet::VersionSet(uint32_t keep, std::function<void()> wake, int64_t fade_ns)
    : keep_(keep), wake_(std::move(wake)), fade_ns_(fade_ns) {}

VersionSet::~VersionSet() = default;

// ---- frame side ----

// The version in a role, held; null when the role is empty.
Version* VersionSet::Hold(const std::atomic<Version*>& role) noexcept {
  for (;;) {
    Version* version = role.load();
    if (version == nullptr) return nullptr;
    version->holders_.fetch_add(1);
    if (role.load() == version) return version;
    Release(version);  // a flip came between; it is somebody else's cell by now, or idle
  }
}

const Version* VersionSet::Acquire() noexcept { return Hold(serving_); }

VersionSet::Fade VersionSet::AcquireFading(const Version* serving, int64_t now_ns) noexcept {
  Fade fade;
  if (fade_ns_ == 0 || (fade.version = Hold(fading_)) == nullptr) return fade;
  fade.faded = FadedSince(fade_start_ns_.load(), now_ns);
  // Another tick came between: what fades now does not fade into the version acquired.
  const bool too_late = serving_.load() != serving || fade.version == serving;
  if (too_late || fade.faded >= 1) {
    Release(fade.version);
    return {};
  }
  fade.spares_trial = fades_from_trial_.load(std::memory_order_relaxed);
  return fade;
}

double VersionSet::FadedSince(int64_t start_ns, int64_t now_ns) const noexcept {
  if (now_ns - start_ns >= fade_ns_) return 1;
  // A clock that jumped back does not fade backwards.
  return std::max(0.0, static_cast<double>(now_ns - start_ns) / static_cast<double>(fade_ns_));
}

const Version* VersionSet::AcquireTrial(int64_t* started_ns) noexcept {
  const Version* trial = Hold(trial_);
  if (trial != nullptr && started_ns != nullptr) *started_ns = trial_start_ns_.load();
  return trial;
}

void VersionSet::Release(const Version* version) noexcept {
  if (version->holders_.fetch_sub(1) == 1 && !IsInUse(version)) wake_();
}

bool VersionSet::IsInUse(const Version* version) const noexcept {
  return serving_.load() == version || fading_.load() == version || trial_.load() == version;
}

// Returns whether a version still fades.
bool VersionSet::EndFade(int64_t now_ns) noexcept {
  if (fading_.load(std::memory_order_relaxed) == nullptr) return false;
  if (now_ns - fade_start_ns_.load(std::memory_order_relaxed) < fade_ns_) return true;
  fading_.store(nullptr);
  wake_();
  return false;
}

bool VersionSet::HoldsGroup(int64_t now_ns) noexcept {
  const bool fades = EndFade(now_ns);
  const Version* next = pending_.load(std::memory_order_acquire);
  return fades && next != nullptr && next->grouped_.load(std::memory_order_relaxed);
}

bool VersionSet::Flip(uint64_t tick, int64_t now_ns, bool hold_group) noexcept {
  if (pending_.load(std::memory_order_relaxed) == nullptr) return false;
  const bool fades = EndFade(now_ns);
  Version* const before = serving_.load(std::memory_order_relaxed);
  Version* next = pending_.load(std::memory_order_acquire);
  bool goes_back = false;  // the fade is turned round
  do {
    if (next == nullptr) return false;
    goes_back = fades && next == fading_.load(std::memory_order_relaxed);
    if (next->grouped_.load(std::memory_order_relaxed) ? hold_group : fades && !goes_back) {
      return false;
    }
  } while (!pending_.compare_exchange_weak(next, nullptr));
  if (next == before) return false;

  next->published_tick_.store(tick, std::memory_order_relaxed);
  if (next->on_trial_.load(std::memory_order_relaxed)) {
    trial_start_ns_.store(now_ns);
    trial_.store(next);
  } else {
    if (fade_ns_ != 0 && before != nullptr) {
      const int64_t faded_ns = now_ns - fade_start_ns_.load(std::memory_order_relaxed);
      fades_from_trial_.store(trial_.load() == next, std::memory_order_relaxed);
      fade_start_ns_.store(goes_back ? now_ns - (fade_ns_ - faded_ns) : now_ns);
      fading_.store(before);
    }
    serving_.store(next);
    serving_number_.store(next->number, std::memory_order_relaxed);
    publications_.fetch_add(1, std::memory_order_relaxed);
    trial_.store(nullptr);  // it serves now, or is overtaken
  }
  next->published_.store(true);
  wake_();
  return true;
}

// ---- control side ----

uint64_t VersionSet::Discover(const std::string& path, int64_t now_ns) {
  MutexLock lock(mutex_);
  VersionInfo& info = infos_.emplace_back();
  info.number = next_number_++;
  info.path = path;
  info.discovered_ns = now_ns;
  Enter(info, VersionState::kDiscovered);
  TrimHistory();
  return info.number;
}

void VersionSet::Advance(uint64_t number, VersionState state) {
  MutexLock lock(mutex_);
  if (VersionInfo* info = Find(number)) Enter(*info, state);
}

void VersionSet::Reject(uint64_t number, absl::string_view reason) {
  MutexLock lock(mutex_);
  VersionInfo* info = Find(number);
  if (info == nullptr) return;
  Enter(*info, VersionState::kRejected, reason);
  rejections_.fetch_add(1, std::memory_order_relaxed);
}

void VersionSet::Ready(uint64_t number, std::unique_ptr<Executable> executable, int64_t load_ns,
                       int64_t warm_ns, Publication publication) {
  MutexLock lock(mutex_);
  VersionInfo* info = Find(number);
  if (info == nullptr) return;
  NoticeFlips();
  const std::string overtaken = absl::StrCat("version ", number, " overtook it before it served");
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr || cell.offered_) continue;
    if (cell.info_->state == VersionState::kReady) Retire(&cell, overtaken);
  }
  info->device = executable->device();
  info->weight_bytes = executable->weight_bytes();
  info->shared_bytes = executable->shared_bytes();
  info->facts = executable->facts();
  info->load_ns = load_ns;
  info->warm_ns = warm_ns;
  Enter(*info, VersionState::kReady);

  Version* cell = FreeCell();
  cell->number = number;
  cell->executable = std::move(executable);
  cell->published_.store(false);
  cell->published_tick_.store(0, std::memory_order_relaxed);
  cell->info_ = info;
  cell->offered_ = false;
  const bool nothing_serves = serving_.load() == nullptr && pending_.load() == nullptr;
  if (publication == Publication::kOffered) {
    Offer(cell, /*grouped=*/false, /*on_trial=*/false, overtaken);
  } else if (publication == Publication::kAtOnce && nothing_serves) {
    info->has_served = true;
    cell->published_.store(true);
    serving_number_.store(number, std::memory_order_relaxed);
    publications_.fetch_add(1, std::memory_order_relaxed);
    serving_.store(cell);
    Enter(*info, VersionState::kServing);
  }
}

absl::Status VersionSet::Commit() {
  MutexLock lock(mutex_);
  absl::StatusOr<Version*> target = Target(Change::kCommit);
  if (!target.ok()) return target.status();
  Offer(*target, /*grouped=*/false, /*on_trial=*/false, "a commit came before it served");
  return absl::OkStatus();
}

absl::Status VersionSet::Rollback() {
  MutexLock lock(mutex_);
  absl::StatusOr<Version*> target = Target(Change::kRollback);
  if (!target.ok()) return target.status();
  Offer(*target, /*grouped=*/false, /*on_trial=*/false, "a rollback came before it served");
  return absl::OkStatus();
}

// The locks of all sets at once are beyond the analysis.
absl::Status VersionSet::ChangeTogether(absl::Span<VersionSet* const> sets, Change change,
                                        size_t* index_of_error) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  std::vector<VersionSet*> ordered(sets.begin(), sets.end());
  std::sort(ordered.begin(), ordered.end(), std::less<>());  // everybody locks in this order
  ordered.erase(std::unique(ordered.begin(), ordered.end()), ordered.end());
  std::vector<std::unique_lock<Mutex>> locks;
  locks.reserve(ordered.size());
  for (VersionSet* set : ordered) locks.emplace_back(set->mutex_);
  std::vector<Version*> targets;
  for (size_t i = 0; i < sets.size(); ++i) {
    absl::StatusOr<Version*> target = sets[i]->Target(change);
    if (!target.ok()) {
      *index_of_error = i;
      return target.status();
    }
    targets.push_back(*target);
  }
  for (size_t i = 0; i < sets.size(); ++i) {
    sets[i]->Offer(targets[i], /*grouped=*/true, /*on_trial=*/false,
                   "a change of several models came before it served");
  }
  return absl::OkStatus();
}

absl::Status VersionSet::StartTrial() {
  MutexLock lock(mutex_);
  absl::StatusOr<Version*> target = Target(Change::kCommit);
  if (!target.ok()) return target.status();
  if ((*target)->info_->state == VersionState::kTrial) return absl::OkStatus();
  Offer(*target, /*grouped=*/false, /*on_trial=*/true, "another trial began before it served");
  return absl::OkStatus();
}

void VersionSet::CommitTrial(uint64_t number) {
  MutexLock lock(mutex_);
  NoticeFlips();
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr || cell.number != number || cell.offered_) continue;
    if (cell.info_->state != VersionState::kTrial || pending_.load() != nullptr) return;
    Offer(&cell, /*grouped=*/false, /*on_trial=*/false, "");
    return;
  }
}

void VersionSet::RejectTrial(uint64_t number, absl::string_view reason) {
  MutexLock lock(mutex_);
  NoticeFlips();
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr || cell.number != number) continue;
    const VersionState state = cell.info_->state;
    if (state != VersionState::kTrial && state != VersionState::kReady) return;
    Version* expected = &cell;
    // A tick has just taken it: it serves, or is overtaken.
    if (cell.offered_ && !pending_.compare_exchange_strong(expected, nullptr)) return;
    expected = &cell;
    trial_.compare_exchange_strong(expected, nullptr);
    Enter(*cell.info_, VersionState::kRejected, reason);
    rejections_.fetch_add(1, std::memory_order_relaxed);
    Empty(&cell);
    return;
  }
}

std::vector<std::unique_ptr<Executable>> VersionSet::Reap() {
  MutexLock lock(mutex_);
  NoticeFlips();
  for (Version& cell : cells_) {
    if (IsInUse(&cell) || cell.holders_.load() != 0) continue;
    if (cell.leaving_) {
      cell.leaving_ = false;
      retired_.push_back(std::move(cell.executable));
    } else if (cell.info_ != nullptr && cell.info_->state == VersionState::kDraining) {
      Enter(*cell.info_, VersionState::kKept);
    }
  }
  for (;;) {  // the longest replaced go first, until only `keep` are left
    Version* oldest = nullptr;
    size_t kept = 0;
    for (Version& cell : cells_) {
      if (cell.info_ == nullptr || cell.info_->state != VersionState::kKept) continue;
      ++kept;
      if (oldest == nullptr || cell.replaced_order_ < oldest->replaced_order_) oldest = &cell;
    }
    if (kept <= keep_) break;
    Retire(oldest, "");
  }
  return std::exchange(retired_, {});
}

std::vector<VersionInfo> VersionSet::Describe() {
  MutexLock lock(mutex_);
  NoticeFlips();
  return {infos_.begin(), infos_.end()};
}

std::vector<VersionEvent> VersionSet::TakeEvents() {
  MutexLock lock(mutex_);
  NoticeFlips();
  return std::exchange(events_, {});
}

void VersionSet::Enter(VersionInfo& info, VersionState state, absl::string_view reason) {
  info.state = state;
  info.reason = std::string(reason);
  const bool took_over = state == VersionState::kServing || state == VersionState::kTrial;
  events_.push_back(
      {info.number, state, info.path, info.reason, took_over ? info.published_tick : 0});
}

Version* VersionSet::FreeCell() {
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr && !cell.leaving_) return &cell;
  }
  return &cells_.emplace_back();
}

VersionInfo* VersionSet::Find(uint64_t number) {
  for (VersionInfo& info : infos_) {
    if (info.number == number) return &info;
  }
  return nullptr;
}

absl::StatusOr<Version*> VersionSet::Target(Change change) {
  NoticeFlips();
  return change == Change::kCommit ? CommitTarget() : RollbackTarget();
}

// The newest candidate that nobody has committed yet; else the one that pends already.
absl::StatusOr<Version*> VersionSet::CommitTarget() {
  Version* target = nullptr;
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr) continue;
    const VersionState state = cell.info_->state;
    if (state != VersionState::kReady && state != VersionState::kTrial) continue;
    if (target == nullptr ||
        std::pair(!cell.offered_, cell.number) > std::pair(!target->offered_, target->number)) {
      target = &cell;
    }
  }
  if (target == nullptr) {
    return absl::FailedPreconditionError("no candidate is ready to be committed");
  }
  return target;
}

absl::StatusOr<Version*> VersionSet::RollbackTarget() {
  const uint64_t serving = serving_number();
  Version* target = nullptr;
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr || cell.number >= serving) continue;
    const VersionState state = cell.info_->state;
    if (state != VersionState::kKept && state != VersionState::kDraining) continue;
    if (target == nullptr || cell.number > target->number) target = &cell;
  }
  if (target == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("no earlier version is kept loaded (swap.keep is ", keep_,
                     "); raise it to roll back further"));
  }
  return target;
}

void VersionSet::Offer(Version* version, bool grouped, bool on_trial, absl::string_view why) {
  const Version* pending = pending_.load();
  // In place of one that flips with others, it flips with them.
  version->grouped_.store(grouped || (pending != nullptr && pending->grouped_.load()));
  version->on_trial_.store(on_trial);
  version->published_.store(false);
  version->offered_ = true;
  if (version->info_->state != VersionState::kReady &&
      version->info_->state != VersionState::kTrial) {
    Enter(*version->info_, VersionState::kReady);
  }
  Version* displaced = pending_.exchange(version);
  if (displaced != nullptr && displaced != version) Displace(displaced, why);
}

// @pre it has just been taken out of pending_.
void VersionSet::Displace(Version* version, absl::string_view reason) {
  version->offered_ = false;
  if (version->info_->state == VersionState::kTrial) return;  // it goes when the other one flips
  if (version->info_->has_served) {
    Enter(*version->info_, VersionState::kDraining);  // it waited to come back by a rollback
  } else {
    Retire(version, reason);
  }
}

void VersionSet::Retire(Version* version, absl::string_view reason) {
  Enter(*version->info_, VersionState::kRetired, reason);
  Empty(version);
}

// The cell is free again as soon as nobody holds it.
// @pre no tick can reach the cell any more: it has no role, and does not pend.
void VersionSet::Empty(Version* version) {
  version->info_ = nullptr;
  version->offered_ = false;
  version->leaving_ = IsInUse(version) || version->holders_.load() != 0;
  if (!version->leaving_) retired_.push_back(std::move(version->executable));
}

void VersionSet::NoticeFlips() {
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr) continue;
    if (cell.offered_ && cell.published_.load()) {
      cell.offered_ = false;
      cell.info_->published_tick = cell.published_tick_.load(std::memory_order_relaxed);
      const bool on_trial = cell.on_trial_.load(std::memory_order_relaxed);
      cell.info_->has_served |= !on_trial;
      Enter(*cell.info_, on_trial ? VersionState::kTrial : VersionState::kServing);
    }
    // The roles are read after published: what was published is seen in its role, or replaced.
    if (cell.info_->state == VersionState::kServing && serving_.load() != &cell) {
      cell.replaced_order_ = next_replaced_order_++;
      Enter(*cell.info_, VersionState::kDraining);
    } else if (cell.info_->state == VersionState::kTrial && trial_.load() != &cell &&
               !cell.offered_) {
      Retire(&cell, "another version took over while it was on trial");
    }
  }
}

void VersionSet::TrimHistory() {
  for (auto info = infos_.begin(); infos_.size() > kHistory && info != infos_.end();) {
    const bool ended =
        info->state == VersionState::kRetired || info->state == VersionState::kRejected;
    info = ended ? infos_.erase(info) : std::next(info);
  }
}

}  // namespace graft::runtime
