// graft's DType and LibTorch's ScalarType, one for the other.
//
// Threads: free functions without state. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_TORCH_DTYPE_H_
#define GRAFT_MODELS_TORCH_TORCH_DTYPE_H_

#include <c10/core/ScalarType.h>

#include <optional>

#include "models/tensor/dtype.h"

namespace graft::models {

c10::ScalarType ToScalarType(DType dtype);

// nullopt for kinds that graft has no name for (4-bit and bit types).
std::optional<DType> FromScalarType(c10::ScalarType type);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_TORCH_DTYPE_H_
