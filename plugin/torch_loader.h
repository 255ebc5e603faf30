// The joint between models/ and runtime/: a Loader that reads model files with LibTorch.
#ifndef GRAFT_PLUGIN_TORCH_LOADER_H_
#define GRAFT_PLUGIN_TORCH_LOADER_H_

#include <memory>

#include "absl/strings/string_view.h"
#include "models/architecture/source_model.h"
#include "runtime/loader.h"

namespace graft::plugin {

// options.torch.cancelled is ignored: the runtime's token counts.
std::unique_ptr<runtime::Loader> MakeTorchLoader(models::SourceModelOptions options);

// File names that count as models in a directory.
bool IsModelFileName(absl::string_view name);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_TORCH_LOADER_H_
