// The functions that the nodes of a graph were inlined from.
//
//   ForgetInlinedFunctions(graph, &module.get_method("forward").function());
//
// Threads: free function without state, one call at a time for one graph. For .cc files of
// models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_INLINED_FUNCTIONS_H_
#define GRAFT_MODELS_TORCH_INLINED_FUNCTIONS_H_

#include <ATen/core/function.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>

namespace graft::models {

// Inlined nodes name the functions they came from by bare pointers, for error messages. Freezing
// deletes methods that are inlined everywhere, and the next error would follow a dangling pointer:
// so every node is made to come from `forward`, which must live as long as the graph.
void ForgetInlinedFunctions(const std::shared_ptr<torch::jit::Graph>& graph,
                            torch::jit::Function* forward);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_INLINED_FUNCTIONS_H_
