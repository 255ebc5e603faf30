#include "tools/graft/inspect_report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "models/file/element_value.h"
#include "models/file/pickle_values.h"
#include "models/file/pickled_module.h"

namespace graft::tools {
namespace {

using models::ModelFile;
using models::Weight;
using models::WeightSource;
using models::WeightTable;
using nlohmann::ordered_json;

// JSON has no NaN and no infinity.
ordered_json Number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

std::string StructureOf(const ModelFile& file) {
  if (file.torchscript() != nullptr) return "code";
  const bool modules =
      std::any_of(file.weight_sources().begin(), file.weight_sources().end(),
                  [](const WeightSource& source) { return !source.module_class.empty(); });
  if (modules) return "modules";
  return file.weight_sources().empty() ? "none" : "weights";
}

ordered_json WeightsReport(const ModelFile& file) {
  const absl::StatusOr<const WeightSource*> chosen = file.ChooseWeights("");
  ordered_json out = ordered_json::array();
  for (const WeightSource& source : file.weight_sources()) {
    ordered_json item = {{"path", source.path},
                         {"tensors", source.weights.size()},
                         {"parameters", source.ParameterCount()},
                         {"bytes", source.LogicalBytes()},
                         {"prefix", SharedPrefix(source.weights)},
                         {"chosen", chosen.ok() && *chosen == &source}};
    if (!source.module_class.empty()) item["class"] = source.module_class;
    if (!source.left_out.empty()) item["left_out"] = source.left_out;
    if (!source.versions.empty()) {
      ordered_json& versions = item["versions"] = ordered_json::object();
      for (const models::ModuleVersion& module : source.versions) {
        versions[module.path] = module.version;
      }
    }
    out.push_back(std::move(item));
  }
  return out;
}

// Plain values near the root, whether an optimizer's state is there, and what was left unread.
void AddMetadata(const ModelFile& file, const ordered_json& tree, ordered_json* report) {
  constexpr size_t kMaxDepth = 3;
  constexpr size_t kMaxValues = 100;
  ordered_json metadata = ordered_json::object();
  for (const auto& [key, value] : file.metadata()) metadata[key] = value;
  bool optimizer = false;
  ordered_json unread = ordered_json::array();
  for (const ordered_json& entry : tree) {
    const ordered_json& path = entry[0];
    // Of the settings of a Stable-Baselines3 model only the plain ones: below lie descriptions of
    // Python objects.
    const bool setting = file.probe().kind == models::FileKind::kStableBaselines3 &&
                         path.size() > 1 && path[0] == "data";
    bool hidden = false;
    std::string name;
    for (const ordered_json& part : path) {
      const std::string text = part.is_string() ? part.get<std::string>() : part.dump();
      hidden |= models::NamesOptimizer(text) || text == "<state_dict>";
      optimizer |= !setting && absl::StrContains(text, "optim");
      if (text != "<dict>") absl::StrAppend(&name, name.empty() ? "" : ".", text);
    }
    const std::string type = entry[1]["t"];
    const bool plain = type == "int" || type == "float" || type == "str" || type == "bool";
    if (type == "other" && entry[1]["class"] == "cloudpickle") {
      unread.push_back(std::string(absl::StripSuffix(name, ".:serialized:")));
    }
    if (plain && !hidden && !path.empty() && path.size() <= (setting ? 2 : kMaxDepth) &&
        metadata.size() < kMaxValues) {
      metadata[name] = entry[1]["v"];
    }
  }
  (*report)["metadata"] = std::move(metadata);
  (*report)["optimizer"] = optimizer;
  if (!unread.empty()) (*report)["unread"] = std::move(unread);
}

// A wrong checksum is said and not refused: PyTorch reads such a file without a word.
void AddChecksums(const ModelFile& file, ordered_json* report) {
  const absl::StatusOr<bool> verified = file.VerifyChecksums();
  (*report)["checksums"] = !verified.ok() ? "wrong" : *verified ? "right" : "none";
  if (!verified.ok()) (*report)["checksum_error"] = std::string(verified.status().message());
}

// Class and hyper-parameters of each module of the pickled modules in the file.
absl::StatusOr<ordered_json> ModulesReport(const ModelFile& file) {
  ordered_json out = ordered_json::array();
  for (const WeightSource& source : file.weight_sources()) {
    if (source.module == models::PickleValues::kNone) continue;
    const models::PickleValues& values = file.torch()->values();
    absl::StatusOr<std::vector<models::PickledModule>> tree =
        models::ModuleTree(values, source.module, file.label());
    if (!tree.ok()) return tree.status();
    for (const models::PickledModule& module : *tree) {
      ordered_json attributes = ordered_json::object();
      for (const auto& [name, value] : models::ModuleAttributes(values, module)) {
        attributes[name] = models::PickleRepr(values, value);
      }
      out.push_back({{"path", source.path},
                     {"name", module.path},
                     {"class", module.type},
                     {"attributes", std::move(attributes)}});
    }
  }
  return out;
}

ordered_json TensorsReport(const ModelFile& file, const InspectReportOptions& options) {
  ordered_json out = ordered_json::array();
  for (const WeightSource& source : file.weight_sources()) {
    for (const Weight& weight : source.weights) {
      const models::ElementStatistics statistics = StatisticsOf(weight);
      ordered_json item = {{"path", source.path},
                           {"name", weight.name},
                           {"dtype", std::string(DTypeName(weight.dtype))},
                           {"shape", weight.shape},
                           {"bytes", weight.LogicalBytes()},
                           {"min", Number(statistics.min)},
                           {"max", Number(statistics.max)},
                           {"mean", Number(statistics.mean)},
                           {"nan", statistics.nan},
                           {"infinite", statistics.infinite}};
      if (options.hash) item["sha256"] = ElementsSha256(weight);
      out.push_back(std::move(item));
    }
  }
  return out;
}

}  // namespace

std::string SharedPrefix(const WeightTable& weights) {
  if (weights.size() < 2) return "";
  const std::string& first = weights.front().name;
  size_t length = first.size();
  for (const Weight& weight : weights) {
    const size_t limit = std::min(length, weight.name.size());
    size_t same = 0;
    while (same < limit && first[same] == weight.name[same]) ++same;
    length = same;
  }
  const size_t dot = length == 0 ? std::string::npos : first.rfind('.', length - 1);
  return dot == std::string::npos ? "" : first.substr(0, dot + 1);
}

absl::StatusOr<ordered_json> InspectReport(const ModelFile& file,
                                           const InspectReportOptions& options) {
  absl::StatusOr<ordered_json> tree = file.Tree({.hash = options.hash});
  if (!tree.ok()) return tree.status();
  ordered_json report = {{"file", file.label()},
                         {"kind", std::string(models::FileKindName(file.probe().kind))},
                         {"bytes", file.file_bytes()},
                         {"description", file.probe().description},
                         {"next_step", file.probe().next_step},
                         {"structure", StructureOf(file)},
                         {"weights", WeightsReport(file)}};
  if (file.torchscript() != nullptr) {
    report["class"] = file.torchscript()->root_class();
    report["methods"] = file.torchscript()->methods();
    report["constant_tensors"] = file.torchscript()->constant_tensors();
    report["constant_bytes"] = file.torchscript()->constant_bytes();
  }
  absl::StatusOr<ordered_json> modules = ModulesReport(file);
  if (!modules.ok()) return modules.status();
  if (!modules->empty()) report["modules"] = *std::move(modules);
  AddMetadata(file, *tree, &report);
  report["copied_bytes"] = file.copied_bytes();
  if (options.hash || options.statistics) AddChecksums(file, &report);
  if (options.statistics) report["tensors"] = TensorsReport(file, options);
  report["tree"] = *std::move(tree);
  return report;
}

absl::StatusOr<ordered_json> DiffReport(const ModelFile& before, const ModelFile& after) {
  absl::StatusOr<const WeightSource*> old_source = before.ChooseWeights("");
  if (!old_source.ok()) return old_source.status();
  absl::StatusOr<const WeightSource*> new_source = after.ChooseWeights("");
  if (!new_source.ok()) return new_source.status();
  std::map<std::string, const Weight*> by_name;
  for (const Weight& weight : (*new_source)->weights) by_name[weight.name] = &weight;
  ordered_json out = ordered_json::array();
  for (const Weight& weight : (*old_source)->weights) {
    const auto it = by_name.find(weight.name);
    if (it == by_name.end()) {
      out.push_back({{"name", weight.name}, {"change", "removed"}});
      continue;
    }
    const Weight& other = *it->second;
    ordered_json item = {{"name", weight.name}};
    if (weight.shape != other.shape) {
      item["change"] = "reshaped";
      item["before"] = weight.shape;
      item["after"] = other.shape;
    } else if (weight.dtype == other.dtype && CopyElements(weight) == CopyElements(other)) {
      item["change"] = "equal";
    } else {
      const std::vector<double> a = ElementsAsDoubles(weight);
      const std::vector<double> b = ElementsAsDoubles(other);
      double largest = 0;
      double square_change = 0;
      double square_before = 0;
      uint64_t nan = 0;
      for (size_t i = 0; i < a.size(); ++i) {
        if (std::isnan(a[i])) continue;
        if (std::isnan(b[i])) {
          ++nan;
          continue;
        }
        const double change = a[i] == b[i] ? 0 : b[i] - a[i];  // infinities too
        largest = std::max(largest, std::fabs(change));
        square_change += change * change;
        square_before += a[i] * a[i];
      }
      item["change"] = weight.dtype == other.dtype ? "changed" : "cast";
      if (weight.dtype != other.dtype) {
        item["before"] = std::string(DTypeName(weight.dtype));
        item["after"] = std::string(DTypeName(other.dtype));
      }
      item["largest"] = Number(largest);
      item["relative"] = Number(std::sqrt(square_change / square_before));
      if (nan > 0) item["nan"] = nan;
    }
    by_name.erase(it);
    out.push_back(std::move(item));
  }
  for (const Weight& weight : (*new_source)->weights) {
    if (by_name.contains(weight.name)) {
      out.push_back({{"name", weight.name}, {"change", "added"}});
    }
  }
  return out;
}

}  // namespace graft::tools
