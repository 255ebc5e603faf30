#include "runtime/version_set.h"

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
  }
  return "?";
}

VersionSet::VersionSet(uint32_t keep, std::function<void()> wake)
    : keep_(keep), wake_(std::move(wake)) {}

VersionSet::~VersionSet() = default;

// ---- frame side ----

const Version* VersionSet::Acquire() noexcept {
  for (;;) {
    Version* version = serving_.load();
    if (version == nullptr) return nullptr;
    version->holders_.fetch_add(1);
    if (serving_.load() == version) return version;
    Release(version);  // a flip came between; it is somebody else's cell by now, or idle
  }
}

void VersionSet::Release(const Version* version) noexcept {
  if (version->holders_.fetch_sub(1) == 1 && serving_.load() != version) wake_();
}

bool VersionSet::Flip(uint64_t tick) noexcept {
  if (pending_.load(std::memory_order_relaxed) == nullptr) return false;
  Version* next = pending_.exchange(nullptr);
  if (next == nullptr) return false;
  next->published_tick_.store(tick, std::memory_order_relaxed);
  serving_.store(next);
  serving_number_.store(next->number, std::memory_order_relaxed);
  publications_.fetch_add(1, std::memory_order_relaxed);
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
  TrimHistory();
  return info.number;
}

void VersionSet::Advance(uint64_t number, VersionState state) {
  MutexLock lock(mutex_);
  if (VersionInfo* info = Find(number)) info->state = state;
}

void VersionSet::Reject(uint64_t number, absl::string_view reason) {
  MutexLock lock(mutex_);
  VersionInfo* info = Find(number);
  if (info == nullptr) return;
  info->state = VersionState::kRejected;
  info->reason = std::string(reason);
  rejections_.fetch_add(1, std::memory_order_relaxed);
}

void VersionSet::Ready(uint64_t number, std::unique_ptr<Executable> executable, int64_t load_ns,
                       int64_t warm_ns, bool publish_now) {
  MutexLock lock(mutex_);
  VersionInfo* info = Find(number);
  if (info == nullptr) return;
  NoticeFlips();
  Withdraw(absl::StrCat("version ", number, " overtook it before it served"));
  info->state = VersionState::kReady;
  info->device = executable->device();
  info->weight_bytes = executable->weight_bytes();
  info->load_ns = load_ns;
  info->warm_ns = warm_ns;

  Version* cell = FreeCell();
  cell->number = number;
  cell->executable = std::move(executable);
  cell->published_.store(false);
  cell->published_tick_.store(0, std::memory_order_relaxed);
  cell->info_ = info;
  cell->offered_ = false;
  if (publish_now && serving_.load() == nullptr && pending_.load() == nullptr) {
    info->state = VersionState::kServing;
    info->has_served = true;
    cell->published_.store(true);
    serving_number_.store(number, std::memory_order_relaxed);
    publications_.fetch_add(1, std::memory_order_relaxed);
    serving_.store(cell);
  }
}

absl::Status VersionSet::Commit() {
  MutexLock lock(mutex_);
  NoticeFlips();
  bool already_offered = false;
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr || cell.info_->state != VersionState::kReady) continue;
    already_offered |= cell.offered_;
    if (!cell.offered_) {
      Offer(&cell);
      return absl::OkStatus();
    }
  }
  if (already_offered) return absl::OkStatus();
  return absl::FailedPreconditionError("no candidate is ready to be committed");
}

absl::Status VersionSet::Rollback() {
  MutexLock lock(mutex_);
  NoticeFlips();
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
  // A candidate that waits for its tick would take over right after the rollback.
  Withdraw("a rollback came before it served");
  target->info_->state = VersionState::kReady;
  Offer(target);
  return absl::OkStatus();
}

std::vector<std::unique_ptr<Executable>> VersionSet::Reap() {
  MutexLock lock(mutex_);
  NoticeFlips();
  for (Version& cell : cells_) {
    if (cell.info_ != nullptr && cell.info_->state == VersionState::kDraining &&
        cell.holders_.load() == 0) {
      cell.info_->state = VersionState::kKept;
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

Version* VersionSet::FreeCell() {
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr) return &cell;
  }
  return &cells_.emplace_back();
}

VersionInfo* VersionSet::Find(uint64_t number) {
  for (VersionInfo& info : infos_) {
    if (info.number == number) return &info;
  }
  return nullptr;
}

void VersionSet::Offer(Version* version) {
  version->offered_ = true;
  version->published_.store(false);
  pending_.store(version);
}

// Takes back every ready version that no tick has taken yet.
void VersionSet::Withdraw(absl::string_view reason) {
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr || cell.info_->state != VersionState::kReady) continue;
    Version* expected = &cell;
    if (cell.offered_ && !pending_.compare_exchange_strong(expected, nullptr)) {
      continue;  // a tick has just taken it; NoticeFlips will see it serve
    }
    if (cell.info_->has_served) {
      cell.info_->state = VersionState::kKept;  // it waited to come back by a rollback
    } else {
      Retire(&cell, reason);
    }
  }
}

// @pre no tick can reach the cell any more: not serving, not pending.
void VersionSet::Retire(Version* version, absl::string_view reason) {
  version->info_->state = VersionState::kRetired;
  version->info_->reason = std::string(reason);
  version->info_ = nullptr;
  retired_.push_back(std::move(version->executable));
}

void VersionSet::NoticeFlips() {
  for (Version& cell : cells_) {
    if (cell.info_ == nullptr) continue;
    VersionState& state = cell.info_->state;
    if (state == VersionState::kReady && cell.published_.load()) {
      state = VersionState::kServing;
      cell.offered_ = false;
      cell.info_->has_served = true;
      cell.info_->published_tick = cell.published_tick_.load(std::memory_order_relaxed);
    }
    // serving_ is read after published: what was published is seen to serve, or to be replaced.
    if (state == VersionState::kServing && serving_.load() != &cell) {
      state = VersionState::kDraining;
      cell.replaced_order_ = next_replaced_order_++;
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
