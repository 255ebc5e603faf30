// Loads the bytes of a TorchScript archive as a forward: checked, frozen, placed, compiled.
//
//   absl::StatusOr<std::unique_ptr<GraphForward>> forward =
//       LoadScriptArchive(bytes, "walker.pt", {.device = device});
//
// Threads: any. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_SCRIPT_ARCHIVE_H_
#define GRAFT_MODELS_TORCH_SCRIPT_ARCHIVE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"
#include "models/torch/graph_forward.h"

namespace graft::models {

// Checks the bytes (archive_check.h, graph_check.h), loads, freezes, casts and compiles them.
// `file` may go away afterwards. Errors: kInvalidArgument, kResourceExhausted, kCancelled.
absl::StatusOr<std::unique_ptr<GraphForward>> LoadScriptArchive(ByteSpan file,
                                                                absl::string_view label,
                                                                const ForwardOptions& options);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_SCRIPT_ARCHIVE_H_
