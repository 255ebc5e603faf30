#include "models/binding/weight_plan.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/binding/wrapper_prefix.h"
#include "models/file/printable_name.h"

namespace graft::models {
namespace {

bool IsFloat(DType dtype) {
  switch (dtype) {
    case DType::kFloat8E4M3FN:
    case DType::kFloat8E5M2:
    case DType::kFloat8E4M3FNUZ:
    case DType::kFloat8E5M2FNUZ:
    case DType::kFloat8E8M0FNU:
      return true;
    default:
      return IsComputeFloat(dtype);
  }
}

bool IsComplex(DType dtype) {
  return dtype == DType::kComplex32 || dtype == DType::kComplex64 || dtype == DType::kComplex128;
}

bool IsSigned(DType dtype) {
  return dtype == DType::kInt8 || dtype == DType::kInt16 || dtype == DType::kInt32 ||
         dtype == DType::kInt64;
}

bool IsUnsigned(DType dtype) {
  return dtype == DType::kUInt8 || dtype == DType::kUInt16 || dtype == DType::kUInt32 ||
         dtype == DType::kUInt64;
}

// BatchNorm's step counter: files from before PyTorch 0.4.1 lack it, and averaging the weights
// turns it into a float. Inference does not read it.
bool IsBatchCounter(const ArchitectureTensor& tensor) {
  return tensor.role == ArchitectureTensor::Role::kBuffer && tensor.shape.empty() &&
         (tensor.name == "num_batches_tracked" ||
          absl::EndsWith(tensor.name, ".num_batches_tracked"));
}

// Files from before PyTorch 0.4 hold a lone number as a vector of one.
bool IsOldScalar(const ArchitectureTensor& tensor, const Weight& weight) {
  return tensor.shape.empty() && weight.shape == std::vector<int64_t>{1};
}

// Both hold the same elements; false where that would take more than comparing bytes.
bool SameElements(const Weight& a, const Weight& b) {
  if (a.dtype != b.dtype || a.shape != b.shape) return false;
  if (a.storage_id == b.storage_id && a.offset == b.offset && a.stride == b.stride) return true;
  if (!a.IsContiguous() || !b.IsContiguous()) return false;
  const ByteSpan left = a.ContiguousBytes();
  const ByteSpan right = b.ContiguousBytes();
  return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

// Builds one plan.
class Planner {
 public:
  Planner(absl::Span<const ArchitectureTensor> tensors, const WeightTable& weights,
          const WeightRules& rules)
      : weights_(weights),
        rules_(rules),
        prefix_used_(Prefixes().size(), false),
        rename_used_(rules.rename.size(), false) {
    plan_.strips = rules.strip_prefix.has_value();
    plan_.renames = !rules.rename.empty();
    plan_.into = rules.into;
    plan_.tensors.reserve(tensors.size());
    for (const ArchitectureTensor& tensor : tensors) plan_.tensors.push_back({.tensor = tensor});
    for (size_t i = 0; i < plan_.tensors.size(); ++i) {
      const ArchitectureTensor& tensor = plan_.tensors[i].tensor;
      if (tensor.persistent) by_name_.emplace(tensor.name, i);
      if (tensor.kept && tensor.tied_group != ArchitectureTensor::kNotTied) {
        kept_groups_.emplace(tensor.tied_group, i);
      }
    }
    plan_.keys.reserve(weights.size());
    for (const Weight& weight : weights) {
      plan_.keys.push_back({.key = weight.name, .dtype = weight.dtype, .shape = weight.shape});
    }
  }

  WeightPlan Plan() && {
    NameKeys();
    ClaimTensors();
    if (!rules_.strip_prefix) ClaimWithoutWrappers();
    for (size_t i = 0; i < plan_.keys.size(); ++i) {
      if (plan_.keys[i].tensor == kNoIndex) JudgeLeftover(&plan_.keys[i]);
    }
    for (size_t i = 0; i < plan_.tensors.size(); ++i) JudgeTensor(i);
    JoinTied();
    NoteIdleRules();
    AddErrors();
    return std::move(plan_);
  }

 private:
  absl::Span<const std::string> Prefixes() const {
    return rules_.strip_prefix ? absl::MakeConstSpan(*rules_.strip_prefix)
                               : absl::Span<const std::string>();
  }

  // Each prefix once, whichever comes first in the key: "module._orig_mod." and the reverse.
  absl::string_view Stripped(absl::string_view key) {
    std::vector<bool> taken(Prefixes().size(), false);
    for (size_t i = 0; i < taken.size();) {
      if (taken[i] || !absl::StartsWith(key, Prefixes()[i])) {
        ++i;
        continue;
      }
      key.remove_prefix(Prefixes()[i].size());
      taken[i] = true;
      prefix_used_[i] = true;
      i = 0;
    }
    return key;
  }

  // "" when a rule renames it to nothing.
  std::string Renamed(absl::string_view stripped) {
    std::string name(stripped);
    for (size_t i = 0; i < rules_.rename.size(); ++i) {
      std::string renamed = rules_.rename[i].Apply(name);
      if (renamed != name) rename_used_[i] = true;
      name = std::move(renamed);
      if (name.empty()) return name;
    }
    return absl::StrCat(rules_.into, name);
  }

  size_t TensorNamed(absl::string_view name) const {
    const auto it = by_name_.find(name);
    return it == by_name_.end() ? kNoIndex : it->second;
  }

  void NameKeys() {
    for (PlannedKey& key : plan_.keys) key.name = Renamed(Stripped(key.key));
  }

  // Rules that changed nothing: probably misspelt, or of another file.
  void NoteIdleRules() {
    const auto note = [this](absl::string_view rule, absl::string_view text,
                             absl::string_view why) {
      plan_.notes.push_back(absl::StrCat(rule, " \"", PrintableName(text), "\": ", why));
    };
    for (size_t i = 0; i < prefix_used_.size(); ++i) {
      if (!prefix_used_[i]) note("strip_prefix", Prefixes()[i], "no key begins with it");
    }
    for (size_t i = 0; i < rename_used_.size(); ++i) {
      if (!rename_used_[i]) note("rename", rules_.rename[i].pattern(), "it changes no key");
    }
    for (const NamePattern& pattern : rules_.allow_missing.patterns) {
      const bool used = std::any_of(plan_.tensors.begin(), plan_.tensors.end(),
                                    [&](const auto& t) { return pattern.Covers(t.tensor.name); });
      if (!used) note("allow_missing", pattern.text(), "no tensor of the network is called so");
    }
    for (const NamePattern& pattern : rules_.allow_unexpected.patterns) {
      const bool used = std::any_of(plan_.keys.begin(), plan_.keys.end(),
                                    [&](const auto& key) { return pattern.Covers(key.name); });
      if (!used) note("allow_unexpected", pattern.text(), "no key is called so");
    }
  }

  // Gives `key` the tensor of `name`, unless an earlier key has it.
  bool Claim(size_t key, size_t tensor) {
    if (tensor == kNoIndex || plan_.tensors[tensor].weight != kNoIndex) return false;
    plan_.tensors[tensor].weight = key;
    plan_.keys[key].tensor = tensor;
    return true;
  }

  void ClaimTensors() {
    for (size_t i = 0; i < plan_.keys.size(); ++i) Claim(i, TensorNamed(plan_.keys[i].name));
  }

  void ClaimWithoutWrappers() {
    size_t unwrapped = 0;
    for (const auto without : {&WithoutWrappers, &WithoutWrappersOfParts}) {
      for (size_t i = 0; i < plan_.keys.size(); ++i) {
        PlannedKey& key = plan_.keys[i];
        if (key.tensor != kNoIndex || TensorNamed(key.name) != kNoIndex) continue;
        const std::string shorter = without(key.key);
        if (shorter == key.key) continue;
        std::string name = Renamed(shorter);
        if (!Claim(i, TensorNamed(name))) continue;
        key.name = std::move(name);
        ++unwrapped;
        averaged_ = true;
      }
    }
    if (unwrapped == 0) return;
    NameLeftoversWithoutWrappers();
    plan_.notes.push_back(
        plan_.wrappers.empty()
            ? absl::StrCat(unwrapped, unwrapped == 1 ? " key is" : " keys are",
                           " taken without the names that wrappers of training put into them")
            : absl::StrCat("every key begins with \"", plan_.wrappers,
                           "\", which a wrapper of training put there; it is left out"));
  }

  // Where all keys lie in a wrapper, the ones that fit nothing are better known without it.
  void NameLeftoversWithoutWrappers() {
    absl::string_view shared;
    for (const PlannedKey& key : plan_.keys) {
      if (IsAveragingCounter(key.key)) continue;
      const absl::string_view wrappers = LeadingWrappers(key.key);
      if (wrappers.empty()) return;
      if (shared.empty() || wrappers.size() < shared.size()) shared = wrappers;
    }
    plan_.wrappers = std::string(shared);
    for (PlannedKey& key : plan_.keys) {
      if (key.tensor != kNoIndex || IsAveragingCounter(key.key)) continue;
      std::string name = Renamed(WithoutWrappers(key.key));
      if (TensorNamed(name) == kNoIndex) key.name = std::move(name);
    }
  }

  void JudgeLeftover(PlannedKey* key) const {
    if (key->name.empty()) {
      key->fate = PlannedKey::Fate::kFiltered;
      key->reason = "renamed to nothing";
    } else if (averaged_ && IsAveragingCounter(key->key)) {
      key->fate = PlannedKey::Fate::kFiltered;
      key->reason = "the counter of an averaged model";
    } else if (const size_t tensor = TensorNamed(key->name); tensor != kNoIndex) {
      key->reason = absl::StrCat("\"", PrintableName(plan_.keys[plan_.tensors[tensor].weight].key),
                                 "\" is \"", PrintableName(key->name), "\" too");
    } else if (rules_.allow_unexpected.Covers(key->name)) {
      key->fate = PlannedKey::Fate::kUnexpected;
    }
  }

  void JudgeTensor(size_t index) {
    PlannedTensor& planned = plan_.tensors[index];
    const ArchitectureTensor& tensor = planned.tensor;
    const bool kept = tensor.kept || kept_groups_.contains(tensor.tied_group);
    if (kept) {
      planned.fate = PlannedTensor::Fate::kKept;
    } else if (!tensor.persistent) {
      planned.fate = PlannedTensor::Fate::kComputed;
    } else if (planned.weight == kNoIndex) {
      const bool allowed = IsBatchCounter(tensor) || rules_.allow_missing.Covers(tensor.name);
      planned.fate = allowed ? PlannedTensor::Fate::kInitialised : PlannedTensor::Fate::kMissing;
    } else {
      Fit(&planned);
    }
    if (planned.weight == kNoIndex) return;
    PlannedKey& key = plan_.keys[planned.weight];
    if (planned.IsFromFile()) {
      key.fate = PlannedKey::Fate::kUsed;
    } else if (planned.IsRefused()) {
      key.reason = "its tensor has another shape or dtype";
    } else {
      key.fate = PlannedKey::Fate::kFiltered;
      key.reason = kept                     ? "frozen: its tensor is kept"
                   : IsBatchCounter(tensor) ? "a counter that inference does not read"
                                            : "its tensor has another shape or dtype";
    }
  }

  // @pre a weight has the tensor's name.
  void Fit(PlannedTensor* planned) const {
    const ArchitectureTensor& tensor = planned->tensor;
    const Weight& weight = weights_[planned->weight];
    const bool castable = CanCast(weight.dtype, tensor.dtype);
    if (castable && (weight.shape == tensor.shape || IsOldScalar(tensor, weight))) {
      planned->fate = PlannedTensor::Fate::kBound;
    } else if (castable && rules_.mismatch == MismatchPolicy::kSlice &&
               weight.shape.size() == tensor.shape.size()) {
      planned->extents = tensor.shape;
      for (size_t i = 0; i < tensor.shape.size(); ++i) {
        planned->extents[i] = std::min(tensor.shape[i], weight.shape[i]);
      }
      planned->fate = PlannedTensor::Fate::kSliced;
    } else if (rules_.mismatch == MismatchPolicy::kKeepInit || IsBatchCounter(tensor)) {
      planned->fate = PlannedTensor::Fate::kInitialised;
    } else {
      planned->fate = PlannedTensor::Fate::kMismatched;
    }
  }

  // One memory is filled once. PyTorch copies each key in turn, so the last one stays.
  void JoinTied() {
    absl::flat_hash_map<int, size_t> last;
    for (size_t i = 0; i < plan_.tensors.size(); ++i) {
      const int group = plan_.tensors[i].tensor.tied_group;
      if (group != ArchitectureTensor::kNotTied && plan_.tensors[i].IsFromFile()) last[group] = i;
    }
    for (size_t i = 0; i < plan_.tensors.size(); ++i) {
      PlannedTensor& planned = plan_.tensors[i];
      const auto it = last.find(planned.tensor.tied_group);
      const bool joins = planned.IsFromFile() || planned.fate == PlannedTensor::Fate::kMissing ||
                         planned.fate == PlannedTensor::Fate::kInitialised;
      if (it == last.end() || it->second == i || !joins) continue;
      const PlannedTensor& filled = plan_.tensors[it->second];
      if (planned.IsFromFile() &&
          !SameElements(weights_[planned.weight], weights_[filled.weight])) {
        plan_.notes.push_back(absl::StrCat(
            "\"", PrintableName(planned.tensor.name), "\" and \"",
            PrintableName(filled.tensor.name),
            "\" are one tensor, but the file has two values; the latter is taken, as in PyTorch"));
      }
      planned.fate = PlannedTensor::Fate::kTied;
      planned.tied_to = it->second;
      planned.extents.clear();
    }
  }

  // Weights of which nothing fits are the wrong ones, whatever is allowed.
  void AddErrors() {
    const bool wanted =
        std::any_of(plan_.tensors.begin(), plan_.tensors.end(), [](const PlannedTensor& planned) {
          return planned.fate != PlannedTensor::Fate::kKept &&
                 planned.fate != PlannedTensor::Fate::kComputed && !IsBatchCounter(planned.tensor);
        });
    const bool touched =
        std::any_of(plan_.tensors.begin(), plan_.tensors.end(), [](const PlannedTensor& planned) {
          return planned.IsFromFile() || planned.fate == PlannedTensor::Fate::kMismatched;
        });
    if (wanted && !touched) {
      plan_.errors.push_back(weights_.empty()
                                 ? "the file's set of weights is empty"
                                 : "not one tensor of the architecture comes from the file");
    }
  }

  const WeightTable& weights_;
  const WeightRules& rules_;
  WeightPlan plan_;
  absl::flat_hash_map<absl::string_view, size_t> by_name_;  // of persistent tensors
  absl::flat_hash_map<int, size_t> kept_groups_;            // a kept tensor of each tied group
  std::vector<bool> prefix_used_;                           // as rules_.strip_prefix
  std::vector<bool> rename_used_;                           // as rules_.rename
  bool averaged_ = false;  // keys were unwrapped, so an averaged model may have written the file
};

}  // namespace

bool CanCast(DType from, DType to) {
  if (from == to) return true;
  if (IsFloat(from)) return IsFloat(to);
  if (IsComplex(from)) return IsComplex(to);
  // Masks were uint8 before PyTorch 1.2.
  if (from == DType::kUInt8 && to == DType::kBool) return true;
  if (ElementBytes(from) >= ElementBytes(to)) return false;
  return (IsSigned(from) && IsSigned(to)) || (IsUnsigned(from) && (IsUnsigned(to) || IsSigned(to)));
}

size_t WeightPlan::CountTensors(PlannedTensor::Fate fate) const {
  return static_cast<size_t>(
      std::count_if(tensors.begin(), tensors.end(),
                    [fate](const PlannedTensor& planned) { return planned.fate == fate; }));
}

size_t WeightPlan::CountKeys(PlannedKey::Fate fate) const {
  return static_cast<size_t>(std::count_if(
      keys.begin(), keys.end(), [fate](const PlannedKey& key) { return key.fate == fate; }));
}

WeightPlan PlanWeights(absl::Span<const ArchitectureTensor> tensors, const WeightTable& weights,
                       const WeightRules& rules) {
  return Planner(tensors, weights, rules).Plan();
}

}  // namespace graft::models
