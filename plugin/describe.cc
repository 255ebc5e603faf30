#include "plugin/describe.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <variant>
#include <vector>

namespace graft::plugin {
namespace {

using Json = nlohmann::ordered_json;

Json VersionJson(const runtime::VersionInfo& version) {
  Json json = {{"version", version.number},
               {"state", std::string(runtime::VersionStateName(version.state))},
               {"file", version.path}};
  if (!version.reason.empty()) json["reason"] = version.reason;
  if (!version.device.empty()) {
    json["device"] = version.device;
    json["weight_bytes"] = version.weight_bytes;
    json["shared_bytes"] = version.shared_bytes;
    AddFacts(version.facts, &json);
    json["load_ms"] = static_cast<double>(version.load_ns) / 1e6;
    json["warm_ms"] = static_cast<double>(version.warm_ns) / 1e6;
  }
  if (version.has_served) json["published_tick"] = version.published_tick;
  return json;
}

}  // namespace

Json TensorsJson(const std::vector<models::TensorSpec>& specs) {
  Json tensors = Json::array();
  for (const models::TensorSpec& spec : specs) {
    Json shape = Json::array();
    for (const int64_t dim : spec.shape) {
      shape.push_back(dim == models::TensorSpec::kAgents ? Json("agents") : Json(dim));
    }
    tensors.push_back(
        {{"name", spec.name}, {"dtype", std::string(DTypeName(spec.dtype))}, {"shape", shape}});
  }
  return tensors;
}

void AddFacts(const std::vector<runtime::Executable::Fact>& facts, Json* json) {
  for (const runtime::Executable::Fact& fact : facts) {
    std::visit([&](const auto& held) { (*json)[fact.first] = held; }, fact.second);
  }
}

std::string DescribeModel(runtime::Model& model) {
  const runtime::ModelOptions& options = model.options();
  const models::ModelSchema& schema = model.batcher().schema();
  const runtime::BatchCounters& counters = model.batcher().counters();
  Json versions = Json::array();
  uint64_t burning = 0;
  for (const runtime::VersionInfo& version : model.versions().Describe()) {
    versions.push_back(VersionJson(version));
    if (version.state == runtime::VersionState::kBurnIn) burning = version.number;
  }
  Json json = {
      {"name", options.name},
      {"source", options.source},
      {"watch", options.watch},
      {"pinned", model.pinned()},
      {"commit", options.manual_commit ? "manual" : "auto"},
      {"inputs", TensorsJson(schema.inputs)},
      {"outputs", TensorsJson(schema.outputs)},
      {"serving_version", model.versions().serving_number()},
      {"versions", versions},
      {"batches", counters.batches.load()},
      {"rows", counters.rows.load()},
      {"late_rows", counters.late_rows.load()},
      {"failed_rows", counters.failed_rows.load()},
      {"unserved_rows", counters.unserved_rows.load()},
      {"busy", counters.busy.load()},
      {"gathered_parts", counters.gathered_parts.load()},
      {"last_failure", model.batcher().LastFailure()},
  };
  if (const std::optional<uint32_t> seen = model.batcher().BurnedFrames()) {
    json["burn_in"] = {
        {"version", burning}, {"seen", *seen}, {"frames", options.continuity.burn_in_frames}};
  }
  if (const runtime::TrialReport::Figures trial = model.batcher().trial_report().Read();
      trial.version != 0) {
    json["trial"] = {{"version", trial.version},
                     {"fraction", options.trial.fraction},
                     {"rows", trial.rows},
                     {"failed_rows", trial.failed_rows},
                     {"not_finite", trial.not_finite},
                     {"max_difference", trial.max_difference},
                     {"rms_difference", trial.RootMeanSquare()},
                     {"run_ms", static_cast<double>(trial.run_ns) / 1e6}};
  }
  // Names and paths may hold any bytes; JSON may not.
  return json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

}  // namespace graft::plugin
