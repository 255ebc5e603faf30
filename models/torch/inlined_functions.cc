#include "models/torch/inlined_functions.h"

#include "models/torch/graph_nodes.h"

namespace graft::models {

void ForgetInlinedFunctions(const std::shared_ptr<torch::jit::Graph>& graph,
                            torch::jit::Function* forward) {
  const auto forget = [forward](torch::jit::Node* node) {
    if (!node->callstack()) return;
    node->setCallStack(
        c10::make_intrusive<torch::jit::InlinedCallStack>(forward, node->sourceRange()));
  };
  ForEachNode(*graph, forget, Subgraphs::kWalkToo);
}

}  // namespace graft::models
