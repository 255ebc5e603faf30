#include "models/torch/weight_memory.h"

#include <ATen/ATen.h>

#include "models/memory/huge_pages.h"

namespace graft::models {
namespace {

// Strided on the CPU, every element once.
bool IsPlain(const at::Tensor& tensor) {
  return tensor.defined() && tensor.has_storage() && tensor.device().is_cpu() &&
         tensor.layout() == at::kStrided && !tensor.is_quantized() && !tensor.is_conj() &&
         !tensor.is_neg() && tensor.is_non_overlapping_and_dense();
}

// @pre IsPlain(like).
at::Tensor EmptyLike(const at::Tensor& like, c10::ScalarType type) {
  const size_t bytes = static_cast<size_t>(like.numel()) * c10::elementSize(type);
  if (bytes < kHugePageBytes) return at::empty_like(like, like.options().dtype(type));
  void* const memory = AllocateHugePages(bytes);
  TORCH_CHECK(memory != nullptr, "no memory for ", bytes, " bytes of weights");
  return at::from_blob(
      memory, like.sizes(), like.strides(), [bytes](void* owned) { FreeHugePages(owned, bytes); },
      like.options().dtype(type));
}

}  // namespace

at::Tensor EmptyWeightsLike(const at::Tensor& like) {
  return IsPlain(like) ? EmptyLike(like, like.scalar_type()) : at::empty_like(like);
}

at::Tensor MoveWeights(const at::Tensor& tensor, const at::TensorOptions& options) {
  const bool same_type = options.dtype() == tensor.dtype();
  if (same_type || !options.device().is_cpu() || !IsPlain(tensor)) return tensor.to(options);
  return EmptyLike(tensor, c10::typeMetaToScalarType(options.dtype())).copy_(tensor);
}

}  // namespace graft::models
