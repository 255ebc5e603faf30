// What a manifest says of single modules of a network: which are frozen, which precision they have,
// which are replaced.
//
//   manifest.precision.Of("encoder.norm1.weight");   // kFloat32, by "keep_float32"
//
// Names and patterns are those of the architecture after surgery. docs/manifest.md says what each
// key means.
//
// Threads: plain values.
#ifndef GRAFT_MODELS_MANIFEST_MODULE_RULES_H_
#define GRAFT_MODELS_MANIFEST_MODULE_RULES_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/binding/name_pattern.h"
#include "models/tensor/dtype.h"

namespace graft::models {

// Of the three meanings of freezing the third, folding a published module for inference, always
// happens and needs no rule.
struct FreezeRules {
  // Tensors that stay across swaps: the first version's are shared by all later ones, and no later
  // file is read for them.
  std::vector<NamePattern> keep = {};
  // Parameters that take no gradient when the network is fine-tuned.
  std::vector<NamePattern> no_grad = {};

  friend bool operator==(const FreezeRules&, const FreezeRules&) = default;
};

struct PrecisionRules {
  DType base = DType::kFloat32;  // kFloat32, kBFloat16 or kFloat16
  bool automatic = false;  // the fastest that passes the golden check, measured; `base` unused
  std::vector<std::pair<NamePattern, DType>> layers = {};  // the first that covers a name counts

  // Of the module or tensor `name`, when it is floating.
  DType Of(absl::string_view name) const {
    for (const auto& [pattern, dtype] : layers) {
      if (pattern.Covers(name)) return dtype;
    }
    return base;
  }

  friend bool operator==(const PrecisionRules&, const PrecisionRules&) = default;
};

// Changes to the network behind its constructor, before weights are bound.
struct SurgeryRules {
  struct Replacement {
    std::string module = {};      // "layer4.1.relu"
    std::string expression = {};  // Python, evaluated where the architecture is: "nn.Linear(8, 2)"

    friend bool operator==(const Replacement&, const Replacement&) = default;
  };

  std::vector<Replacement> replace = {};
  std::vector<std::string> remove = {};  // modules that become nn.Identity or leave their container

  friend bool operator==(const SurgeryRules&, const SurgeryRules&) = default;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_MANIFEST_MODULE_RULES_H_
