#include "models/torch/script_forward.h"

#include <ATen/ATen.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <caffe2/serialize/read_adapter_interface.h>
#include <torch/csrc/jit/passes/autocast.h>
#include <torch/csrc/jit/passes/constant_pooling.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/frozen_graph_optimizations.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/torch/archive_check.h"
#include "models/torch/call_limit.h"
#include "models/torch/deep_stack.h"
#include "models/torch/graph_check.h"
#include "models/torch/graph_placement.h"
#include "models/torch/intra_op_threads.h"
#include "models/torch/torch_error.h"

namespace graft::models {
namespace {

// LibTorch's reader over bytes in memory, without another copy of them.
class BytesAdapter final : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit BytesAdapter(ByteSpan bytes) : bytes_(bytes) {}
  size_t size() const override { return bytes_.size(); }
  size_t read(uint64_t position, void* out, size_t count, const char* /*what*/) const override {
    if (position >= bytes_.size()) return 0;
    count = std::min<uint64_t>(count, bytes_.size() - position);
    std::memcpy(out, bytes_.data() + position, count);
    return count;
  }

 private:
  const ByteSpan bytes_;
};

absl::Status CheckCancelled(const ScriptForwardOptions& options, absl::string_view label) {
  if (options.cancelled && options.cancelled()) {
    return absl::CancelledError(absl::StrCat(label, ": loading was cancelled"));
  }
  return absl::OkStatus();
}

// A parameter must be finite; a buffer may hold infinities (masks) but no NaN.
absl::Status CheckFinite(const std::string& name, const at::Tensor& tensor, bool is_parameter,
                         absl::string_view label) {
  if (!tensor.defined() || !tensor.has_storage() || tensor.is_quantized() || tensor.numel() == 0 ||
      !at::isFloatingType(tensor.scalar_type()) || tensor.is_sparse()) {
    return absl::OkStatus();
  }
  const at::Tensor bad = is_parameter ? at::isfinite(tensor).logical_not() : at::isnan(tensor);
  if (!bad.any().item<bool>()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      label, ": ", name, " holds ", bad.sum().item<int64_t>(),
      is_parameter ? " NaN or infinite values" : " NaN values", " (of ", tensor.numel(),
      "): training diverged before this file was written. Give an earlier checkpoint."));
}

// Inlined nodes name the functions they came from by bare pointers, for error messages. Freezing
// deletes methods that are inlined everywhere, and the next error would follow a dangling pointer:
// so every node is made to come from `forward`, which lives as long as the module.
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

std::string MethodNames(const torch::jit::Module& module) {
  std::vector<std::string> names;
  for (const torch::jit::Method& method : module.get_methods()) names.push_back(method.name());
  return names.empty() ? "none" : absl::StrJoin(names, ", ");
}

}  // namespace

absl::StatusOr<std::unique_ptr<ScriptForward>> ScriptForward::Load(
    ByteSpan file, absl::string_view label, const ScriptForwardOptions& options) {
  if (absl::Status status = CheckScriptArchive(file, label, options.cancelled); !status.ok()) {
    return status;
  }
  absl::StatusOr<std::unique_ptr<ScriptForward>> loaded = absl::UnknownError("not run");
  const absl::Status started = RunOnDeepStack([&] {
    OneIntraOpThread one_thread;
    loaded = Guarded(absl::StrCat(label, ": LibTorch cannot load this TorchScript model"),
                     absl::StatusCode::kInvalidArgument,
                     [&]() -> absl::StatusOr<std::unique_ptr<ScriptForward>> {
                       // On the CPU first, whatever the device: loading straight to a GPU also
                       // moves the numbers that tracing left as tensors.
                       torch::jit::Module module = torch::jit::load(
                           std::shared_ptr<caffe2::serialize::ReadAdapterInterface>(
                               std::make_shared<BytesAdapter>(file)),
                           c10::Device(c10::DeviceType::CPU), /*load_debug_files=*/false);
                       std::unique_ptr<ScriptForward> forward(new ScriptForward(std::move(module)));
                       absl::Status status = forward->Prepare(label, options);
                       if (!status.ok()) return status;
                       return forward;
                     });
  });
  if (!started.ok())
    return absl::Status(started.code(), absl::StrCat(label, ": ", started.message()));
  return loaded;
}

absl::Status ScriptForward::Prepare(absl::string_view label, const ScriptForwardOptions& options) {
  if (absl::Status status = CheckCancelled(options, label); !status.ok()) return status;
  if (absl::Status status = CheckOperators(module_, label); !status.ok()) return status;
  if (!module_.find_method("forward")) {
    return absl::InvalidArgumentError(
        absl::StrCat(label, ": the model has no forward method (it has: ", MethodNames(module_),
                     "). Export a module whose forward does the work."));
  }
  for (const auto& parameter : module_.named_parameters()) {
    absl::Status status = CheckFinite(parameter.name, parameter.value, true, label);
    if (!status.ok()) return status;
  }
  for (const auto& buffer : module_.named_buffers()) {
    absl::Status status = CheckFinite(buffer.name, buffer.value, false, label);
    if (!status.ok()) return status;
  }

  module_.eval();
  torch::jit::freeze_module_inplace(&module_);
  graph_ = module_.get_method("forward").graph()->copy();
  torch::jit::OptimizeFrozenGraph(graph_);
  torch::jit::Inline(*graph_);
  torch::jit::Autocast(graph_);
  if (absl::Status status = CheckCancelled(options, label); !status.ok()) return status;

  absl::StatusOr<PlacedGraph> placed =
      PlaceGraph(graph_, module_, options.device, options.precision, label);
  if (!placed.ok()) return placed.status();
  if (!options.device.is_cpu()) {
    // Calls come on other streams, and must find the weights in place.
    c10::impl::VirtualGuardImpl(options.device.type()).getStream(options.device).synchronize();
  }
  weight_bytes_ = placed->weight_bytes;
  compute_type_ = placed->compute_type;
  torch::jit::EliminateDeadCode(graph_);
  torch::jit::ConstantPooling(graph_);

  const GraphWrites writes = FindWrites(graph_);
  writes_input_ = writes.input;
  state_ = writes.attributes;
  if (writes.constant) state_.emplace_back("a constant");
  const std::vector<c10::Argument>& arguments =
      module_.get_method("forward").function().getSchema().arguments();
  arguments_.assign(arguments.begin() + 1, arguments.end());
  self_ = module_._ivalue();
  has_loops_ = InsertLoopChecks(graph_);
  ForgetInlinedFunctions(graph_, &module_.get_method("forward").function());
  code_ = torch::jit::Code(graph_, "forward");
  return absl::OkStatus();
}

void ScriptForward::Call(torch::jit::Stack& stack) const {
  // prim::fork runs here and now, instead of in the process's pool of threads.
  torch::jit::InterpreterState(code_, [](const std::function<void()>& task) { task(); }).run(stack);
}

}  // namespace graft::models
