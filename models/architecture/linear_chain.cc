#include "models/architecture/linear_chain.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "models/binding/name_list.h"

namespace graft::models::architecture {
namespace {

std::optional<int64_t> NumberOf(absl::string_view name) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(name, &number) || number < 0) return std::nullopt;
  return number;
}

}  // namespace

absl::StatusOr<std::vector<ChainedLayer>> FindLinearChain(const std::vector<PlannedKey>& keys,
                                                          absl::string_view label) {
  const std::string advice =
      "An \"mlp\" is a chain of linear layers \"0.weight\", \"0.bias\", \"2.weight\" ...: name "
      "what stands before them in \"strip_prefix\" of \"weights\", or give the network's Python "
      "source as \"architecture\".";
  absl::flat_hash_set<absl::string_view> biases;
  std::vector<ChainedLayer> layers;
  for (const PlannedKey& key : keys) {
    absl::string_view name = key.name;
    if (absl::EndsWith(name, ".bias")) biases.insert(absl::StripSuffix(name, ".bias"));
    if (!absl::ConsumeSuffix(&name, ".weight") || absl::StrContains(name, '.') ||
        key.shape.size() != 2 || !IsComputeFloat(key.dtype)) {
      continue;
    }
    layers.push_back({std::string(name), key.shape[1], key.shape[0], false});
  }
  const auto is_numbered = [](const ChainedLayer& layer) {
    return NumberOf(layer.name).has_value();
  };
  if (std::any_of(layers.begin(), layers.end(), is_numbered)) {
    std::erase_if(layers, [&](const ChainedLayer& layer) { return !is_numbered(layer); });
    std::stable_sort(layers.begin(), layers.end(), [](const auto& a, const auto& b) {
      return *NumberOf(a.name) < *NumberOf(b.name);
    });
  }
  if (layers.empty()) {
    std::vector<absl::string_view> names;
    for (const PlannedKey& key : keys) names.push_back(key.name);
    return absl::InvalidArgumentError(absl::StrCat(
        label, ": no linear layers are found in it. It has ", NameList(names), ". ", advice));
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    layers[i].bias = biases.contains(layers[i].name);
    if (i == 0 || layers[i].inputs == layers[i - 1].outputs) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        label, ": the layer \"", layers[i].name, "\" takes ", layers[i].inputs, " features, but \"",
        layers[i - 1].name, "\" before it gives ", layers[i - 1].outputs, ". ", advice));
  }
  return layers;
}

}  // namespace graft::models::architecture
