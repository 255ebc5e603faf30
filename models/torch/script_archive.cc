#include "models/torch/script_archive.h"

#include <torch/csrc/jit/passes/autocast.h>
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/inliner.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/torch/archive_check.h"
#include "models/torch/deep_stack.h"
#include "models/torch/graph_check.h"
#include "models/torch/graph_folding.h"
#include "models/torch/intra_op_threads.h"
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

absl::StatusOr<ForwardGraph> Freeze(torch::jit::Module module, absl::string_view label,
                                    const ForwardOptions& options) {
  if (absl::Status status = CheckCancelled(options, label); !status.ok()) return status;
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

  module.eval();
  if (!options.taps.empty()) {
    if (absl::Status status = AddTaps(module, options.taps, label); !status.ok()) return status;
  }
  torch::jit::freeze_module_inplace(&module);
  ForwardGraph frozen;
  // Nobody else has it, so a weight that is folded is gone at once.
  frozen.graph = module.get_method("forward").graph();
  FoldGraph(frozen.graph, options.pool.get());
  torch::jit::Inline(*frozen.graph);
  torch::jit::Autocast(frozen.graph);
  const std::vector<c10::Argument>& arguments =
      module.get_method("forward").function().getSchema().arguments();
  frozen.arguments.assign(arguments.begin() + 1, arguments.end());
  frozen.module = std::move(module);
  if (absl::Status status = CheckCancelled(options, label); !status.ok()) return status;
  return frozen;
}

absl::StatusOr<std::unique_ptr<GraphForward>> MakeForward(
    const std::shared_ptr<const FileBytes>& file, WeightPlace place,
    const ForwardOptions& options) {
  // On the CPU first, whatever the device: loading straight to a GPU also moves the numbers that
  // tracing left as tensors.
  absl::StatusOr<ForwardGraph> frozen = Freeze(ImportScript(file, place), file->path(), options);
  if (!frozen.ok()) return frozen.status();
  return GraphForward::Make(*std::move(frozen), file->path(), options);
}

}  // namespace

absl::StatusOr<std::unique_ptr<GraphForward>> LoadScriptArchive(
    const std::shared_ptr<const FileBytes>& file, const ForwardOptions& options) {
  const std::string& label = file->path();
  absl::Status checked = CheckScriptArchive(file->bytes(), label, options.cancelled);
  if (!checked.ok()) return checked;
  absl::StatusOr<std::unique_ptr<GraphForward>> loaded = absl::UnknownError("not run");
  const absl::Status started = RunOnDeepStack([&] {
    OneIntraOpThread one_thread;
    PacedOperators paced;
    loaded = Guarded(absl::StrCat(label, ": LibTorch cannot load this TorchScript model"),
                     absl::StatusCode::kInvalidArgument,
                     [&]() -> absl::StatusOr<std::unique_ptr<GraphForward>> {
                       auto forward = MakeForward(file, WeightPlace::kInFile, options);
                       if (!forward.ok() || (*forward)->state().empty()) return forward;
                       // It writes to what it computes with.
                       return MakeForward(file, WeightPlace::kCopied, options);
                     });
  });
  if (!started.ok())
    return absl::Status(started.code(), absl::StrCat(label, ": ", started.message()));
  return loaded;
}

}  // namespace graft::models
