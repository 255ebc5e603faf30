// Reads the keys of a manifest that speak of single modules of the network.
//
//   ReadFreeze(root, &check, &manifest.freeze);
//
// Each reads its key of the manifest `root`, where it is there, and adds mistakes to `check`.
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_MANIFEST_MODULE_KEYS_H_
#define GRAFT_MODELS_MANIFEST_MODULE_KEYS_H_

#include <string>
#include <vector>

#include "models/manifest/manifest_checker.h"
#include "models/manifest/module_rules.h"
#include "nlohmann/json_fwd.hpp"

namespace graft::models {

void ReadFreeze(const nlohmann::json& root, ManifestChecker* check, FreezeRules* freeze);
void ReadPrecision(const nlohmann::json& root, ManifestChecker* check, PrecisionRules* precision);
void ReadSurgery(const nlohmann::json& root, ManifestChecker* check, SurgeryRules* surgery);
void ReadTaps(const nlohmann::json& root, ManifestChecker* check, std::vector<std::string>* taps);

}  // namespace graft::models

#endif  // GRAFT_MODELS_MANIFEST_MODULE_KEYS_H_
