// A runtime: the models of one host, its worker threads, its ticks.
//
//   Runtime runtime(options, MakeTbbExecutor(3), Clock::Real(), {});
//   Model* walker = *runtime.OpenModel(model_options, std::move(loader));
//   auto pack = *runtime.OpenGroup(*walker, {.agents = 256});
//   ...every frame: pack->Input, Submit;  runtime.Tick(&info);  pack->Latest
//
// Threads. Tick: one thread at a time. Everything else: control side, any thread. Opening and
// closing models never makes a tick wait: a tick walks a table of atomic pointers, and whoever
// takes an entry out waits for the tick that may still see it. Ownership: the runtime owns its
// models; groups belong to the caller and go through CloseGroup.
#ifndef GRAFT_RUNTIME_RUNTIME_H_
#define GRAFT_RUNTIME_RUNTIME_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/agent_group.h"
#include "runtime/clock.h"
#include "runtime/executor.h"
#include "runtime/frame_view.h"
#include "runtime/load_queue.h"
#include "runtime/loader.h"
#include "runtime/model.h"
#include "runtime/mutex.h"
#include "runtime/scheduler.h"
#include "runtime/source_watcher.h"

namespace graft::runtime {

struct RuntimeOptions {
  uint32_t loader_threads = 1;
  SchedulerOptions scheduler;
};

// The host's side; anything may be empty.
struct RuntimeHooks {
  Log log;
  VersionListener listener;
  BlockMemory block_memory;
  ThreadHooks worker_threads;
  ThreadHooks loader_threads;
  ThreadHooks watcher_thread;
};

struct TickInfo {
  uint64_t tick = 0;  // counts from 1
  uint32_t batches = 0;
  uint32_t rows = 0;
  uint32_t swaps = 0;
};

class Runtime {
 public:
  static constexpr uint32_t kMaxModels = 64;

  // executor null: no workers; batches run inside wait() and run() only. clock outlives the
  // runtime.
  Runtime(const RuntimeOptions& options, std::unique_ptr<Executor> executor, const Clock& clock,
          RuntimeHooks hooks);
  // @pre all groups closed. Closes the models; waits for what is running or loading.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // ---- frame side ----
  // Publishes what is pending in every model, then closes and dispatches every model's batch.
  // False: another thread is inside Tick.
  bool Tick(TickInfo* info) noexcept;
  // The newest tick begun; 0 before the first.
  uint64_t last_tick() const noexcept { return last_tick_.load(std::memory_order_relaxed); }

  // ---- control side ----
  // See Model::Open; also kResourceExhausted when kMaxModels are open.
  absl::StatusOr<Model*> OpenModel(ModelOptions options, std::unique_ptr<Loader> loader);
  // The candidates of all these models (or what they served before) take over at one tick, or none
  // of them does. Errors: as VersionSet::Commit and Rollback, naming the model.
  absl::Status ChangeTogether(absl::Span<Model* const> models, VersionSet::Change change);
  // @pre its groups are closed.
  void CloseModel(Model* model);
  // Warms the serving version up for the group's capacity.
  absl::StatusOr<std::unique_ptr<AgentGroup>> OpenGroup(Model& model,
                                                        const AgentGroupOptions& options);
  // @pre no thread is inside the group or will enter it. Waits for its batches in flight.
  void CloseGroup(std::unique_ptr<AgentGroup> group);

  // Calls back with all open models; none of them is closed meanwhile. Not from inside the callback
  // again.
  void WithModels(const std::function<void(const std::vector<Model*>& models)>& call);

  const Scheduler* scheduler() const { return scheduler_.get(); }

 private:
  // Returns when no tick that began before the call is running.
  void WaitForTickBoundary() const;

  const Clock& clock_;
  const RuntimeHooks hooks_;
  HostCore host_core_;  // outlives the threads that look at it, as does frames_
  const std::unique_ptr<Scheduler> scheduler_;
  LiveFrames frames_;
  LoadQueue load_queue_;
  SourceWatcher watcher_;

  // Written under control_mutex_; read by Tick. Null: free.
  std::array<std::atomic<Model*>, kMaxModels> models_{};
  std::atomic<uint32_t> models_end_{0};
  Mutex control_mutex_;
  std::vector<std::unique_ptr<Model>> owned_ ABSL_GUARDED_BY(control_mutex_);

  // Several models are being changed together: no tick flips any. Partner: tick_phase_.
  std::atomic<uint32_t> flip_holds_{0};
  std::atomic<bool> ticking_{false};     // taken by Tick with an exchange
  std::atomic<uint64_t> tick_phase_{0};  // odd inside Tick; partner: WaitForTickBoundary
  std::atomic<uint64_t> last_tick_{0};
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_RUNTIME_H_
