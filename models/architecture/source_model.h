// A model made of PyTorch source and a file of weights: no export, no Python.
//
//   SourceModelOptions options;
//   options.architecture = ParseArchitecture("net.py:Net(num_classes=10)", "models").value();
//   absl::StatusOr<SourceModel> loaded = LoadSourceModel("net.pth", options);
//   loaded->model->Run(rows, inputs, outputs);
//
// The source is evaluated (models/python) with our own torch (prelude/), weights are bound
// (models/binding), forward is recorded as a graph, and the graph runs like any other. What the
// source says goes: nothing is guessed from names.
//
// The header names no LibTorch type.
//
// Threads: any; blocks for as long as loading takes. Ownership: the model holds the file's mapping.
#ifndef GRAFT_MODELS_ARCHITECTURE_SOURCE_MODEL_H_
#define GRAFT_MODELS_ARCHITECTURE_SOURCE_MODEL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/binding/weight_plan.h"
#include "models/binding/weight_rules.h"
#include "models/manifest/architecture_spec.h"
#include "models/manifest/module_rules.h"
#include "models/torch/torch_model.h"

namespace graft::models {

// What a manifest says of the network; models/manifest documents each.
struct NetworkOptions {
  // None: the file holds a whole pickled module, whose classes are torch's own.
  std::optional<ArchitectureSpec> architecture = {};
  std::vector<std::string> source_roots = {};
  WeightRules weights = {};
  SurgeryRules surgery = {};
  PrecisionRules precision = {};
  FreezeRules freeze = {};
  std::vector<NamePattern> train = {};
  std::vector<std::string> taps = {};
  uint64_t seed = 0;  // of the values that no file gives
};

// What a version leaves to the versions after it: the tensors that "freeze" names, and its network
// as it was recorded. While the sources are the same files, the next version's weights take the
// places of this one's, and nothing is evaluated.
class PriorVersion;

struct SourceModelOptions {
  NetworkOptions network = {};
  TorchLoadOptions torch = {};  // `precision` is not read: network.precision
  // Of the version before, of the same model; null: there is none.
  std::shared_ptr<const PriorVersion> prior = nullptr;
  // Told every tensor's and every key's fate, also of a plan that is then refused; may be null.
  std::function<void(const WeightPlan&)> on_plan = nullptr;
};

// What "freeze" keeps across versions, and what each version brings. Tied tensors count, their
// bytes count once.
struct FreezeTotals {
  struct Share {
    uint64_t tensors = 0;
    uint64_t bytes = 0;  // in the precision that they run in
  };
  Share kept = {};
  Share live = {};
};

struct SourceModel {
  std::unique_ptr<TorchModel> model;
  WeightPlan plan;                            // every tensor's and every key's fate
  std::shared_ptr<const PriorVersion> prior;  // for the version after
  FreezeTotals freeze = {};
};

// Errors: those of ModelFile::Open and ChooseWeights; kInvalidArgument (the source raises, with its
// place; weights and architecture do not fit; non-finite weights; the schema differs from the
// declared one), kUnimplemented (the source uses what Graft does not know, with its place),
// kResourceExhausted, kUnavailable (device), kCancelled.
absl::StatusOr<SourceModel> LoadSourceModel(const std::string& path,
                                            const SourceModelOptions& options);

}  // namespace graft::models

#endif  // GRAFT_MODELS_ARCHITECTURE_SOURCE_MODEL_H_
