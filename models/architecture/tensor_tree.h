// Every tensor in a value, replaced: in tuples, named tuples, lists and dictionaries.
//
//   Value halves = MapTensors(ev, value, [&](TensorObject* x) { return ToHalf(x); });
//
// Threads: one evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_TENSOR_TREE_H_
#define GRAFT_MODELS_ARCHITECTURE_TENSOR_TREE_H_

#include "absl/functional/function_ref.h"
#include "models/architecture/tensor_object.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

// A copy with map(tensor) for each tensor; other objects are the same ones.
python::Value MapTensors(python::Evaluator& ev, python::Value value,
                         absl::FunctionRef<python::Value(TensorObject* tensor)> map);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_TENSOR_TREE_H_
