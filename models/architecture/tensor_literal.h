// A tensor from numbers and nested lists, as torch.tensor makes it.
//
//   Value t = MakeTensor(ev, recorder, ev.List({Value::Int(1), Value::Int(2)}), std::nullopt);
//
// Threads: one evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_TENSOR_LITERAL_H_
#define GRAFT_MODELS_ARCHITECTURE_TENSOR_LITERAL_H_

#include <c10/core/ScalarType.h>

#include <optional>

#include "models/architecture/recorder.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

// `data`: a number, a tensor (copied), or lists and tuples of them. Without a dtype: float32, int64
// or bool, as the numbers are. What depends on the inputs is recorded.
python::Value MakeTensor(python::Evaluator& ev, Recorder& recorder, python::Value data,
                         std::optional<c10::ScalarType> dtype);

// The other way: nested lists of numbers. Raises for what depends on the inputs.
python::Value ToList(python::Evaluator& ev, TensorObject& tensor);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_TENSOR_LITERAL_H_
