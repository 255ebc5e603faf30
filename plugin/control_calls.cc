// The control side of the table.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "graft/graft.h"
#include "plugin/abi_struct.h"
#include "plugin/calls.h"
#include "plugin/describe.h"
#include "plugin/dtype.h"
#include "plugin/error.h"
#include "plugin/model_settings.h"
#include "plugin/objects.h"
#include "plugin/torch_loader.h"
#include "runtime/executor.h"

namespace graft::plugin {
namespace {

constexpr uint32_t kDefaultDepth = 4;

graft_error* StaleHandle(const char* kind) {
  return MakeError(GRAFT_STALE_HANDLE,
                   absl::StrCat("this ", kind, " handle is stale: closed, or never opened"));
}

graft_error* BadStruct(const char* name) {
  return MakeError(GRAFT_UNSUPPORTED,
                   absl::StrCat(name,
                                ": struct_size is 0, or fields are set that this version does not "
                                "know; set struct_size to sizeof(",
                                name, ")"));
}

graft_error* NullPointer(const char* name) {
  return MakeError(GRAFT_INVALID_ARGUMENT, absl::StrCat(name, " is null"));
}

graft_text MakeText(const std::string& text) {
  char* copy = new char[text.size() + 1];
  std::memcpy(copy, text.c_str(), text.size() + 1);
  return {copy, text.size()};
}

void LogToStderr(runtime::LogLevel level, const std::string& text) {
  if (level >= runtime::LogLevel::kWarning) std::fprintf(stderr, "graft: %s\n", text.c_str());
}

void TellHost(const graft_host& host, const std::string& model,
              const runtime::VersionEvent& event) {
  if (host.version_event == nullptr) return;
  graft_version_event view{};
  view.struct_size = sizeof view;
  view.model = model.c_str();
  view.version = event.number;
  view.state = static_cast<graft_version_state>(event.state);
  view.tick = event.tick;
  view.path = event.path.c_str();
  view.reason = event.reason.c_str();
  host.version_event(host.user, &view);
}

// `host` lives as long as the runtime that gets the hooks.
runtime::ThreadHooks ThreadHooksOf(const graft_host& host, int32_t kind) {
  runtime::ThreadHooks hooks;
  if (host.thread_start != nullptr) {
    hooks.start = [&host, kind](uint32_t index) { host.thread_start(host.user, kind, index); };
  }
  if (host.thread_stop != nullptr) {
    hooks.stop = [&host, kind](uint32_t index) { host.thread_stop(host.user, kind, index); };
  }
  return hooks;
}

runtime::RuntimeHooks HooksOf(OpenRuntime& open) {
  const graft_host& host = open.host;
  runtime::RuntimeHooks hooks;
  hooks.listener = [&open](const std::string& model, const runtime::VersionEvent& event) {
    TellHost(open.host, model, event);
    if (ControlSocket* socket = open.followers.load()) socket->Tell(model, event);
  };
  hooks.log = LogToStderr;
  if (host.log != nullptr) {
    hooks.log = [&host](runtime::LogLevel level, const std::string& text) {
      host.log(host.user, static_cast<int32_t>(level), text.c_str());
    };
  }
  if (host.allocate != nullptr) {
    hooks.block_memory.allocate = [&host](size_t size_bytes, size_t alignment_bytes) {
      return host.allocate(host.user, size_bytes, alignment_bytes);
    };
    hooks.block_memory.deallocate = [&host](void* data, size_t size_bytes) {
      host.deallocate(host.user, data, size_bytes);
    };
  }
  hooks.worker_threads = ThreadHooksOf(host, GRAFT_THREAD_WORKER);
  hooks.loader_threads = ThreadHooksOf(host, GRAFT_THREAD_LOADER);
  hooks.watcher_thread = ThreadHooksOf(host, GRAFT_THREAD_WATCHER);
  return hooks;
}

static_assert(static_cast<int>(runtime::VersionState::kDiscovered) == GRAFT_VERSION_DISCOVERED);
static_assert(static_cast<int>(runtime::VersionState::kServing) == GRAFT_VERSION_SERVING);
static_assert(static_cast<int>(runtime::VersionState::kRejected) == GRAFT_VERSION_REJECTED);
static_assert(static_cast<int>(runtime::VersionState::kTrial) == GRAFT_VERSION_TRIAL);
static_assert(static_cast<int>(runtime::VersionState::kBurnIn) == GRAFT_VERSION_BURN_IN);

// Runs call(open model) while the model and its runtime cannot be closed.
template <typename Call>
graft_error* WithModel(graft_model model, const Call& call) {
  return Guarded([&]() -> graft_error* {
    const HandleTable<OpenModel>::Use use = Models().Share(model.id);
    if (!use) return StaleHandle("model");
    return call(*use);
  });
}

graft_error* ChangeTogether(const graft_model* models, uint32_t count,
                            runtime::VersionSet::Change change) {
  return Guarded([&]() -> graft_error* {
    if (models == nullptr || count == 0) return NullPointer("models");
    std::vector<HandleTable<OpenModel>::Use> uses;
    std::vector<runtime::Model*> open;
    for (uint32_t i = 0; i < count; ++i) {
      uses.push_back(Models().Share(models[i].id));
      if (!uses.back()) return StaleHandle("model");
      open.push_back(uses.back()->model);
      if (uses.back()->runtime != uses.front()->runtime) {
        return MakeError(GRAFT_INVALID_ARGUMENT, "models of one runtime only have ticks in common");
      }
    }
    return ToError(uses.front()->runtime->ChangeTogether(open, change));
  });
}

// Closes a model or a group while its runtime cannot be closed.
graft_error* CloseSharingRuntime(uint64_t id, uint64_t runtime_id, bool (*close)(uint64_t),
                                 const char* kind) {
  return Guarded([&]() -> graft_error* {
    const HandleTable<OpenRuntime>::Use runtime = Runtimes().Share(runtime_id);
    return runtime && close(id) ? nullptr : StaleHandle(kind);
  });
}

// indices: of those among `specs` that the host sees.
graft_error* SpecOf(const std::vector<models::TensorSpec>& specs,
                    const std::vector<size_t>& indices, const char* kind, uint32_t index,
                    graft_tensor_spec* out) {
  if (index >= indices.size()) {
    return MakeError(GRAFT_NOT_FOUND, absl::StrCat("there is no ", kind, " ", index,
                                                   ": the model has ", indices.size()));
  }
  const models::TensorSpec& spec = specs[indices[index]];
  graft_tensor_spec view{};
  view.name = spec.name.c_str();
  view.dtype = ToAbi(spec.dtype);
  view.rank = static_cast<uint32_t>(spec.shape.size());
  std::copy(spec.shape.begin(), spec.shape.end(), view.shape);
  view.row_bytes = spec.RowBytes();
  return WriteStruct(view, out) ? nullptr : BadStruct("graft_tensor_spec");
}

}  // namespace

graft_status ErrorCode(const graft_error* error) {
  return error == nullptr ? GRAFT_OK : error->code;
}

const char* ErrorMessage(const graft_error* error) {
  return error == nullptr ? "" : error->message.c_str();
}

void ErrorFree(graft_error* error) { delete error; }

void TextFree(graft_text text) { delete[] text.data; }

graft_error* RuntimeOpen(const graft_host* host, const graft_runtime_options* options,
                         graft_runtime* out) {
  return Guarded([&]() -> graft_error* {
    if (out == nullptr) return NullPointer("out");
    auto opened = std::make_unique<OpenRuntime>();
    if (!ReadStruct(host, &opened->host)) return BadStruct("graft_host");
    if ((opened->host.allocate == nullptr) != (opened->host.deallocate == nullptr)) {
      return MakeError(GRAFT_INVALID_ARGUMENT,
                       "graft_host: give both allocate and deallocate, or neither");
    }
    graft_runtime_options wanted;
    if (!ReadStruct(options, &wanted)) return BadStruct("graft_runtime_options");
    if ((wanted.flags & ~uint32_t{GRAFT_RUNTIME_NO_WORKERS}) != 0) {
      return MakeError(GRAFT_INVALID_ARGUMENT, "graft_runtime_options.flags: unknown flag");
    }
    const uint32_t hardware = std::max(std::thread::hardware_concurrency(), 2u);
    const uint32_t workers = wanted.worker_threads != 0 ? wanted.worker_threads : hardware - 1;
    runtime::RuntimeOptions settings;
    settings.loader_threads = wanted.loader_threads != 0 ? wanted.loader_threads : 1;
    runtime::SchedulerOptions& scheduler = settings.scheduler;
    if (wanted.spin_ns != 0) scheduler.spin_ns = std::max<int64_t>(wanted.spin_ns, 0);
    if (wanted.park_ns != 0) scheduler.park_ns = std::max<int64_t>(wanted.park_ns, 0);
    std::unique_ptr<runtime::Executor> executor;
    if ((wanted.flags & GRAFT_RUNTIME_NO_WORKERS) == 0) {
      executor = runtime::MakeTbbExecutor(workers);
    }
    opened->runtime = std::make_unique<runtime::Runtime>(settings, std::move(executor),
                                                         runtime::Clock::Real(), HooksOf(*opened));
    if (wanted.control_socket != nullptr) {
      opened->control = std::make_unique<ControlSocket>(wanted.control_socket, *opened->runtime);
      if (absl::Status status = opened->control->Open(); !status.ok()) return ToError(status);
      opened->followers.store(opened->control.get());
    }
    const uint64_t id = Runtimes().Insert(std::move(opened), /*parent=*/1);
    if (id == 0) return MakeError(GRAFT_PRECONDITION, "too many runtimes are open");
    out->id = id;
    return nullptr;
  });
}

graft_error* RuntimeClose(graft_runtime runtime) {
  return Guarded([&]() -> graft_error* {
    return CloseRuntime(runtime.id) ? nullptr : StaleHandle("runtime");
  });
}

graft_error* ModelOpen(graft_runtime runtime, const graft_model_options* options,
                       graft_model* out) {
  return Guarded([&]() -> graft_error* {
    if (out == nullptr) return NullPointer("out");
    graft_model_options wanted;
    if (options == nullptr || !ReadStruct(options, &wanted))
      return BadStruct("graft_model_options");
    const HandleTable<OpenRuntime>::Use use = Runtimes().Share(runtime.id);
    if (!use) return StaleHandle("runtime");
    absl::StatusOr<ModelSettings> settings = ReadModelSettings(wanted);
    if (!settings.ok()) return ToError(settings.status());
    std::unique_ptr<runtime::Loader> loader = MakeTorchLoader(
        std::move(settings->model), std::move(settings->checks), settings->runtime.max_rows);
    absl::StatusOr<runtime::Model*> model =
        use->runtime->OpenModel(std::move(settings->runtime), std::move(loader));
    if (!model.ok()) return ToError(model.status());
    auto opened = std::make_unique<OpenModel>();
    opened->runtime = use->runtime.get();
    opened->model = *model;
    const uint64_t id = Models().Insert(std::move(opened), runtime.id);
    if (id == 0) {
      use->runtime->CloseModel(*model);
      return MakeError(GRAFT_PRECONDITION, "too many models are open");
    }
    const std::lock_guard lock(use->mutex);
    std::erase_if(use->models, [](uint64_t other) { return Models().ParentOf(other) == 0; });
    use->models.push_back(id);
    out->id = id;
    return nullptr;
  });
}

graft_error* ModelClose(graft_model model) {
  return CloseSharingRuntime(model.id, Models().ParentOf(model.id), CloseModel, "model");
}

graft_error* ModelInput(graft_model model, uint32_t index, graft_tensor_spec* out) {
  return WithModel(model, [&](OpenModel& open) {
    const runtime::Batcher& batcher = open.model->batcher();
    return SpecOf(batcher.schema().inputs, batcher.host_inputs(), "input", index, out);
  });
}

graft_error* ModelOutput(graft_model model, uint32_t index, graft_tensor_spec* out) {
  return WithModel(model, [&](OpenModel& open) {
    const runtime::Batcher& batcher = open.model->batcher();
    return SpecOf(batcher.schema().outputs, batcher.host_outputs(), "output", index, out);
  });
}

graft_error* ModelLoad(graft_model model, const char* path, int64_t timeout_ns, uint64_t* version) {
  return WithModel(model, [&](OpenModel& open) {
    if (path == nullptr) return NullPointer("path");
    return ToError(open.model->Load(path, timeout_ns, version));
  });
}

graft_error* ModelCommit(graft_model model) {
  return WithModel(model, [](OpenModel& open) { return ToError(open.model->Commit()); });
}

graft_error* ModelRollback(graft_model model) {
  return WithModel(model, [](OpenModel& open) { return ToError(open.model->Rollback()); });
}

graft_error* ModelsCommit(const graft_model* models, uint32_t count) {
  return ChangeTogether(models, count, runtime::VersionSet::Change::kCommit);
}

graft_error* ModelsRollback(const graft_model* models, uint32_t count) {
  return ChangeTogether(models, count, runtime::VersionSet::Change::kRollback);
}

graft_error* ModelCancel(graft_model model) {
  return WithModel(model, [](OpenModel& open) -> graft_error* {
    open.model->CancelLoads();
    return nullptr;
  });
}

graft_error* ModelPin(graft_model model, int32_t pinned) {
  return WithModel(model, [&](OpenModel& open) -> graft_error* {
    open.model->SetPinned(pinned != 0);
    return nullptr;
  });
}

graft_error* ModelVersion(graft_model model, uint64_t version, graft_version_info* out) {
  return WithModel(model, [&](OpenModel& open) -> graft_error* {
    const std::vector<runtime::VersionInfo> versions = open.model->versions().Describe();
    const auto found = std::find_if(versions.rbegin(), versions.rend(), [&](const auto& info) {
      return version == 0 || info.number == version;
    });
    if (found == versions.rend()) {
      return MakeError(GRAFT_NOT_FOUND,
                       absl::StrCat("version ", version, " is not known (any more)"));
    }
    graft_version_info view{};
    if (!WriteStruct(view, out)) return BadStruct("graft_version_info");
    view.version = found->number;
    view.state = static_cast<graft_version_state>(found->state);
    view.published_tick = found->published_tick;
    view.weight_bytes = found->weight_bytes;
    view.load_ns = found->load_ns;
    view.warm_ns = found->warm_ns;
    view.path = MakeText(found->path);
    view.reason = MakeText(found->reason);
    view.shared_bytes = found->shared_bytes;
    WriteStruct(view, out);
    return nullptr;
  });
}

graft_error* ModelDescribe(graft_model model, graft_text* out) {
  return WithModel(model, [&](OpenModel& open) -> graft_error* {
    if (out == nullptr) return NullPointer("out");
    *out = MakeText(DescribeModel(*open.model));
    return nullptr;
  });
}

graft_error* GroupOpen(graft_model model, const graft_group_options* options, graft_group* out) {
  return WithModel(model, [&](OpenModel& open) -> graft_error* {
    if (out == nullptr) return NullPointer("out");
    graft_group_options wanted;
    if (!ReadStruct(options, &wanted)) return BadStruct("graft_group_options");
    runtime::AgentGroupOptions settings;
    settings.agents = wanted.agents != 0 ? wanted.agents : 1;
    settings.depth = wanted.depth != 0 ? wanted.depth : kDefaultDepth;
    auto group = open.runtime->OpenGroup(*open.model, settings);
    if (!group.ok()) return ToError(group.status());
    auto opened = std::make_unique<OpenGroup>();
    opened->runtime = open.runtime;
    opened->group = *std::move(group);
    OpenGroup* const kept = opened.get();
    const uint64_t id = Groups().Insert(std::move(opened), Models().ParentOf(model.id));
    if (id == 0) {
      open.runtime->CloseGroup(std::move(kept->group));
      return MakeError(GRAFT_PRECONDITION, "too many groups are open");
    }
    const std::lock_guard lock(open.mutex);
    std::erase_if(open.groups, [](uint64_t other) { return Groups().ParentOf(other) == 0; });
    open.groups.push_back(id);
    out->id = id;
    return nullptr;
  });
}

graft_error* GroupClose(graft_group group) {
  return CloseSharingRuntime(group.id, Groups().ParentOf(group.id), CloseGroup, "group");
}

}  // namespace graft::plugin
