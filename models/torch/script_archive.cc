#include "models/torch/script_archive.h"

#include <caffe2/serialize/read_adapter_interface.h>
#include <torch/csrc/jit/passes/autocast.h>
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/memory/huge_pages.h"
#include "models/memory/paced_memory.h"
#include "models/torch/archive_check.h"
#include "models/torch/deep_stack.h"
#include "models/torch/graph_check.h"
#include "models/torch/graph_folding.h"
#include "models/torch/intra_op_threads.h"
#include "models/torch/paced_operators.h"
#include "models/torch/script_taps.h"
#include "models/torch/torch_error.h"

namespace graft::models {
namespace {

// LibTorch's reader over bytes in memory, without another copy of them.
class BytesAdapter final : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit BytesAdapter(ByteSpan bytes) : bytes_(bytes) {}
  size_t size() const override { return bytes_.size(); }
  size_t read(uint64_t position, void* out, size_t count, const char* /*what*/) const override {
    if (position >= bytes_.size()) return 0;
    count = std::min<uint64_t>(count, bytes_.size() - position);
    AdviseHugePages(out, count);  // of a storage, which LibTorch has just allocated
    CopyInPieces(out, bytes_.data() + position, count);
    return count;
  }

 private:
  const ByteSpan bytes_;
};

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
  frozen.graph = module.get_method("forward").graph()->copy();
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

}  // namespace

absl::StatusOr<std::unique_ptr<GraphForward>> LoadScriptArchive(ByteSpan file,
                                                                absl::string_view label,
                                                                const ForwardOptions& options) {
  if (absl::Status status = CheckScriptArchive(file, label, options.cancelled); !status.ok()) {
    return status;
  }
  absl::StatusOr<std::unique_ptr<GraphForward>> loaded = absl::UnknownError("not run");
  const absl::Status started = RunOnDeepStack([&] {
    OneIntraOpThread one_thread;
    PacedOperators paced;
    loaded = Guarded(
        absl::StrCat(label, ": LibTorch cannot load this TorchScript model"),
        absl::StatusCode::kInvalidArgument, [&]() -> absl::StatusOr<std::unique_ptr<GraphForward>> {
          // On the CPU first, whatever the device: loading straight to a GPU also
          // moves the numbers that tracing left as tensors.
          torch::jit::Module module =
              torch::jit::load(std::shared_ptr<caffe2::serialize::ReadAdapterInterface>(
                                   std::make_shared<BytesAdapter>(file)),
                               c10::Device(c10::DeviceType::CPU), /*load_debug_files=*/false);
          absl::StatusOr<ForwardGraph> frozen = Freeze(std::move(module), label, options);
          if (!frozen.ok()) return frozen.status();
          return GraphForward::Make(*std::move(frozen), label, options);
        });
  });
  if (!started.ok())
    return absl::Status(started.code(), absl::StrCat(label, ": ", started.message()));
  return loaded;
}

}  // namespace graft::models
