#include "runtime/runtime.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace graft::runtime {

Runtime::Runtime(const RuntimeOptions& options, std::unique_ptr<Executor> executor,
                 const Clock& clock, RuntimeHooks hooks)
    : clock_(clock),
      hooks_(std::move(hooks)),
      scheduler_(executor == nullptr
                     ? nullptr
                     : std::make_unique<Scheduler>(std::move(executor), options.scheduler, clock,
                                                   host_core_, hooks_.worker_threads)),
      frames_(scheduler_.get(), &host_core_, clock),
      load_queue_(options.loader_threads, hooks_.loader_threads),
      watcher_(clock, hooks_.watcher_thread) {}

Runtime::~Runtime() {
  std::vector<Model*> open;
  {
    MutexLock lock(control_mutex_);
    for (const std::unique_ptr<Model>& model : owned_) open.push_back(model.get());
  }
  for (Model* model : open) CloseModel(model);
}

// ---- frame side ----

bool Runtime::Tick(TickInfo* info) noexcept {
  if (ticking_.exchange(true, std::memory_order_acquire)) return false;
  tick_phase_.fetch_add(1);
  const uint64_t tick = last_tick_.load(std::memory_order_relaxed) + 1;
  last_tick_.store(tick, std::memory_order_relaxed);
  TickInfo counted{.tick = tick};
  const uint32_t end = models_end_.load(std::memory_order_acquire);
  const int64_t now_ns = clock_.NowNs();
  frames_.NoteTick(now_ns);
  // All models flip before any batch is closed: a frame never mixes worlds.
  if (flip_holds_.load() == 0) {
    bool hold_group = false;
    for (uint32_t i = 0; i < end; ++i) {
      Model* model = models_[i].load();
      if (model == nullptr) continue;
      model->batcher().FollowBurnIn();
      if (model->versions().HoldsGroup(now_ns)) hold_group = true;
    }
    for (uint32_t i = 0; i < end; ++i) {
      Model* model = models_[i].load();
      if (model != nullptr && model->versions().Flip(tick, now_ns, hold_group)) ++counted.swaps;
    }
  }
  for (uint32_t i = 0; i < end; ++i) {
    Model* model = models_[i].load();
    if (model == nullptr) continue;
    const Batcher::Closed closed = model->batcher().CloseTick(tick);
    counted.batches += closed.batches;
    counted.rows += closed.rows;
  }
  tick_phase_.fetch_add(1);
  ticking_.store(false, std::memory_order_release);
  if (info != nullptr) *info = counted;
  return true;
}

// ---- control side ----

absl::StatusOr<Model*> Runtime::OpenModel(ModelOptions options, std::unique_ptr<Loader> loader) {
  ModelServices services;
  services.scheduler = scheduler_.get();
  services.load_queue = &load_queue_;
  services.watcher = &watcher_;
  services.clock = &clock_;
  services.frames = &frames_;
  services.log = hooks_.log;
  services.listener = hooks_.listener;
  absl::StatusOr<std::unique_ptr<Model>> opened =
      Model::Open(std::move(options), std::move(loader), services);
  if (!opened.ok()) return opened.status();
  Model* model = opened->get();

  MutexLock lock(control_mutex_);
  for (uint32_t i = 0; i < kMaxModels; ++i) {
    if (models_[i].load(std::memory_order_relaxed) != nullptr) continue;
    owned_.push_back(*std::move(opened));
    models_[i].store(model);
    models_end_.store(std::max(models_end_.load(std::memory_order_relaxed), i + 1),
                      std::memory_order_release);
    return model;
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("this runtime has ", kMaxModels, " models open already; close some"));
}

absl::Status Runtime::ChangeTogether(absl::Span<Model* const> models, VersionSet::Change change) {
  std::vector<VersionSet*> sets;
  sets.reserve(models.size());
  for (Model* model : models) sets.push_back(&model->versions());
  size_t index_of_error = 0;
  flip_holds_.fetch_add(1);
  WaitForTickBoundary();  // later ticks see the hold
  absl::Status status = VersionSet::ChangeTogether(sets, change, &index_of_error);
  flip_holds_.fetch_sub(1);
  for (Model* model : models) model->Announce();
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(models[index_of_error]->name(), ": ",
                                                  status.message(), "; no model was changed"));
}

void Runtime::CloseModel(Model* model) {
  std::unique_ptr<Model> closing;
  {
    MutexLock lock(control_mutex_);
    for (std::atomic<Model*>& entry : models_) {
      if (entry.load(std::memory_order_relaxed) == model) entry.store(nullptr);
    }
    const auto owned = std::find_if(owned_.begin(), owned_.end(), [model](const auto& candidate) {
      return candidate.get() == model;
    });
    if (owned == owned_.end()) return;
    closing = std::move(*owned);
    owned_.erase(owned);
  }
  WaitForTickBoundary();
}

absl::StatusOr<std::unique_ptr<AgentGroup>> Runtime::OpenGroup(Model& model,
                                                               const AgentGroupOptions& options) {
  absl::StatusOr<std::unique_ptr<AgentGroup>> group =
      AgentGroup::Open(model.batcher(), options, hooks_.block_memory);
  if (group.ok()) model.WarmUp(options.agents);
  return group;
}

void Runtime::CloseGroup(std::unique_ptr<AgentGroup> group) {
  group->batcher().RemoveGroup(group.get());
  WaitForTickBoundary();
  group.reset();
}

void Runtime::WithModels(const std::function<void(const std::vector<Model*>& models)>& call) {
  MutexLock lock(control_mutex_);
  std::vector<Model*> models;
  for (const std::unique_ptr<Model>& model : owned_) models.push_back(model.get());
  call(models);
}

void Runtime::WaitForTickBoundary() const {
  const uint64_t phase = tick_phase_.load();
  while (phase % 2 == 1 && tick_phase_.load() == phase) std::this_thread::yield();
}

}  // namespace graft::runtime
