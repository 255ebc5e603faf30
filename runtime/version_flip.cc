// The frame side of a model's versions: what batches hold, and how a tick changes it.
#include <algorithm>

#include "runtime/version_set.h"

namespace graft::runtime {

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

VersionSet::Running VersionSet::AcquireRunning(int64_t now_ns, bool trials) noexcept {
  for (;;) {
    Running running;
    running.version = Hold(serving_);
    if (running.version == nullptr) return running;
    running.term = running.version->term();
    running.beside = AcquireBeside(running.version, now_ns, trials);
    if (serving_.load() == running.version) return running;
    // A flip came between: what runs beside does not run beside this one.
    if (running.beside.version != nullptr) Release(running.beside.version);
    Release(running.version);
  }
}

Companion VersionSet::AcquireBeside(const Version* serving, int64_t now_ns, bool trials) noexcept {
  Companion beside;
  if (fade_ns_ != 0 && (beside.version = Hold(fading_)) != nullptr) {
    beside.faded = FadedSince(fade_start_ns_.load(), now_ns);
    if (beside.faded < 1 && beside.version != serving) {
      beside.role = CompanionRole::kFades;
      beside.term = beside.version->term();
      beside.spares_trial = fades_from_trial_.load(std::memory_order_relaxed);
      return beside;
    }
    Release(beside.version);
    beside = {};
  }
  if (burn_in_ && (beside.version = Hold(burning_)) != nullptr) {
    beside.role = CompanionRole::kBurnsIn;
  } else if (trials && (beside.version = AcquireTrial(&beside.started_ns)) != nullptr) {
    beside.role = CompanionRole::kOnTrial;
  }
  if (beside.version != nullptr) beside.term = beside.version->term();
  return beside;
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
  return serving_.load() == version || fading_.load() == version || trial_.load() == version ||
         burning_.load() == version;
}

uint64_t VersionSet::burn_in_term() const noexcept {
  const Version* burning = burning_.load();
  if (burning == nullptr) return 0;
  const uint64_t term = burning->term();
  return burned_in_term_.load() == term || failed_burn_in_term_.load() == term ? 0 : term;
}

void VersionSet::NoteBurnInFailed(uint64_t term) noexcept {
  failed_burn_in_term_.store(term);
  wake_();
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
  const auto flips_with_others = [](const Version* version) {
    const JointChange* joint = version == nullptr ? nullptr : version->joint_.load();
    return joint != nullptr && !joint->is_off();
  };
  const Version* burning = burning_.load();
  if (flips_with_others(burning) && burned_in_term_.load() != burning->term()) return true;
  const Version* next = pending_.load();
  return flips_with_others(next) && (fades || NeedsBurnIn(next));
}

// One that is on trial has been burned in.
bool VersionSet::NeedsBurnIn(const Version* next) const noexcept {
  const Version* serving = serving_.load(std::memory_order_relaxed);
  return burn_in_ && serving != nullptr && serving != next && trial_.load() != next;
}

bool VersionSet::Flip(uint64_t tick, int64_t now_ns, bool hold_group) noexcept {
  if (FlipBurnedIn(tick, now_ns, hold_group)) return true;
  if (pending_.load(std::memory_order_relaxed) == nullptr) return false;
  const bool fades = EndFade(now_ns);
  Version* const before = serving_.load(std::memory_order_relaxed);
  Version* next = pending_.load();
  bool goes_back = false;  // the fade is turned round
  bool burns_in = false;
  do {
    if (next == nullptr) return false;
    goes_back = fades && next == fading_.load(std::memory_order_relaxed);
    burns_in = !goes_back && NeedsBurnIn(next);
    JointChange* const joint = next->joint_.load();
    if (joint != nullptr && joint->is_off()) {
      pending_.compare_exchange_strong(next, nullptr);
      wake_();
      return false;
    }
    if (burns_in) {
      const Version* burning = burning_.load();
      const bool gives_way =
          burning == nullptr || (burning->on_trial_.load() && overtaken_.load() == nullptr);
      if (fades || !gives_way) return false;
    } else if (joint != nullptr ? hold_group || !joint->GoAhead() : fades && !goes_back) {
      return false;
    }
  } while (!pending_.compare_exchange_weak(next, nullptr));
  if (next == before) return false;
  if (burns_in) {
    BeginBurnIn(next, tick);
    return false;
  }
  Publish(next, tick, now_ns, goes_back);
  return true;
}

// Publishes the version that is burned in, if it has seen enough.
bool VersionSet::FlipBurnedIn(uint64_t tick, int64_t now_ns, bool hold_group) noexcept {
  Version* burning = burning_.load();
  if (burning == nullptr) return false;
  JointChange* const joint = burning->joint_.load();
  if (joint != nullptr && joint->is_off()) {
    burning_.compare_exchange_strong(burning, nullptr);
    wake_();
    return false;
  }
  if (burned_in_term_.load() != burning->term()) return false;
  if (joint != nullptr && (hold_group || !joint->GoAhead())) return false;
  if (!burning_.compare_exchange_strong(burning, nullptr)) return false;  // the control side's
  Publish(burning, tick, now_ns, /*goes_back=*/false);
  return true;
}

void VersionSet::BeginBurnIn(Version* next, uint64_t tick) noexcept {
  next->term_.store(last_term_.fetch_add(1) + 1, std::memory_order_relaxed);
  next->burn_in_tick_.store(tick);
  trial_.store(nullptr);  // one version at a time runs beside
  // What was burned in for a trial, if anything; the control side has taken what was overtaken
  // before.
  if (Version* overtaken = burning_.exchange(next)) overtaken_.store(overtaken);
  wake_();
}

void VersionSet::Publish(Version* next, uint64_t tick, int64_t now_ns, bool goes_back) noexcept {
  Version* const before = serving_.load(std::memory_order_relaxed);
  const bool from_trial = trial_.load() == next;
  const bool runs_already = from_trial || goes_back || next->burn_in_tick_.load() != 0;
  if (!runs_already) {
    next->term_.store(last_term_.fetch_add(1) + 1, std::memory_order_relaxed);
  }
  next->published_tick_.store(tick, std::memory_order_relaxed);
  const bool on_trial = next->on_trial_.load();
  if (on_trial) {
    trial_start_ns_.store(now_ns);
    trial_.store(next);
  } else {
    if (fade_ns_ != 0 && before != nullptr) {
      const int64_t faded_ns = now_ns - fade_start_ns_.load(std::memory_order_relaxed);
      fades_from_trial_.store(from_trial, std::memory_order_relaxed);
      fade_start_ns_.store(goes_back ? now_ns - (fade_ns_ - faded_ns) : now_ns);
      fading_.store(before);
    }
    serving_.store(next);
    serving_number_.store(next->number, std::memory_order_relaxed);
    publications_.fetch_add(1, std::memory_order_relaxed);
    trial_.store(nullptr);  // it serves now, or is overtaken
  }
  next->published_.store(on_trial ? Version::Place::kTrial : Version::Place::kServing);
  wake_();
}

}  // namespace graft::runtime
