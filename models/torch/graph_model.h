// A TorchModel of a forward that is a graph: whichever road it came by.
//
//   return MakeGraphModel("walker.pt", device, std::move(forward), options, {});
//
// Threads: any. For .cc files of models/torch and models/architecture only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_GRAPH_MODEL_H_
#define GRAFT_MODELS_TORCH_GRAPH_MODEL_H_

#include <c10/core/Device.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/torch/forward_schema.h"
#include "models/torch/graph_forward.h"
#include "models/torch/torch_model.h"

namespace graft::models {

// Of `options`, the declared inputs and outputs, the limit and `forward_only` count;
// `known_results` as in ForwardSchemaOptions; `script` as in KnownForward. Errors: those of
// MakeForwardSchema.
absl::StatusOr<std::unique_ptr<TorchModel>> MakeGraphModel(
    std::string label, c10::Device device, std::unique_ptr<GraphForward> forward,
    const TorchLoadOptions& options, std::vector<RowResults> known_results,
    std::shared_ptr<const FrozenScript> script = nullptr);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_GRAPH_MODEL_H_
