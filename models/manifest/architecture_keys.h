// Reads the keys of a manifest that say where the network's own code is.
//
//   ReadArchitecture(root, "models", &check, &manifest.architecture);
//
// Each reads its key of the manifest `root`, where it is there, and adds mistakes to `check`.
// `directory` is what relative paths are relative to.
//
// Threads: free functions without state; they do not look at the file system.
#ifndef GRAFT_MODELS_MANIFEST_ARCHITECTURE_KEYS_H_
#define GRAFT_MODELS_MANIFEST_ARCHITECTURE_KEYS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/manifest/architecture_spec.h"
#include "models/manifest/manifest_checker.h"
#include "nlohmann/json_fwd.hpp"

namespace graft::models {

// "architecture", in its string form (architecture_spec.h) or as an object.
void ReadArchitecture(const nlohmann::json& root, absl::string_view directory,
                      ManifestChecker* check, std::optional<ArchitectureSpec>* architecture);

// "source_roots"
void ReadSourceRoots(const nlohmann::json& root, absl::string_view directory,
                     ManifestChecker* check, std::vector<std::string>* source_roots);

}  // namespace graft::models

#endif  // GRAFT_MODELS_MANIFEST_ARCHITECTURE_KEYS_H_
