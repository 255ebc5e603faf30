// What a model's graphs do besides computing: refused operators, and writes to what is shared.
//
// Threads: any, one call at a time for one module. For .cc files of models/torch only: includes
// LibTorch.
#ifndef GRAFT_MODELS_TORCH_GRAPH_CHECK_H_
#define GRAFT_MODELS_TORCH_GRAPH_CHECK_H_

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace graft::models {

// Refuses operators that reach files, processes, other machines or process-wide settings, in every
// function of the module's compilation unit: called, nested or not. Errors: kInvalidArgument.
absl::Status CheckOperators(const torch::jit::Module& module, absl::string_view label);

// True when some function of the module's compilation unit may look into a tensor without
// StorageReads (storage_reads.h) seeing it: by an operator of the interpreter's own that is not
// known to leave that to the dispatcher, or by comparing tensors.
bool HasUnseenReads(const torch::jit::Module& module);

// What a frozen forward writes to.
struct GraphWrites {
  // By argument of forward (self not counted): the memory of that input may be written.
  std::vector<bool> input;
  // Attributes of the model that forward writes: its state ("hidden").
  std::vector<std::string> attributes;
  // A tensor constant is written in place.
  bool constant = false;
};

// `has_self`: the first input of the graph is the module.
GraphWrites FindWrites(const std::shared_ptr<torch::jit::Graph>& forward, bool has_self);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_GRAPH_CHECK_H_
