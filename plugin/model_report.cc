#include "plugin/model_report.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/binding/binding_report.h"
#include "nlohmann/json.hpp"
#include "plugin/describe.h"
#include "plugin/torch_loader.h"

namespace graft::plugin {

absl::Status ReportModel(ModelSettings settings, std::string* json) {
  using Json = nlohmann::ordered_json;
  const absl::StatusOr<std::string> path = FileToLoad(settings);
  if (!path.ok()) return path.status();
  Json report = {{"file", *path}};
  Json binding;
  std::string binding_text;
  settings.model.on_plan = [&](const models::WeightPlan& plan) {
    binding = models::BindingJson(plan);
    binding_text = models::BindingText(plan);
  };
  const std::unique_ptr<runtime::Loader> loader = MakeTorchLoader(
      std::move(settings.model), std::move(settings.checks), settings.runtime.max_rows);
  const runtime::CancelToken never;
  absl::StatusOr<std::unique_ptr<runtime::Executable>> executable = loader->Load(*path, never);
  absl::Status status = executable.status();
  if (executable.ok()) {
    const runtime::Executable& model = **executable;
    report["device"] = model.device();
    report["weight_bytes"] = model.weight_bytes();
    AddFacts(model.facts(), &report);
    report["inputs"] = TensorsJson(model.schema().inputs);
    report["outputs"] = TensorsJson(model.schema().outputs);
    status = loader->Validate(model, never);
  }
  report["loads"] = status.ok();
  if (!status.ok()) report["error"] = std::string(status.message());
  if (!binding.is_null()) {
    report["binding_text"] = binding_text;
    report["binding_report"] = std::move(binding);
  }
  // Names and paths may hold any bytes; JSON may not.
  *json = report.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
  return status;
}

}  // namespace graft::plugin
