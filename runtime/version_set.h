// The versions of one model: which one serves, which one is next, which ones are kept or going.
//
//   DISCOVERED -> LOADING -> VALIDATING -> WARMING -> READY -> SERVING -> DRAINING -> RETIRED
//        \___________\____________\____________\____> REJECTED      ^          \-> KEPT -^
//
//   A READY version that a newer one overtakes before its tick goes to RETIRED. KEPT goes back to
//   READY by a rollback. With a trial, READY goes to TRIAL at a tick (it serves some of the rows),
//   and from there to SERVING or REJECTED.
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
  uint64_t tick = 0;   // of kServing and kTrial: when it took over
};

// What becomes of a version that is ready.
enum class Publication : uint8_t {
  kHeld,     // waits for Commit
  kOffered,  // pending for the next flip, in place of an older one that pends
  kAtOnce,   // serves without a flip when nothing serves yet; else as kHeld
};

// A cell of the set. The frame side reads number and executable while it holds the version.
struct Version {
  uint64_t number = 0;
  std::unique_ptr<Executable> executable;

 private:
  friend class VersionSet;
  // Partners: VersionSet::serving_, fading_ and trial_ (see the banner).
  mutable std::atomic<uint32_t> holders_{0};
  // Set by Flip after serving_ has been stored, read by the control side: "it did take over".
  std::atomic<bool> published_{false};
  std::atomic<uint64_t> published_tick_{0};
  VersionInfo* info_ = nullptr;  // null: the cell is free. Control side only.
  bool offered_ = false;         // put into pending_ since it became kReady. Control side only.
  // Written before it is put into pending_, read by Flip.
  std::atomic<bool> grouped_{false};   // flips with others or not at all
  std::atomic<bool> on_trial_{false};  // the next flip makes it trial_, not serving_
  bool leaving_ = false;               // no info any more, but still held. Control side only.
  uint64_t replaced_order_ = 0;  // when it last stopped serving, for `keep`. Control side only.
};

class VersionSet {
 public:
  // keep: replaced versions that stay loaded for Rollback. wake: called from the frame side when
  // the control side has something to do (Reap); must not block or allocate. fade_ns: how long a
  // replaced version fades; 0: not at all.
  VersionSet(uint32_t keep, std::function<void()> wake, int64_t fade_ns = 0);
  // @pre no version is held.
  ~VersionSet();
  VersionSet(const VersionSet&) = delete;
  VersionSet& operator=(const VersionSet&) = delete;

  // ---- frame side ----
  // The serving version, held; null when none serves. Every non-null result goes to Release once.
  const Version* Acquire() noexcept;
  // The version that fades into the serving one just acquired, held too; null: none does.
  struct Fade {
    const Version* version = nullptr;
    double faded = 1;           // how far, 0 to 1
    bool spares_trial = false;  // the rows that were on trial are with the new version already
  };
  Fade AcquireFading(const Version* serving, int64_t now_ns) noexcept;
  // The version on trial, held; null: none is. started_ns: Clock time, may be null.
  const Version* AcquireTrial(int64_t* started_ns) noexcept;
  // How far a fade would be that began then: 0 to 1.
  double FadedSince(int64_t start_ns, int64_t now_ns) const noexcept;
  void Release(const Version* version) noexcept;
  // Once a tick, before any Flip of it: ends a fade. True: a version that flips with others cannot
  // do so at this tick.
  bool HoldsGroup(int64_t now_ns) noexcept;
  // Publishes the pending version, if there is one and it may. Returns whether it did. hold_group:
  // leave a version that flips with others.
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
  // The ready candidate (or the one on trial) becomes pending for the next Flip.
  // kFailedPrecondition when there is none.
  absl::Status Commit();
  // The newest loaded version older than the serving one becomes pending. kFailedPrecondition when
  // none is kept.
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
  // That version, if it is on trial or waits for it, is rejected and serves no row any more.
  void RejectTrial(uint64_t number, absl::string_view reason);
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
  bool IsInUse(const Version* version) const noexcept;
  bool EndFade(int64_t now_ns) noexcept;
  void Enter(VersionInfo& info, VersionState state, absl::string_view reason = "")
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Version* FreeCell() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  VersionInfo* Find(uint64_t number) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Version*> CommitTarget() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Version*> RollbackTarget() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Version*> Target(Change change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Makes it the pending one; whatever pended before goes back to where it came from.
  void Offer(Version* version, bool grouped, bool on_trial, absl::string_view why)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Displace(Version* version, absl::string_view reason) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Retire(Version* version, absl::string_view reason) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Empty(Version* version) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoticeFlips() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TrimHistory() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const uint32_t keep_;
  const std::function<void()> wake_;
  const int64_t fade_ns_;

  // Written by Flip (and by Ready before anything serves); partner: Version::holders_.
  std::atomic<Version*> serving_{nullptr};
  // Written by Flip and HoldsGroup, before serving_. Partner: Version::holders_.
  std::atomic<Version*> fading_{nullptr};
  std::atomic<int64_t> fade_start_ns_{0};
  // The version that replaces the fading one came from a trial.
  std::atomic<bool> fades_from_trial_{false};
  // Written by Flip, and taken back by RejectTrial. Partner: Version::holders_.
  std::atomic<Version*> trial_{nullptr};
  std::atomic<int64_t> trial_start_ns_{0};
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
  std::vector<std::unique_ptr<Executable>> retired_ ABSL_GUARDED_BY(mutex_);
  std::vector<VersionEvent> events_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_VERSION_SET_H_
