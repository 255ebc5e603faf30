#include "models/architecture/few_agents_check.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/statusor.h"
#include "models/architecture/forward_inputs.h"
#include "models/torch/graph_forward.h"
#include "models/torch/torch_dtype.h"

namespace graft::models::architecture {
namespace {

// Of the largest output. Both graphs do the same to the last bit where they do the same; half
// precision may take another kernel.
constexpr double kMostDifference = 1e-3;
constexpr uint64_t kSeed = 1;

// Numbers around 0; zeros and ones where whole numbers are asked for, which may be indices.
std::vector<at::Tensor> RandomInputs(const Recorder& recorder,
                                     const std::vector<TensorSpec>& inputs, int64_t agents) {
  at::Generator generator = at::detail::createCPUGenerator(kSeed);
  std::vector<at::Tensor> made;
  for (const TensorSpec& spec : inputs) {
    std::vector<int64_t> sizes(spec.shape.begin(), spec.shape.end());
    sizes[0] = agents;
    c10::ScalarType type = ToScalarType(spec.dtype);
    const bool floating = c10::isFloatingType(type);
    if (floating) type = recorder.options().compute_type;
    const at::TensorOptions options = at::TensorOptions(at::kCPU);
    const at::Tensor values =
        floating ? at::randn(sizes, generator, options) : at::randint(2, sizes, generator, options);
    made.push_back(values.to(at::TensorOptions(recorder.options().device).dtype(type)));
  }
  return made;
}

void AddTensors(const c10::IValue& value, std::vector<at::Tensor>* tensors) {
  if (value.isTensor()) {
    tensors->push_back(value.toTensor());
  } else if (value.isTuple()) {
    for (const c10::IValue& item : value.toTupleRef().elements()) AddTensors(item, tensors);
  }
}

// nullopt: the graph cannot be run.
std::optional<std::vector<at::Tensor>> Run(const RecordedGraph& recorded, const Recorder& recorder,
                                           const std::vector<at::Tensor>& inputs) {
  ForwardGraph parts;
  parts.graph = recorded.graph->copy();
  for (const std::string& name : recorded.inputs) parts.arguments.emplace_back(name);
  parts.compute_type = recorder.options().compute_type;
  ForwardOptions options;
  options.device = recorder.options().device;
  absl::StatusOr<std::unique_ptr<GraphForward>> forward =
      GraphForward::Make(std::move(parts), "forward", options);
  if (!forward.ok()) return std::nullopt;
  torch::jit::Stack stack;
  for (const at::Tensor& input : inputs) stack.emplace_back(input.clone());
  (*forward)->Call(stack);
  std::vector<at::Tensor> tensors;
  AddTensors(stack.back(), &tensors);
  return tensors;
}

bool Agree(const at::Tensor& a, const at::Tensor& b) {
  if (a.sizes() != b.sizes() || a.scalar_type() != b.scalar_type()) return false;
  if (a.numel() == 0) return true;
  const at::Tensor left = a.to(at::kDouble);
  const at::Tensor right = b.to(at::kDouble);
  const double largest = left.abs().nan_to_num(0, 0, 0).max().item<double>();
  return at::allclose(left, right, 0, kMostDifference * largest, /*equal_nan=*/true);
}

}  // namespace

bool HoldsForAgents(python::Evaluator& ev, Recorder& recorder, Network& network,
                    const std::vector<TensorSpec>& inputs, const RecordedGraph& recorded,
                    int64_t agents) {
  RecordedForward exact;
  {
    recorder.set_trial_agents({agents, agents});
    const absl::Cleanup back = [&recorder] { recorder.set_trial_agents(kTrialAgents); };
    try {
      exact = RecordForward(ev, recorder, network, inputs, nullptr);
    } catch (const python::Raised&) {
      return false;  // forward does not take so many
    }
  }
  const std::vector<at::Tensor> values = RandomInputs(recorder, inputs, agents);
  const std::optional<std::vector<at::Tensor>> any = Run(recorded, recorder, values);
  const std::optional<std::vector<at::Tensor>> these = Run(exact.graph, recorder, values);
  // What `recorded` has beyond forward's results are taps.
  if (!any || !these || any->size() < these->size()) return false;
  for (size_t i = 0; i < these->size(); ++i) {
    if (!Agree((*any)[i], (*these)[i])) return false;
  }
  return true;
}

}  // namespace graft::models::architecture
