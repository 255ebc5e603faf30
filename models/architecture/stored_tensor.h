// A weight of a file as LibTorch's tensor: in place where the bytes allow it.
//
//   auto file = std::make_shared<const ModelFile>(*ModelFile::Open("walker.pth"));
//   at::Tensor weight = StoredTensor((*file->ChooseWeights(""))->weights[0], file);
//
// Threads: free function without state. Ownership: the tensor holds `owner`, whose bytes the weight
// points into. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_STORED_TENSOR_H_
#define GRAFT_MODELS_ARCHITECTURE_STORED_TENSOR_H_

#include <ATen/core/Tensor.h>

#include <memory>

#include "models/file/weight_table.h"

namespace graft::models::architecture {

// Read-only where it is in place: the memory belongs to a file. Copied are weights that lie badly
// aligned, and lazily conjugated or negated ones. Throws c10::Error for dtypes that LibTorch does
// not have.
at::Tensor StoredTensor(const Weight& weight, std::shared_ptr<const void> owner);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_STORED_TENSOR_H_
