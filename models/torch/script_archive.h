// Loads a TorchScript archive as a forward: checked, frozen, placed, compiled.
//
//   absl::StatusOr<LoadedScript> loaded =
//       LoadScriptArchive(*MapFile("walker.pt"), {.device = device}, /*before=*/nullptr);
//
// Threads: any. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_SCRIPT_ARCHIVE_H_
#define GRAFT_MODELS_TORCH_SCRIPT_ARCHIVE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "models/file/file_bytes.h"
#include "models/torch/frozen_script.h"
#include "models/torch/graph_forward.h"

namespace graft::models {

struct LoadedScript {
  std::unique_ptr<GraphForward> forward;
  // For the version after; null: it must be loaded in full, or nothing is shared.
  std::shared_ptr<const FrozenScript> frozen;
};

// Checks the bytes (archive_check.h, graph_check.h), loads, freezes, casts and compiles them.
// Weights that are computed with as they lie in the file stay there: the forward holds it.
// `before`: of the version before; may be null. An archive of the same code takes over its frozen
// graph, which has passed the checks of its operators.
// Errors: kInvalidArgument, kResourceExhausted, kCancelled.
absl::StatusOr<LoadedScript> LoadScriptArchive(const std::shared_ptr<const FileBytes>& file,
                                               const ForwardOptions& options,
                                               const std::shared_ptr<const FrozenScript>& before);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_SCRIPT_ARCHIVE_H_
