#include "models/torch/bare_forward.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <chrono>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/torch/intra_op_threads.h"
#include "models/torch/libtorch_library.h"
#include "models/torch/torch_dtype.h"
#include "models/torch/torch_error.h"

namespace graft::models {
namespace {

class LibTorchForward final : public BareForward {
 public:
  LibTorchForward(torch::jit::Module module, std::vector<c10::IValue> inputs)
      : module_(std::move(module)), inputs_(std::move(inputs)) {}

  absl::StatusOr<int64_t> Run() override {
    return Guarded("bare forward", absl::StatusCode::kInternal, [&]() -> absl::StatusOr<int64_t> {
      const OneIntraOpThread one;
      const c10::InferenceMode inference;
      const auto begin = std::chrono::steady_clock::now();
      const c10::IValue result = module_.forward(inputs_);
      if (result.isTensor()) (void)result.toTensor().cpu();
      return std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin).count();
    });
  }

 private:
  torch::jit::Module module_;
  const std::vector<c10::IValue> inputs_;
};

at::Tensor RandomInput(const TensorSpec& spec, uint32_t rows, c10::Device device) {
  std::vector<int64_t> shape = spec.shape;
  shape[0] = rows;
  const c10::ScalarType type = ToScalarType(spec.dtype);
  return at::randn(shape, at::kFloat).to(device, type);
}

}  // namespace

absl::StatusOr<std::unique_ptr<BareForward>> BareForward::Load(
    const std::string& path, const std::string& device, const std::vector<TensorSpec>& inputs,
    uint32_t rows) {
  using Loaded = absl::StatusOr<std::unique_ptr<BareForward>>;
  if (absl::StartsWith(device, "cuda")) {
    if (absl::Status status = OpenCudaLibrary(); !status.ok()) return status;
  }
  return Guarded(absl::StrCat(path, ": bare load"), absl::StatusCode::kInvalidArgument,
                 [&]() -> Loaded {
                   const c10::Device place(device);
                   torch::jit::Module module = torch::jit::load(path);
                   module.eval();
                   module.to(place);
                   module = torch::jit::freeze(module);
                   std::vector<c10::IValue> values;
                   values.reserve(inputs.size());
                   for (const TensorSpec& spec : inputs) {
                     values.emplace_back(RandomInput(spec, rows, place));
                   }
                   return std::make_unique<LibTorchForward>(std::move(module), std::move(values));
                 });
}

}  // namespace graft::models
