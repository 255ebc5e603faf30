// The extension "graft.tools/1"; graft_tools.h says what each function does.
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graft/graft_tools.h"
#include "models/loading/load_model.h"
#include "models/torch/bare_forward.h"
#include "models/torch/torch_model.h"
#include "plugin/abi_struct.h"
#include "plugin/calls.h"
#include "plugin/dtype.h"
#include "plugin/error.h"
#include "plugin/handle_table.h"
#include "plugin/model_report.h"
#include "plugin/model_settings.h"
#include "plugin/objects.h"
#include "plugin/torch_loader.h"

namespace graft::plugin {
namespace {

HandleTable<std::unique_ptr<models::BareForward>>& Bares() {
  static auto* const table = new HandleTable<std::unique_ptr<models::BareForward>>;
  return *table;
}

absl::StatusOr<models::HostTensor> CopyTensor(const graft_tensor& in, uint32_t index) {
  graft_tensor tensor;
  if (!ReadStruct(&in, &tensor) || tensor.rank > GRAFT_MAX_RANK) {
    return absl::InvalidArgumentError(
        absl::StrCat("input ", index, ": struct_size or rank is wrong"));
  }
  const std::optional<models::DType> dtype = FromAbi(tensor.dtype);
  if (!dtype) {
    return absl::InvalidArgumentError(
        absl::StrCat("input ", index, ": unknown dtype ", tensor.dtype));
  }
  models::HostTensor copy;
  copy.name = tensor.name != nullptr ? tensor.name : "";
  copy.dtype = *dtype;
  size_t size_bytes = models::ElementBytes(*dtype);
  for (uint32_t i = 0; i < tensor.rank; ++i) {
    const int64_t dim = tensor.shape[i];
    if (dim < 0 || __builtin_mul_overflow(size_bytes, static_cast<size_t>(dim), &size_bytes)) {
      return absl::InvalidArgumentError(
          absl::StrCat("input ", index, ": its shape is out of range"));
    }
    copy.shape.push_back(dim);
  }
  if (size_bytes != tensor.size_bytes || (size_bytes > 0 && tensor.data == nullptr)) {
    return absl::InvalidArgumentError(absl::StrCat("input ", index, ": its shape needs ",
                                                   size_bytes, " bytes, given are ",
                                                   tensor.size_bytes));
  }
  const auto* bytes = static_cast<const std::byte*>(tensor.data);
  copy.data.assign(bytes, bytes + size_bytes);
  return copy;
}

// Tensors whose first dimension is the agents.
std::vector<models::TensorSpec> SpecsOf(const std::vector<models::HostTensor>& tensors) {
  std::vector<models::TensorSpec> specs;
  for (const models::HostTensor& tensor : tensors) {
    if (tensor.shape.empty()) return {};
    models::TensorSpec& spec = specs.emplace_back();
    spec.name = tensor.name;
    spec.dtype = tensor.dtype;
    spec.shape = tensor.shape;
    spec.shape[0] = models::TensorSpec::kAgents;
  }
  return specs;
}

graft_error* GiveOutput(const models::HostTensor& tensor,
                        void (*output)(void* user, const graft_tensor* tensor), void* user) {
  graft_tensor view{};
  view.struct_size = sizeof view;
  view.name = tensor.name.c_str();
  view.dtype = ToAbi(tensor.dtype);
  if (view.dtype == 0 || tensor.shape.size() > GRAFT_MAX_RANK) {
    return MakeError(GRAFT_UNSUPPORTED,
                     absl::StrCat(tensor.name, ": a ", std::string(DTypeName(tensor.dtype)),
                                  " tensor of rank ", tensor.shape.size(), " cannot be given out"));
  }
  view.rank = static_cast<uint32_t>(tensor.shape.size());
  std::copy(tensor.shape.begin(), tensor.shape.end(), view.shape);
  view.data = tensor.data.data();
  view.size_bytes = tensor.data.size();
  output(user, &view);
  return nullptr;
}

graft_model_options OptionsOf(const char* model_path, const char* device, const char* precision) {
  graft_model_options options{};
  options.struct_size = sizeof options;
  options.path = model_path;
  options.device = device;
  options.precision = precision;
  return options;
}

graft_error* RunOnce(const char* model_path, const char* device, const char* precision,
                     const graft_tensor* inputs, uint32_t input_count,
                     void (*output)(void* user, const graft_tensor* tensor), void* user) {
  return Guarded([&]() -> graft_error* {
    absl::StatusOr<ModelSettings> settings =
        ReadModelSettings(OptionsOf(model_path, device, precision));
    if (!settings.ok()) return ToError(settings.status());
    const absl::StatusOr<std::string> file = FileToLoad(*settings);
    if (!file.ok()) return ToError(file.status());
    std::vector<models::HostTensor> tensors;
    for (uint32_t i = 0; i < input_count; ++i) {
      absl::StatusOr<models::HostTensor> tensor = CopyTensor(inputs[i], i);
      if (!tensor.ok())
        return MakeError(GRAFT_INVALID_ARGUMENT, std::string(tensor.status().message()));
      tensors.push_back(*std::move(tensor));
    }
    models::TorchLoadOptions& torch = settings->model.torch;
    const std::vector<models::TensorSpec> outputs = torch.outputs;
    if (torch.inputs.empty()) torch.inputs = SpecsOf(tensors);
    absl::StatusOr<PrecisionFound> precision =
        FindPrecision(*file, settings->model, settings->checks, settings->runtime.max_rows);
    if (!precision.ok()) return ToError(precision.status());
    settings->model.network.precision.base = precision->precision;
    torch.outputs.clear();
    torch.forward_only = true;
    absl::StatusOr<models::LoadedModel> loaded = models::LoadModel(*file, settings->model);
    if (!loaded.ok()) return ToError(loaded.status());
    absl::StatusOr<std::vector<models::HostTensor>> results = loaded->model->Forward(tensors);
    if (!results.ok()) return ToError(results.status());
    for (size_t i = 0; i < results->size(); ++i) {
      models::HostTensor& result = (*results)[i];
      if (i < outputs.size()) result.name = outputs[i].name;
      if (graft_error* error = GiveOutput(result, output, user)) return error;
    }
    return nullptr;
  });
}

graft_error* Report(const char* model_path, const char* device, const char* precision,
                    void (*text)(void* user, const char* json), void* user) {
  return Guarded([&]() -> graft_error* {
    absl::StatusOr<ModelSettings> settings =
        ReadModelSettings(OptionsOf(model_path, device, precision));
    if (!settings.ok()) return ToError(settings.status());
    std::string json;
    const absl::Status status = ReportModel(*std::move(settings), &json);
    if (!json.empty()) text(user, json.c_str());
    return ToError(status);
  });
}

graft_error* BareOpen(graft_model model, const char* model_path, uint32_t rows, graft_bare* out) {
  return Guarded([&]() -> graft_error* {
    if (out == nullptr || model_path == nullptr || rows == 0) {
      return MakeError(GRAFT_INVALID_ARGUMENT,
                       "bare_open: out or model_path is null, or rows is 0");
    }
    const HandleTable<OpenModel>::Use use = Models().Share(model.id);
    if (!use) return MakeError(GRAFT_STALE_HANDLE, "bare_open: the model handle is stale");
    std::string device = "cpu";
    for (const runtime::VersionInfo& version : use->model->versions().Describe()) {
      if (version.state == runtime::VersionState::kServing) device = version.device;
    }
    auto bare =
        models::BareForward::Load(model_path, device, use->model->batcher().schema().inputs, rows);
    if (!bare.ok()) return ToError(bare.status());
    out->id = Bares().Insert(
        std::make_unique<std::unique_ptr<models::BareForward>>(*std::move(bare)), /*parent=*/1);
    return nullptr;
  });
}

graft_error* BareRun(graft_bare bare, int64_t* run_ns) {
  return Guarded([&]() -> graft_error* {
    const auto use = Bares().TakeAlone(bare.id);
    if (!use) return MakeError(GRAFT_STALE_HANDLE, "bare_run: the handle is stale, or in use");
    const absl::StatusOr<int64_t> took_ns = (*use)->Run();
    if (!took_ns.ok()) return ToError(took_ns.status());
    if (run_ns != nullptr) *run_ns = *took_ns;
    return nullptr;
  });
}

graft_error* BareClose(graft_bare bare) {
  return Guarded([&]() -> graft_error* {
    return Bares().Remove(bare.id) != nullptr
               ? nullptr
               : MakeError(GRAFT_STALE_HANDLE, "bare_close: the handle is stale");
  });
}

constexpr graft_tools kTools = {
    .struct_size = sizeof(graft_tools),
    .run_once = RunOnce,
    .bare_open = BareOpen,
    .bare_run = BareRun,
    .bare_close = BareClose,
    .report = Report,
};

}  // namespace

const void* Extension(const char* id) {
  if (id == nullptr) return nullptr;
  return std::strcmp(id, GRAFT_TOOLS_ID) == 0 ? &kTools : nullptr;
}

}  // namespace graft::plugin
