// x[key] and x[key] = value, for everything that Python allows between the brackets.
//
//   Value row = IndexTensor(ev, *x, key);       // x[:, -1], x[..., None], x[idx], x[mask]
//   AssignIndexed(ev, *x, key, value);          // x[mask] = 0
//
// It becomes select, slice, unsqueeze, index and index_put_, as in TorchScript. What a boolean mask
// selects has no size that is known while recording: reading by a mask that depends on the inputs
// is refused, writing by it is not.
//
// Threads: one evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_TENSOR_INDEXING_H_
#define GRAFT_MODELS_ARCHITECTURE_TENSOR_INDEXING_H_

#include "models/architecture/tensor_object.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

python::Value IndexTensor(python::Evaluator& ev, TensorObject& tensor, python::Value key);
void AssignIndexed(python::Evaluator& ev, TensorObject& tensor, python::Value key,
                   python::Value value);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_TENSOR_INDEXING_H_
