// A module of its own for a frozen graph that needs nothing of the one it was frozen in.
//
//   if (StandsAlone(*graph)) module = OwnModule(graph);    // the archive's code and types may go
//
// Threads: free functions without state, one call at a time for one graph. For .cc files of
// models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_OWN_MODULE_H_
#define GRAFT_MODELS_TORCH_OWN_MODULE_H_

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>

namespace graft::models {

// True when the graph uses neither its first input, the module, nor a type or function that belongs
// to the module's compilation unit.
bool StandsAlone(const torch::jit::Graph& graph);

// With `graph` as its forward, and nothing else. @pre StandsAlone(*graph)
torch::jit::Module OwnModule(const std::shared_ptr<torch::jit::Graph>& graph);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_OWN_MODULE_H_
