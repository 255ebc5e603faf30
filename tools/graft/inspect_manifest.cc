#include "tools/graft/inspect_manifest.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "models/file/pickle_values.h"
#include "models/file/pickled_module.h"
#include "models/file/weight_sources.h"

namespace graft::tools {
namespace {

using models::ModelFile;
using models::Weight;
using models::WeightSource;
using models::WeightTable;
using nlohmann::ordered_json;

// Where training code keeps the network that acts, best first: Stable-Baselines3's PPO, TD3 and
// DQN; rsl_rl until version 4 and from version 5.
constexpr absl::string_view kActingPrefixes[] = {
    "mlp_extractor.policy_net.", "actor.mu.", "q_net.q_net.", "actor.", "mlp.", "policy.",
};
constexpr absl::string_view kStableBaselinesPolicy = "mlp_extractor.policy_net.";
constexpr absl::string_view kStableBaselinesHead = "action_net";

struct LinearLayer {
  const Weight* weight = nullptr;  // [out, in]
  const Weight* bias = nullptr;    // [out], or nullptr
};

// The layers under one prefix, by their number.
struct Chain {
  std::map<int64_t, LinearLayer> layers;
  size_t weights = 0;
  bool broken = false;  // something else than linear layers is there
};

// "actor.", 2 and "weight" of "actor.2.weight".
struct NumberedName {
  absl::string_view prefix;
  int64_t number = 0;
  absl::string_view kind;
};

std::optional<NumberedName> SplitNumberedName(absl::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == absl::string_view::npos) return std::nullopt;
  const size_t before = name.substr(0, dot).rfind('.');
  const size_t start = before == absl::string_view::npos ? 0 : before + 1;
  NumberedName out{.prefix = name.substr(0, start), .kind = name.substr(dot + 1)};
  if (!absl::SimpleAtoi(name.substr(start, dot - start), &out.number) || out.number < 0) {
    return std::nullopt;
  }
  return out;
}

bool IsLinear(const LinearLayer& layer) {
  if (layer.weight == nullptr || layer.weight->shape.size() != 2) return false;
  if (!models::IsComputeFloat(layer.weight->dtype)) return false;
  return layer.bias == nullptr || layer.bias->shape == std::vector<int64_t>{layer.weight->shape[0]};
}

// What the chain takes and gives; nullopt when it is none.
std::optional<LinearChain> Describe(absl::string_view prefix, const Chain& chain) {
  if (chain.broken || chain.layers.empty()) return std::nullopt;
  LinearChain out{.prefix = std::string(prefix)};
  for (const auto& [number, layer] : chain.layers) {
    if (!IsLinear(layer)) return std::nullopt;
    const int64_t takes = layer.weight->shape[1];
    if (out.outputs == 0) {
      out.inputs = takes;
    } else if (takes != out.outputs) {
      return std::nullopt;
    }
    out.outputs = layer.weight->shape[0];
    out.next_place = number + 2;
  }
  if (out.inputs == 0 || out.outputs == 0) return std::nullopt;
  return out;
}

const Weight* FindWeight(const WeightTable& weights, absl::string_view name) {
  const auto it = std::find_if(weights.begin(), weights.end(),
                               [name](const Weight& weight) { return weight.name == name; });
  return it == weights.end() ? nullptr : &*it;
}

// Stable-Baselines3 keeps the last layer of PPO's and A2C's policy elsewhere.
void AddHead(const WeightTable& weights, LinearChain* chain) {
  absl::string_view outside = chain->prefix;
  if (!absl::ConsumeSuffix(&outside, kStableBaselinesPolicy)) return;
  const std::string head = absl::StrCat(outside, kStableBaselinesHead);
  const LinearLayer layer = {FindWeight(weights, head + ".weight"),
                             FindWeight(weights, head + ".bias")};
  if (!IsLinear(layer) || layer.weight->shape[1] != chain->outputs) return;
  chain->head = head;
  chain->outputs = layer.weight->shape[0];
}

bool OnlyOfPyTorch(const ModelFile& file, const WeightSource& source) {
  if (source.module == models::PickleValues::kNone) return false;
  const auto tree = models::ModuleTree(file.torch()->values(), source.module, file.label());
  return tree.ok() && std::all_of(tree->begin(), tree->end(), [](const auto& module) {
           return absl::StartsWith(module.type, "torch.nn.");
         });
}

// "walker/net.py:Net()" of "walker.net.Net".
std::string ArchitectureOf(absl::string_view module_class) {
  const size_t dot = module_class.rfind('.');
  if (dot == absl::string_view::npos) return "FILE.py:CLASS()";
  const absl::string_view module = module_class.substr(0, dot);
  const std::string file =
      module == "__main__" ? "FILE" : absl::StrReplaceAll(module, {{".", "/"}});
  return absl::StrCat(file, ".py:", module_class.substr(dot + 1), "()");
}

void SuggestChain(const LinearChain& chain, ordered_json* weights, ManifestSuggestion* out) {
  out->manifest["architecture"] = "mlp";
  if (!chain.prefix.empty()) (*weights)["strip_prefix"] = ordered_json::array({chain.prefix});
  if (!chain.head.empty()) {
    const std::string pattern =
        absl::StrCat("^", absl::StrReplaceAll(chain.head, {{".", "\\."}}), "\\.");
    (*weights)["rename"] =
        ordered_json::array({ordered_json::array({pattern, absl::StrCat(chain.next_place, ".")})});
  }
  out->manifest["inputs"] = ordered_json::array(
      {{{"name", "obs"}, {"dtype", "float32"}, {"shape", {"agents", chain.inputs}}}});
  out->to_do.emplace_back(
      "say the activation between the layers: weights do not tell it (docs/manifest.md)");
}

}  // namespace

std::optional<LinearChain> FindLinearChain(const WeightTable& weights) {
  std::map<absl::string_view, Chain> chains;
  for (const Weight& weight : weights) {
    const std::optional<NumberedName> name = SplitNumberedName(weight.name);
    if (!name) continue;
    Chain& chain = chains[name->prefix];
    ++chain.weights;
    if (name->kind == "weight") {
      chain.layers[name->number].weight = &weight;
    } else if (name->kind == "bias") {
      chain.layers[name->number].bias = &weight;
    } else {
      chain.broken = true;
    }
  }
  for (const absl::string_view acting : kActingPrefixes) {
    for (const auto& [prefix, chain] : chains) {
      if (prefix != acting && !absl::EndsWith(prefix, absl::StrCat(".", acting))) continue;
      std::optional<LinearChain> found = Describe(prefix, chain);
      if (!found) continue;
      AddHead(weights, &*found);
      return found;
    }
  }
  for (const auto& [prefix, chain] : chains) {
    if (chain.weights == weights.size()) return Describe(prefix, chain);
  }
  return std::nullopt;
}

absl::StatusOr<ManifestSuggestion> SuggestManifest(const ModelFile& file) {
  const std::string& path = file.label();
  ManifestSuggestion out;
  out.manifest = {{"graft", 1}, {"source", path.substr(path.rfind('/') + 1)}};
  if (file.torchscript() != nullptr) return out;
  absl::StatusOr<const WeightSource*> source = file.ChooseWeights("");
  if (!source.ok()) return source.status();
  const bool module = !(*source)->module_class.empty();
  if (OnlyOfPyTorch(file, **source)) return out;
  ordered_json weights = ordered_json::object();
  if (!(*source)->path.empty()) weights["from"] = (*source)->path;
  const std::optional<LinearChain> chain =
      module ? std::nullopt : FindLinearChain((*source)->weights);
  if (chain) {
    SuggestChain(*chain, &weights, &out);
  } else {
    out.manifest["architecture"] = ArchitectureOf((*source)->module_class);
    out.to_do.push_back(
        absl::StrCat("replace \"", out.manifest["architecture"].get<std::string>(),
                     "\" by the Python source and class that the model was trained with, and its "
                     "arguments: \"net.py:Net(num_classes=10)\""));
  }
  if (!weights.empty()) out.manifest["weights"] = std::move(weights);
  return out;
}

}  // namespace graft::tools
