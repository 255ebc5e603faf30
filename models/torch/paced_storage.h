// Lets large weights be freed in pieces, so that a retired version of gigabytes is freed between
// frames (models/tensor/pacing.h).
//
//   FreeInPieces(weight.storage());      // once it is in its final place
//
// Threads: any, before other threads see the storage. For .cc files of models/torch only: includes
// LibTorch.
#ifndef GRAFT_MODELS_TORCH_PACED_STORAGE_H_
#define GRAFT_MODELS_TORCH_PACED_STORAGE_H_

#include <c10/core/Storage.h>

namespace graft::models {

// When the last holder of the storage goes on a paced thread, its pages are given back one piece
// after another before it is freed. Small storages, and memory that is not of LibTorch's default
// CPU allocator, are left as they are.
void FreeInPieces(const c10::Storage& storage);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_PACED_STORAGE_H_
