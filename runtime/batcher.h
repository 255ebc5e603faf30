// Makes one batch of everything a model's agent groups have submitted, and runs it in parts.
//
//   batcher.CloseTick(tick);                     // ticking thread: all submitted blocks
//   ReadyBatch oldest = batcher.OldestReady();   // any worker; then claim a part and run it:
//   Batcher::RunPart(*oldest.batch, oldest.generation, mine);
//
// A batch holds one version from its closing to its end, and the one that runs beside it (fades, is
// burned in, is on trial). Where agents have a state, a group's batches follow each other: a batch
// that waits for an earlier one is started by whoever finishes that. A batch is cut into parts of
// at most max_rows rows; a part whose rows lie in one block runs in place, others are gathered and
// scattered through the caller's Staging (counted).
//
// A version whose answers nobody sees, and whose state must follow every frame, runs in a second
// round: once the batch is answered, its parts can be claimed anew. Until that round has ended the
// blocks are not written, and the group's next batch waits.
//
// Threads. Frame side: CloseTick on the ticking thread; CloseOne, RunPart on any thread; no locks,
// no allocation (RunPart: only LibTorch's and Staging's growth). Control side: AddGroup,
// RemoveGroup. Memory: batches come from a fixed pool and live as long as the batcher, so a {batch,
// generation} that has ended meanwhile is recognised, never followed.
#ifndef GRAFT_RUNTIME_BATCHER_H_
#define GRAFT_RUNTIME_BATCHER_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/tensor/tensor_spec.h"
#include "runtime/agent_state.h"
#include "runtime/blend.h"
#include "runtime/block.h"
#include "runtime/clock.h"
#include "runtime/mutex.h"
#include "runtime/staging.h"
#include "runtime/trial_report.h"
#include "runtime/version_set.h"

namespace graft::runtime {

class AgentGroup;
class Batcher;
class PartForward;
class Scheduler;

struct Batch {
  // See batch_claims.h. Stored with release when the batch is closed,
  // which publishes the plain fields below; a claim is a compare-and-swap with acquire.
  std::atomic<uint64_t> claims{0};
  std::atomic<uint32_t> unfinished_parts{0};  // who brings it to 0 finishes the batch
  std::atomic<Outcome> outcome{Outcome::kOk};
  // States only: earlier batches of its groups that are not done, and one for who closes it.
  std::atomic<uint32_t> blockers{0};
  std::atomic<bool> beside_failed{false};
  Batcher* batcher = nullptr;
  VersionSet::Running running;  // held
  double trial_share = 1;       // of a version on trial, on the rows that it serves
  bool for_lanes = false;
  bool answered = false;  // the second round is under way
  Block* first = nullptr;
  uint32_t rows = 0;
  uint32_t rows_per_part = 0;
  uint64_t tick = 0;
  int64_t deadline_ns = 0;  // Clock time; 0: none
  // When its oldest rows were submitted; a lane picks by it, so it may be read too late to matter.
  std::atomic<int64_t> submitted_ns{0};
};

// What a lane finds; see Batcher::OldestReady.
struct ReadyBatch {
  Batch* batch = nullptr;  // null: nothing is ready
  uint32_t generation = 0;
  uint32_t ready_parts = 0;  // of all ready batches of the model
  int64_t submitted_ns = 0;
};

struct BatcherOptions {
  models::ModelSchema schema;
  uint32_t max_rows = 1024;
  int64_t deadline_ns = 0;   // after submit; 0: none
  StateOptions states = {};  // which inputs and outputs are the agents' recurrent state
  // How a version fades into the next; VersionSet knows how long.
  bool can_fade = false;
  bool has_trials = false;  // candidates may be on trial
  BlendCurve blend_curve = BlendCurve::kSmoothstep;
  std::vector<BlendKind> blends = {};  // of each output; @pre CanBlend
  // Share of each group's capacity, its first agents, that a version on trial serves; 0: it serves
  // none and is only compared.
  double trial_fraction = 0;
};

// See graft_model_stats.
struct BatchCounters {
  std::atomic<uint64_t> batches{0};
  std::atomic<uint64_t> rows{0};
  std::atomic<uint64_t> late_rows{0};
  std::atomic<uint64_t> failed_rows{0};
  std::atomic<uint64_t> unserved_rows{0};  // no version served
  std::atomic<uint64_t> busy{0};
  std::atomic<uint64_t> gathered_parts{0};
  std::atomic<int64_t> last_batch_ns{0};
};

class Batcher {
 public:
  static constexpr uint32_t kMaxGroups = 256;

  // scheduler may be null: then nobody but wait() and run() takes parts. kResourceExhausted: the
  // scheduler serves as many models as it can.
  static absl::StatusOr<std::unique_ptr<Batcher>> Create(BatcherOptions options,
                                                         VersionSet& versions, Scheduler* scheduler,
                                                         const Clock& clock);
  // @pre all groups removed. Waits until no lane looks at this batcher.
  ~Batcher();
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  const models::ModelSchema& schema() const { return options_.schema; }
  const BatcherOptions& options() const { return options_; }
  // The inputs and outputs of the schema that are the host's: all but the states.
  const std::vector<size_t>& host_inputs() const { return host_inputs_; }
  const std::vector<size_t>& host_outputs() const { return host_outputs_; }
  // A group's batches follow each other: each begins with the state that the one before left.
  bool has_state() const { return !options_.states.pairs.empty(); }
  // A version on trial has states that are not the serving version's, so it runs every row of every
  // frame; else only those that it serves, or now and then.
  bool trial_has_state() const { return options_.has_trials && options_.states.any_own(); }
  // Room for the state of a version that runs beside is needed.
  bool state_beside() const {
    return options_.can_fade || options_.states.burn_in_frames > 0 || trial_has_state();
  }
  const Clock& clock() const { return clock_; }
  BatchCounters& counters() { return counters_; }

  // ---- control side ----
  // kResourceExhausted when the model has kMaxGroups groups. The group stays where it is until
  // removed.
  absl::Status AddGroup(AgentGroup* group);
  // The next tick does not see the group any more; a tick that runs now may.
  void RemoveGroup(AgentGroup* group);
  // The text of the newest failed forward; empty if none.
  std::string LastFailure();
  // The group's first agents that a version on trial serves.
  uint32_t TrialAgents(const AgentGroup& group) const noexcept;
  TrialReport& trial_report() { return trial_report_; }
  // The version that has failed while it was burned in, once; none: nothing since the last call.
  struct Failure {
    uint64_t version = 0;
    std::string reason;
  };
  std::optional<Failure> TakeBurnInFailure();
  // How many frames the version in burn-in has seen of the group that has had the fewest; none: no
  // version has still to see any.
  std::optional<uint32_t> BurnedFrames();
  // Batch sizes seen so far, ascending, for warming a new version up; at least {1}.
  std::vector<uint32_t> UsedRows() const;

  // ---- frame side ----
  struct Closed {
    uint32_t batches = 0;
    uint32_t rows = 0;
  };
  // Once a tick, before versions flip: tells the VersionSet when a version is burned in.
  void FollowBurnIn() noexcept;
  // Every SUBMITTED block of every group goes into one batch, which is made ready for lanes. With
  // state, each block of a group goes into a batch of its own.
  Closed CloseTick(uint64_t tick) noexcept;
  // This block alone becomes a batch (SUBMITTED -> RUNNING). dispatch: make it ready for lanes.
  // False: all batches of the pool are in flight, the block stays as it is.
  bool CloseOne(Block* block, uint64_t tick, bool dispatch) noexcept;
  // Claims one part and runs it on this thread. False: no part is left, or the batch is another one
  // by now.
  // may_shadow: a version on trial that serves no rows may be run after it, on a copy of the rows;
  // for threads that nobody waits for.
  static bool RunPart(Batch& batch, uint32_t generation, Staging& staging,
                      bool may_shadow = false) noexcept;
  // Claims and runs a part of the batch that waits longest. False: none is ready.
  bool RunOldestReady(Staging& staging) noexcept;
  // False in the short time between a block's RUNNING and the release of its batch.
  static bool IsLaunched(const Batch& batch, uint32_t generation) noexcept;
  // For lanes: the ready batch whose rows wait longest.
  ReadyBatch OldestReady() const noexcept;
  bool HasReady() const noexcept { return OldestReady().batch != nullptr; }

 private:
  Batcher(BatcherOptions options, VersionSet& versions, Scheduler* scheduler, const Clock& clock);
  Batch* TakeBatch() noexcept;
  uint64_t BitOf(const Batch& batch) const noexcept {
    return uint64_t{1} << (&batch - batches_.data());
  }
  Closed CloseRound(uint64_t tick) noexcept;
  void Join(Block* block, Batch* batch) noexcept;
  void Close(Batch* batch, Block* first, uint32_t rows, uint64_t tick, bool dispatch) noexcept;
  template <typename Visit>
  void ForEachGroup(const Visit& visit) const;
  bool IsBurnedIn(uint64_t term) const noexcept;
  void AcquireVersions(Batch& batch) noexcept;
  void Start(Batch& batch) noexcept;
  void StartSecondRound(Batch& batch) noexcept;
  bool IsUnseen(const Companion& beside) const noexcept;
  void Launch(Batch& batch, bool for_lanes) noexcept;
  void Compute(Batch& batch, PartForward& forward, uint32_t rows) noexcept;
  void ComputeUnseen(Batch& batch, PartForward& forward) noexcept;
  const Version* AcquireShadow() noexcept;
  void RunShadow(PartForward& forward, const Version* trial) noexcept;
  void NoteFailure(const Version& version, uint32_t rows, const absl::Status& status);
  void NoteBurnInFailure(const Companion& beside, std::string reason);
  void Finish(Batch& batch) noexcept;
  void Answer(const Batch& batch, Block& block) const noexcept;
  void FinishSecondRound(Batch& batch) noexcept;
  void Land(AgentGroup& group, Batch* waiting) noexcept;
  void Recycle(Batch& batch) noexcept;
  std::atomic<uint64_t>& CounterOf(Outcome outcome) noexcept;
  void NoteRows(uint32_t rows) noexcept;

  static constexpr uint32_t kMaxBatches = 64;

  BatcherOptions options_;  // not changed once made
  std::vector<size_t> host_inputs_;
  std::vector<size_t> host_outputs_;
  VersionSet& versions_;
  Scheduler* const scheduler_;
  const Clock& clock_;
  BatchCounters counters_;

  // Groups: written under control_mutex_, read by CloseTick; a null entry is free.
  std::array<std::atomic<AgentGroup*>, kMaxGroups> groups_{};
  std::atomic<uint32_t> groups_end_{0};
  Mutex control_mutex_;

  mutable std::array<Batch, kMaxBatches> batches_;
  std::atomic<uint64_t> free_batches_{~uint64_t{0}};  // bit i: batches_[i] is free
  // Bit i: batches_[i] has parts for lanes. Set before the batch's claims are stored, cleared by
  // whoever claims the last part; sequentially consistent with Scheduler's counts.
  std::atomic<uint64_t> ready_batches_{0};

  // Bit r-1 of word (r-1)/64: a forward of r rows has run. Above kTrackedRows only the largest is
  // kept.
  static constexpr uint32_t kTrackedRows = 4096;
  std::array<std::atomic<uint64_t>, kTrackedRows / 64> used_rows_{};
  std::atomic<uint32_t> largest_rows_{0};

  TrialReport trial_report_;
  // Clock time before which no lane runs a shadow: they take a tenth of one lane's time at most.
  std::atomic<int64_t> shadow_rest_until_ns_{0};
  Mutex failure_mutex_;  // taken by a worker whose forward failed, and by LastFailure
  std::string last_failure_ ABSL_GUARDED_BY(failure_mutex_);
  std::optional<Failure> burn_in_failure_ ABSL_GUARDED_BY(failure_mutex_);
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_BATCHER_H_
