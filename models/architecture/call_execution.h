// What a bound call comes to: elements, shapes, or a node of the graph.
//
//   torch::jit::Stack outputs = Compute(ev, recorder, call, nullptr);          // on the CPU, now
//   std::array<torch::jit::Stack, 2> shapes = ComputeShapes(ev, recorder, call);
//   std::vector<torch::jit::Value*> values = EmitCall(ev, recorder, call, 1);
//
// Threads: one evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_CALL_EXECUTION_H_
#define GRAFT_MODELS_ARCHITECTURE_CALL_EXECUTION_H_

#include <ATen/core/Generator.h>
#include <ATen/core/stack.h>

#include <array>
#include <vector>

#include "models/architecture/recorder.h"
#include "models/architecture/tensor_data.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

// Runs the call on the elements of its arguments, all constants. Random numbers come from
// `generator`; null: from one of this call.
torch::jit::Stack Compute(python::Evaluator& ev, Recorder& recorder, const BoundCall& call,
                          at::Generator* generator);

// The call's outputs for each number of kTrialAgents, as tensors without elements. Tensors that it
// writes to change their shapes in place, where the operator changes them.
std::array<torch::jit::Stack, 2> ComputeShapes(python::Evaluator& ev, Recorder& recorder,
                                               const BoundCall& call);

// Adds a node. A list of tensors is unpacked into its `tensors`.
std::vector<torch::jit::Value*> EmitCall(python::Evaluator& ev, Recorder& recorder,
                                         const BoundCall& call, size_t tensors);

// Every tensor of a stack, those in lists too.
std::vector<at::Tensor> TensorsIn(const torch::jit::Stack& outputs);

// Calls visit(arg) for every argument, and for those in lists.
template <typename Visit>
void ForEachArg(const std::vector<BoundArg>& args, Visit visit) {
  for (const BoundArg& arg : args) {
    if (arg.kind == BoundArg::Kind::kList) {
      ForEachArg(arg.items, visit);
    } else {
      visit(arg);
    }
  }
}

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_CALL_EXECUTION_H_
