// Finds the sets of weights in a checkpoint: state_dicts under any name and nesting, whole modules.
//
//   absl::StatusOr<std::vector<WeightSource>> found = FindWeightSources(torch_file, "ckpt.pt");
//
// Threads: a free function without state.
#ifndef GRAFT_MODELS_FILE_WEIGHT_SOURCES_H_
#define GRAFT_MODELS_FILE_WEIGHT_SOURCES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/module_versions.h"
#include "models/file/pickle_values.h"
#include "models/file/torch_file.h"
#include "models/file/weight_table.h"

namespace graft::models {

// A set of named weights in a file: a state_dict, a module's state_dict, a whole safetensors file.
struct WeightSource {
  std::string path{};  // "model_state_dict", "checkpoint.ema"; "" when it is the file itself
  std::string module_class{};  // of a pickled module or TorchScript; else ""
  ValueId module = 0;          // the pickled module itself; 0 for others
  WeightTable weights = {};
  std::vector<ModuleVersion> versions = {};  // what a state_dict says of its modules
  // Tensors that are no plain arrays of numbers, by name and kind: "embed (sparse csr)". They are
  // no weights here.
  std::vector<std::string> left_out = {};

  // Elements of all weights.
  uint64_t ParameterCount() const;
  uint64_t LogicalBytes() const;
};

// In the order of the file, in dictionaries, lists and tuples ("models.0"). What lies below an
// optimizer's or scheduler's name is left out. Errors: those of ModuleStateDict.
absl::StatusOr<std::vector<WeightSource>> FindWeightSources(const TorchFile& file,
                                                            absl::string_view label);

// Index of the one that is meant when nobody says which, or -1: the only one, or the only one of a
// name that means the model.
int DefaultWeightSource(const std::vector<WeightSource>& sources);

// True when a path has a part that names an optimizer, a scheduler or a scaler.
bool NamesOptimizer(absl::string_view key);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_WEIGHT_SOURCES_H_
