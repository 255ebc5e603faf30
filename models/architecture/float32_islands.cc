#include "models/architecture/float32_islands.h"

#include <utility>

#include "models/architecture/operator_call.h"
#include "models/architecture/tensor_tree.h"

namespace graft::models::architecture {

using python::CallArgs;
using python::Evaluator;
using python::Value;

Value Float32Islands::Cast(Evaluator& ev, Value value, c10::ScalarType type) {
  return MapTensors(ev, value, [&](TensorObject* tensor) -> Value {
    const c10::ScalarType now = tensor->data().dtype();
    if (now == type || !c10::isFloatingType(now)) return tensor;
    return CallOperator(ev, recorder_, "to", {{tensor, recorder_.types(ev).DType(type)}},
                        CallStyle::kMethod);
  });
}

ModuleCalls::Hook Float32Islands::Hook() {
  return [this](Evaluator& ev, absl::string_view path, CallArgs args, ModuleCalls::Next next) {
    if (within_ || path.empty() || !is_island_(path)) return next(std::move(args));
    for (Value& arg : args.args) arg = Cast(ev, arg, c10::ScalarType::Float);
    for (python::Keyword& keyword : args.kwargs) {
      keyword.value = Cast(ev, keyword.value, c10::ScalarType::Float);
    }
    within_ = true;
    Value result;
    try {
      result = next(std::move(args));
    } catch (...) {
      within_ = false;
      throw;
    }
    within_ = false;
    return Cast(ev, result, recorder_.options().compute_type);
  };
}

}  // namespace graft::models::architecture
