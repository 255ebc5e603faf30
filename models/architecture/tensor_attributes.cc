#include "models/architecture/tensor_attributes.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/architecture/operator_call.h"
#include "models/architecture/recorder.h"
#include "models/architecture/tensor_methods.h"

namespace graft::models::architecture {
namespace {

using python::CallArgs;
using python::Evaluator;
using python::Value;

using Getter = Value (*)(Evaluator& ev, TensorObject& tensor);

Value Call(Evaluator& ev, TensorObject& tensor, absl::string_view name, std::vector<Value> args) {
  return CallOperator(ev, tensor.recorder(), name, {std::move(args)});
}

bool IsOn(TensorObject& tensor, c10::DeviceType type) {
  return tensor.recorder().options().device.type() == type;
}

Value Transposed(Evaluator& ev, TensorObject& tensor) {
  return Call(ev, tensor, "numpy_T", {&tensor});
}

const absl::flat_hash_map<absl::string_view, Getter>& Getters() {
  static const auto* const getters = new absl::flat_hash_map<absl::string_view, Getter>{
      {"shape", [](Evaluator& ev, TensorObject& t) { return t.Shape(ev); }},
      {"ndim", [](Evaluator&, TensorObject& t) { return Value::Int(t.data().meta[0].dim()); }},
      {"dtype", [](Evaluator& ev,
                   TensorObject& t) { return t.recorder().types(ev).DType(t.data().dtype()); }},
      {"device",
       [](Evaluator& ev, TensorObject& t) { return t.recorder().types(ev).TargetDevice(); }},
      {"layout",
       [](Evaluator& ev, TensorObject& t) {
         return t.recorder().types(ev).LayoutNamed("strided").value_or(Value::None());
       }},
      {"T", Transposed},
      {"H", [](Evaluator& ev, TensorObject& t) { return Call(ev, t, "matrix_H", {&t}); }},
      {"mT", [](Evaluator& ev, TensorObject& t) { return Call(ev, t, "mT", {&t}); }},
      {"mH", [](Evaluator& ev, TensorObject& t) { return Call(ev, t, "mH", {&t}); }},
      {"real", [](Evaluator& ev, TensorObject& t) { return Call(ev, t, "real", {&t}); }},
      {"imag", [](Evaluator& ev, TensorObject& t) { return Call(ev, t, "imag", {&t}); }},
      {"data",
       [](Evaluator& ev, TensorObject& t) -> Value {
         return t.recorder().NewTensor(ev, t.shared_data());
       }},
      {"grad", [](Evaluator&, TensorObject&) { return Value::None(); }},
      {"grad_fn", [](Evaluator&, TensorObject&) { return Value::None(); }},
      {"requires_grad", [](Evaluator&, TensorObject& t) { return Value::Bool(t.requires_grad()); }},
      {"is_leaf", [](Evaluator&, TensorObject&) { return Value::Bool(true); }},
      {"is_cuda",
       [](Evaluator&, TensorObject& t) { return Value::Bool(IsOn(t, c10::DeviceType::CUDA)); }},
      {"is_cpu",
       [](Evaluator&, TensorObject& t) { return Value::Bool(IsOn(t, c10::DeviceType::CPU)); }},
      {"is_mps", [](Evaluator&, TensorObject&) { return Value::Bool(false); }},
      {"is_meta", [](Evaluator&, TensorObject&) { return Value::Bool(false); }},
      {"is_sparse", [](Evaluator&, TensorObject&) { return Value::Bool(false); }},
      {"is_nested", [](Evaluator&, TensorObject&) { return Value::Bool(false); }},
      {"is_quantized", [](Evaluator&, TensorObject&) { return Value::Bool(false); }},
      {"itemsize",
       [](Evaluator&, TensorObject& t) {
         return Value::Int(static_cast<int64_t>(c10::elementSize(t.data().dtype())));
       }},
  };
  return *getters;
}

// x.name of an operator, or of a method of Python's own: one function for all tensors.
std::optional<Value> MethodNamed(Evaluator& ev, Recorder& recorder, absl::string_view name) {
  const auto known = recorder.methods().find(name);
  if (known != recorder.methods().end()) return known->second;
  python::NativeFunction::Body body = PythonMethod(recorder, name);
  if (body == nullptr) {
    if (absl::StartsWith(name, "__") || !recorder.Family(name).is_method()) return std::nullopt;
    body = [&recorder, name = std::string(name)](Evaluator& at, CallArgs& args) {
      return CallOperator(at, recorder, name, args, CallStyle::kMethod);
    };
  }
  const Value function = ev.Native(name, std::move(body));
  recorder.methods().emplace(name, function);
  return function;
}

}  // namespace

std::optional<Value> TensorAttribute(Evaluator& ev, TensorObject& tensor, absl::string_view name) {
  if (const auto getter = Getters().find(name); getter != Getters().end()) {
    return getter->second(ev, tensor);
  }
  const std::optional<Value> function = MethodNamed(ev, tensor.recorder(), name);
  if (!function) return std::nullopt;
  return Value(ev.heap().New<python::MethodObject>(ev, *function, Value(&tensor)));
}

bool SetTensorAttribute(Evaluator& ev, TensorObject& tensor, absl::string_view name, Value value) {
  if (name == "data") {
    auto* other = value.As<TensorObject>();
    if (other == nullptr) {
      ev.Raise(python::ErrorKind::kTypeError,
               absl::StrCat("Variable data has to be a tensor, but got ", ev.TypeName(value)));
    }
    tensor.set_data(other->shared_data());
    return true;
  }
  if (name == "requires_grad") {
    tensor.set_requires_grad(ev.Truth(value));
    return true;
  }
  if (name == "grad") return true;
  if (Getters().contains(name)) {
    ev.Raise(python::ErrorKind::kAttributeError,
             absl::StrCat("attribute '", name, "' of 'torch.Tensor' objects is not writable"));
  }
  return false;
}

}  // namespace graft::models::architecture
