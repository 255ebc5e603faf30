// One model of a runtime: its source, its versions, its batches. Follows the road of a checkpoint
// from a file that appears to a version that is ready for a tick.
//
//   file changes -> Visit (watcher thread): moved there, or stable? complete? -> job on the load
//   queue -> Load, schema check, warm-up -> VersionSet::Ready -> (auto commit) -> the next tick
//   publishes it
//
// Threads. Open, Load, CancelLoads, Commit, Rollback, SetPinned: control side, any thread. Visit:
// the watcher's thread. RunJobs: a loader thread, one at a time for a model. versions() and
// batcher() say themselves. Ownership: the Runtime owns its models; a Model outlives its groups.
#ifndef GRAFT_RUNTIME_MODEL_H_
#define GRAFT_RUNTIME_MODEL_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/arrived_files.h"
#include "runtime/batcher.h"
#include "runtime/clock.h"
#include "runtime/continuity.h"
#include "runtime/load_queue.h"
#include "runtime/loader.h"
#include "runtime/mutex.h"
#include "runtime/pacer.h"
#include "runtime/refused_contents.h"
#include "runtime/scheduler.h"
#include "runtime/source_listing.h"
#include "runtime/source_watcher.h"
#include "runtime/trial_rule.h"
#include "runtime/tried_files.h"
#include "runtime/version_set.h"

namespace graft::runtime {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };
using Log = std::function<void(LogLevel, const std::string& text)>;
// Told of every state that a version of a model enters; on control threads, one event at a time for
// a model, in order.
using VersionListener = std::function<void(const std::string& model, const VersionEvent& event)>;

struct ModelOptions {
  std::string name;
  std::string source;  // see ListSource
  // File names that count as models; see ListSource.
  std::function<bool(absl::string_view name)> wanted;
  // What the manifest declares completely; needed to open a source that is still empty.
  std::optional<models::ModelSchema> schema;
  bool allow_empty = false;
  bool watch = true;
  bool manual_commit = false;
  uint32_t keep = 1;
  uint32_t max_rows = 1024;
  int64_t deadline_ns = 0;
  int64_t poll_ns = 250'000'000;   // a look at the source at least so often
  int64_t stable_ns = 50'000'000;  // unchanged for so long before it is read, if not moved there
  ContinuityOptions continuity;
  TrialRule trial;
  // A candidate whose forward takes longer than so many times the serving version's is rejected; 0:
  // however long.
  double max_slowdown = 0;
  PaceOptions pace;                       // of loading and freeing, beside frames
  int64_t incomplete_ns = 1'000'000'000;  // unchanged for so long and still incomplete: rejected
};

// What a model needs of its runtime; all outlive it.
struct ModelServices {
  Scheduler* scheduler = nullptr;  // null: batches run inside wait() and run() only
  LoadQueue* load_queue = nullptr;
  SourceWatcher* watcher = nullptr;  // null: nobody calls Visit but the owner
  const Clock* clock = nullptr;
  FrameView* frames = nullptr;  // null: background work need not look at them
  Log log;
  VersionListener listener;
};

class Model {
 public:
  // Loads the first version on this thread: the best of the source's files that loads.
  // Errors: kNotFound (nothing there, and not allow_empty), why the source cannot be read, or why
  // the best file was refused.
  static absl::StatusOr<std::unique_ptr<Model>> Open(ModelOptions options,
                                                     std::unique_ptr<Loader> loader,
                                                     const ModelServices& services);
  // Cancels and waits for what is loading. @pre no groups, and no tick sees the model.
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const std::string& name() const { return options_.name; }
  const ModelOptions& options() const { return options_; }
  VersionSet& versions() { return versions_; }
  Batcher& batcher() { return *batcher_; }

  // Makes the file a candidate. timeout_ns: 0 returns at once; negative waits until it is ready or
  // rejected (its error is returned); kDeadlineExceeded: still loading. *version is its number.
  absl::Status Load(const std::string& path, int64_t timeout_ns, uint64_t* version);
  // What is loading or waits to be loaded ends soon, REJECTED. Returns how many there were.
  size_t CancelLoads();
  // See VersionSet.
  absl::Status Commit();
  absl::Status Rollback();
  // New files are no longer followed; versions that are loading still become candidates.
  void SetPinned(bool pinned);
  bool pinned();
  // Tells the listener what has happened to the versions since the last time.
  void Announce();

  // Runs the serving version once over `rows` rows of zeros, so that the first real batch of that
  // size is not the slow one. A failing forward is the frame's to report.
  void WarmUp(uint32_t rows);

  // Frees what nobody holds any more, and looks at the source. Returns when it wants the next
  // visit. A file that has arrived is whole.
  int64_t Visit(int64_t now_ns, const ArrivedFiles& arrived);

 private:
  struct Job {
    std::string path;
    std::optional<FileIdentity> identity;  // set: found by Visit, must still be this file
    // What lay beside it when it was found: not tried after it, once it is ready.
    std::vector<FileIdentity> overtakes;
    uint64_t version = 0;
    CancelToken cancel;
    // Guarded by jobs_mutex_.
    bool done = false;
    absl::Status result;
  };

  // What Visit has seen of the file that may become a candidate.
  struct Watched {
    std::string path;
    FileIdentity identity;
    int64_t unchanged_since_ns = 0;
  };

  // What keeps the source from being read.
  struct SourceProblem {
    std::string text;
    int64_t since_ns = 0;
    bool told = false;
  };

  Model(ModelOptions options, std::unique_ptr<Loader> loader, const ModelServices& services);
  absl::Status OpenFirst();
  absl::Status MakeBatcher(const models::ModelSchema& schema);
  void Scan(int64_t now_ns, const ArrivedFiles& arrived, int64_t* next_ns);
  void FollowProblem(const SourceListing& listing, int64_t now_ns, int64_t* next_ns)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(scan_mutex_);
  void Enqueue(std::shared_ptr<Job> job);
  void RunJobs();
  absl::Status RunPaced(Job& job);
  absl::Status RunJobGuarded(Job& job);
  absl::Status RunJob(Job& job);
  absl::StatusOr<std::unique_ptr<Executable>> LoadStable(Job& job);
  absl::Status CheckNotRefusedBefore(Job& job);
  void RememberRefusal(Job& job, const absl::Status& why);
  absl::Status CheckSchema(const models::ModelSchema& found, const std::string& path) const;
  absl::Status TryOut(const Executable& candidate, const Job& job);
  void FollowBurnIn();
  void FollowTrial(int64_t now_ns, int64_t* next_ns);
  // If it still is one: it is in its burn-in, on trial, or waits for that.
  void RejectCandidate(uint64_t version, absl::string_view reason);
  void Refuse(uint64_t version, const absl::Status& why);
  // On a loader thread, in pieces between frames.
  void Free(std::vector<std::unique_ptr<Executable>> executables) const;
  void WakeWatcher() const noexcept;
  void Say(LogLevel level, const std::string& text) const;

  const ModelOptions options_;
  const std::unique_ptr<Loader> loader_;
  const ModelServices services_;
  VersionSet versions_;
  std::unique_ptr<Batcher> batcher_;  // set once by OpenFirst, before anybody else sees the model

  Mutex announce_mutex_;     // held while the listener is called: events stay in order
  RefusedContents refused_;  // of RunJob: one thread at a time

  Mutex scan_mutex_;
  TriedFiles tried_ ABSL_GUARDED_BY(scan_mutex_);
  std::optional<Watched> watched_ ABSL_GUARDED_BY(scan_mutex_);
  std::optional<SourceProblem> problem_ ABSL_GUARDED_BY(scan_mutex_);
  bool pinned_ ABSL_GUARDED_BY(scan_mutex_) = false;

  std::mutex jobs_mutex_;
  std::condition_variable job_done_;
  std::deque<std::shared_ptr<Job>> jobs_;  // guarded by jobs_mutex_; front: the running one
  bool closing_ = false;                   // guarded by jobs_mutex_
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_MODEL_H_
