// The attributes and methods of tensors: x.shape, x.T, x.view(...), x.to(...).
//
//   std::optional<Value> shape = TensorAttribute(ev, *x, "shape");
//
// A method that aten has by the same name is that operator; what Python's Tensor adds is in
// tensor_methods.h.
//
// Threads: one evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_TENSOR_ATTRIBUTES_H_
#define GRAFT_MODELS_ARCHITECTURE_TENSOR_ATTRIBUTES_H_

#include <optional>

#include "models/architecture/tensor_object.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

// nullopt: tensors have no such attribute.
std::optional<python::Value> TensorAttribute(python::Evaluator& ev, TensorObject& tensor,
                                             absl::string_view name);

// x.data = y, x.requires_grad = False; false: not one of torch's.
bool SetTensorAttribute(python::Evaluator& ev, TensorObject& tensor, absl::string_view name,
                        python::Value value);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_TENSOR_ATTRIBUTES_H_
