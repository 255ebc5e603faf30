#include "models/torch/graph_forward.h"

#include <ATen/ATen.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/jit/passes/constant_pooling.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "models/tensor/finite.h"
#include "models/torch/call_limit.h"
#include "models/torch/graph_check.h"
#include "models/torch/graph_likeness.h"
#include "models/torch/graph_placement.h"
#include "models/torch/inlined_functions.h"
#include "models/torch/torch_dtype.h"

namespace graft::models {

absl::Status CheckFinite(absl::string_view name, const at::Tensor& tensor, bool is_parameter,
                         absl::string_view label) {
  if (!tensor.defined() || !tensor.has_storage() || tensor.is_quantized() || tensor.numel() == 0 ||
      !at::isFloatingType(tensor.scalar_type()) || tensor.is_sparse()) {
    return absl::OkStatus();
  }
  const std::optional<DType> type = FromScalarType(tensor.scalar_type());
  if (!type) return absl::OkStatus();
  // Where no element lies twice, and none is left out, their order does not matter.
  const at::Tensor dense = tensor.is_non_overlapping_and_dense() ? tensor : tensor.contiguous();
  const size_t bad = CountNonFinite(*type, dense.const_data_ptr(), dense.numel(),
                                    is_parameter ? NonFinite::kAny : NonFinite::kNaN);
  if (bad == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      label, ": ", name, " holds ", bad, is_parameter ? " NaN or infinite values" : " NaN values",
      " (of ", tensor.numel(),
      "): training diverged before this file was written. Give an earlier checkpoint."));
}

absl::StatusOr<std::unique_ptr<GraphForward>> GraphForward::Make(ForwardGraph parts,
                                                                 absl::string_view label,
                                                                 const ForwardOptions& options) {
  std::unique_ptr<GraphForward> forward(new GraphForward(std::move(parts)));
  if (absl::Status status = forward->Prepare(label, options); !status.ok()) return status;
  return forward;
}

absl::Status GraphForward::Prepare(absl::string_view label, const ForwardOptions& options) {
  const std::shared_ptr<torch::jit::Graph>& graph = parts_.graph;
  torch::jit::EliminateDeadCode(graph);
  torch::jit::ConstantPooling(graph);
  const GraphWrites writes = FindWrites(graph, /*has_self=*/parts_.module.has_value());
  writes_input_ = writes.input;
  state_ = writes.attributes;
  if (writes.constant) state_.emplace_back("a constant");
  // What forward writes to is this version's own.
  TensorPool* const pool = writes.constant ? nullptr : options.pool.get();
  absl::StatusOr<PlacedGraph> placed = PlaceGraph(graph, parts_.module ? &*parts_.module : nullptr,
                                                  options.device, options.precision, pool, label);
  if (!placed.ok()) return placed.status();
  if (!options.device.is_cpu()) {
    // Calls come on other streams, and must find the weights in place.
    c10::impl::VirtualGuardImpl(options.device.type()).getStream(options.device).synchronize();
  }
  weight_bytes_ = placed->weight_bytes;
  shared_bytes_ = placed->shared_bytes;
  compute_type_ = parts_.compute_type ? parts_.compute_type : placed->compute_type;
  has_loops_ = InsertLoopChecks(graph);
  if (options.pool != nullptr) likeness_ = LikenessOf(graph);
  if (parts_.module) {
    self_ = parts_.module->_ivalue();
    ForgetInlinedFunctions(graph, &parts_.module->get_method("forward").function());
  }
  code_ = torch::jit::Code(graph, "forward");
  return absl::OkStatus();
}

void GraphForward::Call(torch::jit::Stack& stack) const {
  // prim::fork runs here and now, instead of in the process's pool of threads.
  torch::jit::InterpreterState(code_, [](const std::function<void()>& task) { task(); }).run(stack);
}

}  // namespace graft::models
