// Loads a TorchScript archive as a forward: checked, frozen, placed, compiled.
//
//   absl::StatusOr<std::unique_ptr<GraphForward>> forward =
//       LoadScriptArchive(*MapFile("walker.pt"), {.device = device});
//
// Threads: any. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_SCRIPT_ARCHIVE_H_
#define GRAFT_MODELS_TORCH_SCRIPT_ARCHIVE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "models/file/file_bytes.h"
#include "models/torch/graph_forward.h"

namespace graft::models {

// Checks the bytes (archive_check.h, graph_check.h), loads, freezes, casts and compiles them.
// Weights that are computed with as they lie in the file stay there: the forward holds it.
// Errors: kInvalidArgument, kResourceExhausted, kCancelled.
absl::StatusOr<std::unique_ptr<GraphForward>> LoadScriptArchive(
    const std::shared_ptr<const FileBytes>& file, const ForwardOptions& options);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_SCRIPT_ARCHIVE_H_
