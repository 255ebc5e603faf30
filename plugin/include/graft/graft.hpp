// graft.hpp - RAII over graft.h for C++17 hosts. Header-only, standard library only.
//
//   graft::Library library = graft::Library::Load().value();  // dlopen
//   graft::Runtime runtime = library.OpenRuntime().value();
//   graft::Model walker = runtime.OpenModel("walker.json").value();
//   graft::Group pack = walker.OpenGroup(256).value();
//   while (running) {
//     if (auto obs = pack.Input<float>()) WriteObservations(obs.data(), obs.row_elements());
//     pack.Submit(256);
//     runtime.Tick();
//     if (auto act = pack.Latest<float>()) Apply(act.row(0), act.version());
//   }
//
// Errors. Control calls return Result<T>: test ok(), read error(), or call value(), which throws
// graft::Error (or, where exceptions are off, prints the error and aborts). Frame calls return
// graft_status, or a view that converts to false; they never throw.
// Threads and blocking: as tagged in graft.h.
// Ownership: Runtime, Model and Group close what they hold when they are destroyed; destroy groups
// before models before runtimes (a stale handle is refused, never followed). All are move-only. The
// views point into the group's memory: see graft.h for how long they stay valid.
#ifndef GRAFT_GRAFT_HPP_
#define GRAFT_GRAFT_HPP_

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "graft/graft.h"

#if defined(__cpp_exceptions)
#include <stdexcept>
#endif

namespace graft {

// What a control call failed with.
struct ErrorInfo {
  graft_status code = GRAFT_INTERNAL;
  std::string message;
};

#if defined(__cpp_exceptions)
class Error : public std::runtime_error {
 public:
  explicit Error(const ErrorInfo& info) : std::runtime_error(info.message), code_(info.code) {}
  graft_status code() const { return code_; }

 private:
  graft_status code_;
};
#endif

// A value, or why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}          // NOLINT
  Result(ErrorInfo error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // @pre !ok()
  const ErrorInfo& error() const { return std::get<1>(state_); }

  T& value() & {
    Check();
    return std::get<0>(state_);
  }
  T&& value() && {
    Check();
    return std::get<0>(std::move(state_));
  }

 private:
  void Check() const {
    if (ok()) return;
#if defined(__cpp_exceptions)
    throw Error(error());
#else
    std::fprintf(stderr, "graft: %s\n", error().message.c_str());
    std::abort();
#endif
  }

  std::variant<T, ErrorInfo> state_;
};

struct Done {};
using Status = Result<Done>;

// The element type of T as graft.h names it. float16 and bfloat16 blocks are read as uint16_t.
template <typename T>
constexpr bool Matches(graft_dtype dtype) {
  using E = std::remove_const_t<T>;
  switch (dtype) {
    case GRAFT_FLOAT32:
      return std::is_same_v<E, float>;
    case GRAFT_FLOAT64:
      return std::is_same_v<E, double>;
    case GRAFT_FLOAT16:
    case GRAFT_BFLOAT16:
      return std::is_same_v<E, uint16_t>;
    case GRAFT_INT8:
      return std::is_same_v<E, int8_t>;
    case GRAFT_UINT8:
      return std::is_same_v<E, uint8_t>;
    case GRAFT_INT16:
      return std::is_same_v<E, int16_t>;
    case GRAFT_INT32:
      return std::is_same_v<E, int32_t>;
    case GRAFT_INT64:
      return std::is_same_v<E, int64_t>;
    case GRAFT_BOOL:
      return std::is_same_v<E, bool>;
    default:
      return false;
  }
}

// Rows to write: [capacity, row_elements] of T. Converts to false when there is none: status() says
// why (GRAFT_BUSY; GRAFT_INVALID_ARGUMENT when T is not the input's element type).
template <typename T>
class InputRows {
 public:
  InputRows(const graft_block& block, graft_status status) : block_(block), status_(status) {
    if (status_ == GRAFT_OK && !Matches<T>(block_.dtype)) status_ = GRAFT_INVALID_ARGUMENT;
  }
  explicit operator bool() const { return status_ == GRAFT_OK; }
  graft_status status() const { return status_; }
  T* data() const { return static_cast<T*>(block_.data); }
  T* row(size_t agent) const { return data() + agent * row_elements(); }
  size_t row_elements() const { return block_.row_bytes / sizeof(T); }
  uint32_t capacity() const { return block_.capacity; }

 private:
  graft_block block_;
  graft_status status_;
};

// Rows to read: [agents, row_elements] of T. Converts to false when there are none.
template <typename T>
class OutputRows {
 public:
  OutputRows(const graft_result& result, graft_status status, bool fresh)
      : result_(result), status_(status), fresh_(fresh) {
    if (status_ == GRAFT_OK && !Matches<T>(result_.dtype)) status_ = GRAFT_INVALID_ARGUMENT;
  }
  explicit operator bool() const { return status_ == GRAFT_OK; }
  graft_status status() const { return status_; }
  // True the first time that Latest gives this result.
  bool fresh() const { return fresh_; }
  const T* data() const { return static_cast<const T*>(result_.data); }
  const T* row(size_t agent) const { return data() + agent * row_elements(); }
  size_t row_elements() const { return result_.row_bytes / sizeof(T); }
  uint32_t agents() const { return result_.agents; }
  uint64_t ticket() const { return result_.ticket; }
  uint64_t version() const { return result_.version; }
  uint64_t tick() const { return result_.tick; }
  int64_t age_ns() const { return result_.age_ns; }
  // 0: none. The rest of the values, besides share(), is this version's.
  uint64_t fading_version() const { return result_.fading_version; }
  double share() const { return result_.share; }
  // 0: none. It computed the first trial_agents() rows.
  uint64_t trial_version() const { return result_.trial_version; }
  uint32_t trial_agents() const { return result_.trial_agents; }

 private:
  graft_result result_;
  graft_status status_;
  bool fresh_;
};

namespace internal {

inline ErrorInfo Take(const graft_api* api, graft_error* error) {
  ErrorInfo info{api->error_code(error), api->error_message(error)};
  api->error_free(error);
  return info;
}

inline Status ToStatus(const graft_api* api, graft_error* error) {
  if (error != nullptr) return Take(api, error);
  return Done{};
}

// A handle that closes itself.
template <typename Handle>
class Owned {
 public:
  using Close = graft_error* (*)(Handle);
  Owned(const graft_api* api, Handle handle, Close close)
      : api_(api), handle_(handle), close_(close) {}
  Owned(Owned&& other) noexcept
      : api_(other.api_), handle_(std::exchange(other.handle_, Handle{})), close_(other.close_) {}
  Owned& operator=(Owned&& other) noexcept {
    if (this != &other) {
      Reset();
      api_ = other.api_;
      handle_ = std::exchange(other.handle_, Handle{});
      close_ = other.close_;
    }
    return *this;
  }
  ~Owned() { Reset(); }

  const graft_api* api() const { return api_; }
  Handle handle() const { return handle_; }
  void Reset() {
    if (handle_.id != 0) api_->error_free(close_(std::exchange(handle_, Handle{})));
  }

 private:
  const graft_api* api_;
  Handle handle_;
  Close close_;
};

}  // namespace internal

// See graft_version_info.
struct VersionInfo {
  uint64_t version = 0;
  graft_version_state state = GRAFT_VERSION_DISCOVERED;
  uint64_t published_tick = 0;
  std::string path;
  std::string reason;
};

// A block of agents. One thread at a time.
class Group {
 public:
  explicit Group(internal::Owned<graft_group> owned) : owned_(std::move(owned)) {}

  // [frame] The block to write; the same one until Submit or Run.
  template <typename T>
  InputRows<T> Input(uint32_t index = 0) {
    graft_block block{};
    block.struct_size = sizeof block;
    const graft_status status = api()->input(handle(), index, &block);
    return {block, status};
  }
  // [frame]
  graft_status Submit(uint32_t agents, uint64_t* ticket = nullptr) {
    return api()->submit(handle(), agents, 0, ticket);
  }
  // [frame] A batch of its own, now, instead of at the next tick.
  graft_status SubmitNow(uint32_t agents, uint64_t* ticket = nullptr) {
    return api()->submit(handle(), agents, GRAFT_SUBMIT_NOW, ticket);
  }
  // [frame] The newest finished rows.
  template <typename T>
  OutputRows<T> Latest(uint32_t index = 0) {
    graft_result result{};
    result.struct_size = sizeof result;
    const graft_status status = api()->latest(handle(), index, &result);
    const bool fresh = status == GRAFT_OK && result.ticket != last_ticket_;
    if (fresh) last_ticket_ = result.ticket;
    return {result, status, fresh};
  }
  // [frame] Their recurrent state is zeros with the next Submit.
  graft_status ResetAgents(uint32_t first, uint32_t count) {
    return api()->agents_reset(handle(), first, count);
  }
  // [frame]
  graft_status Poll(uint64_t ticket) { return api()->poll(handle(), ticket); }
  // [wait] timeout_ns negative: no limit.
  graft_status Wait(uint64_t ticket, int64_t timeout_ns = -1) {
    return api()->wait(handle(), ticket, timeout_ns);
  }
  // [wait] Runs the rows written since Input on the calling thread.
  graft_status Run(uint32_t agents) { return api()->run(handle(), agents); }

  graft_group handle() const { return owned_.handle(); }

 private:
  const graft_api* api() const { return owned_.api(); }
  internal::Owned<graft_group> owned_;
  uint64_t last_ticket_ = 0;
};

class Model {
 public:
  explicit Model(internal::Owned<graft_model> owned) : owned_(std::move(owned)) {}

  // [control] agents: most rows of one Submit; depth: blocks in rotation (0: 4).
  Result<Group> OpenGroup(uint32_t agents, uint32_t depth = 0) {
    graft_group_options options{};
    options.struct_size = sizeof options;
    options.agents = agents;
    options.depth = depth;
    graft_group group{};
    if (graft_error* error = api()->group_open(handle(), &options, &group)) {
      return internal::Take(api(), error);
    }
    return Group(internal::Owned<graft_group>(api(), group, api()->group_close));
  }

  // [control]
  Result<graft_tensor_spec> Input(uint32_t index = 0) const {
    return Spec(api()->model_input, index);
  }
  Result<graft_tensor_spec> Output(uint32_t index = 0) const {
    return Spec(api()->model_output, index);
  }
  // [control] The new version's number. timeout_ns: 0 returns at once, negative waits until it is
  // ready.
  Result<uint64_t> Load(const std::string& path, int64_t timeout_ns = 0) {
    uint64_t version = 0;
    if (graft_error* error = api()->model_load(handle(), path.c_str(), timeout_ns, &version)) {
      return internal::Take(api(), error);
    }
    return version;
  }
  // [control]
  Status Commit() { return internal::ToStatus(api(), api()->model_commit(handle())); }
  Status Rollback() { return internal::ToStatus(api(), api()->model_rollback(handle())); }
  // [control] Ends what is loading; it is rejected as cancelled.
  Status CancelLoads() { return internal::ToStatus(api(), api()->model_cancel(handle())); }
  Status Pin(bool pinned) {
    return internal::ToStatus(api(), api()->model_pin(handle(), pinned ? 1 : 0));
  }
  // [control] 0: the newest one discovered.
  Result<VersionInfo> Version(uint64_t version = 0) const {
    graft_version_info info{};
    info.struct_size = sizeof info;
    if (graft_error* error = api()->model_version(handle(), version, &info)) {
      return internal::Take(api(), error);
    }
    VersionInfo copy{info.version, info.state, info.published_tick,
                     std::string(info.path.data, info.path.size_bytes),
                     std::string(info.reason.data, info.reason.size_bytes)};
    api()->text_free(info.path);
    api()->text_free(info.reason);
    return copy;
  }
  // [control] JSON.
  Result<std::string> Describe() const {
    graft_text text{};
    if (graft_error* error = api()->model_describe(handle(), &text)) {
      return internal::Take(api(), error);
    }
    std::string copy(text.data, text.size_bytes);
    api()->text_free(text);
    return copy;
  }
  // [any] All zeros when the handle is stale.
  graft_model_stats Stats() const {
    graft_model_stats stats{};
    stats.struct_size = sizeof stats;
    (void)api()->model_stats(handle(), &stats);
    return stats;
  }

  graft_model handle() const { return owned_.handle(); }

 private:
  const graft_api* api() const { return owned_.api(); }
  Result<graft_tensor_spec> Spec(graft_error* (*get)(graft_model, uint32_t, graft_tensor_spec*),
                                 uint32_t index) const {
    graft_tensor_spec spec{};
    spec.struct_size = sizeof spec;
    if (graft_error* error = get(handle(), index, &spec)) return internal::Take(api(), error);
    return spec;
  }

  internal::Owned<graft_model> owned_;
};

class Runtime {
 public:
  explicit Runtime(internal::Owned<graft_runtime> owned) : owned_(std::move(owned)) {}

  // [control] A manifest, a model file that needs none, or a directory of such files.
  Result<Model> OpenModel(const std::string& path, uint32_t flags = 0) {
    graft_model_options options{};
    options.struct_size = sizeof options;
    options.path = path.c_str();
    options.flags = flags;
    return OpenModel(options);
  }
  // [control] options.struct_size is set here.
  Result<Model> OpenModel(graft_model_options options) {
    options.struct_size = sizeof options;
    graft_model model{};
    if (graft_error* error = api()->model_open(handle(), &options, &model)) {
      return internal::Take(api(), error);
    }
    return Model(internal::Owned<graft_model>(api(), model, api()->model_close));
  }
  // [control] All of them change at the same tick, or none does.
  Status CommitTogether(const std::vector<const Model*>& models) {
    return Together(api()->models_commit, models);
  }
  Status RollbackTogether(const std::vector<const Model*>& models) {
    return Together(api()->models_rollback, models);
  }
  // [frame]
  graft_status Tick(graft_tick_info* info = nullptr) {
    if (info != nullptr) info->struct_size = sizeof *info;
    return api()->tick(handle(), info);
  }

  graft_runtime handle() const { return owned_.handle(); }

 private:
  const graft_api* api() const { return owned_.api(); }
  Status Together(graft_error* (*change)(const graft_model*, uint32_t),
                  const std::vector<const Model*>& models) {
    std::vector<graft_model> handles;
    for (const Model* model : models) handles.push_back(model->handle());
    return internal::ToStatus(api(), change(handles.data(), static_cast<uint32_t>(handles.size())));
  }
  internal::Owned<graft_runtime> owned_;
};

// The loaded library. Copyable; the library itself stays mapped for the life of the process.
class Library {
 public:
  // [control] dlopen of `path`; empty: the environment variable GRAFT_LIBRARY, else "libgraft.so"
  // where the dynamic linker finds it.
  static Result<Library> Load(std::string path = "") {
    if (path.empty()) {
      const char* from_environment = std::getenv("GRAFT_LIBRARY");
      path = from_environment != nullptr ? from_environment : "libgraft.so";
    }
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      const char* reason = dlerror();
      return ErrorInfo{GRAFT_NOT_FOUND,
                       std::string(reason != nullptr ? reason : path.c_str()) +
                           "; set GRAFT_LIBRARY to the path of libgraft.so, or pass it to Load()"};
    }
    auto* get_api = reinterpret_cast<graft_get_api_fn>(dlsym(library, "graft_get_api"));
    if (get_api == nullptr) {
      return ErrorInfo{GRAFT_NOT_FOUND, path + ": no graft_get_api in it; is it Graft's library?"};
    }
    return FromEntry(get_api);
  }
  // [control] For a host that has another way to the entry point (linked, or its own loader).
  static Result<Library> FromEntry(graft_get_api_fn get_api) {
    const graft_api* api = nullptr;
    if (get_api(GRAFT_ABI_VERSION, &api) != GRAFT_OK) {
      return ErrorInfo{GRAFT_UNSUPPORTED, "this Graft library does not speak ABI version " +
                                              std::to_string(GRAFT_ABI_VERSION) + "; update it"};
    }
    return Library(api);
  }

  // [control] struct_size of both is set here.
  Result<Runtime> OpenRuntime(graft_runtime_options options = {}, graft_host host = {}) const {
    options.struct_size = sizeof options;
    host.struct_size = sizeof host;
    graft_runtime runtime{};
    if (graft_error* error = api_->runtime_open(&host, &options, &runtime)) {
      return internal::Take(api_, error);
    }
    return Runtime(internal::Owned<graft_runtime>(api_, runtime, api_->runtime_close));
  }
  const char* version() const { return api_->version(); }
  const graft_api* api() const { return api_; }

 private:
  explicit Library(const graft_api* api) : api_(api) {}
  const graft_api* api_;
};

}  // namespace graft

#endif  // GRAFT_GRAFT_HPP_
