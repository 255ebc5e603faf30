// The joint between models/ and runtime/: a Loader that reads model files with LibTorch.
#ifndef GRAFT_PLUGIN_TORCH_LOADER_H_
#define GRAFT_PLUGIN_TORCH_LOADER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/architecture/source_model.h"
#include "plugin/golden_check.h"
#include "runtime/loader.h"

namespace graft::plugin {

// What must be true of a file besides that it loads.
struct FileChecks {
  std::optional<GoldenValues> golden;
  std::vector<std::string> sha256;  // of the files that may be loaded, lower case; empty: any
  std::string sha256_path;          // a file of such sums, first word of a line; empty: any
};

// options.torch.cancelled is ignored: the runtime's token counts.
std::unique_ptr<runtime::Loader> MakeTorchLoader(models::SourceModelOptions options,
                                                 FileChecks checks = {});

// File names that count as models in a directory.
bool IsModelFileName(absl::string_view name);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_TORCH_LOADER_H_
