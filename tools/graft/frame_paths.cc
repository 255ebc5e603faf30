#include "tools/graft/frame_paths.h"

#include <chrono>
#include <cstring>
#include <random>
#include <utility>

#include "nlohmann/json.hpp"
#include "tools/graft/plugin_library.h"

namespace graft::tools {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A result that does not come at all is an error, not a hang.
constexpr auto kPollLimit = std::chrono::seconds(30);
constexpr int64_t kWaitLimitNs = 30'000'000'000;

int64_t NsSince(SteadyClock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now() - begin).count();
}

void Relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Standard normal numbers for float32, the usual observations; zeros for other types.
void FillRows(graft_dtype dtype, std::vector<std::byte>& bytes) {
  if (dtype != GRAFT_FLOAT32) return;
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  for (size_t i = 0; i + sizeof(float) <= bytes.size(); i += sizeof(float)) {
    const float value = normal(random);
    std::memcpy(bytes.data() + i, &value, sizeof value);
  }
}

}  // namespace

std::string_view FramePathName(FramePath path) {
  switch (path) {
    case FramePath::kBare:
      return "bare";
    case FramePath::kRun:
      return "run";
    case FramePath::kWait:
      return "wait";
    case FramePath::kPoll:
      return "poll";
  }
  return "?";
}

Result<FramePaths> FramePaths::Open(const Library& library, const std::string& model_path,
                                    const FramePathsOptions& options) {
  const graft_tools* tools = PluginTools(library);
  if (tools == nullptr) {
    return ErrorInfo{GRAFT_UNSUPPORTED, std::string("Graft ") + library.version() +
                                            " has no extension " GRAFT_TOOLS_ID};
  }
  graft_runtime_options runtime_options{};
  runtime_options.struct_size = sizeof runtime_options;
  runtime_options.worker_threads = options.worker_threads;
  Result<Runtime> runtime = library.OpenRuntime(runtime_options);
  if (!runtime.ok()) return runtime.error();

  graft_model_options model_options{};
  model_options.path = model_path.c_str();
  model_options.device = options.device.empty() ? nullptr : options.device.c_str();
  model_options.precision = options.precision.empty() ? nullptr : options.precision.c_str();
  model_options.flags = GRAFT_MODEL_NO_WATCH;
  Result<Model> model = runtime.value().OpenModel(model_options);
  if (!model.ok()) return model.error();
  Result<Group> group = model.value().OpenGroup(options.rows);
  if (!group.ok()) return group.error();

  FramePaths paths(tools, library.api(), std::move(runtime).value(), std::move(model).value(),
                   std::move(group).value(), options.rows);
  const Status prepared = paths.Prepare();
  if (!prepared.ok()) return prepared.error();
  return paths;
}

FramePaths::FramePaths(const graft_tools* tools, const graft_api* api, Runtime runtime, Model model,
                       Group group, uint32_t rows)
    : tools_(tools),
      api_(api),
      runtime_(std::move(runtime)),
      model_(std::move(model)),
      group_(std::move(group)),
      rows_(rows) {}

FramePaths::FramePaths(FramePaths&& other) noexcept
    : tools_(other.tools_),
      api_(other.api_),
      runtime_(std::move(other.runtime_)),
      model_(std::move(other.model_)),
      group_(std::move(other.group_)),
      bare_(std::exchange(other.bare_, graft_bare{})),
      rows_(other.rows_),
      device_(std::move(other.device_)),
      model_file_(std::move(other.model_file_)),
      inputs_(std::move(other.inputs_)),
      outputs_(std::move(other.outputs_)) {}

FramePaths::~FramePaths() {
  if (bare_.id != 0) api_->error_free(tools_->bare_close(bare_));
}

Status FramePaths::Prepare() {
  for (uint32_t i = 0;; ++i) {
    Result<graft_tensor_spec> spec = model_.Input(i);
    if (!spec.ok()) break;
    std::vector<std::byte>& rows = inputs_.emplace_back(spec.value().row_bytes * rows_);
    FillRows(spec.value().dtype, rows);
  }
  for (uint32_t i = 0;; ++i) {
    Result<graft_tensor_spec> spec = model_.Output(i);
    if (!spec.ok()) break;
    outputs_.emplace_back(spec.value().row_bytes * rows_);
  }
  Result<std::string> text = model_.Describe();
  if (!text.ok()) return text.error();
  const auto described = nlohmann::json::parse(text.value(), nullptr, /*allow_exceptions=*/false);
  for (const auto& version : described.value("versions", nlohmann::json::array())) {
    if (version.value("state", "") != "SERVING") continue;
    model_file_ = version.value("file", "");
    device_ = version.value("device", "");
  }
  if (graft_error* error = tools_->bare_open(model_.handle(), model_file_.c_str(), rows_, &bare_)) {
    return internal::Take(api_, error);
  }
  // Twice on every thread that will run: LibTorch prepares itself in its first calls.
  for (int pass = 0; pass < 16; ++pass) {
    for (const FramePath path : kFramePaths) {
      const Result<int64_t> took_ns = Measure(path);
      if (!took_ns.ok()) return took_ns.error();
    }
  }
  return Done{};
}

graft_status FramePaths::WriteInputs() {
  for (uint32_t i = 0; i < inputs_.size(); ++i) {
    graft_block block{};
    block.struct_size = sizeof block;
    const graft_status status = api_->input(group_.handle(), i, &block);
    if (status != GRAFT_OK) return status;
    std::memcpy(block.data, inputs_[i].data(), inputs_[i].size());
  }
  return GRAFT_OK;
}

graft_status FramePaths::ReadOutputs() {
  for (uint32_t i = 0; i < outputs_.size(); ++i) {
    graft_result result{};
    result.struct_size = sizeof result;
    const graft_status status = api_->latest(group_.handle(), i, &result);
    if (status != GRAFT_OK) return status;
    std::memcpy(outputs_[i].data(), result.data, outputs_[i].size());
  }
  return GRAFT_OK;
}

Result<int64_t> FramePaths::MeasureBare() {
  int64_t took_ns = 0;
  if (graft_error* error = tools_->bare_run(bare_, &took_ns)) return internal::Take(api_, error);
  return took_ns;
}

graft_status FramePaths::Pass(FramePath path) {
  graft_status status = WriteInputs();
  if (status != GRAFT_OK) return status;
  if (path == FramePath::kRun) {
    status = group_.Run(rows_);
    return status == GRAFT_OK ? ReadOutputs() : status;
  }
  uint64_t ticket = 0;
  status = group_.Submit(rows_, &ticket);
  if (status != GRAFT_OK) return status;
  status = runtime_.Tick();
  if (status != GRAFT_OK) return status;
  if (path == FramePath::kWait) {
    status = group_.Wait(ticket, kWaitLimitNs);
  } else {
    const SteadyClock::time_point begin = SteadyClock::now();
    for (uint32_t look = 1; (status = group_.Poll(ticket)) == GRAFT_PENDING; ++look) {
      Relax();
      if (look % 1024 == 0 && SteadyClock::now() - begin > kPollLimit) return GRAFT_TIMEOUT;
    }
  }
  return status == GRAFT_OK ? ReadOutputs() : status;
}

Result<int64_t> FramePaths::Measure(FramePath path) {
  if (path == FramePath::kBare) return MeasureBare();
  const SteadyClock::time_point begin = SteadyClock::now();
  const graft_status status = Pass(path);
  const int64_t took_ns = NsSince(begin);
  if (status == GRAFT_OK) return took_ns;
  ErrorInfo error{status, "a pass of " + std::string(FramePathName(path)) + " failed with status " +
                              std::to_string(status)};
  Result<std::string> text = model_.Describe();
  if (text.ok()) {
    const auto described = nlohmann::json::parse(text.value(), nullptr, /*allow_exceptions=*/false);
    const std::string failure = described.value("last_failure", "");
    if (!failure.empty()) error.message += ": " + failure;
  }
  return error;
}

}  // namespace graft::tools
