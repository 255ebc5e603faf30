// The joint between models/ and runtime/: a Loader that reads model files with LibTorch.
#ifndef GRAFT_PLUGIN_TORCH_LOADER_H_
#define GRAFT_PLUGIN_TORCH_LOADER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/architecture/source_model.h"
#include "models/manifest/swap_policy.h"
#include "models/tensor/dtype.h"
#include "runtime/loader.h"

namespace graft::plugin {

// What must be true of a file besides that it loads.
struct FileChecks {
  std::string golden_path;  // what it must answer (golden_check.h); empty: anything
  std::optional<models::SwapPolicy::Tolerance> tolerance;  // none: by the precision
  std::vector<std::string> sha256;  // of the files that may be loaded, lower case; empty: any
  std::string sha256_path;          // a file of such sums, first word of a line; empty: any
};

// options.torch.cancelled is ignored: the runtime's token counts. max_rows: that the model will run
// at once; an automatic precision is measured with no more.
std::unique_ptr<runtime::Loader> MakeTorchLoader(models::SourceModelOptions options,
                                                 FileChecks checks, uint32_t max_rows);

// The precision that an automatic one comes out as for this file, and why; else the given one.
struct PrecisionFound {
  models::DType precision = models::DType::kFloat32;
  std::string reason;  // empty: it was given
};
absl::StatusOr<PrecisionFound> FindPrecision(const std::string& path,
                                             const models::SourceModelOptions& options,
                                             const FileChecks& checks, uint32_t max_rows);

// File names that count as models in a directory.
bool IsModelFileName(absl::string_view name);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_TORCH_LOADER_H_
