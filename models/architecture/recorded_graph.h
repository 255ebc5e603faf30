// A recorded forward: the graph, and what its inputs and outputs are called.
//
//   RecordedGraph recorded = recorder.Finish(ev, result);
//   torch::jit::Code code(recorded.graph, "forward");       // inputs as recorded.inputs says
//
// Threads: the graph is one thread's until it is compiled. Ownership: the graph is shared, and
// holds its constants. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_RECORDED_GRAPH_H_
#define GRAFT_MODELS_ARCHITECTURE_RECORDED_GRAPH_H_

#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <string>
#include <vector>

#include "models/architecture/tensor_object.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

struct RecordedGraph {
  // Simplified, not folded. One output: a tensor, or a tuple of them. Devices in it are
  // the recorder's; tensor constants are on the CPU.
  std::shared_ptr<torch::jit::Graph> graph;
  std::vector<std::string> inputs;
  // By input: its memory is written in each call. Give it a copy.
  std::vector<bool> writes_input;
  // In the order of the graph's outputs: "out0", "logits", "features.0".
  std::vector<std::string> outputs;
};

struct NamedResult {
  std::string name;
  TensorObject* tensor = nullptr;
};

// Every tensor in what forward returned, in order: of tuples, lists, dictionaries, named tuples and
// instances. Numbers, texts and None are passed over.
std::vector<NamedResult> FlattenResult(python::Evaluator& ev, python::Value result);

// Drops what nothing uses and computes equal things once, whatever the weights hold. Throws what
// LibTorch throws.
void Simplify(const std::shared_ptr<torch::jit::Graph>& graph);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_RECORDED_GRAPH_H_
