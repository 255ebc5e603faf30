// The control side of a model's versions; their frame side is in version_flip.cc.
#include "runtime/version_set.h"

#include <algorithm>
#include <iterator>
#include <thread>
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
    case VersionState::kBurnIn:
      return "BURN_IN";
  }
  return "?";
}

VersionSet::VersionSet(uint32_t keep, std::function<void()> wake, int64_t fade_ns, bool burn_in)
    : keep_(keep), wake_(std::move(wake)), fade_ns_(fade_ns), burn_in_(burn_in) {}

VersionSet::~VersionSet() = default;

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
  cell->published_tick_.store(0, std::memory_order_relaxed);
  cell->joint_.store(nullptr);
  cell->info_ = info;
  cell->offered_ = false;
  const bool nothing_serves = serving_.load() == nullptr && pending_.load() == nullptr;
  if (publication == Publication::kOffered) {
    Offer(cell, /*joint=*/nullptr, /*on_trial=*/false, overtaken);
  } else if (publication == Publication::kAtOnce && nothing_serves) {
    info->has_served = true;
    cell->term_.store(last_term_.fetch_add(1) + 1, std::memory_order_relaxed);
    serving_number_.store(number, std::memory_order_relaxed);
    publications_.fetch_add(1, std::memory_order_relaxed);
    serving_.store(cell);
    Enter(*info, VersionState::kServing);
  }
}

absl::Status VersionSet::Commit() {
  MutexLock lock(mutex_);
  for (;; std::this_thread::yield()) {
    absl::StatusOr<Version*> target = Target(Change::kCommit);
    if (!target.ok()) return target.status();
    if (!(*target)->offered_) {
      Offer(*target, /*joint=*/nullptr, /*on_trial=*/false, "a commit came before it served");
      return absl::OkStatus();
    }
    (*target)->on_trial_.store(false);
    // A flip that takes it from there sees that; else one is under way, and may not have.
    if (pending_.load() == *target || burning_.load() == *target) return absl::OkStatus();
  }
}

absl::Status VersionSet::Rollback() {
  constexpr absl::string_view kWhy = "a rollback came before it served";
  MutexLock lock(mutex_);
  for (;; std::this_thread::yield()) {
    absl::StatusOr<Version*> target = Target(Change::kRollback);
    if (!target.ok()) return target.status();
    Version* const burning = burning_.load();
    // Else a flip is just letting it take over.
    if (burning == nullptr ? *target == nullptr : !EndBurnIn(burning, kWhy)) continue;
    if (*target == nullptr) {
      Withdraw(kWhy);
    } else {
      Offer(*target, /*joint=*/nullptr, /*on_trial=*/false, kWhy);
    }
    return absl::OkStatus();
  }
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
  constexpr absl::string_view kWhy = "a change of several models came before it served";
  // What one of them is to take over with already, all do.
  std::shared_ptr<JointChange> joint;
  for (size_t i = 0; i < sets.size() && joint == nullptr; ++i) {
    joint = sets[i]->OpenJointChange(targets[i]);
  }
  if (joint == nullptr) joint = std::make_shared<JointChange>();
  for (size_t i = 0; i < sets.size(); ++i) {
    VersionSet& set = *sets[i];
    set.TrimJointChanges();
    set.joint_changes_.push_back(joint);
    if (targets[i] != nullptr && targets[i]->info_->state == VersionState::kBurnIn) {
      targets[i]->joint_.store(joint.get());
      targets[i]->on_trial_.store(false);
      continue;
    }
    if (change == Change::kRollback && set.burning_.load() != nullptr) {
      set.EndBurnIn(set.burning_.load(), kWhy);
    }
    if (targets[i] == nullptr) {
      set.Withdraw(kWhy);
    } else {
      set.Offer(targets[i], joint.get(), /*on_trial=*/false, kWhy);
    }
  }
  return absl::OkStatus();
}

absl::Status VersionSet::StartTrial() {
  MutexLock lock(mutex_);
  absl::StatusOr<Version*> target = Target(Change::kCommit);
  if (!target.ok()) return target.status();
  if ((*target)->info_->state != VersionState::kReady || (*target)->offered_) {
    return absl::OkStatus();
  }
  Offer(*target, /*joint=*/nullptr, /*on_trial=*/true, "another trial began before it served");
  return absl::OkStatus();
}

void VersionSet::CommitTrial(uint64_t number) {
  MutexLock lock(mutex_);
  NoticeFlips();
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr || cell.number != number || cell.offered_) continue;
    if (cell.info_->state != VersionState::kTrial || pending_.load() != nullptr) return;
    Offer(&cell, /*joint=*/nullptr, /*on_trial=*/false, "");
    return;
  }
}

bool VersionSet::RejectCandidate(uint64_t number, absl::string_view reason) {
  MutexLock lock(mutex_);
  NoticeFlips();
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr || cell.number != number) continue;
    const VersionState state = cell.info_->state;
    if (state != VersionState::kTrial && state != VersionState::kReady &&
        state != VersionState::kBurnIn) {
      return false;
    }
    JointChange* const joint = cell.offered_ ? cell.joint_.load() : nullptr;
    if (joint != nullptr && !joint->CallOff()) return false;  // a tick lets them take over
    bool taken_out = !cell.offered_ || joint != nullptr;
    for (std::atomic<Version*>* role : {&pending_, &burning_}) {
      Version* expected = &cell;
      taken_out |= role->compare_exchange_strong(expected, nullptr);
    }
    // A tick has just taken it: it serves, or is overtaken.
    if (!taken_out) return false;
    Version* expected = &cell;
    trial_.compare_exchange_strong(expected, nullptr);
    Enter(*cell.info_, VersionState::kRejected, reason);
    rejections_.fetch_add(1, std::memory_order_relaxed);
    Empty(&cell);
    return true;
  }
  return false;
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

void VersionSet::Enter(VersionInfo& info, VersionState state, absl::string_view reason,
                       uint64_t tick) {
  info.state = state;
  info.reason = std::string(reason);
  events_.push_back({info.number, state, info.path, info.reason, tick});
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

// The newest candidate that nobody has committed yet; else the newest that is under way.
absl::StatusOr<Version*> VersionSet::CommitTarget() {
  Version* target = nullptr;
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr) continue;
    const VersionState state = cell.info_->state;
    if (state != VersionState::kReady && state != VersionState::kTrial &&
        state != VersionState::kBurnIn) {
      continue;
    }
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

// Null: the burn-in of a newer version is ended, and no other takes its place.
absl::StatusOr<Version*> VersionSet::RollbackTarget() {
  const uint64_t serving = serving_number();
  if (const Version* burning = burning_.load(); burning != nullptr && burning->number > serving) {
    return nullptr;
  }
  uint64_t newest = serving;  // what is gone back from: also what a rollback is under way to
  for (const std::atomic<Version*>* role : {&pending_, &burning_}) {
    if (const Version* next = role->load()) newest = std::min(newest, next->number);
  }
  Version* target = nullptr;
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr || cell.number >= newest) continue;
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

void VersionSet::Offer(Version* version, JointChange* joint, bool on_trial, absl::string_view why) {
  const Version* pending = pending_.load();
  // In place of one that flips with others, it flips with them.
  if (joint == nullptr && pending != nullptr) {
    joint = pending->joint_.load();
    if (joint != nullptr && joint->is_off()) joint = nullptr;
  }
  version->joint_.store(joint);
  version->on_trial_.store(on_trial);
  version->published_.store(Version::Place::kNone);
  version->burn_in_tick_.store(0);
  version->offered_ = true;
  if (version->info_->state != VersionState::kReady &&
      version->info_->state != VersionState::kTrial) {
    Enter(*version->info_, VersionState::kReady);
  }
  Version* displaced = pending_.exchange(version);
  if (displaced != nullptr && displaced != version) Displace(displaced, why);
}

// @pre the version is, or was a moment ago, the one that is burned in. False: a tick is just
// letting it take over, or has.
bool VersionSet::EndBurnIn(Version* version, absl::string_view why) {
  JointChange* const joint = version->joint_.load();
  if (joint != nullptr && !joint->CallOff()) return false;
  Version* expected = version;
  if (!burning_.compare_exchange_strong(expected, nullptr)) return joint != nullptr;
  Displace(version, why);
  return true;
}

// Nothing pends any more.
void VersionSet::Withdraw(absl::string_view why) {
  Version* pending = pending_.exchange(nullptr);
  if (pending == nullptr) return;
  // Without it, those that it was to flip with do not.
  if (JointChange* joint = pending->joint_.load()) joint->CallOff();
  Displace(pending, why);
}

// @pre it has just been taken out of pending_ or burning_.
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
    if (cell.offered_) NoticeOffered(cell);
    // The roles are read after published: what was published is seen in its role, or replaced.
    if (cell.info_->state == VersionState::kServing && serving_.load() != &cell) {
      cell.replaced_order_ = next_replaced_order_++;
      Enter(*cell.info_, VersionState::kDraining);
    } else if (cell.info_->state == VersionState::kTrial && trial_.load() != &cell &&
               !cell.offered_) {
      Retire(&cell, "another version took its place while it was on trial");
    }
  }
  Version* const overtaken = overtaken_.exchange(nullptr);
  if (overtaken == nullptr) return;
  if (overtaken->on_trial_.load()) {
    Retire(overtaken, "a newer version took its place while it was burned in");
  } else {  // a commit came in the same instant, and holds
    Offer(overtaken, /*joint=*/nullptr, /*on_trial=*/false, "a commit came before it served");
  }
}

// How far it has come since it was put into pending_.
void VersionSet::NoticeOffered(Version& cell) {
  VersionInfo& info = *cell.info_;
  const Version::Place published = cell.published_.load();
  // Read after published: a burn-in that came before it is seen.
  const uint64_t burn_in_tick = cell.burn_in_tick_.load();
  if (burn_in_tick != 0 && info.state == VersionState::kReady) {
    Enter(info, VersionState::kBurnIn, "", burn_in_tick);
  }
  if (published != Version::Place::kNone) {
    cell.offered_ = false;
    info.published_tick = cell.published_tick_.load(std::memory_order_relaxed);
    const bool serves = published == Version::Place::kServing;
    info.has_served |= serves;
    Enter(info, serves ? VersionState::kServing : VersionState::kTrial, "", info.published_tick);
    return;
  }
  // No tick puts a version anywhere whose joint change is off: where it is not now, it is no more.
  const JointChange* joint = cell.joint_.load();
  if (joint == nullptr || !joint->is_off() || pending_.load() == &cell ||
      burning_.load() == &cell) {
    return;
  }
  cell.offered_ = false;
  if (info.state == VersionState::kTrial) return;
  Enter(info, info.has_served ? VersionState::kDraining : VersionState::kReady,
        "a version of another model that it was to take over with did not");
}

// That of a version that is under way; null: it takes over alone, or is not under way.
std::shared_ptr<JointChange> VersionSet::OpenJointChange(const Version* version) const {
  if (version == nullptr || !version->offered_) return nullptr;
  const JointChange* open = version->joint_.load();
  const auto found = std::find_if(joint_changes_.begin(), joint_changes_.end(),
                                  [open](const auto& change) { return change.get() == open; });
  return found == joint_changes_.end() || (*found)->is_off() ? nullptr : *found;
}

// @pre no flip runs.
void VersionSet::TrimJointChanges() {
  std::erase_if(joint_changes_, [this](const std::shared_ptr<JointChange>& change) {
    return std::none_of(cells_.begin(), cells_.end(), [&change](const Version& cell) {
      return cell.joint_.load() == change.get();
    });
  });
}

void VersionSet::TrimHistory() {
  for (auto info = infos_.begin(); infos_.size() > kHistory && info != infos_.end();) {
    const bool ended =
        info->state == VersionState::kRetired || info->state == VersionState::kRejected;
    info = ended ? infos_.erase(info) : std::next(info);
  }
}

}  // namespace graft::runtime
