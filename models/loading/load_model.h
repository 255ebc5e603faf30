// Loads a model by whichever road its file needs: TorchScript as it is, weights through PyTorch
// source.
//
//   absl::StatusOr<LoadedModel> loaded = LoadModel("walker.pth", options);
//   loaded->model->Run(rows, inputs, outputs);
//
// Threads: any; blocks for as long as loading takes.
#ifndef GRAFT_MODELS_LOADING_LOAD_MODEL_H_
#define GRAFT_MODELS_LOADING_LOAD_MODEL_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "models/architecture/source_model.h"
#include "models/binding/weight_plan.h"
#include "models/torch/torch_model.h"

namespace graft::models {

struct LoadedModel {
  std::unique_ptr<TorchModel> model;
  std::optional<WeightPlan> plan;             // of weights that were bound; none: TorchScript
  std::shared_ptr<const PriorVersion> prior;  // for the version after; null: TorchScript
  FreezeTotals freeze;                        // of the network's tensors; TorchScript: none
};

// With an architecture, or without TorchScript in the file: LoadSourceModel. Else
// TorchModel::LoadTorchScript, in options.network.precision. Errors: theirs; kInvalidArgument for
// options that need source where there is only TorchScript.
absl::StatusOr<LoadedModel> LoadModel(const std::string& path, const SourceModelOptions& options);

}  // namespace graft::models

#endif  // GRAFT_MODELS_LOADING_LOAD_MODEL_H_
