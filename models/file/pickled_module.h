// Whole pickled modules (torch.save(model)): what the object graph of an nn.Module means.
//
//   if (IsPickledModule(file.values(), id)) auto names = ModuleStateDict(file.values(), id, label);
//
// Source: torch/nn/modules/module.py (_save_to_state_dict, state_dict).
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_FILE_PICKLED_MODULE_H_
#define GRAFT_MODELS_FILE_PICKLED_MODULE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/pickle_values.h"

namespace graft::models {

// An object whose state has _parameters, _buffers and _modules.
bool IsPickledModule(const PickleValues& values, ValueId id);

// One module of the tree.
struct PickledModule {
  std::string path;   // "layer1.0.conv1"; "" for the root
  std::string type;   // "torch.nn.modules.conv.Conv2d"
  ValueId state = 0;  // its __dict__
  int depth = 0;
};

// The module and its descendants, each before its children, in order. A module that stands in two
// places is listed twice. Errors: kInvalidArgument (a cycle, or nested beyond 200),
// kResourceExhausted.
absl::StatusOr<std::vector<PickledModule>> ModuleTree(const PickleValues& values, ValueId root,
                                                      absl::string_view label);

// The (key, tensor) pairs of model.state_dict(), in its order: non-persistent buffers and empty
// slots left out. Errors: as ModuleTree.
absl::StatusOr<std::vector<std::pair<std::string, ValueId>>> ModuleStateDict(
    const PickleValues& values, ValueId root, absl::string_view label);

// A module's own hyper-parameters: what its state holds besides parameters, buffers, children and
// hooks.
std::vector<std::pair<std::string, ValueId>> ModuleAttributes(const PickleValues& values,
                                                              const PickledModule& module);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_PICKLED_MODULE_H_
