// Reads the keys of a manifest that say how new versions take over.
//
//   ReadSwap(root, "models", &check, &manifest.swap);
//   ReadStates(root, &check, &manifest.swap);
//   ReadBlends(root, &check, &manifest.swap);
//   CheckBurnIn(root, manifest.swap, &check);
//
// Each reads its key of the manifest `root`, where it is there, and adds mistakes to `check`.
// `directory` is what relative paths are relative to.
//
// Threads: free functions without state; they do not look at the file system.
#ifndef GRAFT_MODELS_MANIFEST_SWAP_KEYS_H_
#define GRAFT_MODELS_MANIFEST_SWAP_KEYS_H_

#include "absl/strings/string_view.h"
#include "models/manifest/manifest_checker.h"
#include "models/manifest/swap_policy.h"
#include "nlohmann/json_fwd.hpp"

namespace graft::models {

// "swap"
void ReadSwap(const nlohmann::json& root, absl::string_view directory, ManifestChecker* check,
              SwapPolicy* swap);

// "state"
void ReadStates(const nlohmann::json& root, ManifestChecker* check, SwapPolicy* swap);

// That "burn_in_frames" is not given in vain, once the others are read.
void CheckBurnIn(const nlohmann::json& root, const SwapPolicy& swap, ManifestChecker* check);

// "blend" of each of "outputs"
void ReadBlends(const nlohmann::json& root, ManifestChecker* check, SwapPolicy* swap);

}  // namespace graft::models

#endif  // GRAFT_MODELS_MANIFEST_SWAP_KEYS_H_
