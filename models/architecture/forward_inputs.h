// What forward is called with while it is recorded: the inputs that the manifest declares, or those
// that the network's first layer gives away.
//
//   absl::StatusOr<std::vector<TensorSpec>> inputs = ForwardInputs(ev, network, declared);
//   RecordedForward forward = RecordForward(ev, recorder, network, inputs, nullptr);
//
// Inside Evaluator::Guard.
//
// Threads: the evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_FORWARD_INPUTS_H_
#define GRAFT_MODELS_ARCHITECTURE_FORWARD_INPUTS_H_

#include <string>
#include <vector>

#include "models/architecture/network.h"
#include "models/architecture/recorder.h"
#include "models/architecture/taps.h"
#include "models/python/evaluator.h"
#include "models/tensor/tensor_spec.h"
#include "models/torch/forward_schema.h"

namespace graft::models::architecture {

// `declared`, or, when that is empty, one input read off the first layer: [agents, in_features] of
// a linear one, [agents] numbers of an embedding. Raises ValueError, saying what to declare, when
// the first layer takes any size.
std::vector<TensorSpec> ForwardInputs(python::Evaluator& ev, Network& network,
                                      const std::vector<TensorSpec>& declared);

struct RecordedForward {
  RecordedGraph graph;
  std::vector<RowResults> results;  // for each number of kTrialAgents
  c10::ScalarType compute_type = c10::ScalarType::Float;
};

// Calls the network on inputs of these shapes and records what it does. Inputs go to forward's
// parameters by name when all of them are such names, else in order. Floating ones arrive in the
// recorder's compute type. `taps`, when not null, are outputs too. Raises ValueError for taps that
// no call reached.
RecordedForward RecordForward(python::Evaluator& ev, Recorder& recorder, Network& network,
                              const std::vector<TensorSpec>& inputs, const Taps* taps);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_FORWARD_INPUTS_H_
