// Walks over the nodes of a graph, nested blocks included, without recursion: a file decides how
// deep they are nested.
//
//   ForEachNode(*graph, [&](Node* node) { ... });
//   const bool all = AllNodes(*graph, [](const Node* node) { return IsKnown(node); });
//
// The node that is visited may be destroyed if it has no blocks, and nodes may be put before it.
// Threads: free functions without state. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_GRAPH_NODES_H_
#define GRAFT_MODELS_TORCH_GRAPH_NODES_H_

#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <vector>

namespace graft::models {

enum class Subgraphs : uint8_t { kLeaveOut, kWalkToo };

// Until visit(node) answers false; true: it never did. Graph: torch::jit::Graph, const or not.
template <typename Graph, typename Visit>
bool AllNodes(Graph& graph, const Visit& visit, Subgraphs subgraphs = Subgraphs::kLeaveOut) {
  std::vector<decltype(graph.block())> blocks{graph.block()};
  while (!blocks.empty()) {
    auto* const block = blocks.back();
    blocks.pop_back();
    for (auto it = block->nodes().begin(); it != block->nodes().end();) {
      auto* const node = *it++;
      for (auto* nested : node->blocks()) blocks.push_back(nested);
      if (subgraphs == Subgraphs::kWalkToo && node->hasAttribute(torch::jit::attr::Subgraph)) {
        blocks.push_back(node->g(torch::jit::attr::Subgraph)->block());
      }
      if (!visit(node)) return false;
    }
  }
  return true;
}

template <typename Graph, typename Visit>
void ForEachNode(Graph& graph, const Visit& visit, Subgraphs subgraphs = Subgraphs::kLeaveOut) {
  AllNodes(
      graph,
      [&visit](auto* node) {
        visit(node);
        return true;
      },
      subgraphs);
}

// Whether there is a tensor in a constant's value.
inline bool HoldsTensors(const c10::IValue& value) {
  bool found = false;
  value.visit([&found](const c10::IValue& part) {
    found = found || part.isTensor();
    return found;  // that is enough
  });
  return found;
}

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_GRAPH_NODES_H_
