// Folding what a frozen graph computes with constants alone, where that makes fewer operations:
// batch norm and scaling into the convolutions before them.
//
//   FoldGraph(graph, &pool);      // of a network whose weights did not change: nothing is computed
//
// Threads: any, one call at a time for one graph. For .cc files of models/torch and
// models/architecture only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_GRAPH_FOLDING_H_
#define GRAFT_MODELS_TORCH_GRAPH_FOLDING_H_

#include <torch/csrc/jit/ir/ir.h>

#include <memory>

#include "models/torch/tensor_pool.h"

namespace graft::models {

// Weights must be on the CPU. With a pool (may be null) the result for weights that another version
// has folded is that version's. Throws what LibTorch throws.
void FoldGraph(std::shared_ptr<torch::jit::Graph>& graph, TensorPool* pool);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_GRAPH_FOLDING_H_
