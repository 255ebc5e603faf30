// The versions of one model: which one serves, which one is next, which ones are kept or going.
//
//   DISCOVERED -> LOADING -> VALIDATING -> WARMING -> READY -> SERVING -> DRAINING -> RETIRED
//        \___________\____________\____________\____> REJECTED      ^          \-> KEPT -^
//
//   A READY version that a newer one overtakes before its tick goes to RETIRED. KEPT goes back to
//   READY by a rollback. With a trial, READY goes to TRIAL at a tick (it serves some of the rows),
//   and from there to SERVING or REJECTED.
//
//   With a burn-in, a version goes from READY to BURN_IN at a tick, and from there to SERVING (or
//   TRIAL) at the tick that follows NoteBurnedIn. What is ready meanwhile waits, as for a fade; a
//   burn-in for a trial gives way to a newer one, as a trial does.
//
//   With a blend, the version that is replaced fades: for a while it is run beside the new one. It
//   stays DRAINING meanwhile, and the next flip waits for the fade's end.
//
//   const Version* v = versions.Acquire();     // a batch holds exactly one version, start to end
//   v->executable->Run(...);
//   versions.Release(v);
//
// Threads. Frame side: Acquire and Release on any thread, Flip on the ticking thread; they take no
// lock, allocate nothing, and never wait for the control side. Control side: everything else, any
// thread, under one mutex that the frame side never touches.
//
// How the frame side gets by without a lock. A Version is a cell that lives as long as the set and
// is used again for later versions (type-stable memory), so a stale pointer to one is harmless.
// Acquire counts itself in and then looks whether the cell still serves; if not it counts itself
// out and tries again. The control side frees a cell's executable only when the cell has left
// serving_ and its count is 0. Both sides use sequentially consistent operations, so either Acquire
// sees that the cell no longer serves, or the control side sees the count.
#ifndef GRAFT_RUNTIME_VERSION_SET_H_
#define GRAFT_RUNTIME_VERSION_SET_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "runtime/companion.h"
#include "runtime/executable.h"
#include "runtime/mutex.h"

namespace graft::runtime {

enum class VersionState : uint8_t {
  kDiscovered,
  kLoading,
  kValidating,
  kWarming,
  kReady,
  kServing,
  kDraining,
  kKept,
  kRetired,
  kRejected,
  kTrial,
  kBurnIn,
};

// "SERVING"
absl::string_view VersionStateName(VersionState state);

// What is known of a version, for reports. Outlives the version itself.
struct VersionInfo {
  uint64_t number = 0;  // counts from 1 within the model
  VersionState state = VersionState::kDiscovered;
  std::string path;
  std::string reason;  // why it was rejected, or retired before it served
  std::string device;
  size_t weight_bytes = 0;
  size_t shared_bytes = 0;  // of these, shared with versions before
  std::vector<Executable::Fact> facts;
  int64_t discovered_ns = 0;  // Clock time
  int64_t load_ns = 0;        // durations of the steps
  int64_t warm_ns = 0;
  uint64_t published_tick = 0;  // the last tick it took over at; 0: at model_open, or never
  bool has_served = false;
};

// A version entered a state.
struct VersionEvent {
  uint64_t number = 0;
  VersionState state = VersionState::kDiscovered;
  std::string path;
  std::string reason;  // as VersionInfo::reason
  uint64_t tick = 0;   // of kServing and kTrial: when it took over; of kBurnIn: when it began
};

// What becomes of a version that is ready.
enum class Publication : uint8_t {
  kHeld,     // waits for Commit
  kOffered,  // pending for the next flip, in place of an older one that pends
  kAtOnce,   // serves without a flip when nothing serves yet; else as kHeld
};

// Versions of several sets that take over at one tick or not at all. Ticks go ahead, the control
// side calls off; who comes first has decided.
class JointChange {
 public:
  bool GoAhead() noexcept { return Decide(State::kGoesAhead); }
  bool CallOff() noexcept { return Decide(State::kOff); }
  bool is_off() const noexcept { return state_.load() == State::kOff; }

 private:
  enum class State : uint8_t { kOpen, kGoesAhead, kOff };
  bool Decide(State state) noexcept {
    State open = State::kOpen;
    return state_.compare_exchange_strong(open, state) || open == state;
  }
  std::atomic<State> state_{State::kOpen};
};

// A cell of the set. The frame side reads number and executable while it holds the version.
struct Version {
  uint64_t number = 0;
  std::unique_ptr<Executable> executable;
  // Which stretch of running this is: from when it begins to run, beside another version or alone,
  // until it is replaced. Each of a set has a number of its own, from 1.
  uint64_t term() const noexcept { return term_.load(std::memory_order_relaxed); }

 private:
  friend class VersionSet;
  enum class Place : uint8_t { kNone, kServing, kTrial };
  // Partners: VersionSet::serving_, fading_, burning_ and trial_ (see the banner).
  mutable std::atomic<uint32_t> holders_{0};
  // Set by Flip after it has been put there, read by the control side: "it did take over".
  std::atomic<Place> published_{Place::kNone};
  std::atomic<uint64_t> published_tick_{0};
  std::atomic<uint64_t> burn_in_tick_{0};  // when a flip put it into burning_; 0: not yet
  // Written by a flip before it puts the version into a role.
  std::atomic<uint64_t> term_{0};
  VersionInfo* info_ = nullptr;  // null: the cell is free. Control side only.
  bool offered_ = false;  // put into pending_, and not yet where it was to go. Control side only.
  // Written before it is put into pending_ (while no flip runs: in burning_), read by Flip.
  std::atomic<JointChange*> joint_{nullptr};  // null: it flips alone
  // The next flip, or the one that ends its burn-in, makes it trial_, not serving_.
  std::atomic<bool> on_trial_{false};
  bool leaving_ = false;         // no info any more, but still held. Control side only.
  uint64_t replaced_order_ = 0;  // when it last stopped serving, for `keep`. Control side only.
};

class VersionSet {
 public:
  // keep: replaced versions that stay loaded for Rollback. wake: called from the frame side when
  // the control side has something to do (Reap); must not block or allocate. fade_ns: how long a
  // replaced version fades; 0: not at all. burn_in: versions are burned in before they take over.
  VersionSet(uint32_t keep, std::function<void()> wake, int64_t fade_ns = 0, bool burn_in = false);
  // @pre no version is held.
  ~VersionSet();
  VersionSet(const VersionSet&) = delete;
  VersionSet& operator=(const VersionSet&) = delete;

  // ---- frame side ----
  // The serving version, held; null when none serves. Every non-null result goes to Release once.
  const Version* Acquire() noexcept;
  // The serving version and what runs beside it; each that is not null is held.
  struct Running {
    const Version* version = nullptr;
    uint64_t term = 0;  // of the version
    Companion beside;
  };
  // trials: a version on trial too.
  Running AcquireRunning(int64_t now_ns, bool trials) noexcept;
  // The version on trial, held; null: none is. started_ns: Clock time, may be null.
  const Version* AcquireTrial(int64_t* started_ns) noexcept;
  // How far a fade would be that began then: 0 to 1.
  double FadedSince(int64_t start_ns, int64_t now_ns) const noexcept;
  void Release(const Version* version) noexcept;
  // The term of the version that is burned in, while it has still to see frames; 0: none has.
  uint64_t burn_in_term() const noexcept;
  // The version of that term has seen enough, or has failed and must not take over: whatever comes
  // first. After a failure the caller sees to it that RejectCandidate is called.
  void NoteBurnedIn(uint64_t term) noexcept { burned_in_term_.store(term); }
  void NoteBurnInFailed(uint64_t term) noexcept;
  // Once a tick, before any Flip of it: ends a fade. True: a version that flips with others cannot
  // do so at this tick.
  bool HoldsGroup(int64_t now_ns) noexcept;
  // Publishes the version that is burned in, or the pending one, if there is one and it may; or
  // begins to burn that in. Returns whether it published. hold_group: leave versions that flip with
  // others.
  bool Flip(uint64_t tick, int64_t now_ns = 0, bool hold_group = false) noexcept;
  // 0 when none serves.
  uint64_t serving_number() const noexcept {
    return serving_number_.load(std::memory_order_relaxed);
  }
  uint64_t publications() const noexcept { return publications_.load(std::memory_order_relaxed); }

  // ---- control side ----
  // A new version in kDiscovered; the number is its name from now on.
  uint64_t Discover(const std::string& path, int64_t now_ns);
  void Advance(uint64_t number, VersionState state);
  void Reject(uint64_t number, absl::string_view reason);
  // Loaded, validated and warm: kReady. An older candidate that is not offered is retired.
  void Ready(uint64_t number, std::unique_ptr<Executable> executable, int64_t load_ns,
             int64_t warm_ns, Publication publication);
  // The ready candidate (or the one on trial) becomes pending for the next Flip; one that is burned
  // in goes on, and takes over without a trial. kFailedPrecondition when there is none.
  absl::Status Commit();
  // A newer version that is being burned in is retired, and the serving one goes on; else the
  // newest loaded version older than the serving one becomes pending. kFailedPrecondition when none
  // is kept.
  absl::Status Rollback();
  // Commit or Rollback of several sets: all or none. Their versions flip at one tick. The caller
  // sees to it that no Flip runs meanwhile. index_of_error: the set that could not.
  enum class Change : uint8_t { kCommit, kRollback };
  static absl::Status ChangeTogether(absl::Span<VersionSet* const> sets, Change change,
                                     size_t* index_of_error);
  // The ready candidate goes on trial at the next Flip. kFailedPrecondition when there is none.
  absl::Status StartTrial();
  // That version, if it is on trial, becomes pending for the next Flip.
  void CommitTrial(uint64_t number);
  // That version, if it is on trial, burned in, or waits for it, is rejected and runs no more.
  // False: it is not, or no more: a tick may have let it take over.
  bool RejectCandidate(uint64_t number, absl::string_view reason);
  // Notices what Flip and Release have done, and hands out the executables that nobody can reach
  // any more; the caller destroys them where it hurts nobody. Call after every wake().
  std::vector<std::unique_ptr<Executable>> Reap();
  // Newest last: all that are loaded or loading, and the last of the others, kHistory in all.
  std::vector<VersionInfo> Describe();
  // What happened since the last call, in order.
  std::vector<VersionEvent> TakeEvents();
  uint64_t rejections() const noexcept { return rejections_.load(std::memory_order_relaxed); }

  static constexpr size_t kHistory = 64;

 private:
  Version* Hold(const std::atomic<Version*>& role) noexcept;
  Companion AcquireBeside(const Version* serving, int64_t now_ns, bool trials) noexcept;
  bool IsInUse(const Version* version) const noexcept;
  bool EndFade(int64_t now_ns) noexcept;
  bool NeedsBurnIn(const Version* next) const noexcept;
  bool FlipBurnedIn(uint64_t tick, int64_t now_ns, bool hold_group) noexcept;
  void BeginBurnIn(Version* next, uint64_t tick) noexcept;
  void Publish(Version* next, uint64_t tick, int64_t now_ns, bool goes_back) noexcept;
  void Enter(VersionInfo& info, VersionState state, absl::string_view reason = "",
             uint64_t tick = 0) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Version* FreeCell() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  VersionInfo* Find(uint64_t number) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Version*> CommitTarget() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Version*> RollbackTarget() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Version*> Target(Change change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Makes it the pending one; whatever pended before goes back to where it came from.
  void Offer(Version* version, JointChange* joint, bool on_trial, absl::string_view why)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool EndBurnIn(Version* version, absl::string_view why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Withdraw(absl::string_view why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Displace(Version* version, absl::string_view reason) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Retire(Version* version, absl::string_view reason) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Empty(Version* version) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoticeFlips() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoticeOffered(Version& cell) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<JointChange> OpenJointChange(const Version* version) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TrimJointChanges() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TrimHistory() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const uint32_t keep_;
  const std::function<void()> wake_;
  const int64_t fade_ns_;
  const bool burn_in_;

  // Written by Flip (and by Ready before anything serves); partner: Version::holders_.
  std::atomic<Version*> serving_{nullptr};
  // Written by Flip and HoldsGroup, before serving_. Partner: Version::holders_.
  std::atomic<Version*> fading_{nullptr};
  std::atomic<int64_t> fade_start_ns_{0};
  // The version that replaces the fading one came from a trial.
  std::atomic<bool> fades_from_trial_{false};
  // Written by Flip, and taken back by RejectCandidate. Partner: Version::holders_.
  std::atomic<Version*> trial_{nullptr};
  std::atomic<int64_t> trial_start_ns_{0};
  // Written by Flip, and taken back by the control side. Partner: Version::holders_.
  std::atomic<Version*> burning_{nullptr};
  // What a flip has put another into burning_ for; the control side takes it and retires it.
  std::atomic<Version*> overtaken_{nullptr};
  std::atomic<uint64_t> burned_in_term_{0};       // see NoteBurnedIn
  std::atomic<uint64_t> failed_burn_in_term_{0};  // see NoteBurnInFailed
  std::atomic<uint64_t> last_term_{0};
  // Handed from the control side (Offer) to Flip, which takes it with a compare-and-swap.
  std::atomic<Version*> pending_{nullptr};
  std::atomic<uint64_t> serving_number_{0};  // a copy of serving_->number for reports
  std::atomic<uint64_t> publications_{0};
  std::atomic<uint64_t> rejections_{0};

  Mutex mutex_;
  std::deque<Version> cells_ ABSL_GUARDED_BY(mutex_);  // never shrinks: addresses stay valid
  std::list<VersionInfo> infos_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_number_ ABSL_GUARDED_BY(mutex_) = 1;
  uint64_t next_replaced_order_ ABSL_GUARDED_BY(mutex_) = 1;
  // Those that cells may point to: let go only while no flip runs.
  std::vector<std::shared_ptr<JointChange>> joint_changes_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Executable>> retired_ ABSL_GUARDED_BY(mutex_);
  std::vector<VersionEvent> events_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_VERSION_SET_H_
