// Calls of aten operators from Python code.
//
//   Value y = CallOperator(ev, recorder, "softmax", {{x, Value::Int(-1)}});
//
// When all tensors are constants, the operator runs at once (initial weights and views not before
// they are read); when one depends on the inputs, a node is recorded, and the shapes of its outputs
// are computed.
//
// Threads: one evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_OPERATOR_CALL_H_
#define GRAFT_MODELS_ARCHITECTURE_OPERATOR_CALL_H_

#include "absl/strings/string_view.h"
#include "models/architecture/recorder.h"
#include "models/architecture/tensor_data.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

enum class CallStyle : uint8_t { kFunction, kMethod };

// aten::name(args...): a tensor, a tuple of them, a named tuple, a number. Raises TypeError when no
// overload fits, AttributeError when there is no such operator, RuntimeError with LibTorch's words.
python::Value CallOperator(python::Evaluator& ev, Recorder& recorder, absl::string_view name,
                           python::CallArgs args, CallStyle style = CallStyle::kFunction);

// Adds `call`, an in-place one, to the recipe of its first argument, a pending constant.
void AddFill(std::shared_ptr<const BoundCall> call);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_OPERATOR_CALL_H_
