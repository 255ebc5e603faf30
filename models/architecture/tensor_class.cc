#include "models/architecture/tensor_class.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/architecture/operator_call.h"
#include "models/architecture/recorder.h"
#include "models/architecture/tensor_literal.h"
#include "models/python/native_args.h"
#include "models/python/underlying.h"

namespace graft::models::architecture {
namespace {

using python::CallArgs;
using python::ClassObject;
using python::Evaluator;
using python::NativeArgs;
using python::Value;

Value EmptyTensor(Evaluator& ev, Recorder& recorder, std::vector<Value> sizes) {
  return CallOperator(ev, recorder, "empty", {{ev.List(std::move(sizes))}});
}

TensorObject* Cast(Evaluator& ev, Recorder& recorder, ClassObject* cls, Value tensor) {
  return ev.heap().New<TensorObject>(ev, &recorder, cls, tensor.As<TensorObject>()->shared_data());
}

// Tensor(), Tensor(2, 3), Tensor([1., 2.]), Tensor(other)
Value MakeInstance(Evaluator& ev, Recorder& recorder, ClassObject* cls, CallArgs& args) {
  args.Take("device");
  if (!args.kwargs.empty()) {
    ev.Raise(python::ErrorKind::kTypeError, absl::StrCat("Tensor() got an unexpected keyword "
                                                         "argument '",
                                                         args.kwargs[0].name, "'"));
  }
  if (args.args.size() == 1 && !python::Underlying(args.args[0]).IsInt()) {
    const Value data = args.args[0];
    if (data.As<TensorObject>() != nullptr) return Cast(ev, recorder, cls, data);
    if (auto* tuple = data.As<python::TupleObject>();
        tuple != nullptr && tuple->cls == recorder.types(ev).size) {
      return Cast(ev, recorder, cls, EmptyTensor(ev, recorder, tuple->items));
    }
    return Cast(ev, recorder, cls, MakeTensor(ev, recorder, data, c10::ScalarType::Float));
  }
  if (args.args.empty()) args.args.push_back(Value::Int(0));
  return Cast(ev, recorder, cls, EmptyTensor(ev, recorder, args.args));
}

// Parameter(data=None, requires_grad=True)
Value MakeParameter(Evaluator& ev, Recorder& recorder, ClassObject* cls, CallArgs& args) {
  NativeArgs a(ev, "Parameter", args, {"data", "requires_grad"}, 0);
  Value data = a[0];
  if (data.IsNone()) data = EmptyTensor(ev, recorder, {Value::Int(0)});
  if (data.As<TensorObject>() == nullptr) {
    ev.Raise(python::ErrorKind::kTypeError,
             absl::StrCat("Parameter() takes a tensor, not ", ev.TypeName(data)));
  }
  TensorObject* parameter = Cast(ev, recorder, cls, data);
  parameter->set_requires_grad(!a.Has(1) || ev.Truth(a[1]));
  return parameter;
}

Value MakeSize(Evaluator& ev, Recorder& recorder, CallArgs& args) {
  NativeArgs a(ev, "Size", args, {"iterable"}, 0);
  std::vector<Value> sizes;
  if (a.Has(0)) sizes = ev.ToVector(a[0]);
  return recorder.types(ev).Size(ev, std::move(sizes));
}

Value NumElements(Evaluator& ev, CallArgs& args) {
  Value product = Value::Int(1);
  for (const Value& size : ev.ToVector(args.args.at(0))) {
    product = ev.Binary(python::BinaryOp::kMul, product, size);
  }
  return product;
}

}  // namespace

void DefineTensorClasses(Evaluator& ev, Recorder& recorder, const TorchTypes& types) {
  types.tensor->make = [&recorder](Evaluator& at, ClassObject* cls, CallArgs& args) {
    return MakeInstance(at, recorder, cls, args);
  };
  types.parameter->make = [&recorder](Evaluator& at, ClassObject* cls, CallArgs& args) {
    return MakeParameter(at, recorder, cls, args);
  };
  types.size->make = [&recorder](Evaluator& at, ClassObject*, CallArgs& args) {
    return MakeSize(at, recorder, args);
  };
  ev.AddMethod(types.size, "numel", NumElements);
  // What Python's built-in functions and its copy module ask the class for.
  const auto method = [&](absl::string_view name, absl::string_view attribute) {
    ev.AddMethod(types.tensor, name,
                 [attribute = std::string(attribute)](Evaluator& at, CallArgs& args) {
                   const Value self = args.args.at(0);
                   return at.Call(at.GetAttr(self, attribute), std::vector<Value>{});
                 });
  };
  method("__abs__", "abs");
  method("__float__", "item");
  method("__int__", "item");
  ev.AddMethod(types.tensor, "__deepcopy__", [](Evaluator& at, CallArgs& args) {
    return at.Call(at.GetAttr(args.args.at(0), "__deepcopy__"), std::vector<Value>{});
  });
}

}  // namespace graft::models::architecture
