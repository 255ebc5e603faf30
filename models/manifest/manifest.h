// A model's manifest: what the host wants of a model, checked once and complete.
//
//   absl::StatusOr<Manifest> manifest = LoadManifest("models/walker.json");
//   // manifest->source_path: "models/checkpoints", manifest->batch_max: 256
//
// docs/manifest.md describes every key. A manifest with mistakes is refused with all of them at
// once, each with its JSON path. Keys of later versions are named as such; unknown keys are errors
// with a suggestion: nothing is silently ignored.
//
// Threads: values; free functions without state. LoadManifest blocks for the file system.
#ifndef GRAFT_MODELS_MANIFEST_MANIFEST_H_
#define GRAFT_MODELS_MANIFEST_MANIFEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "models/binding/name_pattern.h"
#include "models/binding/weight_rules.h"
#include "models/manifest/architecture_spec.h"
#include "models/manifest/module_rules.h"
#include "models/manifest/swap_policy.h"
#include "models/tensor/tensor_spec.h"

namespace graft::models {

struct Manifest {
  std::string name;    // unique in a runtime; default: the manifest's (or model's) file name's stem
  std::string source;  // as written
  std::string source_path;      // file or directory, joined to the manifest's directory
  std::string device = "auto";  // "auto", "cpu", "cuda", "cuda:N"
  PrecisionRules precision;
  std::vector<TensorSpec> inputs;                  // empty: taken from the model
  std::vector<TensorSpec> outputs;                 // empty: taken from the model
  int64_t batch_max = 1024;                        // rows of one forward, 1 to 1,048,576
  absl::Duration deadline = absl::ZeroDuration();  // of a submission; 0: none
  SwapPolicy swap;

  // The network: its code, what fills it, what is changed in it.
  std::optional<ArchitectureSpec> architecture;  // none: the file's own, if it holds one
  std::vector<std::string> source_roots;         // directories of Python packages, joined
  WeightRules weights;
  SurgeryRules surgery;
  int64_t seed = 0;                // of the values that no file gives
  std::vector<NamePattern> train;  // modules that stay in training mode on purpose
  std::vector<std::string> taps;   // modules whose results are outputs too
  FreezeRules freeze;
};

// Reads manifest text. `label` names it in errors; `directory` is what a relative source is
// relative to ("" is the current directory). Errors: kInvalidArgument with every mistake, a line
// each.
absl::StatusOr<Manifest> ParseManifest(absl::string_view text, absl::string_view label,
                                       absl::string_view directory);

// Reads a manifest file. Errors: as ParseManifest, and those of ReadWholeFile.
absl::StatusOr<Manifest> LoadManifest(const std::string& path);

// The manifest that a bare model file (or directory of checkpoints) stands for: all defaults.
Manifest ManifestForModel(const std::string& path);

}  // namespace graft::models

#endif  // GRAFT_MODELS_MANIFEST_MANIFEST_H_
