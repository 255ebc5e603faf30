#include "models/loading/load_model.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "models/file/file_bytes.h"
#include "models/file/probe.h"

namespace graft::models {
namespace {

// Kinds whose weights the source road binds. The script road says of all others what they are.
bool HoldsWeights(FileKind kind) {
  return kind == FileKind::kTorchZip || kind == FileKind::kTorchLegacy ||
         kind == FileKind::kStableBaselines3 || kind == FileKind::kSafetensors ||
         kind == FileKind::kShardedIndex;
}

// What the manifest asks for that a compiled model cannot give.
absl::Status CheckScriptOptions(const std::string& path, const NetworkOptions& network) {
  std::string key;
  if (!network.surgery.replace.empty() || !network.surgery.remove.empty()) key = "surgery";
  if (!network.train.empty()) key = "train";
  if (!network.freeze.keep.empty()) key = "freeze";
  if (!network.precision.layers.empty()) key = "precision";
  if (key.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": \"", key,
      "\" names modules of the network, but this file is TorchScript: compiled, with its "
      "modules folded into one. Give the Python source beside it as \"architecture\"; its "
      "weights are taken from this file."));
}

}  // namespace

absl::StatusOr<LoadedModel> LoadModel(const std::string& path, const SourceModelOptions& options) {
  bool source = options.network.architecture.has_value();
  if (!source) {
    const auto file = MapFile(path);
    if (!file.ok()) return file.status();
    source = HoldsWeights(Probe((*file)->bytes()).kind);
  }
  LoadedModel loaded;
  if (source) {
    absl::StatusOr<SourceModel> made = LoadSourceModel(path, options);
    if (!made.ok()) return made.status();
    loaded.model = std::move(made->model);
    loaded.plan = std::move(made->plan);
    loaded.prior = std::move(made->prior);
    loaded.freeze = made->freeze;
    return loaded;
  }
  if (absl::Status status = CheckScriptOptions(path, options.network); !status.ok()) return status;
  TorchLoadOptions torch = options.torch;
  torch.precision = options.network.precision.base;
  torch.taps = options.network.taps;
  absl::StatusOr<std::unique_ptr<TorchModel>> made = TorchModel::LoadTorchScript(path, torch);
  if (!made.ok()) return made.status();
  loaded.model = *std::move(made);
  return loaded;
}

}  // namespace graft::models
