// Which weight of a file fills which tensor of an architecture, decided before anything is copied.
//
//   WeightPlan plan = PlanWeights(tensors, source->weights, rules);
//   if (absl::Status status = CheckPlan(plan, "walker.pth"); !status.ok()) return status;
//   for (size_t i = 0; i < plan.tensors.size(); ++i)
//     if (plan.tensors[i].IsFromFile()) Copy(source->weights[plan.tensors[i].weight], ...);
//
// The plan tells the fate of every tensor and of every key, also when the two do not fit: the
// report (binding_report.h) says all of it, and CheckPlan there refuses with all that is wrong.
//
// Names that no tensor has are looked at again without the wrappers of multi-GPU training and
// compilation (wrapper_prefix.h), unless the rules name the prefixes themselves.
//
// Threads: a free function without state; values.
// Ownership: a plan holds names and shapes, no bytes of the file.
#ifndef GRAFT_MODELS_BINDING_WEIGHT_PLAN_H_
#define GRAFT_MODELS_BINDING_WEIGHT_PLAN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "models/binding/architecture_tensor.h"
#include "models/binding/weight_rules.h"
#include "models/file/weight_table.h"

namespace graft::models {

constexpr size_t kNoIndex = static_cast<size_t>(-1);

// A tensor of the architecture and what becomes of it.
struct PlannedTensor {
  enum class Fate {
    kBound,        // all elements come from `weight`, which has as many, in the same C order
    kSliced,       // the leading block `extents` comes from `weight`, the rest is initialised
    kTied,         // it is the same memory as tensor `tied_to`, which comes from the file
    kInitialised,  // nothing in the file fills it, and that is allowed
    kKept,         // its storage is kept from the version before
    kComputed,     // a buffer that no file holds; the architecture makes it
    kMissing,      // refused: the file has no key for it
    kMismatched,   // refused: `weight` has another shape, or a dtype that cannot be cast
  };

  ArchitectureTensor tensor = {};
  Fate fate = Fate::kMissing;
  size_t weight = kNoIndex;           // of the file, where it has one of this name
  std::vector<int64_t> extents = {};  // kSliced: elements along each dimension
  size_t tied_to = kNoIndex;          // kTied: index of a tensor

  bool IsFromFile() const { return fate == Fate::kBound || fate == Fate::kSliced; }
  bool IsRefused() const { return fate == Fate::kMissing || fate == Fate::kMismatched; }
};

// A key of the file and what becomes of it.
struct PlannedKey {
  enum class Fate {
    kUsed,        // for `tensor`
    kFiltered,    // left out, because of `reason`
    kUnexpected,  // no tensor has its name; allowed
    kRefused,     // no tensor has its name, or what `reason` says; not allowed
  };

  std::string key = {};
  DType dtype = DType::kFloat32;
  std::vector<int64_t> shape = {};
  Fate fate = Fate::kRefused;
  std::string name = {};     // that it was looked for by; "" when it was renamed to nothing
  size_t tensor = kNoIndex;  // of that name
  std::string reason = {};
};

struct WeightPlan {
  std::vector<PlannedTensor> tensors = {};  // in the order of the architecture
  std::vector<PlannedKey> keys = {};        // in the order of the file
  std::string wrappers = {};                // stripped without being told to: "module."
  std::vector<std::string> notes = {};      // worth knowing; nothing wrong
  std::vector<std::string> errors = {};     // wrong, and the fault of no one tensor or key
  bool strips = false;                      // the rules name prefixes to strip
  bool renames = false;                     // the rules rename
  std::string into = {};                    // as in the rules

  size_t CountTensors(PlannedTensor::Fate fate) const;
  size_t CountKeys(PlannedKey::Fate fate) const;
};

// Decides. Never fails: what does not fit has a fate that says so.
// @pre names of tensors are unique; tensors of one tied group have one shape and dtype.
// Time: linear in the number of names and their lengths.
WeightPlan PlanWeights(absl::Span<const ArchitectureTensor> tensors, const WeightTable& weights,
                       const WeightRules& rules);

// A floating value may become another floating one, a complex one another complex one, a whole
// number one that holds all of its values, and uint8 bool. Nothing else is cast.
bool CanCast(DType from, DType to);

}  // namespace graft::models

#endif  // GRAFT_MODELS_BINDING_WEIGHT_PLAN_H_
