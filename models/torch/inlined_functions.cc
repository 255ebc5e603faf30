#include "models/torch/inlined_functions.h"

#include <vector>

namespace graft::models {

void ForgetInlinedFunctions(const std::shared_ptr<torch::jit::Graph>& graph,
                            torch::jit::Function* forward) {
  std::vector<torch::jit::Block*> blocks{graph->block()};
  while (!blocks.empty()) {
    torch::jit::Block* block = blocks.back();
    blocks.pop_back();
    for (torch::jit::Node* node : block->nodes()) {
      if (node->callstack()) {
        node->setCallStack(
            c10::make_intrusive<torch::jit::InlinedCallStack>(forward, node->sourceRange()));
      }
      for (torch::jit::Block* nested : node->blocks()) blocks.push_back(nested);
      if (node->hasAttribute(torch::jit::attr::Subgraph)) {
        blocks.push_back(node->g(torch::jit::attr::Subgraph)->block());
      }
    }
  }
}

}  // namespace graft::models
