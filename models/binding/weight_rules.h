// What a person says about fitting a file's weights to an architecture: "weights" of a manifest.
//
//   WeightRules rules{.from = "model_state_dict", .allow_missing = {.patterns = {head}}};
//   WeightPlan plan = PlanWeights(tensors, weights, rules);   // weight_plan.h
//
// docs/manifest.md describes the keys. A file's key becomes the name of a tensor in these steps:
// prefixes are stripped, then each renaming is applied in order, then `into` is put before it. A
// key that is renamed to nothing is left out.
//
// Threads: plain values.
#ifndef GRAFT_MODELS_BINDING_WEIGHT_RULES_H_
#define GRAFT_MODELS_BINDING_WEIGHT_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/binding/key_rename.h"
#include "models/binding/name_pattern.h"

namespace graft::models {

// What a rule permits: nothing, some names, or all.
struct Allowance {
  bool all = false;
  std::vector<NamePattern> patterns = {};

  bool Covers(absl::string_view name) const { return all || AnyCovers(patterns, name); }

  friend bool operator==(const Allowance&, const Allowance&) = default;
};

// What becomes of a weight whose shape is not its tensor's.
enum class MismatchPolicy {
  kError,
  kKeepInit,  // the tensor keeps its initial values
  kSlice,     // the leading block that both have is copied, the rest keeps its initial values
};

struct WeightRules {
  std::string from = {};  // which set of weights of the file: ModelFile::ChooseWeights
  // Each is stripped once where a key begins with it, in any order. Without a list the wrappers
  // that PyTorch itself puts around a model (wrapper_prefix.h) are recognised.
  std::optional<std::vector<std::string>> strip_prefix = {};
  std::vector<KeyRename> rename = {};
  std::string into = {};  // put before every name: "backbone." loads a file into that sub-tree
  Allowance allow_missing = {};     // tensors that the file need not have; they are initialised
  Allowance allow_unexpected = {};  // keys, as renamed, that no tensor needs to take
  MismatchPolicy mismatch = MismatchPolicy::kError;

  friend bool operator==(const WeightRules&, const WeightRules&) = default;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_BINDING_WEIGHT_RULES_H_
