// torch.Tensor, nn.Parameter and torch.Size as classes: what constructing one does.
//
//   DefineTensorClasses(ev, recorder, types);      // once, by TorchTypes
//
// Threads: one evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_TENSOR_CLASS_H_
#define GRAFT_MODELS_ARCHITECTURE_TENSOR_CLASS_H_

#include "models/architecture/torch_types.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

// Tensor(2, 3), Tensor([1., 2.]); Parameter(data, requires_grad=True), which shares data;
// Size(...).
void DefineTensorClasses(python::Evaluator& ev, Recorder& recorder, const TorchTypes& types);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_TENSOR_CLASS_H_
