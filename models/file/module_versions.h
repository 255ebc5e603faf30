// The versions of its modules that a state_dict carries: `_metadata`, which Module.state_dict()
// hangs onto the dictionary. A module whose version is older than its class is converted by PyTorch
// when it loads: BatchNorm has counted its batches since version 2.
//
//   for (const ModuleVersion& module : ModuleVersionsOf(file.values(), state_dict_id))
//     if (module.path == "layer1.0.bn1" && module.version < 2) ...
//
// Source: torch/nn/modules/module.py (state_dict, _load_from_state_dict).
//
// Threads: a free function without state.
#ifndef GRAFT_MODELS_FILE_MODULE_VERSIONS_H_
#define GRAFT_MODELS_FILE_MODULE_VERSIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "models/file/pickle_values.h"

namespace graft::models {

struct ModuleVersion {
  std::string path{};  // "layer1.0.bn1"; "" for the model itself
  int64_t version = 0;

  friend bool operator==(const ModuleVersion&, const ModuleVersion&) = default;
};

// In the order of the file. Empty for a dictionary without `_metadata`: plain ones, and those that
// were rebuilt key by key.
std::vector<ModuleVersion> ModuleVersionsOf(const PickleValues& values, ValueId state_dict);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_MODULE_VERSIONS_H_
