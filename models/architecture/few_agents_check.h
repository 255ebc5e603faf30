// Whether a graph that was recorded for any number of agents is right for one number, too.
//
//   recorder.AllowExceptionalBranches();
//   RecordedForward forward = RecordForward(ev, recorder, network, inputs, nullptr);
//   for (const auto& [agents, error] : std::vector(recorder.exceptional_branches())) {
//     if (!HoldsForAgents(ev, recorder, network, inputs, forward.graph, agents)) throw error;
//   }
//
// Inside Evaluator::Guard.
//
// Threads: the evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_FEW_AGENTS_CHECK_H_
#define GRAFT_MODELS_ARCHITECTURE_FEW_AGENTS_CHECK_H_

#include <cstdint>
#include <vector>

#include "models/architecture/network.h"
#include "models/architecture/recorder.h"
#include "models/python/evaluator.h"
#include "models/tensor/tensor_spec.h"

namespace graft::models::architecture {

// Records forward once more, as it is for so many agents, and compares what both graphs give for
// the same inputs of theirs. The recorder's last recording is another one afterwards. LibTorch's
// exceptions pass through.
bool HoldsForAgents(python::Evaluator& ev, Recorder& recorder, Network& network,
                    const std::vector<TensorSpec>& inputs, const RecordedGraph& recorded,
                    int64_t agents);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_FEW_AGENTS_CHECK_H_
