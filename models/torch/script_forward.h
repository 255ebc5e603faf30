// A TorchScript module's forward, frozen and compiled once for any shape.
//
//   absl::StatusOr<std::unique_ptr<ScriptForward>> forward = ScriptForward::Load(file, "walker.pt",
//   options); torch::jit::Stack stack;
//   (*forward)->PushSelf(&stack);
//   stack.emplace_back(observations);
//   (*forward)->Call(stack);            // stack: one value, whatever forward returned
//
// Calls go straight to the interpreter with code made once, not through LibTorch's graph executor:
// that one takes a lock for each call and compiles a specialised plan for each new shape on its
// second call (50 ms at worst). The code is the frozen graph as it is; at steady state it is as
// fast on the CPU.
//
// Threads: immutable after Load; Call from any number of threads at once, unless stateful().
// For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_SCRIPT_FORWARD_H_
#define GRAFT_MODELS_TORCH_SCRIPT_FORWARD_H_

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

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"

namespace graft::models {

struct ScriptForwardOptions {
  c10::Device device = c10::Device(c10::DeviceType::CPU);
  std::optional<c10::ScalarType> precision;  // nullopt: as saved
  std::function<bool()> cancelled;
};

class ScriptForward {
 public:
  // Checks the bytes (archive_check.h, graph_check.h), loads, freezes, casts and compiles them.
  // `file` may go away afterwards. Errors: kInvalidArgument, kResourceExhausted, kCancelled.
  static absl::StatusOr<std::unique_ptr<ScriptForward>> Load(ByteSpan file, absl::string_view label,
                                                             const ScriptForwardOptions& options);

  ScriptForward(const ScriptForward&) = delete;
  ScriptForward& operator=(const ScriptForward&) = delete;

  // Arguments of forward without self.
  const std::vector<c10::Argument>& arguments() const { return arguments_; }
  // Value of the graph for argument `index`.
  const torch::jit::Value* input(size_t index) const { return graph_->inputs()[index + 1]; }

  // True when forward writes the memory of that argument: give it a copy.
  bool WritesInput(size_t index) const { return writes_input_[index]; }
  // Attributes that forward writes; not empty: calls must not overlap, and each changes the next.
  const std::vector<std::string>& state() const { return state_; }

  // False: a call always ends, and needs no CallLimit (call_limit.h).
  bool has_loops() const { return has_loops_; }

  size_t weight_bytes() const { return weight_bytes_; }
  std::optional<c10::ScalarType> compute_type() const { return compute_type_; }

  void PushSelf(torch::jit::Stack* stack) const { stack->emplace_back(self_); }
  // Replaces self and every argument on `stack` by the result. Throws what LibTorch throws.
  void Call(torch::jit::Stack& stack) const;

 private:
  explicit ScriptForward(torch::jit::Module module) : module_(std::move(module)) {}
  absl::Status Prepare(absl::string_view label, const ScriptForwardOptions& options);

  torch::jit::Module module_;  // frozen: owns what the graph refers to
  c10::IValue self_;
  std::shared_ptr<torch::jit::Graph> graph_;
  torch::jit::Code code_;
  std::vector<c10::Argument> arguments_;
  std::vector<bool> writes_input_;
  std::vector<std::string> state_;
  bool has_loops_ = false;
  size_t weight_bytes_ = 0;
  std::optional<c10::ScalarType> compute_type_;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_SCRIPT_FORWARD_H_
