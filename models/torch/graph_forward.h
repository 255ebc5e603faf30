// A model's forward as a graph with its weights as constants, placed and compiled once for any
// shape.
//
//   absl::StatusOr<std::unique_ptr<GraphForward>> forward =
//       GraphForward::Make(graph, "walker.pt", options);
//   torch::jit::Stack stack;
//   (*forward)->PushSelf(&stack);
//   stack.emplace_back(observations);
//   (*forward)->Call(stack);            // stack: one value, whatever forward returned
//
// Calls go straight to the interpreter with code made once, not through LibTorch's graph executor:
// that one takes a lock for each call and compiles a specialised plan for each new shape on its
// second call (50 ms at worst). The code is the graph as it is; at steady state it is as fast on
// the CPU.
//
// Threads: immutable once made; Call from any number of threads at once, unless state() is not
// empty. For .cc files of models/torch and models/architecture only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_GRAPH_FORWARD_H_
#define GRAFT_MODELS_TORCH_GRAPH_FORWARD_H_

#include <ATen/core/function_schema.h>
#include <c10/core/Device.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/torch/tensor_pool.h"

namespace graft::models {

struct ForwardOptions {
  c10::Device device = c10::Device(c10::DeviceType::CPU);
  std::optional<c10::ScalarType> precision;  // nullopt: as it is
  std::function<bool()> cancelled;
  std::shared_ptr<TensorPool> pool;    // of the model's versions; null: nothing is shared
  std::vector<std::string> taps = {};  // of a script archive: modules whose results are given too
};

// What a graph becomes a GraphForward from.
struct ForwardGraph {
  std::shared_ptr<torch::jit::Graph> graph;
  // Of forward, without self; one for each input of the graph after self.
  std::vector<c10::Argument> arguments;
  // The frozen module that the graph's first input stands for, and that owns what it refers to;
  // nullopt: the graph has no such input.
  std::optional<torch::jit::Module> module;
  // What floating inputs are cast to; nullopt: what the constants are.
  std::optional<c10::ScalarType> compute_type;
};

class GraphForward {
 public:
  // Places the constants (graph_placement.h) and compiles. Errors: kInvalidArgument, kCancelled.
  // LibTorch's exceptions pass through.
  static absl::StatusOr<std::unique_ptr<GraphForward>> Make(ForwardGraph parts,
                                                            absl::string_view label,
                                                            const ForwardOptions& options);

  GraphForward(const GraphForward&) = delete;
  GraphForward& operator=(const GraphForward&) = delete;

  // Arguments of forward without self.
  const std::vector<c10::Argument>& arguments() const { return parts_.arguments; }
  // Value of the graph for argument `index`.
  const torch::jit::Value* input(size_t index) const {
    return parts_.graph->inputs()[index + (parts_.module ? 1 : 0)];
  }

  // True when forward writes the memory of that argument: give it a copy.
  bool WritesInput(size_t index) const { return writes_input_[index]; }
  // Attributes that forward writes; not empty: calls must not overlap, and each changes the next.
  const std::vector<std::string>& state() const { return state_; }

  // False: a call always ends, and needs no CallLimit (call_limit.h).
  bool has_loops() const { return has_loops_; }

  size_t weight_bytes() const { return weight_bytes_; }
  // Of these, what an earlier version holds too.
  size_t shared_bytes() const { return shared_bytes_; }
  std::optional<c10::ScalarType> compute_type() const { return compute_type_; }
  // Equal for forwards that differ in the values of their weights only (graph_likeness.h). nullopt:
  // not known, or nothing is shared with other versions.
  const std::optional<TensorPool::Key>& likeness() const { return likeness_; }

  void PushSelf(torch::jit::Stack* stack) const {
    if (parts_.module) stack->emplace_back(self_);
  }
  // Replaces self and every argument on `stack` by the result. Throws what LibTorch throws.
  void Call(torch::jit::Stack& stack) const;

 private:
  explicit GraphForward(ForwardGraph parts) : parts_(std::move(parts)) {}
  absl::Status Prepare(absl::string_view label, const ForwardOptions& options);

  ForwardGraph parts_;
  c10::IValue self_;
  torch::jit::Code code_;
  std::vector<bool> writes_input_;
  std::vector<std::string> state_;
  bool has_loops_ = false;
  size_t weight_bytes_ = 0;
  size_t shared_bytes_ = 0;
  std::optional<c10::ScalarType> compute_type_;
  std::optional<TensorPool::Key> likeness_;
};

// A parameter must be finite; a buffer may hold infinities (masks) but no NaN. Errors:
// kInvalidArgument, with how many are not.
absl::Status CheckFinite(absl::string_view name, const at::Tensor& tensor, bool is_parameter,
                         absl::string_view label);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_GRAPH_FORWARD_H_
