// A first manifest for a model file: what `graft inspect FILE --manifest` writes.
//
//   absl::StatusOr<ManifestSuggestion> suggested = SuggestManifest(file);
//   // suggested->manifest: {"graft": 1, "source": "model_0.pt", "architecture": "mlp", ...}
//   // suggested->to_do: what a person has to fill in, a sentence each
//
// Threads: free functions without state.
#ifndef GRAFT_TOOLS_GRAFT_INSPECT_MANIFEST_H_
#define GRAFT_TOOLS_GRAFT_INSPECT_MANIFEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/file/model_file.h"
#include "models/file/weight_table.h"
#include "nlohmann/json.hpp"

namespace graft::tools {

struct ManifestSuggestion {
  nlohmann::ordered_json manifest = {};
  std::vector<std::string> to_do = {};
};

// TorchScript and modules of nothing but PyTorch's own layers need no architecture. Weights that
// are a chain of linear layers get "mlp"; for others the architecture is a place to fill in.
// Errors: those of ModelFile::ChooseWeights.
absl::StatusOr<ManifestSuggestion> SuggestManifest(const models::ModelFile& file);

// Linear layers under one prefix, each taking what the one before gives: `actor.0.weight`,
// `actor.2.weight` ... with their biases.
struct LinearChain {
  std::string prefix{};    // "actor."
  std::string head{};      // a last layer of another name: "action_net" in Stable-Baselines3; or ""
  int64_t inputs = 0;      // features that the first layer takes
  int64_t outputs = 0;     // features that the last one gives
  int64_t next_place = 0;  // where the head belongs, counting activations: 4 after "actor.2."
};

// The chain that acts: the one of a name that means the actor or the policy, else one that all
// weights belong to. nullopt when there is none.
std::optional<LinearChain> FindLinearChain(const models::WeightTable& weights);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_INSPECT_MANIFEST_H_
