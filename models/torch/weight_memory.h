// New tensors that hold weights: in large pages on the CPU (models/memory/huge_pages.h).
//
// For .cc files of models/torch and models/architecture only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_WEIGHT_MEMORY_H_
#define GRAFT_MODELS_TORCH_WEIGHT_MEMORY_H_

#include <ATen/core/Tensor.h>
#include <c10/core/TensorOptions.h>

namespace graft::models {

// at::empty_like: same shape, strides and device, for weights computed from `like`.
at::Tensor EmptyWeightsLike(const at::Tensor& like);

// tensor.to(options).
at::Tensor MoveWeights(const at::Tensor& tensor, const at::TensorOptions& options);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_WEIGHT_MEMORY_H_
