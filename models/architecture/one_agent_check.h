// Whether a graph that was recorded for many agents is right for one, too.
//
//   recorder.AllowBranchesOnOne();
//   RecordedForward forward = RecordForward(ev, recorder, network, inputs, nullptr);
//   const std::optional<Raised> branch = recorder.branch_on_one();
//   if (branch && !HoldsForOneAgent(ev, recorder, network, inputs, forward.graph)) throw *branch;
//
// Inside Evaluator::Guard.
//
// Threads: the evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_ONE_AGENT_CHECK_H_
#define GRAFT_MODELS_ARCHITECTURE_ONE_AGENT_CHECK_H_

#include <vector>

#include "models/architecture/network.h"
#include "models/architecture/recorder.h"
#include "models/python/evaluator.h"
#include "models/tensor/tensor_spec.h"

namespace graft::models::architecture {

// Records forward once more, as it is for one agent, and compares what both graphs give for the
// same inputs of one agent. The recorder's last recording is another one afterwards. LibTorch's
// exceptions pass through.
bool HoldsForOneAgent(python::Evaluator& ev, Recorder& recorder, Network& network,
                      const std::vector<TensorSpec>& inputs, const RecordedGraph& recorded);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_ONE_AGENT_CHECK_H_
