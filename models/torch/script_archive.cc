#include "models/torch/script_archive.h"

#include <torch/csrc/jit/passes/autocast.h>
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/inliner.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/file/zip_archive.h"
#include "models/torch/archive_check.h"
#include "models/torch/deep_stack.h"
#include "models/torch/graph_check.h"
#include "models/torch/graph_folding.h"
#include "models/torch/intra_op_threads.h"
#include "models/torch/own_module.h"
#include "models/torch/paced_operators.h"
#include "models/torch/script_import.h"
#include "models/torch/script_taps.h"
#include "models/torch/torch_error.h"

namespace graft::models {
namespace {

absl::Status CheckCancelled(const ForwardOptions& options, absl::string_view label) {
  if (options.cancelled && options.cancelled()) {
    return absl::CancelledError(absl::StrCat(label, ": loading was cancelled"));
  }
  return absl::OkStatus();
}

std::string MethodNames(const torch::jit::Module& module) {
  std::vector<std::string> names;
  for (const torch::jit::Method& method : module.get_methods()) names.push_back(method.name());
  return names.empty() ? "none" : absl::StrJoin(names, ", ");
}

absl::Status CheckModule(const torch::jit::Module& module, absl::string_view label) {
  if (absl::Status status = CheckOperators(module, label); !status.ok()) return status;
  if (!module.find_method("forward")) {
    return absl::InvalidArgumentError(
        absl::StrCat(label, ": the model has no forward method (it has: ", MethodNames(module),
                     "). Export a module whose forward does the work."));
  }
  for (const auto& parameter : module.named_parameters()) {
    absl::Status status = CheckFinite(parameter.name, parameter.value, true, label);
    if (!status.ok()) return status;
  }
  for (const auto& buffer : module.named_buffers()) {
    absl::Status status = CheckFinite(buffer.name, buffer.value, false, label);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// An archive on its way to a forward.
class ScriptLoad {
 public:
  ScriptLoad(const std::shared_ptr<const FileBytes>& file, const ZipArchive& zip,
             const ForwardOptions& options)
      : file_(file), zip_(zip), label_(file->path()), options_(options) {}

  absl::StatusOr<LoadedScript> Run(const std::shared_ptr<const FrozenScript>& before) {
    if (before != nullptr && options_.pool != nullptr) {
      std::optional<FrozenScript::Instance> next = before->Instantiate(zip_, file_, options_.taps);
      if (next) return Finish(*std::move(next), before);
    }
    absl::StatusOr<LoadedScript> loaded = LoadFrom(WeightPlace::kInFile);
    if (!loaded.ok() || loaded->forward->state().empty()) return loaded;
    // It writes to what it computes with.
    return LoadFrom(WeightPlace::kCopied);
  }

 private:
  absl::StatusOr<LoadedScript> Finish(FrozenScript::Instance instance,
                                      const std::shared_ptr<const FrozenScript>& before) {
    for (const FrozenScript::NamedTensor& named : instance.tensors) {
      absl::Status status = CheckFinite(named.name, named.tensor, named.is_parameter, label_);
      if (!status.ok()) return status;
    }
    instance.tensors.clear();  // what is folded is gone at once
    return Make(std::move(instance.forward), before);
  }

  absl::StatusOr<LoadedScript> LoadFrom(WeightPlace place) {
    // On the CPU first, whatever the device: loading straight to a GPU also moves the numbers that
    // tracing left as tensors.
    std::shared_ptr<const FrozenScript> remembered;
    absl::StatusOr<ForwardGraph> frozen = Freeze(place, &remembered);
    if (!frozen.ok()) return frozen.status();
    return Make(*std::move(frozen), std::move(remembered));
  }

  absl::StatusOr<ForwardGraph> Freeze(WeightPlace place,
                                      std::shared_ptr<const FrozenScript>* remembered) {
    std::optional<FrozenScript::Recording> recording;
    if (options_.pool != nullptr && place == WeightPlace::kInFile) recording.emplace();
    ForwardGraph frozen;
    {
      ImportedScript imported = ImportScript(file_, zip_, place);
      if (recording) recording->Imported(imported);
      frozen.module = std::move(imported.module);
    }
    torch::jit::Module& module = *frozen.module;
    if (absl::Status status = CheckCancelled(options_, label_); !status.ok()) return status;
    if (absl::Status status = CheckModule(module, label_); !status.ok()) return status;
    module.eval();
    if (!options_.taps.empty()) {
      absl::Status status = AddTaps(module, options_.taps, label_);
      if (!status.ok()) return status;
    }
    torch::jit::freeze_module_inplace(&module);
    frozen.graph = module.get_method("forward").graph();
    torch::jit::Inline(*frozen.graph);
    const std::vector<c10::Argument>& arguments =
        module.get_method("forward").function().getSchema().arguments();
    frozen.arguments.assign(arguments.begin() + 1, arguments.end());
    if (StandsAlone(*frozen.graph)) frozen.module = OwnModule(frozen.graph);
    if (recording) {
      *remembered = recording->Frozen(zip_, frozen.graph, frozen.arguments, options_.taps);
    }
    return frozen;
  }

  // Folds on: nobody else has the graph, so a weight that is folded is gone at once.
  absl::StatusOr<LoadedScript> Make(ForwardGraph frozen,
                                    std::shared_ptr<const FrozenScript> remembered) {
    FoldGraph(frozen.graph, options_.pool.get());
    torch::jit::Autocast(frozen.graph);
    if (absl::Status status = CheckCancelled(options_, label_); !status.ok()) return status;
    absl::StatusOr<std::unique_ptr<GraphForward>> forward =
        GraphForward::Make(std::move(frozen), label_, options_);
    if (!forward.ok()) return forward.status();
    return LoadedScript{*std::move(forward), std::move(remembered)};
  }

  const std::shared_ptr<const FileBytes>& file_;
  const ZipArchive& zip_;
  const std::string& label_;
  const ForwardOptions& options_;
};

}  // namespace

absl::StatusOr<LoadedScript> LoadScriptArchive(const std::shared_ptr<const FileBytes>& file,
                                               const ForwardOptions& options,
                                               const std::shared_ptr<const FrozenScript>& before) {
  const std::string& label = file->path();
  absl::Status checked = CheckScriptArchive(file->bytes(), label, options.cancelled);
  if (!checked.ok()) return checked;
  const absl::StatusOr<ZipArchive> zip = ZipArchive::Open(file->bytes(), label);
  if (!zip.ok()) return zip.status();
  absl::StatusOr<LoadedScript> loaded = absl::UnknownError("not run");
  const absl::Status started = RunOnDeepStack([&] {
    OneIntraOpThread one_thread;
    PacedOperators paced;
    loaded = Guarded(absl::StrCat(label, ": LibTorch cannot load this TorchScript model"),
                     absl::StatusCode::kInvalidArgument,
                     [&] { return ScriptLoad(file, *zip, options).Run(before); });
  });
  if (!started.ok())
    return absl::Status(started.code(), absl::StrCat(label, ": ", started.message()));
  return loaded;
}

}  // namespace graft::models
