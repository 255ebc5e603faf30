// Tells graphs that differ in the values of their weights only: they run the same operators, in the
// same order, on the same shapes.
//
//   if (LikenessOf(next) == LikenessOf(serving)) ...   // what running one has shown holds for both
//
// Threads: free function without state. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_GRAPH_LIKENESS_H_
#define GRAFT_MODELS_TORCH_GRAPH_LIKENESS_H_

#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <optional>

#include "models/torch/tensor_pool.h"

namespace graft::models {

// Of floating tensors what counts is type, shape and place; of all other constants the value too,
// for shapes may be made of it. nullopt: the graph holds what this does not look into.
std::optional<TensorPool::Key> LikenessOf(const std::shared_ptr<torch::jit::Graph>& graph);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_GRAPH_LIKENESS_H_
