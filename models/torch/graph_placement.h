// Casting and moving the constants of a frozen graph: precision and device.
//
// It happens after freezing, on the graph, not before it on the module: so folding (batch norm into
// convolutions) is computed in float32, the constants that tracing left in the code are cast too,
// and batch norm is recognised by its operator rather than by a class name.
//
// Threads: any, one call at a time for one graph. For .cc files of models/torch only: includes
// LibTorch.
#ifndef GRAFT_MODELS_TORCH_GRAPH_PLACEMENT_H_
#define GRAFT_MODELS_TORCH_GRAPH_PLACEMENT_H_

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/torch/tensor_pool.h"

namespace graft::models {

struct PlacedGraph {
  // Bytes of the tensor constants on the device, storages shared by several counted once.
  size_t weight_bytes = 0;
  // Of these, what an earlier version holds too.
  size_t shared_bytes = 0;
  // The precision when one was given, else what most floating constants are; nullopt when there are
  // none.
  std::optional<c10::ScalarType> compute_type;
};

// Moves every tensor constant of `graph` to `device` and casts the floating ones to `precision`,
// when given; likewise the attributes that are left in `module` (may be null). Batch norm keeps its
// parameters and statistics as they are. New tensors that the code makes itself (zeros, ones,
// empty) follow: they get the device, and the precision where they were float32. With a pool (may
// be null), a constant that another version of the model has placed is that version's. Errors:
// kInvalidArgument when a weight does not fit in float16's range. LibTorch exceptions pass through.
absl::StatusOr<PlacedGraph> PlaceGraph(const std::shared_ptr<torch::jit::Graph>& graph,
                                       const torch::jit::Module* module, const c10::Device& device,
                                       std::optional<c10::ScalarType> precision, TensorPool* pool,
                                       absl::string_view label);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_GRAPH_PLACEMENT_H_
