// The versions of one model: which one serves, which one is next, which ones are kept or going.
//
//   DISCOVERED -> LOADING -> VALIDATING -> WARMING -> READY -> SERVING -> DRAINING -> RETIRED
//        \___________\____________\____________\____> REJECTED      ^          \-> KEPT -^
//
//   A READY version that a newer one overtakes before its tick goes to RETIRED. KEPT goes back to
//   READY by a rollback.
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
#include "absl/strings/string_view.h"
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
  int64_t discovered_ns = 0;  // Clock time
  int64_t load_ns = 0;        // durations of the steps
  int64_t warm_ns = 0;
  uint64_t published_tick = 0;  // the last tick it took over at; 0: at model_open, or never
  bool has_served = false;
};

// A cell of the set. The frame side reads number and executable while it holds the version.
struct Version {
  uint64_t number = 0;
  std::unique_ptr<Executable> executable;

 private:
  friend class VersionSet;
  mutable std::atomic<uint32_t> holders_{0};  // partner: VersionSet::serving_ (see the banner)
  // Set by Flip after serving_ has been stored, read by the control side: "it did take over".
  std::atomic<bool> published_{false};
  std::atomic<uint64_t> published_tick_{0};
  VersionInfo* info_ = nullptr;  // null: the cell is free. Control side only.
  bool offered_ = false;         // put into pending_ since it became kReady. Control side only.
  uint64_t replaced_order_ = 0;  // when it last stopped serving, for `keep`. Control side only.
};

class VersionSet {
 public:
  // keep: replaced versions that stay loaded for Rollback. wake: called from the frame side when
  // the control side has something to do (Reap); must not block or allocate.
  VersionSet(uint32_t keep, std::function<void()> wake);
  // @pre no version is held.
  ~VersionSet();
  VersionSet(const VersionSet&) = delete;
  VersionSet& operator=(const VersionSet&) = delete;

  // ---- frame side
  // -------------------------------------------------------------------------------- The serving
  // version, held; null when none serves. Every non-null result goes to Release once.
  const Version* Acquire() noexcept;
  void Release(const Version* version) noexcept;
  // Publishes the pending version, if there is one. Returns whether it did.
  bool Flip(uint64_t tick) noexcept;
  // 0 when none serves.
  uint64_t serving_number() const noexcept {
    return serving_number_.load(std::memory_order_relaxed);
  }
  uint64_t publications() const noexcept { return publications_.load(std::memory_order_relaxed); }

  // ---- control side
  // ------------------------------------------------------------------------------ A new version in
  // kDiscovered; the number is its name from now on.
  uint64_t Discover(const std::string& path, int64_t now_ns);
  void Advance(uint64_t number, VersionState state);
  void Reject(uint64_t number, absl::string_view reason);
  // Loaded, validated and warm: kReady. An older ready candidate is retired. With publish_now and
  // no version serving yet it serves at once, without a tick.
  void Ready(uint64_t number, std::unique_ptr<Executable> executable, int64_t load_ns,
             int64_t warm_ns, bool publish_now);
  // The ready candidate becomes pending for the next Flip. kFailedPrecondition when there is none.
  absl::Status Commit();
  // The newest loaded version older than the serving one becomes pending. kFailedPrecondition when
  // none is kept.
  absl::Status Rollback();
  // Notices what Flip and Release have done, and hands out the executables that nobody can reach
  // any more; the caller destroys them where it hurts nobody. Call after every wake().
  std::vector<std::unique_ptr<Executable>> Reap();
  // Newest last: all that are loaded or loading, and the last of the others, kHistory in all.
  std::vector<VersionInfo> Describe();
  uint64_t rejections() const noexcept { return rejections_.load(std::memory_order_relaxed); }

  static constexpr size_t kHistory = 64;

 private:
  Version* FreeCell() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  VersionInfo* Find(uint64_t number) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Offer(Version* version) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Withdraw(absl::string_view reason) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Retire(Version* version, absl::string_view reason) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoticeFlips() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TrimHistory() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const uint32_t keep_;
  const std::function<void()> wake_;

  // Written by Flip (and by Ready before anything serves); partner: Version::holders_.
  std::atomic<Version*> serving_{nullptr};
  // Handed from the control side (Offer) to Flip, which takes it with an exchange.
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
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_VERSION_SET_H_
