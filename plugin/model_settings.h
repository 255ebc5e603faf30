// From what a host passes to model_open (a path, a manifest) to what runtime and LibTorch are told.
#ifndef GRAFT_PLUGIN_MODEL_SETTINGS_H_
#define GRAFT_PLUGIN_MODEL_SETTINGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "graft/graft.h"
#include "models/architecture/source_model.h"
#include "plugin/torch_loader.h"
#include "runtime/model.h"

namespace graft::plugin {

struct ModelSettings {
  runtime::ModelOptions runtime;
  models::SourceModelOptions model;
  FileChecks checks;
};

// Errors: those of the manifest, all at once; kInvalidArgument for the options themselves.
absl::StatusOr<ModelSettings> ReadModelSettings(const graft_model_options& options);

// The file that the source stands for now. Errors: kNotFound; what keeps files from being seen.
absl::StatusOr<std::string> FileToLoad(const ModelSettings& settings);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_MODEL_SETTINGS_H_
