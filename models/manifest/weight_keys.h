// Reads "weights" of a manifest: how a file's keys become the network's tensors.
//
//   ReadWeights(root, &check, &manifest.weights);
//
// Threads: a free function without state.
#ifndef GRAFT_MODELS_MANIFEST_WEIGHT_KEYS_H_
#define GRAFT_MODELS_MANIFEST_WEIGHT_KEYS_H_

#include "models/binding/weight_rules.h"
#include "models/manifest/manifest_checker.h"
#include "nlohmann/json_fwd.hpp"

namespace graft::models {

// Reads "weights" of the manifest `root`, where it is there, and adds mistakes to `check`.
void ReadWeights(const nlohmann::json& root, ManifestChecker* check, WeightRules* rules);

}  // namespace graft::models

#endif  // GRAFT_MODELS_MANIFEST_WEIGHT_KEYS_H_
