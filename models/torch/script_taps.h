// Taps of a TorchScript module: the results of modules inside it become further results of forward.
//
//   absl::Status status = AddTaps(module, {"layer4.1.relu"}, "walker.pt");   // before freezing
//
// Compiled code still calls its modules by name, until it is frozen: the calls on the way to a
// tapped module are inlined, and what the module's own call gives is returned beside the rest.
//
// Threads: any, one call at a time for one module. For .cc files of models/torch only: includes
// LibTorch.
#ifndef GRAFT_MODELS_TORCH_SCRIPT_TAPS_H_
#define GRAFT_MODELS_TORCH_SCRIPT_TAPS_H_

#include <torch/csrc/jit/api/module.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace graft::models {

// Forward then gives what it gave, and a copy of each tap's result under its name, in order; of a
// module that is called several times the last one. Errors: kInvalidArgument (no such module; one
// that forward does not call, or calls in a branch or a loop; one whose result holds more than
// tensors and tuples), with the modules that there are.
absl::Status AddTaps(const torch::jit::Module& module, const std::vector<std::string>& taps,
                     absl::string_view label);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_SCRIPT_TAPS_H_
