#include "models/manifest/module_keys.h"

#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/printable_name.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

using nlohmann::json;

constexpr size_t kMaxExpressionBytes = 16 * 1024;
constexpr size_t kMaxReplacements = 256;
constexpr size_t kMaxTaps = 64;

// float32, bfloat16 or float16.
std::optional<DType> ReadComputeType(const json& value) {
  const std::optional<DType> dtype =
      value.is_string() ? ParseDType(value.get<std::string>()) : std::nullopt;
  const bool known =
      dtype == DType::kFloat32 || dtype == DType::kBFloat16 || dtype == DType::kFloat16;
  return known ? dtype : std::nullopt;
}

void ReadBasePrecision(const json& value, absl::string_view path, ManifestChecker* check,
                       PrecisionRules* precision) {
  if (value == "auto") {
    precision->automatic = true;
  } else if (const std::optional<DType> dtype = ReadComputeType(value)) {
    precision->base = *dtype;
  } else {
    check->Expect(path, "\"float32\", \"bfloat16\", \"float16\" or \"auto\"", value);
  }
}

void ReadLayerPrecisions(const json& layers, ManifestChecker* check, PrecisionRules* precision) {
  constexpr size_t kMaxLayers = 256;
  if (!layers.is_array() || layers.size() > kMaxLayers) {
    return check->Expect(
        "precision.layers",
        "a list of at most 256 pairs [pattern, dtype] like [[\"head.**\", \"float32\"]]", layers);
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    const json& pair = layers[i];
    const std::string path = absl::StrCat("precision.layers[", i, "]");
    const std::optional<DType> dtype =
        pair.is_array() && pair.size() == 2 ? ReadComputeType(pair[1]) : std::nullopt;
    if (!dtype || !pair[0].is_string()) {
      check->Expect(path, "a pattern and \"float32\", \"bfloat16\" or \"float16\"", pair);
      continue;
    }
    absl::StatusOr<NamePattern> pattern = NamePattern::Parse(pair[0].get<std::string>());
    if (!check->Check(path, pattern.status())) continue;
    precision->layers.emplace_back(*std::move(pattern), *dtype);
  }
}

void ReadReplacements(const json& replace, ManifestChecker* check,
                      std::vector<SurgeryRules::Replacement>* out) {
  constexpr char kExpected[] = "a module like \"nn.Linear(2048, 10)\"";
  if (!replace.is_object() || replace.size() > kMaxReplacements) {
    return check->Expect("surgery.replace",
                         "an object of at most 256 modules like {\"fc\": \"nn.Linear(2048, 10)\"}",
                         replace);
  }
  for (const auto& [module, value] : replace.items()) {
    const std::string expression = value.is_string() ? value.get<std::string>() : "";
    if (expression.empty() || expression.size() > kMaxExpressionBytes) {
      check->Expect(ManifestChecker::Join("surgery.replace", module), kExpected, value);
    } else if (check->ModulePath("surgery.replace", module)) {
      out->push_back({module, expression});
    }
  }
}

}  // namespace

void ReadFreeze(const json& root, ManifestChecker* check, FreezeRules* freeze) {
  const auto it = root.find("freeze");
  if (it == root.end()) return;
  if (it->is_array()) {
    check->PatternsOf(*it, "freeze", &freeze->keep);
    freeze->no_grad = freeze->keep;
    return;
  }
  if (!it->is_object()) {
    return check->Expect(
        "freeze",
        "a list of patterns like [\"backbone.**\"], or an object {\"keep\", \"no_grad\"} of such "
        "lists",
        *it);
  }
  check->CheckKeys(*it, "freeze", {"keep", "no_grad"}, {});
  check->Patterns(*it, "freeze", "keep", &freeze->keep);
  check->Patterns(*it, "freeze", "no_grad", &freeze->no_grad);
}

void ReadPrecision(const json& root, ManifestChecker* check, PrecisionRules* precision) {
  const auto it = root.find("precision");
  if (it == root.end()) return;
  if (!it->is_object()) return ReadBasePrecision(*it, "precision", check, precision);
  check->CheckKeys(*it, "precision", {"default", "keep_float32", "layers"}, {});
  if (const auto base = it->find("default"); base != it->end()) {
    ReadBasePrecision(*base, "precision.default", check, precision);
  }
  std::vector<NamePattern> keep_float32;
  check->Patterns(*it, "precision", "keep_float32", &keep_float32);
  for (NamePattern& pattern : keep_float32) {
    precision->layers.emplace_back(std::move(pattern), DType::kFloat32);
  }
  if (const auto layers = it->find("layers"); layers != it->end()) {
    ReadLayerPrecisions(*layers, check, precision);
  }
}

void ReadSurgery(const json& root, ManifestChecker* check, SurgeryRules* surgery) {
  const auto it = root.find("surgery");
  if (it == root.end()) return;
  if (!it->is_object()) {
    return check->Expect("surgery", "an object {\"replace\", \"remove\"}", *it);
  }
  check->CheckKeys(*it, "surgery", {"replace", "remove"}, {});
  if (const auto replace = it->find("replace"); replace != it->end()) {
    ReadReplacements(*replace, check, &surgery->replace);
  }
  std::vector<std::string> remove;
  check->Strings(*it, "surgery", "remove", kMaxReplacements, "a list of modules like [\"aux\"]",
                 &remove);
  for (std::string& module : remove) {
    if (!check->ModulePath("surgery.remove", module)) continue;
    for (const SurgeryRules::Replacement& replacement : surgery->replace) {
      const bool gone = replacement.module == module ||
                        absl::StartsWith(replacement.module, absl::StrCat(module, "."));
      if (!gone) continue;
      check->Add("surgery.remove", absl::StrCat("\"", PrintableName(module), "\" holds \"",
                                                PrintableName(replacement.module),
                                                "\", which is replaced; do one of the two"));
    }
    surgery->remove.push_back(std::move(module));
  }
}

void ReadTaps(const json& root, ManifestChecker* check, std::vector<std::string>* taps) {
  check->Strings(root, "", "taps", kMaxTaps, "a list of modules like [\"layer3\"]", taps);
  absl::flat_hash_set<absl::string_view> seen;
  for (const std::string& module : *taps) {
    if (check->ModulePath("taps", module) && !seen.insert(module).second) {
      check->Add("taps", absl::StrCat("\"", PrintableName(module), "\" is given twice"));
    }
  }
}

}  // namespace graft::models
